"""The journal's lines come back as they were written, the newest of them, and hold no page of what has gone."""

import sys

from streams.gateway.lines import PACKED, Line, Lines


def line(number: int, door: str = "fast") -> Line:
    return Line(1_795_000_000.25 + number, "page", door, number, number + 1, number + 2, 2**40, 2**40 + number)


def test_lines_come_back_in_order_as_they_were_written() -> None:
    kept = Lines(most=4)
    written = [line(1), line(2, "sse")._replace(what="came"), line(3, "long_poll")._replace(what="gone")]
    for one in written:
        kept.append(one)
    assert list(kept) == written


def test_the_oldest_makes_room() -> None:
    kept = Lines(most=4)
    for number in range(11):
        kept.append(line(number))
    assert list(kept) == [line(number) for number in range(7, 11)]


def test_a_line_leaves_no_object_behind() -> None:
    kept = Lines(most=2_000)
    kept.append(line(0))
    before = sys.getallocatedblocks()
    for number in range(2_000):
        kept.append(line(number))
    assert sys.getallocatedblocks() - before < 100
    assert PACKED.size <= 50
