"""How many statements recording and reading take, on the database of this profile: exactly so many, whoever is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from friends.actions.accept_request import FriendAccepted
from streams import read, record
from streams.heads import Head, Row, insert_entries
from streams.record import recording
from tests.guards.budgets import hold, over
from tests.guards.counting import Figures, calls, instructions

PAGE = 300
READERS = 64


class Deaf:
    """A bus that nobody listens on."""

    def publish(self, signals: object) -> int:
        return 0


@pytest.fixture(autouse=True)
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "current_bus", Deaf)


@pytest.fixture
def crowd(transactional_db: None) -> list[int]:
    """Ids of five hundred people; each has a stream."""
    made = User.objects.bulk_create(
        [User(username=f"p{number}", email=f"p{number}@example.com") for number in range(500)]
    )
    ids = [user.pk for user in made]
    read.positions(ids)
    return ids


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine without what a project derives from entries."""
    monkeypatch.setattr(record, "_looking_on", lambda: (None, None))


def append(to: list[int]) -> None:
    with recording() as log:
        log.add(to, FriendAccepted.example())


def statements(work: Callable[[], Any]) -> Figures:
    """Everything sent to the database, BEGIN and COMMIT included."""
    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    return {"statements": len(captured)}


def named(path: str) -> str:
    return f"{path}.{connection.vendor}"


@pytest.mark.parametrize("recipients", [1, 10, 500])
@pytest.mark.usefixtures("alone")
def test_an_append_takes_as_many_statements_for_five_hundred_as_for_one(crowd: list[int], recipients: int) -> None:
    hold(named(f"record_{recipients}"), statements(lambda: append(crowd[:recipients])))


@pytest.mark.parametrize("recipients", [1, 10, 500])
def test_an_append_with_its_inbox(crowd: list[int], recipients: int) -> None:
    hold(named(f"record_inbox_{recipients}"), statements(lambda: append(crowd[:recipients])))


@pytest.mark.usefixtures("alone")
def test_what_an_append_executes(crowd: list[int]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("what the driver executes while it waits for a server is not the same twice")
    append(crowd[:1])
    found = {"calls": float(calls(lambda: append(crowd[:1])))}
    found["instructions"] = float(instructions(lambda: append(crowd[:1])))
    hold(named("record_1"), found)


def fill(user_id: int, entries: int) -> None:
    with recording() as log:
        for _ in range(entries):
            log.add(user_id, FriendAccepted.example())


@pytest.mark.usefixtures("alone")
def test_a_page_is_one_statement(crowd: list[int]) -> None:
    fill(crowd[0], PAGE + 10)
    assert [len(page.entries) for page in read.pages([(crowd[0], 0)], limit=PAGE, size=1 << 22) if page] == [PAGE]
    hold(named("replay_page"), statements(lambda: read.pages([(crowd[0], 0)], limit=PAGE, size=1 << 22)))


def test_what_many_readers_ask_at_once(crowd: list[int]) -> None:
    wanted = [(user_id, 0) for user_id in crowd[:READERS]]
    hold(named(f"replay_{READERS}_readers"), statements(lambda: read.pages(wanted, limit=PAGE, size=1 << 22)))


def test_positions_of_all_who_connect_are_one_statement(crowd: list[int]) -> None:
    hold(named("positions_500"), statements(lambda: read.positions(crowd)))


# Slower products, and what the guards say to them.


@pytest.mark.usefixtures("alone")
def test_rows_inserted_one_by_one_are_noticed(crowd: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = insert_entries

    def one_by_one(rows: list[Row], **rest: Any) -> tuple[dict[int, Head], list[int]]:
        found = [at_once([row], **rest) for row in rows]
        return {user_id: head for heads, _ in found for user_id, head in heads.items()}, []

    monkeypatch.setattr(record, "insert_entries", one_by_one)
    assert over(named("record_10"), statements(lambda: append(crowd[:10])))


@pytest.mark.usefixtures("alone")
def test_a_head_looked_up_once_more_is_noticed(crowd: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = insert_entries

    def careful(rows: list[Row], **rest: Any) -> tuple[dict[int, Head], list[int]]:
        read.positions([row.user_id for row in rows])
        return at_once(rows, **rest)

    monkeypatch.setattr(record, "insert_entries", careful)
    assert over(named("record_1"), statements(lambda: append(crowd[:1])))


def test_positions_read_one_by_one_are_noticed(crowd: list[int]) -> None:
    assert over(named("positions_500"), statements(lambda: [read.positions([user_id]) for user_id in crowd]))


def test_pages_that_count_first_are_noticed(crowd: list[int]) -> None:
    wanted = [(user_id, 0) for user_id in crowd[:READERS]]

    def counting_first() -> None:
        read.positions(crowd[:READERS])
        read.pages(wanted, limit=PAGE, size=1 << 22)

    assert over(named(f"replay_{READERS}_readers"), statements(counting_first))
    assert over(
        named("replay_page"),
        statements(lambda: [read.positions(crowd[:1]), read.pages(wanted[:1], limit=9, size=1 << 22)]),
    )
