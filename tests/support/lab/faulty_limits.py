"""Mistakes about limits: what a server does that forgets one. See .mutants."""

from collections.abc import Callable

from streams.gateway.connection import Connection
from streams.gateway.gate import Gate
from streams.gateway.rounds import Rounds
from streams.gateway.websocket_fast import OnePort
from streams.gateway.websocket_uvicorn import LimitedSocket

from .mutants import patch


def frames_uncounted() -> None:
    """Whoever talks may talk on."""
    for each in (Connection, LimitedSocket):
        patch(each, "_allowed", lambda self: True)


def gate_always_open() -> None:
    """All who come are let in, however many they are and wherever they come from."""

    def enter(self: Gate, address: str) -> bool:
        self.inside += 1
        return True

    patch(Gate, "enter", enter)
    patch(Gate, "leave", lambda self, address: None)


def silence_unnoticed() -> None:
    """Pings are sent, and nobody looks whether they are answered."""
    patch(LimitedSocket, "keepalive_timeout", lambda self: None)


def hello_not_awaited() -> None:
    """Who says nothing may stay."""
    patch(Rounds, "expect_hello", lambda self, connection: None)


def nobody_is_too_slow() -> None:
    """Who reads nothing is waited for."""
    patch(LimitedSocket, "pause_writing", lambda self: self.writable.clear())
    patch(OnePort, "_expect_reading", lambda self, waiting: None)
    patch(Connection, "full", lambda self: self.delivery.full())


MUTANTS: dict[str, Callable[[], None]] = {
    made.__name__: made
    for made in (frames_uncounted, gate_always_open, silence_unnoticed, hello_not_awaited, nobody_is_too_slow)
}
