"""What people do with posts, a file each."""
