"""Thousands of clients in one process of their own, each keeping the protocol's rules, and what they saw.

`rules` when to come back · `member` one client · `program` the process · `crowd` what tests hold of it.
"""
