"""The disk is full: what cannot be written is refused, what was written stays, and with room again everything goes on."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.form import Outcome, catches, end, keeps, sockets_stayed
from tests.support.lab.world import World
from tests.support.product import Launch, Product

pytestmark = pytest.mark.usefixtures("only_embedded", "only_root")
CATCHES = "publish_before_commit"


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Put a small file system in the place of a folder, with what is in it."""
    aside = folder.with_name(folder.name + "-aside")
    shutil.copytree(folder, aside)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
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


def scenario(launch: Launch, **env: str) -> Outcome:
    disks = []

    def on_small_disk(**named: object) -> Product:
        product = launch(**(named | {"processes": 0}))  # type: ignore[arg-type]
        disk = small_disk(product.folder, "24m")
        disk.__enter__()
        disks.append(disk)
        product.add_server()
        return product

    try:
        with World(on_small_disk, followers=3, env=env) as world:
            world.write(300, pause=0.005, pad=2_000)
            world.await_done(60)
            filler = world.folder / "filler"
            fill(filler)
            time.sleep(4)
            done = world.done
            time.sleep(1)
            assert world.done == done < 300, "the disk was not full"
            filler.unlink()
            outcome = end(world, bound=6)
            sockets_stayed(world)
            for server in world.servers:
                server.kill()
            return outcome
    finally:
        for disk in disks:
            disk.__exit__(None, None, None)


def test_a_full_disk_loses_nothing(launch: Launch) -> None:
    keeps("disk full", scenario, launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
