"""Generators: each module's `files()` gives the text of the files it owns, by path from the project's root.

A generated file has one source, the code that runs. `make gen` writes them, `make check` compares them, nobody edits
them. A module also names in `OWNS` the patterns of the files that are its own, so that one whose source is gone is
noticed.
"""
