"""The REST doors of accounts. They parse, call one action or selector, and shape the answer."""
