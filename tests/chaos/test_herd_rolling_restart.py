"""Web, a worker and two gateways are restarted one after the other, as an operator would, before a crowd of thousands.

Nobody loses anything, nobody is away for long, and nowhere do more people come at once than the slots of `drain` say.
"""

import time

import pytest

from tests.chaos.form import Outcome, catches, keeps, seed
from tests.chaos.herds import DRAIN, ample_gate, bound_blackout, bound_gate, bound_share, outcome, restart_everything
from tests.support.crowd.herd import Herd, crowd_size
from tests.support.product import Launch

CATCHES = ("drains_all_at_once", "says_that_was_all")
UNEVEN = 2.0
"""How often more than on average may come in a second while a gateway drains: two busy cores keep no beat."""


def scenario(launch: Launch, **env: str) -> Outcome:
    people = crowd_size()
    gate = ample_gate(people)
    with Herd(launch, people=people, drain=DRAIN, gate=gate, seed=seed(), env=env) as herd:
        herd.crowd.await_live(within=60)
        settled = time.monotonic()
        began, healed = restart_everything(herd)
        report = herd.crowd.report()
        for at, leaving in zip(began, (people / 2, people), strict=True):
            most = UNEVEN * leaving / DRAIN
            bound_share(report.attempts, since=at, until=at + DRAIN, span=1.0, most=most)
        bound_gate(herd, gate)
        return outcome(herd, report, healed=healed, blackout=bound_blackout(report, settled))


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("only_scaled")
def test_a_crowd_outlives_the_restart_of_everything(launch: Launch) -> None:
    keeps("rolling restart of everything", scenario, launch, CATCHES[0])


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("only_scaled")
@pytest.mark.parametrize("mistake", CATCHES)
def test_a_mistake_in_leaving_or_resuming_is_caught(launch: Launch, mistake: str) -> None:
    catches(mistake, scenario, launch)
