"""Numbers and tables as a reader wants them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def number(value: float) -> str:
    """Two or three significant digits, thousands apart, words for what is large."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if value >= size:
            return f"{_significant(value / size)}{word}"
    return _significant(value)


def _significant(value: float) -> str:
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    return f"{rounded:,.0f}" if digits <= 0 else f"{rounded:,.{max(0, digits)}f}".rstrip("0").rstrip(".")


def size(value: float) -> str:
    """Bytes."""
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if value < 1000 or unit == "PB":
            return f"{_significant(value)} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def seconds(value: float) -> str:
    if value < 1:
        return f"{_significant(value * 1e3)} ms"
    return f"{_significant(value)} s"


def percent(value: float) -> str:
    return f"{value:.0%}" if value >= 0.01 else f"{value:.1%}" if value >= 0.001 else "< 0.1%"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table and an empty line."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]
