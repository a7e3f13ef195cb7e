"""What every benchmark scenario stands on: machine, processes, load client, publisher, results."""
