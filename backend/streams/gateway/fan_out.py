"""Give hints to everybody they concern: the hottest lines of the product.

Two passes instead of one: first decide and build for all, then send for all. The kernel's network path throws the interpreter
out of the processor's caches; a thousand times back and forth costs a fifth more than once. What is inlined here is
`Delivery.hint` for (LIVE, HINT_NEXT), and only that: everything else is asked of the machine. A frame is made once for all
devices of a user, its parts once for all users. bench/ has the figures.

What is decided is sent before anything else may write to a connection: nothing between the passes does.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from streams.bus import Hint
from streams.delivery import State

from .connection import Connection
from .journal import NOTED
from .rfc6455 import entry_frames

if TYPE_CHECKING:
    from .hub import Hub

LIVE = State.LIVE


def fan_out(hub: "Hub", hints: Sequence[Hint]) -> None:
    """Deliver, or tell the machines of, every stream that hints name, which came together and in this order."""
    connections_of = hub.by_user.get
    now = time.time()
    ready: list[Connection] = []
    wires: list[bytes] = []
    for hint in hints:
        body, here = hint.body, False
        head = tail = b""
        low = high = 0
        for user_id, epoch, seq in hint.positions:
            connections = connections_of(user_id)
            if connections is None:
                continue
            here = True
            wire = None
            for connection in connections:
                delivery = connection.delivery
                if (
                    seq == delivery.sent + 1
                    and delivery.state is LIVE
                    and epoch == delivery.epoch
                    and body is not None
                    and connection.direct is not None
                ):
                    delivery.sent = delivery.head = seq
                    if wire is None:
                        if not low <= seq < high:
                            head, tail, low, high = entry_frames(seq, body)
                        wire = b"%b%d%b" % (head, seq, tail)
                    ready.append(connection)
                    wires.append(wire)
                else:
                    connection.on_hint(epoch, seq, body)
        if here and len(hint.positions) <= NOTED:
            hub.remember((now, hint.positions))
    hub.delivered += len(ready)
    for connection, wire in zip(ready, wires, strict=True):
        direct = connection.direct
        if direct is None:  # since an earlier entry of these filled its socket
            connection.buffer(wire)
            continue
        try:
            sent = direct(wire)
        except OSError as error:
            connection.refused_by_kernel(error, wire)
            continue
        if sent != len(wire):
            connection.buffer(wire[sent:])
