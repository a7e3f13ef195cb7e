"""What people do with their inbox and their preferences, a file each."""
