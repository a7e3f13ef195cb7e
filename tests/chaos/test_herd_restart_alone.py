"""The one process of a small installation is restarted before its crowd: nobody else can take them meanwhile.

How long a start takes is the machine's affair; what comes on top is bounded.
"""

import time

import pytest

from tests.chaos.form import Outcome, catches, keeps, seed
from tests.chaos.herds import bound_blackout, bound_gate, outcome
from tests.support.crowd.herd import Herd, crowd_size
from tests.support.product import Launch

CATCHES = "drains_for_nobody"
DRAIN = 30.0
BOUND = 10.0
"""Seconds that somebody may be away longer than the start takes: to come too early costs one of several back-offs."""


def scenario(launch: Launch, **env: str) -> Outcome:
    people = crowd_size()
    with Herd(launch, people=people, roles=("serve",), drain=DRAIN, gate=people, seed=seed(), env=env) as herd:
        herd.crowd.await_live(within=60)
        settled = time.monotonic()
        herd.write(150, everybody=2, over=12)
        time.sleep(2)
        assert herd.servers[0].stop() == 0
        stopped = time.monotonic()
        herd.servers[0].start()
        nobody = time.monotonic() - stopped
        healed = herd.settle(writing=90, healing=60)
        report = herd.crowd.report()
        bound_gate(herd, people)
        return outcome(herd, report, healed=healed, blackout=bound_blackout(report, settled, bound=nobody + BOUND))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("only_embedded")
def test_a_crowd_waits_no_longer_than_a_start_takes(launch: Launch) -> None:
    keeps("restart of the only process", scenario, launch, CATCHES)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("only_embedded")
def test_a_drain_that_serves_nobody_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
