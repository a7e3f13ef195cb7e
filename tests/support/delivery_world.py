"""The gateway's conversation without a gateway: a table in memory, a hub that answers when told to, a door that keeps frames.

`Connection` is the product's own; what is replaced is what touches sockets, threads and databases. So a test decides when
a read is answered, with which page, and whether the buffer is full, and sees every frame in order.
"""

import json
from typing import Any

from streams.gateway.connection import Connection
from streams.gateway.identity import Credential, Identity
from streams.read import Page, Position


class Table:
    """One user's stream: where it stands and what it still holds."""

    def __init__(self, *, epoch: str = "k3x9", head: int = 0, floor: int = 0) -> None:
        self.epoch = epoch
        self.head = head
        self.floor = floor
        self.bodies: dict[int, bytes] = {}

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.head, self.floor)

    def commit(self, entry: dict[str, Any] | None = None) -> int:
        """Append an entry, its own `seq` if it has one left out, and return its number."""
        self.head += 1
        members = {"type": "redacted", "at": "2026-11-23T06:20:01.123456Z"} if entry is None else dict(entry)
        if members.pop("seq", self.head) != self.head:
            raise AssertionError(f"entry {self.head} calls itself otherwise: {entry}")
        self.bodies[self.head] = json.dumps(members).encode()
        return self.head

    def trim(self, floor: int) -> None:
        self.floor = max(self.floor, floor)
        self.bodies = {seq: body for seq, body in self.bodies.items() if seq > self.floor}

    def restore(self, head: int, epoch: str) -> None:
        """What a restored backup is: shorter, and of a new epoch."""
        self.head, self.epoch, self.floor = head, epoch, min(self.floor, head)
        self.bodies = {seq: body for seq, body in self.bodies.items() if seq <= head}

    def page(self, after: int, limit: int) -> Page:
        seqs = [seq for seq in range(after + 1, self.head + 1) if seq in self.bodies][:limit]
        return Page(self.position, [(seq, self.bodies[seq]) for seq in seqs])


class StandIn:
    """Stands where the hub stands. Reads are answered by `answer()`, arrivals by `let_in()`."""

    name = "world"

    def __init__(self, table: Table, *, user_id: int = 7, page: int = 300) -> None:
        self.table = table
        self.user_id = user_id
        self.limit = page
        self.stalled: dict[Connection, None] = {}
        self.acked: dict[Connection, None] = {}
        self.greeted: dict[Connection, Credential] = {}
        self.arrived: list[tuple[Connection, Credential]] = []
        self.wanted: list[tuple[Connection, int]] = []
        self.refreshed: list[Credential] = []
        self.ephemeral = Ephemera()
        self.left: list[Connection] = []
        self.delivered = 0

    def arrive(self, connection: Connection, credential: Credential) -> None:
        self.greeted[connection] = credential
        self.arrived.append((connection, credential))

    def let_in(self, expires_at: float | None = None) -> None:
        """Admit and locate everybody who waits."""
        waiting, self.arrived = self.arrived, []
        for connection, _ in waiting:
            connection.admitted(Identity(self.user_id, 1, expires_at))
            self.greeted.pop(connection, None)
            connection.located(self.table.position)

    def want(self, connection: Connection) -> None:
        self.wanted.append((connection, connection.delivery.read))

    def read(self) -> list[tuple[Connection, int, Page]]:
        """Ask the table now; what comes back may be given to the connections whenever the test likes."""
        wanted, self.wanted = self.wanted, []
        return [(one, read, self.table.page(one.delivery.sent, self.limit)) for one, read in wanted]

    def answer(self) -> None:
        """Answer reads until nobody wants any."""
        while self.wanted:
            for connection, read, page in self.read():
                if not connection.closed:
                    connection.on_page(read, page)

    def leave(self, connection: Connection) -> None:
        self.left.append(connection)

    def refresh(self, connection: Connection, credential: Credential) -> None:
        self.refreshed.append(credential)


class Ephemera:
    """Remembers what clients wanted of ephemeral topics."""

    def __init__(self) -> None:
        self.watched: list[tuple[str, list[str]]] = []
        self.typed: list[int] = []

    def watch(self, connection: Connection, topics: list[str]) -> None:
        self.watched.append(("watch", topics))

    def unwatch(self, connection: Connection, topics: list[str]) -> None:
        self.watched.append(("unwatch", topics))

    def typing(self, connection: Connection, to: int) -> None:
        self.typed.append(to)


class KeepingDoor(Connection):
    """A door whose transport is a list. `room` is how many frames fit before the buffer counts as full."""

    __slots__ = ("close_code", "frames", "in_buffer", "room")
    door = "test"

    def __init__(self, hub: StandIn, *, session_key: str | None = None, room: int | None = None) -> None:
        super().__init__(hub, session_key=session_key, address="192.0.2.7")  # type: ignore[arg-type]
        self.frames: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self.room = room
        self.in_buffer = 0

    def write(self, frame: bytes) -> None:
        self.frames.append(json.loads(frame))
        if self.room is not None:
            self.in_buffer += 1
            if self.in_buffer > self.room:
                self.full()

    def client_reads(self) -> None:
        """The buffer empties."""
        self.in_buffer = 0
        self.drained()

    def close(self, code: int, reason: str = "") -> None:
        if not self.closed:
            self.close_code = int(code)
            self.lost()

    def say(self, frame: dict[str, Any]) -> None:
        """The client sends a frame."""
        self.receive(json.dumps(frame).encode())

    def take(self) -> list[dict[str, Any]]:
        """What has been sent since the last call."""
        taken, self.frames = self.frames, []
        return taken

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if "seq" in frame]


def connected(table: Table, *, resume: str | None = None, page: int = 300, room: int | None = None) -> KeepingDoor:
    """A connection that has said hello and been welcomed; reads are not answered yet."""
    hub = StandIn(table, page=page)
    door = KeepingDoor(hub, room=room)
    hello: dict[str, Any] = {"type": "hello"}
    if resume is not None:
        hello["resume"] = resume
    door.say(hello)
    hub.let_in()
    return door


def hub_of(door: Connection) -> StandIn:
    """The stand-in behind a door."""
    if not isinstance(door.hub, StandIn):
        raise AssertionError("this door stands at a real hub")
    return door.hub
