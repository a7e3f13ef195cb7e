"""What can be done with an account, one use case a file."""
