"""Every promise has a test that can fail: the right server passes each scenario, one with a mistake in it does not."""

import time
from collections.abc import Callable

import pytest

from tests.support.lab.world import World, lab_environment
from tests.support.processes import TimedOut
from tests.support.product import Launch, SignedIn
from tests.support.profiles import Profile
from tests.support.stream_client import StreamClient
from tests.support.verdict import Verdict, Violated

Scenario = Callable[..., Verdict]
HEALING = 6.0


def under_a_lossy_bus(launch: Launch, **env: str) -> Verdict:
    """Half of the hints are lost, a third repeated, a third out of order."""
    with World(launch, followers=2, env={"LOSSY_BUS": "drop=0.5,repeat=0.3,reorder=0.3,seed=7"} | env) as world:
        world.write(80)
        world.settle(healing=HEALING)
        return world.verdict()


def under_a_deaf_bus(launch: Launch, **env: str) -> Verdict:
    """Every hint is lost: the sweeper alone delivers."""
    with World(launch, followers=2, env={"LOSSY_BUS": "drop=1"} | env) as world:
        world.write(10)
        world.settle(healing=HEALING)
        return world.verdict()


def under_a_repeating_bus(launch: Launch, **env: str) -> Verdict:
    with World(launch, followers=2, env={"LOSSY_BUS": "repeat=0.5"} | env) as world:
        world.write(30)
        world.settle(healing=HEALING)
        return world.verdict()


def with_commits_that_fail(launch: Launch, **env: str) -> Verdict:
    """A third of the actions fail at their end or at their very commit."""
    with World(launch, followers=2, env=env) as world:
        world.write(40, fails=0.35)
        world.settle(healing=HEALING)
        return world.verdict()


def with_writers_at_once(launch: Launch, **env: str) -> Verdict:
    """Six writers, one audience, nothing dies."""
    with World(launch, followers=2, env=env) as world:
        world.write(180, writers=6)
        world.settle(healing=HEALING)
        return world.verdict()


def with_an_entry_at_every_arrival(launch: Launch, **env: str) -> Verdict:
    """While a client arrives, an entry is committed; nothing comes after it, and the sweeper is far away."""
    product = launch(env=lab_environment(streams={"SWEEP_INTERVAL": 3600}) | env)
    verdict = Verdict()
    for person in map(product.person, range(5)):
        for number in range(2):
            missed = _arrive_and_write(person, f"{person.id}-{number}", number)
            verdict.lost += missed
    return verdict


def _arrive_and_write(person: SignedIn, key: str, number: int) -> list[str]:
    with StreamClient.connect(person.server.ws_url + "/ws/") as client:
        time.sleep(0.05)  # the position in the round of gathering differs from one arrival to the next
        client.send({"type": "hello", "token": person.access})
        person.post("/lab/note/", key=key, to=[person.id], writer=1, number=number + 1)
        welcome = client.await_type("welcome")
        if welcome["head"] > number:
            return []
        try:
            client.await_entries(1, within=1.5)
        except AssertionError:
            return [f"{key}, committed while {person.id} arrived"]
        return []


SCENARIOS: dict[str, Scenario] = {
    made.__name__: made
    for made in (
        under_a_lossy_bus,
        under_a_deaf_bus,
        under_a_repeating_bus,
        with_commits_that_fail,
        with_writers_at_once,
        with_an_entry_at_every_arrival,
    )
}
MISTAKES = [
    ("under_a_lossy_bus", "payload_trusted"),
    ("under_a_deaf_bus", "no_sweeper"),
    ("under_a_repeating_bus", "no_dedup"),
    ("with_commits_that_fail", "publish_before_commit"),
    ("with_writers_at_once", "no_lock_on_the_sequence"),
    ("with_an_entry_at_every_arrival", "read_before_subscribe"),
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_product_keeps_its_promise(launch: Launch, scenario: str) -> None:
    SCENARIOS[scenario](launch).assert_clean()


@pytest.mark.parametrize(("scenario", "mistake"), MISTAKES)
def test_a_product_with_a_mistake_is_caught(launch: Launch, profile: Profile, scenario: str, mistake: str) -> None:
    if mistake == "no_lock_on_the_sequence" and profile == "embedded":
        pytest.skip("SQLite has one writer: there is no lock to leave out")
    with pytest.raises((Violated, TimedOut)):
        SCENARIOS[scenario](launch, LAB_MUTANT=mistake).assert_clean()


def test_every_scenario_has_a_mistake_that_it_catches() -> None:
    assert {scenario for scenario, _ in MISTAKES} == set(SCENARIOS)
