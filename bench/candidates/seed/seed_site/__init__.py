"""The design this project grew from, exactly as its tutorial wrote it, kept here to be measured."""
