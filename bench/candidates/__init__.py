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

__all__ = ["Product", "everyone", "products"]


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
