"""The hot path inlines one row of the delivery table; here it is held to the machine it shortcuts."""

from dataclasses import dataclass, field
from itertools import product
from types import SimpleNamespace

import pytest

from streams.bus import Hint
from streams.delivery import Delivery, Do, State
from streams.gateway.fan_out import fan_out
from streams.gateway.rfc6455 import text_frame

from .test_delivery import EPOCH, IN

BODY = b'{"at":"2026-11-23T06:20:01.123456Z","type":"friend_accepted"}'


@dataclass
class Door:
    """A connection whose kernel takes everything, or as many bytes as it is told to."""

    delivery: Delivery
    takes: int = 1_000_000
    fails: OSError | None = None
    can_send: bool = True
    sent: list[bytes] = field(default_factory=list)
    asked: list[Do] = field(default_factory=list)
    left: list[bytes] = field(default_factory=list)

    @property
    def direct(self) -> object:
        return self.send if self.can_send else None

    def send(self, wire: bytes) -> int:
        if self.fails:
            raise self.fails
        self.sent.append(wire[: self.takes])
        return len(wire[: self.takes])

    def on_hint(self, epoch: str, seq: int, body: bytes | None) -> None:
        self.asked.append(self.delivery.hint(epoch, seq, carries=body is not None))

    def buffer(self, wire: bytes) -> None:
        self.left.append(wire)

    def refused_by_kernel(self, error: OSError, wire: bytes) -> None:
        self.left.append(wire)


class Filling(Door):
    """A connection that cannot send directly any more once something waits, as the fast door's."""

    def buffer(self, wire: bytes) -> None:
        self.can_send = False
        super().buffer(wire)


def hub_of(*doors: Door) -> SimpleNamespace:
    return SimpleNamespace(by_user={7: list(doors)}, delivered=0, remember=lambda _: None)


def snapshot(machine: Delivery) -> tuple[State, int, int]:
    return machine.state, machine.sent, machine.head


@pytest.mark.parametrize(
    ("state", "epoch", "ahead", "carries"),
    [row for row in product(State, (EPOCH, "other"), range(-2, 4), (True, False)) if row[0] is not State.CLOSED],
)
def test_it_decides_as_the_table_does(state: State, epoch: str, ahead: int, carries: bool) -> None:
    by_table, door = IN[state](), Door(IN[state]())
    seq = by_table.sent + ahead
    decided = by_table.hint(epoch, seq, carries=carries)
    fan_out(hub_of(door), [Hint([(7, epoch, seq)], BODY if carries else None)])  # type: ignore[arg-type]
    assert snapshot(door.delivery) == snapshot(by_table)
    assert bool(door.sent) == (decided is Do.SEND)
    if decided is not Do.SEND:
        assert door.asked == [decided]


def test_all_devices_of_a_user_get_the_same_bytes_and_each_stream_its_own_number() -> None:
    first, second = Door(IN[State.LIVE]()), Door(IN[State.LIVE]())
    other = Door(Delivery())
    other.delivery.located(epoch="z", head=99, floor=0, resume=None, reach=1)
    hub = hub_of(first, second)
    hub.by_user[8] = [other]
    fan_out(hub, [Hint([(7, EPOCH, 6), (8, "z", 100), (9, "nobody", 1)], BODY)])  # type: ignore[arg-type]
    assert first.sent == second.sent == [text_frame(b'{"seq":6,' + BODY[1:])]
    assert other.sent == [text_frame(b'{"seq":100,' + BODY[1:])]
    assert hub.delivered == 3


def test_what_the_kernel_does_not_take_is_buffered_and_nobody_else_is_kept_waiting() -> None:
    slow, gone, fine = Door(IN[State.LIVE](), takes=10), Door(IN[State.LIVE]()), Door(IN[State.LIVE]())
    gone.fails = BlockingIOError()
    fan_out(hub_of(slow, gone, fine), [Hint([(7, EPOCH, 6)], BODY)])  # type: ignore[arg-type]
    whole = text_frame(b'{"seq":6,' + BODY[1:])
    assert slow.sent == [whole[:10]]
    assert slow.left == [whole[10:]]
    assert gone.left == [whole]
    assert fine.sent == [whole]


def test_a_door_without_a_direct_way_asks_its_machine() -> None:
    door = Door(IN[State.LIVE](), can_send=False)
    fan_out(hub_of(door), [Hint([(7, EPOCH, 6)], BODY)])  # type: ignore[arg-type]
    assert door.asked == [Do.SEND]
    assert door.sent == []


def test_entries_that_came_together_stay_in_order_when_the_first_fills_the_socket() -> None:
    door = Filling(IN[State.LIVE](), takes=10)
    others = [f'{{"n":{number}}}'.encode() for number in range(3)]
    fan_out(hub_of(door), [Hint([(7, EPOCH, 6 + number)], body) for number, body in enumerate(others)])  # type: ignore[arg-type]
    whole = b"".join(text_frame(b'{"seq":%d,' % (6 + number) + body[1:]) for number, body in enumerate(others))
    assert b"".join([*door.sent, *door.left]) == whole
    assert len(door.sent) == 1, "nothing goes around what waits"


def test_only_hints_for_somebody_who_is_here_are_remembered() -> None:
    noted: list[tuple[float, list[tuple[int, str, int]]]] = []
    hub = hub_of(Door(IN[State.LIVE]()))
    hub.remember = noted.append
    many = [(user_id, "z", 1) for user_id in range(7, 99)]
    fan_out(hub, [Hint([(8, "z", 1)], BODY), Hint([(7, EPOCH, 6)], BODY), Hint(many, BODY)])  # type: ignore[arg-type]
    assert [positions for _, positions in noted] == [[(7, EPOCH, 6)]]
