"""Every process that somebody can be connected to at once: the product's own, and its application under Daphne and Uvicorn.

On the scaled profile all of them share one database and one bus. The embedded profile is one process, so that it has one
house of each kind.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from tests.support.databases import Template
from tests.support.doorways import DOORWAYS, Follower
from tests.support.lab.doors import AsgiServer, Printing
from tests.support.product import Launch, Product, Server, SignedIn, launching
from tests.support.profiles import chosen_profile

LONG = {"HEARTBEAT": 600, "PONG_TIMEOUT": 599, "CONNECTIONS_PER_USER": 60}
"""Nobody is ended for any reason but the one that is looked at."""
KINDS = ("fast", "daphne", "uvicorn") if chosen_profile() == "embedded" else ("all together",)
OURS = {"fast": 1, "daphne": 0, "uvicorn": 0, "all together": 2}
"""Processes of the product's own server in each."""
OPENED_TOGETHER = 12
DEAF = "drop=1,only=Hint+Ended"
"""A bus that loses every hint, and lets through what has no promise."""


def settled_in(launch: Launch, kind: str, env: Mapping[str, str]) -> Product:
    """A product with all processes of this kind of house."""
    product = launch(processes=OURS[kind], env={**env, "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver"})
    for other in ("daphne", "uvicorn"):
        if kind in (other, "all together"):
            server: Server = AsgiServer(other, env=product.env, log=product.folder / f"{other}.log")
            product.servers.append(server)
            server.start()
    return product


@contextmanager
def inhabited(template: Template, folder: Path, kind: str, env: Mapping[str, str]) -> Iterator[Product]:
    """The same for many tests."""
    with launching(template, lambda: folder / "house", cast("pytest.Item", Printing())) as launch:
        yield settled_in(launch, kind, env)


def at_every_door(
    product: Product,
    person: SignedIn,
    doors: Mapping[str, Callable[[Server, SignedIn, Mapping[str, str] | None], Follower]] = DOORWAYS,
) -> dict[str, Follower]:
    """One follower a door and process, opened together."""
    with ThreadPoolExecutor(OPENED_TOGETHER) as opening:
        opened = {
            f"{name} of {server.log.stem}": opening.submit(open_door, server, person, None)
            for server in product.servers
            for name, open_door in doors.items()
        }
    return {name: one.result() for name, one in opened.items()}
