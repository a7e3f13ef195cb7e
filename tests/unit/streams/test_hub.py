"""The hub: many at once, registered before they are read, and a database that comes and goes. No socket, no database."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from django.db import OperationalError

from streams.bus import Ended, Hint
from streams.bus.memory import MemoryBus
from streams.conf import conf
from streams.gateway import hub as hub_module
from streams.gateway.hub import Hub
from streams.gateway.identity import Credential, Identity, Refusal
from streams.gateway.rounds import EXPIRY_GRACE, EXPIRY_NOTICE, TICK
from streams.gateway.sending_away import AWAY
from streams.protocol import CloseCode
from streams.read import Page, Position
from tests.support.awaiting import until
from tests.support.delivery_world import KeepingDoor, Table


@dataclass
class Database:
    """Tables by user, an authenticator, and how often each was asked."""

    tables: dict[int, Table] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    failing: int = 0

    def _ask(self, what: str, size: int) -> None:
        self.asked.append((what, size))
        if self.failing:
            self.failing -= 1
            raise OperationalError("gone")

    def count(self, what: str) -> int:
        return sum(name == what for name, _ in self.asked)

    def authenticate(self, credentials: Sequence[Credential]) -> list[Identity | Refusal]:
        """A token is a user's id, and may name the login after a slash; without, it has the same number."""
        self._ask("authenticate", len(credentials))
        return [self._identity((one.token or "").partition("/")) for one in credentials]

    def _identity(self, token: tuple[str, str, str]) -> Identity | Refusal:
        user, _, login = token
        if not user.isdigit():
            return Refusal(CloseCode.NOT_AUTHENTICATED, "No.")
        return Identity(int(user), int(login or user), None)

    def positions(self, user_ids: Sequence[int]) -> dict[int, Position]:
        self._ask("positions", len(user_ids))
        return {user_id: self.tables[user_id].position for user_id in user_ids if user_id in self.tables}

    def pages(self, wanted: Sequence[tuple[int, int]], *, limit: int, size: int) -> list[Page | None]:
        self._ask("pages", len(wanted))
        return [
            self.tables[user_id].page(after, limit) if user_id in self.tables else None for user_id, after in wanted
        ]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    made = Database({user_id: Table() for user_id in range(1, 201)})
    monkeypatch.setattr(hub_module, "positions", made.positions)
    monkeypatch.setattr(hub_module, "pages", made.pages)
    monkeypatch.setattr(hub_module, "RETRY", 0.02)
    return made


