"""What people do with messages, a file each."""
