"""Give one hint to everybody it concerns: the hottest lines of the product.

Two passes instead of one: first decide and build for all, then send for all. The kernel's network path throws the interpreter
out of the processor's caches; a thousand times back and forth costs a fifth more than once. What is inlined here is
`Delivery.hint` for (LIVE, HINT_NEXT), and only that: everything else is asked of the machine. bench/ has the figures.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from streams.bus import Hint
from streams.delivery import State

from .connection import Connection

if TYPE_CHECKING:
    from .hub import Hub

LIVE = State.LIVE


def fan_out(hub: "Hub", hint: Hint) -> None:
    """Deliver, or tell the machines of, every stream that a hint names."""
    body = hint.body
    connections_of = hub.by_user.get
    wire_of = hub.frames.wire
    ready: list[tuple[Callable[[bytes], int], bytes, Connection]] = []
    for user_id, epoch, seq in hint.positions:
        for connection in connections_of(user_id, ()):
            delivery = connection.delivery
            send = connection.direct
            if (
                send is not None
                and seq == delivery.sent + 1
                and delivery.state is LIVE
                and epoch == delivery.epoch
                and body is not None
            ):
                delivery.sent = delivery.head = seq
                ready.append((send, wire_of(seq, body), connection))
            else:
                connection.on_hint(epoch, seq, body)
    hub.delivered += len(ready)
    for send, wire, connection in ready:
        try:
            sent = send(wire)
        except OSError as error:
            connection.refused_by_kernel(error, wire)
            continue
        if sent != len(wire):
            connection.buffer(wire[sent:])
