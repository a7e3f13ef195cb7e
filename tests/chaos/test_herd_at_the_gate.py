"""Every gateway is killed at once and comes back to its whole crowd, which is more than its gate lets in: it answers 503 and
`Retry-After` to the rest, who come again until all are in."""

import time

import pytest

from tests.chaos.form import Outcome, TooLong, catches, keeps, seed
from tests.chaos.herds import bound_gate, outcome
from tests.support.crowd.herd import FLEET, Herd, crowd_size
from tests.support.product import Launch
from tests.support.profiles import Profile, chosen_profile

CATCHES = "no_gate"
REFUSALS = 12
"""Nobody may be turned away so often: with room for a quarter a second, the last are in after a few."""


def roles(profile: Profile) -> tuple[str, ...]:
    return FLEET if profile == "scaled" else ("serve",)


def scenario(launch: Launch, **env: str) -> Outcome:
    people = crowd_size()
    gate = people // 4
    with Herd(launch, people=people, roles=roles(chosen_profile()), drain=1, gate=gate, seed=seed(), env=env) as herd:
        herd.crowd.await_live(within=90)
        settled = time.monotonic()
        herd.write(100, everybody=2, over=8)
        time.sleep(1)
        for server in herd.doors:
            server.kill()
        for server in herd.doors:
            server.start()
        herd.crowd.await_live(within=90)
        healed = herd.settle(writing=60, healing=60)
        report = herd.crowd.report()
        bound_gate(herd, gate)
        if not report.refusals:
            raise TooLong("nobody was turned away: this was no herd")
        if max(one.refused for one in report.members) > REFUSALS:
            raise TooLong(f"somebody was turned away {max(one.refused for one in report.members)} times")
        return outcome(herd, report, healed=healed, blackout=report.blackout(settled))


@pytest.mark.timeout(400)
def test_a_crowd_at_a_small_gate_is_let_in_by_and_by(launch: Launch) -> None:
    keeps("every gateway killed, a small gate", scenario, launch, CATCHES)


@pytest.mark.timeout(400)
def test_a_gate_that_stands_open_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
