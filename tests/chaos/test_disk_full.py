"""The disk of the database is full: what cannot be written is refused, what was written stays, and with room again everything
goes on. PostgreSQL may have to be started again by then, if it had no room for its own log.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.chaos.form import PROCESSES, Outcome, TooLong, catches, end, keeps, sockets_stayed
from tests.support.databases import Template
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import PEOPLE, Launch, Product, launching
from tests.support.profiles import SHARED_POSTGRES, Profile, chosen_profile

pytestmark = pytest.mark.usefixtures("only_root")
CATCHES = "publish_before_commit" if chosen_profile() == "embedded" else "crashes_on_the_database"
FULL = 4.0
"""Seconds."""
PAD = 1_500
"""Bytes of each note; PostgreSQL would compress longer ones to nothing."""

Place = tuple[Launch, Callable[[Product], Path], PostgresServer | None]
"""How to start a product there, where its disk is, and the server that may need a start."""


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Put a small file system in the place of a folder, with what is in it."""
    with tempfile.TemporaryDirectory() as kept:
        aside = Path(kept) / "aside"
        shutil.copytree(folder, aside)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
        if mounted.returncode:
            pytest.skip(f"tmpfs cannot be mounted here: {mounted.stderr.strip()}")
        try:
            shutil.copytree(aside, folder, dirs_exist_ok=True)
            yield
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(filler: Path) -> None:
    """Leave no room."""
    full = pytest.raises(OSError, match="No space left")
    with filler.open("wb", buffering=0) as file, Path("/dev/zero").open("rb") as zero, full:
        shutil.copyfileobj(zero, file, 4096)


@pytest.fixture
def place(
    profile: Profile,
    launch: Launch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Place]:
    """A product whose database is on a small disk."""
    with ExitStack() as stack:
        if profile == "embedded":

            def on_small_disk(**named: object) -> Product:
                product = launch(**(named | {"processes": 0}))  # type: ignore[arg-type]
                stack.enter_context(small_disk(product.folder, "24m"))
                stack.callback(product.add_server().kill)
                return product

            yield on_small_disk, lambda product: product.folder, None
            return
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"numeneon-disk-{os.getpid()}-")))
        stack.enter_context(small_disk(folder, "240m"))
        folder.chmod(0o755)  # PostgreSQL runs as somebody else
        server = PostgresServer(folder=folder / "postgres")
        stack.callback(server.close)
        server.start()
        monkeypatch.setenv(SHARED_POSTGRES, server.url("postgres"))
        template = Template(profile, tmp_path / "template", people=PEOPLE)
        start = stack.enter_context(launching(template, lambda: tmp_path / "product", request.node))
        yield start, lambda _: folder, server


def scenario(place: Place, launch: Launch, **env: str) -> Outcome:
    _, disk, postgres = place
    with World(launch, processes=PROCESSES, followers=3, env=env) as world:
        world.write(20_000, pause=0.005, pad=PAD)
        world.await_done(60)
        filler = disk(world.product) / "filler"
        fill(filler)
        time.sleep(FULL)
        before = world.done
        time.sleep(1)
        if world.done > before + 20:
            raise TooLong("the disk was not full")
        filler.unlink()
        if postgres is not None and not postgres.answers():
            postgres.start()
        world.await_done(world.done + 60, within=30)
        world.enough()
        outcome = end(world, bound=6)
        sockets_stayed(world)
        return outcome


def test_a_full_disk_loses_nothing(place: Place) -> None:
    keeps("disk full", lambda launch, **env: scenario(place, launch, **env), place[0], CATCHES)


def test_a_mistake_is_caught(place: Place) -> None:
    catches(CATCHES, lambda launch, **env: scenario(place, launch, **env), place[0])
