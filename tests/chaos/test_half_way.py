"""A case that fails half-way leaves nothing: no process, thread, pipe, namespace or mount, whatever it was in the middle of.

What is left is found by `nothing_left`, which every case here stands in.
"""

import os
import signal
import subprocess
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.chaos.form import PROCESSES
from tests.support import leftovers
from tests.support.lab.world import World
from tests.support.leftovers import Left, leaving_nothing
from tests.support.lossy_network import CannotBeMade, ip
from tests.support.processes import DidNotStart, Leashed, TimedOut
from tests.support.product import Launch
from tests.support.proxy import Proxy


def fails_with_everything_in_it(launch: Launch) -> None:
    with (
        World(launch, processes=PROCESSES, followers=3, node=1) as world,
        Proxy(world.servers[0].port) as proxy,
    ):
        proxy.twice = True
        world.followers[0].patience = 100
        world.followers[0].urls = [proxy.ws_url + "/ws/"]
        world.write(20_000, pause=0.01, pad=30_000)
        world.await_done(20)
        for server in world.servers:
            server.freeze()
        world.clients[0].freeze()
        for follower in world.followers:
            follower.cut()
        world.await_done(20_000, within=2)


def test_a_world_that_fails_with_everything_in_it_leaves_nothing(launch: Launch) -> None:
    with pytest.raises(TimedOut):
        fails_with_everything_in_it(launch)


def test_a_world_that_cannot_begin_leaves_nothing(launch: Launch) -> None:
    world = World(launch, processes=PROCESSES, followers=3, node=2)
    world.clients[1].transports = "no such thing"
    with pytest.raises(DidNotStart), world:
        pytest.fail("it has begun")


def starts_in_vain(launch: Launch) -> None:
    with World(launch, followers=1) as world:
        (server,) = world.servers
        assert server.process is not None
        server.process.leash.send_signal(signal.SIGKILL)
        server.process.leash.wait(10)
        server.env["DJANGO_SETTINGS_MODULE"] = "nowhere"
        server.start()


def test_a_server_that_died_by_itself_and_does_not_start_again_leaves_nothing(launch: Launch) -> None:
    with pytest.raises(DidNotStart):
        starts_in_vain(launch)


# What is left is noticed.


@pytest.fixture
def noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    monkeypatch.setattr(leftovers, "PATIENCE", 0.2)
    return leaving_nothing(tmp_path)


def test_a_process_that_is_left_is_noticed(noticed: AbstractContextManager[None], tmp_path: Path) -> None:
    with pytest.raises(Left, match="sleep 60"), noticed:
        left = Leashed(["sleep", "60"], log=tmp_path / "log")
    left.kill()


def test_a_thread_that_is_left_is_noticed(noticed: AbstractContextManager[None]) -> None:
    over = threading.Event()
    left = threading.Thread(target=over.wait, name="somebody")
    with pytest.raises(Left, match="somebody"), noticed:
        left.start()
    over.set()
    left.join()


@pytest.mark.usefixtures("only_root")
def test_a_namespace_that_is_left_is_noticed(noticed: AbstractContextManager[None]) -> None:
    name = f"num-left-{os.getpid()}"
    try:
        with pytest.raises(Left, match=name), noticed:
            ip("netns", "add", name)
    except CannotBeMade as problem:
        pytest.skip(f"no network of its own can be made here: {problem}")
    finally:
        subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
