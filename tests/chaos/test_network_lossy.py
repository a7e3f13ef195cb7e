"""Every fifth packet is lost, and TCP makes of it what it can; or the link is thin, and its router drops what is too much.

Connections are cut meanwhile, so that handshakes and replays have to go through it too.
"""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.chaos.far import follow_from, reachable
from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.lossy_network import CannotBeMade, LossyNetwork
from tests.support.product import Launch

pytestmark = [pytest.mark.usefixtures("only_root"), pytest.mark.timeout(240)]
CATCHES = "resumes_one_late"
PATIENT = {"HEARTBEAT": 10, "PONG_TIMEOUT": 9, "WRITE_BUFFER": 16_384, "WRITE_STALL": 30}
THIN = 50_000 / 8
Fault = Callable[..., Outcome]


@pytest.fixture
def network() -> Iterator[LossyNetwork]:
    try:
        with LossyNetwork(seed=7) as made:
            yield made
    except CannotBeMade as problem:
        pytest.skip(f"no network of its own can be made here: {problem}")


def scenario(launch: Launch, network: LossyNetwork, *, pad: int, **env: str) -> Outcome:
    """The network is bad already. It becomes good when everything is written."""
    launch_here, listening = reachable(launch, network.here)
    loss, rate, delay = network.loss, network.rate, network.delay
    network.loss = network.rate = network.delay = 0.0
    with World(launch_here, followers=2, node=1, follow=False, streams=PATIENT, env=listening | env) as world:
        follow_from(network.namespace, world, network.here)
        network.loss, network.rate, network.delay = loss, rate, delay
        world.write(240, pause=0.05, pad=pad)
        for share in (60, 120, 180):
            world.await_done(share)
            for follower in world.followers:
                follower.cut()
        for writer in world.writers:
            writer.finish(within=60)
        time.sleep(2)
        lost = network.lost
        assert lost > loss * 0.7, f"{lost:.0%} of the packets were lost"
        if not rate:
            return end(world, bound=30)
        network.loss = network.rate = network.delay = 0.0
        return end(world, bound=15)


def lossy(launch: Launch, network: LossyNetwork, **env: str) -> Outcome:
    network.loss, network.delay = 0.2, 0.02
    return scenario(launch, network, pad=1_500, **env)


def thin(launch: Launch, network: LossyNetwork, **env: str) -> Outcome:
    network.rate, network.delay = THIN, 0.1
    outcome = scenario(launch, network, pad=1_000, **env)
    assert network.lost > 0, "the link was wide enough"
    return outcome


def test_a_network_that_loses_every_fifth_packet_loses_no_entry(launch: Launch, network: LossyNetwork) -> None:
    keeps("namespace, 20 % packet loss", lambda launch, **env: lossy(launch, network, **env), launch, CATCHES)


def test_a_thin_link_whose_router_drops_what_does_not_fit_loses_nothing(launch: Launch, network: LossyNetwork) -> None:
    keeps("namespace, 50 kbit/s", lambda launch, **env: thin(launch, network, **env), launch, CATCHES)


@pytest.mark.parametrize("fault", [lossy, thin])
def test_a_mistake_in_resuming_is_caught(launch: Launch, network: LossyNetwork, fault: Fault) -> None:
    catches(CATCHES, lambda launch, **env: fault(launch, network, **env), launch)
