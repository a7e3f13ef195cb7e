"""Tests of limits can fail: the right server passes each scenario, one that forgot the limit does not."""

import time
from collections.abc import Callable

import pytest

from tests.integration.limits.test_abuse import AT_CHANNELS, QUICK, attack_the_door
from tests.integration.limits.test_at_channels import SHORT, burst, heartbeat
from tests.limits.doors import FOLLOWERS, FRIENDS, NOTIFICATIONS, SSE, TOKEN
from tests.support.doorways import Follower
from tests.support.lab.world import lab_environment
from tests.support.product import Launch, Product
from tests.support.stream_client import StreamClient

pytestmark = pytest.mark.long


def a_burst_at_friends(product: Product) -> None:
    burst(FRIENDS, product.login(product.people[0]))


def silence_at_notifications(product: Product) -> None:
    heartbeat(NOTIFICATIONS, product.login(product.people[0]))


def no_hello(product: Product) -> None:
    with StreamClient.connect(product.servers[0].ws_url + "/ws/") as client:
        assert client.await_close(within=6) == 4103


def one_too_many(product: Product) -> None:
    """Two are let in; the third is not, whichever door it takes."""
    inside: list[Follower] = []
    try:
        inside += [FOLLOWERS[TOKEN](product.servers[0], product.login(one), None) for one in product.people[:2]]
        late = FOLLOWERS[SSE](product.servers[0], product.login(product.people[2]), None)
        inside.append(late)
        time.sleep(1)
        assert late.ended == 503
    finally:
        for one in inside:
            one.close()


SCENARIOS: dict[str, Callable[[Product], None]] = {
    "frames_uncounted": a_burst_at_friends,
    "silence_unnoticed": silence_at_notifications,
    "hello_not_awaited": no_hello,
    "gate_always_open": one_too_many,
}
QUIET: dict[str, float] = {"HEARTBEAT": 600, "PONG_TIMEOUT": 599, "CONNECTIONS_PER_PROCESS": 2}
STREAMS: dict[str, dict[str, float]] = {
    mistake: QUIET if mistake == "gate_always_open" else SHORT | {"HELLO_TIMEOUT": 1.5} for mistake in SCENARIOS
}


@pytest.mark.parametrize("mistake", SCENARIOS)
def test_a_server_that_forgot_a_limit_is_caught(launch: Launch, mistake: str) -> None:
    streams = STREAMS[mistake]
    SCENARIOS[mistake](launch(env=lab_environment(streams=streams)))
    with pytest.raises(AssertionError):
        SCENARIOS[mistake](launch(env=lab_environment(streams=streams, LAB_MUTANT=mistake)))


def test_a_server_that_waits_for_who_reads_nothing_is_caught(launch: Launch) -> None:
    def mistaken(**named: object) -> Product:
        return launch(env=lab_environment(streams=QUICK | {"HEARTBEAT": 600}, LAB_MUTANT="nobody_is_too_slow"))

    with pytest.raises(AssertionError):
        attack_the_door(mistaken, "never_readers", FRIENDS, AT_CHANNELS["never_readers"])