@pytest.fixture
async def hub(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    made = Hub(MemoryBus())
    monkeypatch.setattr(made, "_authenticate", database.authenticate)
    await made.bus.listen(made.on_signals, lambda: None)
    yield made
    made._threads.shutdown()


def arrive(hub: Hub, user_id: int | str, resume: str | None = None) -> KeepingDoor:
    door = KeepingDoor(hub)  # type: ignore[arg-type]
    assert hub.join(door)
    door.say({"type": "hello", "token": str(user_id)} | ({} if resume is None else {"resume": resume}))
    return door


def types(door: KeepingDoor) -> list[str]:
    return [frame["type"] for frame in door.frames]


async def test_a_hundred_who_come_together_cost_two_queries(hub: Hub, database: Database) -> None:
    doors = [arrive(hub, user_id) for user_id in range(1, 101)]
    await until(lambda: all(types(door) == ["welcome"] for door in doors))
    assert database.asked == [("authenticate", 100), ("positions", 100)]


async def test_a_hundred_gaps_are_read_in_batches(hub: Hub, database: Database) -> None:
    doors = [arrive(hub, user_id) for user_id in range(1, 101)]
    await until(lambda: all(door.frames for door in doors))
    for table in database.tables.values():
        table.commit()
    hub.bus.publish([Hint([(user_id, "k3x9", 1) for user_id in range(1, 101)], None)])
    await until(lambda: all(door.seqs == [1] for door in doors))
    assert database.count("pages") == 2


async def test_who_is_refused_is_told_and_the_others_are_let_in(hub: Hub, database: Database) -> None:
    stranger, friend = arrive(hub, "nobody"), arrive(hub, 7)
    await until(lambda: stranger.close_code and friend.frames)
    assert (stranger.close_code, types(stranger)) == (4001, ["error"])
    assert types(friend) == ["welcome"]


async def test_an_entry_committed_while_somebody_arrives_is_not_missed(
    hub: Hub, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint comes between the registration and the reading of the position, which is the race that loses entries."""
    table = database.tables[7]
    read = database.positions

    def reads_then_something_happens(user_ids: Sequence[int]) -> dict[int, Position]:
        found = read(user_ids)
        seq = table.commit()
        hub.bus.publish([Hint([(7, "k3x9", seq)], table.bodies[seq])])
        return found

    monkeypatch.setattr(hub_module, "positions", reads_then_something_happens)
    door = arrive(hub, 7, "k3x9.0")
    await until(lambda: "caught_up" in types(door))
    assert door.seqs == [1]


@pytest.mark.parametrize("failures", [1, 2, 5])
async def test_a_database_that_is_away_for_a_while_costs_time_and_nothing_else(
    hub: Hub, database: Database, failures: int
) -> None:
    table = database.tables[7]
    for _ in range(3):
        table.commit()
    database.failing = failures
    door = arrive(hub, 7, "k3x9.0")
    await until(lambda: "caught_up" in types(door))
    assert door.seqs == [1, 2, 3]
    database.failing = failures
    table.commit()
    hub.bus.publish([Hint([(7, "k3x9", 4)], None)])
    await until(lambda: door.seqs == [1, 2, 3, 4])
    assert types(door).count("welcome") == 1


async def test_an_account_that_is_gone_takes_nobody_with_it(hub: Hub, database: Database) -> None:
    """Deleted between its authentication and the reading of its stream."""
    gone, friend = arrive(hub, 999), arrive(hub, 7)
    await until(lambda: gone.close_code and friend.frames)
    assert gone.close_code == 4004
    assert types(friend) == ["welcome"]
    del database.tables[7]
    hub.bus.publish([Hint([(7, "k3x9", 1)], None)])
    await until(lambda: friend.close_code == 4004)


async def test_of_too_many_connections_the_oldest_go_even_when_all_come_at_once(hub: Hub, database: Database) -> None:
    doors = [arrive(hub, 7) for _ in range(15)]
    await until(lambda: sum(door.close_code is None and bool(door.frames) for door in doors) == 10)
    assert [door.close_code for door in doors] == [4009] * 5 + [None] * 10
    assert len(hub.by_user[7]) == 10


async def test_only_the_logins_that_ended_are_closed(hub: Hub, database: Database) -> None:
    mine, others = arrive(hub, 7), arrive(hub, 8)
    await until(lambda: mine.frames and others.frames)
    hub.bus.publish([Ended(7, [99], 4004), Ended(8, None, 4004)])
    await until(lambda: others.close_code == 4004)
    assert mine.close_code is None
    hub.bus.publish([Ended(7, [7], 4004)])
    await until(lambda: mine.close_code == 4004)
    assert hub.by_user == {}
    assert hub.count == 0


async def test_a_login_that_ends_while_it_is_let_in_does_not_get_in(hub: Hub, database: Database) -> None:
    authenticate = database.authenticate

    def ends_meanwhile(credentials: Sequence[Credential]) -> list[Identity | Refusal]:
        found = authenticate(credentials)
        hub.bus.publish([Ended(7, [7], 4004)])
        return found

    hub._authenticate = ends_meanwhile
    door = arrive(hub, 7)
    await until(lambda: door.close_code is not None)
    assert door.close_code == 4004
    assert "welcome" not in types(door)


async def test_what_the_sweeper_finds_is_sent(hub: Hub, database: Database) -> None:
    door, current = arrive(hub, 7), arrive(hub, 8)
    await until(lambda: door.frames and current.frames)
    database.tables[7].commit()
    hub.swept({user_id: database.tables[user_id].position for user_id in (7, 8, 9)})
    await until(lambda: door.seqs == [1])
    assert database.count("pages") == 1


async def test_a_restored_database_sends_its_clients_to_resume_anew(hub: Hub, database: Database) -> None:
    table = database.tables[7]
    for _ in range(4):
        table.commit()
    door = arrive(hub, 7)
    await until(lambda: door.frames)
    table.restore(2, "after")
    hub.swept({7: table.position})
    await until(lambda: door.close_code is not None)
    assert door.close_code == 4200
    again = arrive(hub, 7, "k3x9.4")
    await until(lambda: "reset" in types(again))
    assert again.frames[-1] == {"type": "reset", "cursor": "after.2", "reason": "epoch"}


async def test_everybody_leaves_at_the_time_they_were_told(hub: Hub, database: Database) -> None:
    doors = [arrive(hub, user_id) for user_id in range(1, 11)]
    await until(lambda: all(door.frames for door in doors))
    began = hub.loop.time()
    closed: dict[int, float] = {}
    drain = asyncio.create_task(hub.drain(1.0))
    while not drain.done():
        for number, door in enumerate(doors):
            if door.close_code is not None:
                closed.setdefault(number, hub.loop.time() - began)
        await asyncio.sleep(0.005)
    await drain
    told = [door.frames[-1]["reconnect_in_ms"] / 1000 for door in doors]
    assert sorted(told) == [number / 10 for number in range(10)]
    assert {door.close_code for door in doors} == {1012}
    for number, door_told in enumerate(told):
        if number in closed:
            assert door_told - 0.02 <= closed[number] < door_told + 0.4
    assert not hub.join(KeepingDoor(hub)), "nobody comes in any more"  # type: ignore[arg-type]


async def test_who_is_left_alone_leaves_at_once_and_comes_back_over_time(hub: Hub, database: Database) -> None:
    """Nobody else can take the clients, so every second of draining is one without a server."""
    doors = [arrive(hub, user_id) for user_id in range(1, 11)]
    await until(lambda: all(door.frames for door in doors))
    began = hub.loop.time()
    await hub.drain(30.0, alone=True)
    assert hub.loop.time() - began < 5
    told = sorted(door.frames[-1]["reconnect_in_ms"] for door in doors)
    spread = 2 * len(doors) / conf().HANDSHAKES_PER_SECOND
    assert told == pytest.approx([1_000 * (AWAY + spread * number / 10) for number in range(10)], abs=1)
    assert {door.close_code for door in doors} == {1012}


async def test_whoever_says_hello_to_a_draining_process_is_sent_on(hub: Hub, database: Database) -> None:
    """The handshake came before the signal: without a word, the socket would just break when the process ends."""
    door = KeepingDoor(hub)  # type: ignore[arg-type]
    assert hub.join(door)
    await hub.drain(0.1)
    hub.arrive(door, Credential("7", None))
    assert door.close_code == 1012


async def test_a_device_that_keeps_losing_its_connection_takes_nobody_elses_place(hub: Hub, database: Database) -> None:
    tabs = [arrive(hub, "7/1") for _ in range(3)]
    await until(lambda: all(door.frames for door in tabs))
    lost = []
    for _ in range(20):
        lost.append(arrive(hub, "7/2"))
        await until(lambda: lost[-1].frames)
    assert [door.close_code for door in tabs] == [None, None, None]
    assert [door.close_code for door in lost] == [4009] * 13 + [None] * 7


async def test_of_several_the_one_that_owes_a_pong_makes_room(hub: Hub, database: Database) -> None:
    doors = [arrive(hub, 7) for _ in range(10)]
    await until(lambda: all(door.frames for door in doors))
    for door in doors:
        door.ping()
    for door in doors[:4] + doors[5:]:
        door.say({"type": "pong"})
    newer = arrive(hub, 7)
    await until(lambda: newer.frames)
    assert [number for number, door in enumerate(doors) if door.close_code is not None] == [4]


async def test_a_refreshed_token_must_be_of_the_same_login(hub: Hub, database: Database) -> None:
    door, other = arrive(hub, 7), arrive(hub, 8)
    await until(lambda: door.frames and other.frames)
    door.say({"type": "refresh", "token": "7"})
    other.say({"type": "refresh", "token": "7"})
    await until(lambda: other.close_code is not None)
    assert other.close_code == 4001
    database.failing = 1
    door.say({"type": "refresh", "token": "7"})
    await until(lambda: "error" in types(door))
    assert door.frames[-1]["code"] == "try_again"
    assert door.close_code is None


async def test_a_login_that_lasts_for_months_ends_all_the_same(hub: Hub) -> None:
    """However far away its end was when it came in."""
    months = 90 * 86_400.0
    door, endless = KeepingDoor(hub), KeepingDoor(hub)  # type: ignore[arg-type]
    ends = time.time() + months
    for one, login, until_when in ((door, 1, ends), (endless, 2, None)):
        assert hub.join(one)
        await hub.admit_known(one, Identity(7, login, until_when))
    hub.rounds._end_expired(ends - EXPIRY_NOTICE)
    assert types(door) == ["welcome", "expiring"]
    hub.rounds._end_expired(ends)
    assert not door.closed
    hub.rounds._end_expired(ends + EXPIRY_GRACE - TICK)
    assert door.close_code == 4200
    assert not endless.closed
