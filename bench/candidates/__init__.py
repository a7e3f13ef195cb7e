"""The programs that are measured side by side, in the order they are shown."""

from __future__ import annotations

from candidates.anycable_go import AnyCable
from candidates.centrifugo_go import Centrifugo
from candidates.channels import ChannelsPubSub, SeedDesign
from candidates.mercure_go import Mercure
from candidates.node import NodeHub, SocketIo
from candidates.numeneon_profiles import AsgiDoor, Embedded, Product, Scaled, SseDoor
from candidates.python_socketio import PythonSocketIo
from candidates.reference import Reference
from suite.candidate import Candidate

__all__ = ["CROWDS", "IDLE", "LATENCY", "OTHERS", "RATES", "SIZES", "STORM", "Product", "everyone", "products"]

CROWDS = ("reference", "numeneon scaled", "ws hub")
"""Who is measured with tens of thousands of sockets."""
SIZES = ("reference", "numeneon embedded", "numeneon scaled", "ws hub")
"""Who is measured at sizes where each costs half a minute."""
STORM = (*SIZES, "seed", "socket.io", "centrifugo")
IDLE = (*STORM, "numeneon SSE", "mercure", "anycable-go")
"""Who holds five thousand sockets, all at once; the others take longer to let them in than a scenario should."""
RATES = ("reference", "numeneon scaled", "seed", "channels pub/sub", "ws hub", "socket.io", "centrifugo")
"""Who gets events from another process, a step of a second each."""
LATENCY = (
    "reference",
    "numeneon scaled",
    "numeneon SSE",
    "numeneon on ASGI",
    "ws hub",
    "centrifugo",
    "mercure",
    "anycable-go",
)
OTHERS = ("numeneon embedded", "numeneon scaled", "seed", "ws hub", "socket.io")
"""Who is made to serve those who do not read."""


def everyone() -> list[Candidate]:
    """Every candidate; those that are not installable say so when asked."""
    ours: list[Candidate] = [Reference(), Embedded(), Scaled(), AsgiDoor(), SseDoor()]
    python: list[Candidate] = [SeedDesign(), ChannelsPubSub(), PythonSocketIo()]
    return [*ours, *python, NodeHub(), SocketIo(), Centrifugo(), Mercure(), AnyCable()]


def products(*, missed: int = 0) -> list[Product]:
    """The product alone, in both profiles; with `missed`, every socket resumes that many entries."""
    found: list[Product] = [Embedded(), Scaled()]
    for product in found:
        product.missed = missed
    return found
