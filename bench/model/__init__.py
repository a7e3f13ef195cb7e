"""The capacity model: what is measured and assumed (`inputs`), what users ask for (`demand`), how it queues (`simulate`)."""
