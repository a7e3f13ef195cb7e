"""The real client is stopped in its tracks (SIGSTOP), as by the lid of a laptop, and goes on as if nothing had been.

The server ends its connection meanwhile; nobody else notices anything.
"""

import time

import pytest

from tests.chaos import results
from tests.chaos.form import Outcome, TooLong, catches, connections, end, keeps
from tests.support.lab.world import World
from tests.support.processes import await_condition
from tests.support.product import Launch

CATCHES = "never_notices_silence"
NOTICED = 3 + 2 + 2.0
"""Seconds: a heartbeat, the wait for its pong, two ticks."""
SPANS = (5, 30, 120) if results.long() else (5,)
STALLED = 5.0
"""Seconds that nobody else may be without an entry: the frozen client takes no part in what others are sent."""


def scenario(launch: Launch, span: float, **env: str) -> Outcome:
    with World(launch, followers=2, node=1, env=env) as world:
        (client,) = world.clients
        world.write(20_000, pause=max(0.05, span / 300))  # a client that missed more than is replayed is reset
        world.await_done(20)
        client.freeze()
        frozen = time.monotonic()
        await_condition(lambda: connections(world) == 2, within=NOTICED, about="the server notices the silence")
        time.sleep(max(0, frozen + span - time.monotonic()))
        client.thaw()
        thawed = time.monotonic()
        world.enough()
        silence = max(one.worst_silence(frozen, thawed) for one in world.followers)
        if silence > STALLED:
            raise TooLong(f"others were without entries for {silence:.1f} s")
        return end(world, bound=5, but=[client])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("span", SPANS)
def test_a_client_that_is_frozen_loses_nothing(launch: Launch, span: int) -> None:
    keeps(f"client frozen {span} s", lambda launch, **env: scenario(launch, span, **env), launch, CATCHES)


def test_a_server_that_does_not_listen_for_pongs_is_caught(launch: Launch) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, SPANS[0], **env), launch)
