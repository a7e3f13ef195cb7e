"""A gateway is killed before its half of a crowd. All of them lose their server in the same moment, and nobody tells them when to
come back: the dice of their back-off keep them from coming together."""

import pytest

from tests.chaos.form import Outcome, catches, keeps, seed
from tests.chaos.herds import bound_blackout, bound_gate, bound_share, lose_a_gateway, outcome
from tests.support.crowd.herd import Herd, crowd_size
from tests.support.crowd.rules import FIRST
from tests.support.product import Launch

CATCHES = "no_jitter"
SHARE = 0.4
"""Of those who lost their server, how many may come back within the same tenth of a second; even dice give a fifth."""


def scenario(launch: Launch, **env: str) -> Outcome:
    people = crowd_size()
    jitter = env.pop("LAB_MUTANT", None) != CATCHES
    with Herd(launch, people=people, drain=1, gate=2 * people, jitter=jitter, seed=seed(), env=env) as herd:
        killed, healed = lose_a_gateway(herd)
        report = herd.crowd.report()
        until = killed + 3 * FIRST
        bound_share(report.attempts, since=killed, until=until, span=0.1, most=SHARE * people / 2)
        bound_gate(herd, 2 * people)
        return outcome(herd, report, healed=healed, blackout=bound_blackout(report, killed))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("only_scaled")
def test_a_crowd_that_lost_its_gateway_does_not_come_back_as_one(launch: Launch) -> None:
    keeps("gateway killed before a crowd", scenario, launch, CATCHES)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("only_scaled")
def test_clients_without_dice_are_caught(launch: Launch) -> None:
    """The mistake is the clients' own here."""
    catches(CATCHES, scenario, launch)
