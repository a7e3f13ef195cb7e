"""Rows of one raw statement, whole.

SQLite's driver lets go of the interpreter for every row, and beside a busy event loop each time means to wait for it again: a
batch of fifty rows fought for it fifty times. Packed as JSON they are one row.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.db import connection

Many = str | list[int | str]


def fetch(columns: str, rest: str, *parameters: Many) -> Sequence[Sequence[Any]]:
    """`SELECT columns FROM rest`, in no order; a moment comes from SQLite as its text.

    Both are the program's own words: what comes from outside is a parameter.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT json_group_array(json_array({columns})) FROM {rest}", parameters)  # noqa: S608
            packed: list[list[Any]] = msgspec.json.decode(cursor.fetchone()[0])
            return packed
        cursor.execute(f"SELECT {columns} FROM {rest}", parameters)  # noqa: S608
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def among(column: str) -> str:
    """The condition that a column is one of many values, which `many` makes the parameter of; the same words for any number."""
    values = "IN (SELECT value FROM json_each(%s))" if connection.vendor == "sqlite" else "= ANY(%s)"
    return f"{column} {values}"


def many(values: Iterable[int | str]) -> Many:
    """The parameter for `among`."""
    return msgspec.json.encode(list(values)).decode() if connection.vendor == "sqlite" else list(values)
