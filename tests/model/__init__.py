"""The delivery protocol as an explicit-state model: what every interleaving does, not what a run happened to do."""
