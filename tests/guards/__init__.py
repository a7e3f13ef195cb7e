"""What the hot paths may cost, in counts that come out the same on every run: calls, instructions, memory, statements."""
