"""One benchmark scenario a file; each can be run alone."""
