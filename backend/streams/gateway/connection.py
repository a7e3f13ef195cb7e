"""One connected client, whatever carries its bytes.

A door subclasses `Connection` and supplies `write`, `close` and the news of its transport; everything that is the same on
every door stands here: the conversation of the protocol, the limits, and obeying the delivery machine.
"""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from streams import metrics, protocol
from streams.conf import conf
from streams.cursor import Cursor
from streams.delivery import Delivery, Do, State
from streams.events import frame_of
from streams.protocol import CloseCode, FrameRefused

from .identity import Credential, Identity, Refusal

if TYPE_CHECKING:
    from streams.read import Page, Position

    from .hub import Hub

_numbers = itertools.count(1)


class Connection:
    """A client from its handshake to its end. Calls come from one event loop only."""

    __slots__ = (
        "_allowance",
        "_allowance_at",
        "_sync_times",
        "acked",
        "address",
        "closed",
        "delivery",
        "direct",
        "expires_at",
        "heard",
        "hub",
        "identity",
        "number",
        "pinged",
        "resume",
        "session_key",
        "stalled_at",
        "topics",
        "typed",
    )

    door: ClassVar[str] = ""

    def __init__(self, hub: "Hub", *, session_key: str | None, address: str) -> None:
        self.hub = hub
        self.number = next(_numbers)
        self.session_key = session_key
        self.address = address
        self.delivery = Delivery()
        self.direct: Callable[[bytes], int] | None = None
        """Sends bytes straight to the kernel, on doors that can and while nothing waits in a buffer; else None."""
        self.identity: Identity | None = None
        self.resume: Cursor | None = None
        self.expires_at: float | None = None
        self.closed = False
        self.heard = False
        self.pinged = False
        self.stalled_at: float | None = None
        self.topics: set[str] | None = None
        self.typed: dict[int, float] | None = None
        self.acked = 0
        self._sync_times: list[float] | None = None
        self._allowance = float(conf().FRAME_BURST)
        self._allowance_at = time.monotonic()

    # What a door supplies

    def write(self, frame: bytes) -> None:
        """Give one text frame to the transport."""
        raise NotImplementedError

    def refused_by_kernel(self, error: OSError, wire: bytes) -> None:
        """`direct` failed with this."""
        raise NotImplementedError

    def buffer(self, wire: bytes) -> None:
        """Send what `direct` did not take, before anything else."""
        raise NotImplementedError

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye with a close code and end."""
        raise NotImplementedError

    def write_entry(self, seq: int, body: bytes) -> None:
        """Give one entry to the transport, in this door's dialect."""
        self.write(frame_of(seq, body))

    def write_welcome(self, position: "Position", *, resumed: bool) -> None:
        """Tell the client where it stands, in this door's dialect."""
        assert self.identity is not None  # noqa: S101
        settings = conf()
        ends = self.expires_at
        welcome = protocol.Welcome(
            protocol="numeneon.v1",
            user=self.identity.user_id,
            cursor=str(self.delivery.cursor),
            head=position.head,
            floor=position.floor,
            resumed=resumed,
            heartbeat=settings.HEARTBEAT,
            connection=f"{self.hub.name}-{self.number}",
            expires_in=None if ends is None else max(0, int(ends - time.time())),
            limits=protocol.Limits(
                frame=settings.MAX_FRAME, sync_per_minute=settings.SYNCS_PER_MINUTE, topics=settings.MAX_TOPICS
            ),
        )
        self.write(protocol.encode(welcome))

    def write_control(self, frame: bytes) -> None:
        """Give a control frame (caught_up, reset, ping, error, …) to the transport; unsequenced doors keep silent."""
        self.write(frame)

    # What a door reports

    def receive(self, raw: bytes) -> None:
        """A complete text frame came from the client."""
        self.heard = True
        if self.closed:
            return
        try:
            if not self._allowed():
                raise FrameRefused("rate_limited", "Too many frames. Slow down.", close=CloseCode.RATE_LIMITED)
            frame = protocol.parse_frame(raw)
            if frame is not None:
                self._obey(frame)
            elif self.identity is None and self.delivery.state is State.LOCATING:
                raise FrameRefused("hello_first", "The first frame must be hello.")
        except FrameRefused as refused:
            metrics.REFUSED_FRAMES.labels(refused.code).inc()
            self.write_control(protocol.error(refused.code, refused.message))
            if refused.close is not None:
                self.close(refused.close, refused.message)

    def full(self) -> None:
        """The transport's write buffer went over its mark."""
        if self.stalled_at is None and not self.closed:
            self.stalled_at = time.monotonic()
            self.hub.stalled[self] = None
            self.delivery.full()

    def drained(self) -> None:
        """The transport's write buffer has room again."""
        if self.stalled_at is not None and not self.closed:
            self.stalled_at = None
            self.hub.stalled.pop(self, None)
            self._do(self.delivery.drained())

    def lost(self) -> None:
        """The connection is over, on whichever side it ended: nothing more is written or counted."""
        if not self.closed:
            self.closed = True
            self.delivery.lost()
            self.hub.leave(self)

    # What the hub tells

    def admitted(self, identity: Identity) -> None:
        """The authenticator knows this client."""
        self.identity = identity
        self.expires_at = identity.expires_at

    def refused(self, refusal: Refusal) -> None:
        """The authenticator does not know this client."""
        self.write_control(protocol.error("not_authenticated", refusal.reason))
        self.close(refusal.code, refusal.reason)

    def located(self, position: "Position") -> None:
        """The stream's position was read, after this connection had been registered for hints."""
        do = self.delivery.located(
            epoch=position.epoch,
            head=position.head,
            floor=position.floor,
            resume=self.resume,
            reach=conf().MAX_REPLAY,
        )
        self.write_welcome(position, resumed=self.resume is not None and do is not Do.RESET)
        if self.stalled_at is not None:
            self.delivery.full()
        self._do(do)

    def on_hint(self, epoch: str, seq: int, body: bytes | None) -> None:
        """The bus or the sweeper tells that the stream has grown."""
        do = self.delivery.hint(epoch, seq, carries=body is not None)
        if do is Do.SEND and body is not None:
            self.hub.delivered += 1
            self.write_entry(seq, body)
        elif do is Do.READ:
            metrics.GAPS.inc()
            self.hub.want(self)

    def on_page(self, read: int, page: "Page") -> None:
        """A page came from the database."""
        delivery = self.delivery
        position = page.position
        do = delivery.page(
            read,
            epoch=position.epoch,
            head=position.head,
            floor=position.floor,
            seqs=[page.entries[0][0]] if page.entries else [],
        )
        if do is Do.RESET and delivery.reason == "epoch":
            # An acknowledgement on its way names a number of the old epoch; only a new connection tells them apart.
            self.close(CloseCode.EXPIRED, "The stream was restored from a backup. Resume to learn what holds.")
            return
        if do is not Do.SEND:
            self._do(do)
            return
        before = delivery.sent
        for seq, body in page.entries:
            if delivery.state is not State.READING or seq != delivery.sent + 1:
                break
            delivery.wrote(seq)
            self.write_entry(seq, body)
        self.hub.delivered += delivery.sent - before
        self._do(delivery.page_done())

    def ping(self) -> None:
        """The heartbeat's turn."""
        if self.delivery.state in (State.LIVE, State.READING):
            self.pinged = True
            self.heard = False
            self.write_control(protocol.ping(self.delivery.sent))

    # Inside

    def _do(self, do: Do) -> None:
        if do is Do.READ:
            self.hub.want(self)
        elif do is Do.CATCH_UP:
            self.write_control(protocol.caught_up(self.delivery.cursor))
        elif do is Do.RESET:
            self.acked = 0
            self.write_control(protocol.reset(self.delivery.cursor, self.delivery.reason))

    def _allowed(self) -> bool:
        settings = conf()
        now = time.monotonic()
        grown = self._allowance + (now - self._allowance_at) * settings.FRAMES_PER_MINUTE / 60
        self._allowance = min(grown, settings.FRAME_BURST) - 1
        self._allowance_at = now
        return self._allowance >= 0

    def _obey(self, frame: protocol.ClientFrame) -> None:
        if isinstance(frame, protocol.Pong):
            return
        if isinstance(frame, protocol.Hello):
            self._hello(frame)
            return
        if self.identity is None or self.delivery.state is State.LOCATING:
            raise FrameRefused("hello_first", "The first frame must be hello, and its welcome must have come.")
        if isinstance(frame, protocol.Sync):
            after = protocol.parse_cursor(frame.after)
            self._do(self.delivery.sync(after, allowed=self._may_sync(), reach=conf().MAX_REPLAY))
        elif isinstance(frame, protocol.Ack):
            self._ack(frame.seq)
        elif isinstance(frame, protocol.Watch):
            self.hub.ephemeral.watch(self, frame.topics)
        elif isinstance(frame, protocol.Unwatch):
            self.hub.ephemeral.unwatch(self, frame.topics)
        elif isinstance(frame, protocol.Typing):
            self.hub.ephemeral.typing(self, frame.to)
        else:
            self.hub.refresh(self, Credential(frame.token, None))

    def _hello(self, frame: protocol.Hello) -> None:
        if self.identity is not None or self.resume is not None or self in self.hub.greeted:
            raise FrameRefused("hello_twice", "There is one hello a connection; use refresh for a new token.")
        self.resume = None if frame.resume is None else protocol.parse_cursor(frame.resume)
        self.hub.arrive(self, Credential(frame.token, None if frame.token else self.session_key))

    def _ack(self, seq: int) -> None:
        if not 0 <= seq <= self.delivery.sent:
            raise FrameRefused("ack_ahead", f"Nothing beyond {self.delivery.sent} has been sent yet.", close=None)
        if seq > self.acked:
            self.acked = seq
            self.hub.acked[self] = None

    def _may_sync(self) -> bool:
        now = time.monotonic()
        recent = [at for at in self._sync_times or () if now - at < 60]
        self._sync_times = [*recent, now]
        return len(recent) < conf().SYNCS_PER_MINUTE


def least_needed(mine: Sequence[Connection], newer: Identity) -> Connection:
    """Which of a full list makes room: a device's own before another's, one that owes a pong, the oldest.

    A device on a bad network leaves dead sockets behind, newer than the tabs at home, which 4009 would stop for good.
    """

    def needed(one: Connection) -> tuple[bool, bool]:
        foreign = one.identity is not None and one.identity.login_id != newer.login_id
        return foreign, one.heard or not one.pinged

    return min(mine, key=needed)
