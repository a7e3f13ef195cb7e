"""The head of a request has a size and a time, whichever door it asks for."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.limits.doors import CHANNELS, COOKIE, TOKEN
from tests.limits.table import at_doors, crossed_at
from tests.support.databases import Template
from tests.support.lab.doors import Printing
from tests.support.lab.world import lab_environment
from tests.support.product import Product, Server, launching
from tests.support.raw_socket import RawSocket

DRIPPING = crossed_at("test_a_head_that_drips_is_cut_off")
HEAD_TIME = 10.0
SLACK = 10.0


@pytest.fixture(scope="module")
def server(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("heads")
    with launching(template, lambda: folder / "house", Printing()) as launch:  # type: ignore[arg-type]
        product: Product = launch(env=lab_environment())
        yield product.servers[0]


@pytest.fixture(scope="module")
def web(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The process that serves pages, and the doors of Channels."""
    folder = tmp_path_factory.mktemp("heads")
    with launching(template, lambda: folder / "web", Printing()) as launch:  # type: ignore[arg-type]
        yield launch(role="web", env=lab_environment()).servers[0]


def beginning(door: str) -> bytes:
    """The head of a request at this door, without its end."""
    sockets = {TOKEN: "/ws/", COOKIE: "/ws/"} | {one: one for one in CHANNELS}
    lines = [f"GET {sockets.get(door, '/api/events/')} HTTP/1.1", "Host: 127.0.0.1"]
    if door in sockets:
        lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
        lines.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    if "cookie" in door:
        lines.append("Cookie: sessionid=nonsense")
    if door.startswith("Server-Sent"):
        lines.append("Accept: text/event-stream")
    return "".join(line + "\r\n" for line in lines).encode()


def dripped(server: Server, door: str) -> float:
    """Send a head a line every half second: seconds until the server had enough."""
    with RawSocket(server.url) as slow:
        began = time.monotonic()
        slow.send(beginning(door))
        slow.socket.settimeout(0.5)
        while time.monotonic() - began < HEAD_TIME + SLACK:
            try:
                slow.send(b"X-Drip: 1\r\n")
                if not slow.socket.recv(100):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        return time.monotonic() - began


@pytest.fixture(scope="module")
def seconds(server: Server) -> dict[str, float]:
    """How long each door waited for a head that dripped, all at once."""
    took: dict[str, float] = {}

    def drip(door: str) -> None:
        took[door] = dripped(server, door)

    threads = [threading.Thread(target=drip, args=(door,)) for door in DRIPPING]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


@pytest.mark.parametrize("door", DRIPPING)
def test_a_head_that_drips_is_cut_off(door: str, seconds: dict[str, float]) -> None:
    assert HEAD_TIME * 0.8 < seconds[door] < HEAD_TIME + SLACK / 2


def test_a_head_that_drips_is_cut_off_by_a_process_for_pages_too(web: Server) -> None:
    assert HEAD_TIME * 0.8 < dripped(web, "poll") < HEAD_TIME + SLACK / 2


@at_doors("test_a_head_has_32_kib")
def test_a_head_has_32_kib(door: str, server: Server) -> None:
    begun = beginning(door)
    for size, fits in ((31 * 1024, True), (33 * 1024, False)):
        with RawSocket(server.url) as asking:
            asking.send(begun + b"X-Pad: " + b"x" * (size - len(begun)) + b"\r\n\r\n")
            status = asking.head().split(b" ")[1]
            assert (status == b"431") is not fits, status
