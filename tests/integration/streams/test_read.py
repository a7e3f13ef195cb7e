"""Reading: many users in one go, each page with its stream's own position from the same moment."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from streams.cursor import Cursor
from streams.read import Position, cursor_of, moved, pages, positions
from streams.record import recording
from tests.support.noted import Noted

pytestmark = pytest.mark.usefixtures("bus")


class Padded(Noted, frozen=True):
    """A large one."""

    pad: str


def note(to: int, count: int) -> None:
    for number in range(count):
        with recording() as log:
            log.add(to, Noted(writer=0, number=number))


def test_positions_of_many_cost_one_query_and_of_newcomers_a_few_more(people: list[int]) -> None:
    note(people[0], 3)
    found = positions(people)
    assert set(found) == set(people)
    assert (found[people[0]].head, found[people[0]].floor) == (3, 0)
    assert {found[one].head for one in people[1:]} == {0}
    assert len({one.epoch for one in found.values()}) == len(people)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert positions(people) == found
    assert len(queries) == 1


def test_who_is_no_user_any_more_keeps_nobody_else_from_being_found(people: list[int]) -> None:
    assert set(positions([people[0], 999_999_999, people[1]])) == set(people[:2])


def test_sqlite_gives_the_positions_of_many_as_one_row(people: list[int]) -> None:
    """Its driver lets go of the interpreter for every row, and a busy event loop takes it each time."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's")
    positions(people)
    rows: list[object] = []

    def counted(_: object, row: object) -> object:
        rows.append(row)
        return row

    sqlite = connection.connection
    sqlite.row_factory = counted
    try:
        found = positions(people)
    finally:
        sqlite.row_factory = None
    assert set(found) == set(people)
    assert len(rows) == 1 < len(people)


def test_positions_of_nobody_are_none() -> None:
    assert positions([]) == {}


def test_only_streams_that_stand_elsewhere_than_known_are_told(people: list[int]) -> None:
    note(people[0], 3)
    known = {one: str(found.cursor) for one, found in positions(people).items()}
    assert moved(known) == {}
    note(people[0], 1)
    grown = positions(people[:1])[people[0]]
    assert moved(known) == {people[0]: grown}
    assert moved(known | {people[0]: f"other.{grown.head}"}) == {people[0]: grown}, "another epoch is elsewhere too"
    assert moved({people[0]: "", 999_999_999: "x.1"}) == {people[0]: grown}, "who has no stream is passed over"
    assert moved({}) == {}


def test_the_cursor_of_a_snapshot_is_the_head(people: list[int]) -> None:
    note(people[0], 2)
    cursor = Cursor.parse(cursor_of(people[0]))
    assert cursor.seq == 2
    assert positions([people[0]])[people[0]].cursor == cursor
    assert cursor_of(people[1]).endswith(".0")


def test_a_page_is_what_follows_in_order_up_to_the_limit(people: list[int]) -> None:
    note(people[0], 10)
    page = pages([(people[0], 3)], limit=4, size=1 << 22)[0]
    assert page is not None
    assert [seq for seq, _ in page.entries] == [4, 5, 6, 7]
    assert page.position.head == 10
    assert all(body.startswith(b'{"at":') for _, body in page.entries)


def large(to: int, count: int) -> int:
    """Write entries of some twenty kilobytes; the size of the largest body."""
    with recording() as log:
        for number in range(count):
            log.add(to, Padded(writer=0, number=number, pad="x" * 20_000))
    return max(len(body) for _, body in pages([(to, 0)], limit=count, size=1 << 30)[0].entries)  # type: ignore[union-attr]


def test_a_page_is_bounded_by_bytes_too(people: list[int]) -> None:
    body = large(people[0], 8)
    for size, seqs in ((1, [1]), (body, [1]), (body + 1, [1, 2]), (body * 3, [1, 2, 3]), (1 << 20, [*range(1, 9)])):
        page = pages([(people[0], 0)], limit=300, size=size)[0]
        assert page is not None
        assert [seq for seq, _ in page.entries] == seqs
        assert page.position.head == 8


def test_readers_of_large_entries_hold_no_more_than_their_pages(people: list[int]) -> None:
    """Sixty-four readers of a batch, three hundred entries of thirty-two kilobytes each, would be six hundred megabytes."""
    body, size = large(people[0], 40), 100_000
    found = pages([(people[0], after) for after in range(30)], limit=300, size=size)
    held = [sum(len(body) for _, body in page.entries) for page in found if page]
    assert len(held) == 30
    assert max(held) < size + body
    assert min(held) >= size


def test_sqlite_reads_no_further_than_its_page(people: list[int]) -> None:
    """In order from the index: a sort would read everything first."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's")
    with CaptureQueriesContext(connection) as captured:
        pages([(people[0], 0)], limit=300, size=1)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + captured.captured_queries[0]["sql"])
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "TEMP B-TREE" not in plan


def test_pages_of_many_come_in_the_order_they_were_asked(people: list[int]) -> None:
    note(people[0], 3)
    note(people[1], 5)
    positions(people[:3])
    wanted = [
        (people[1], 4),
        (people[0], 0),
        (people[2], 0),
        (people[1], 0),
        (999_999, 0),
        (people[0], 3),
        (people[0], 99),
    ]
    found = pages(wanted, limit=100, size=1 << 22)
    seqs = [None if page is None else [seq for seq, _ in page.entries] for page in found]
    assert seqs == [[5], [1, 2, 3], [], [1, 2, 3, 4, 5], None, [], []]
    assert [page.position.head for page in found if page is not None] == [5, 3, 0, 5, 3, 3]


def test_what_is_not_numbered_yet_is_on_no_page(people: list[int]) -> None:
    note(people[0], 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO streams_entry (stream_id, seq, type, body, created_at) VALUES (%s, NULL, 'x', '{}', %s)",
            [people[0], "2026-11-23 06:20:01"],
        )
    page = pages([(people[0], 0)], limit=10, size=1 << 22)[0]
    assert page is not None
    assert [seq for seq, _ in page.entries] == [1, 2]
    assert page.position == Position(page.position.epoch, 2, 0)


def test_one_users_page_never_holds_anothers_entries(people: list[int]) -> None:
    for one in people[:4]:
        with recording() as log:
            log.add(one, Noted(writer=one, number=1))
    for one, page in zip(people[:4], pages([(one, 0) for one in people[:4]], limit=10, size=1 << 22), strict=True):
        assert page is not None
        assert [f'"writer":{one},'.encode() in body for _, body in page.entries] == [True]
