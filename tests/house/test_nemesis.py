"""The nemesis is cruel by a seed, and only as it has been told to be."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.chaos import nemesis
from tests.chaos.nemesis import Fault, Strike, schedule, unleash

SEEDS = range(200)
happened: list[str] = []


@contextmanager
def on(name: str) -> Iterator[None]:
    happened.append(f"{name} begins")
    yield
    happened.append(f"{name} ends")


@contextmanager
def impossible() -> Iterator[None]:
    raise OSError("cannot be done here")
    yield


FAULTS = [Fault(name, name[0], partial(on, name)) for name in ("a1", "a2", "a3", "b1", "b2", "c1")]


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    happened.clear()


def told(seed: int) -> list[str]:
    return [str(one) for one in schedule(FAULTS, random.Random(seed))]


def test_a_seed_decides_everything() -> None:
    assert told(7) == told(7)
    assert len({tuple(told(seed)) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_fault_strikes_once_and_no_two_the_same_thing_at_once(seed: int) -> None:
    strikes = schedule(FAULTS, random.Random(seed))
    assert sorted(one.fault.name for one in strikes) == sorted(fault.name for fault in FAULTS)
    for thing in "abc":
        mine = [one for one in strikes if one.fault.strikes == thing]
        assert all(one.ends < next_one.begins for one, next_one in itertools.pairwise(mine))


def test_faults_do_overlap() -> None:
    strikes = [schedule(FAULTS, random.Random(seed)) for seed in SEEDS]
    assert any(one.ends > after.begins for run in strikes for one, after in itertools.pairwise(run))


def test_what_overlaps_is_over_in_its_own_time() -> None:
    first, second = FAULTS[0], FAULTS[3]
    unleash([Strike(first, 0.0, 0.02), Strike(second, 0.01, 0.03)])
    assert happened == ["a1 begins", "b1 begins", "a1 ends", "b1 ends"]


def test_a_fault_that_cannot_be_done_leaves_no_other_on() -> None:
    broken = Fault("broken", "c", impossible)
    with pytest.raises(OSError, match="cannot be done"):
        unleash([Strike(FAULTS[0], 0.0, 9.0), Strike(broken, 0.01, 9.0)])
    assert happened == ["a1 begins", "a1 ends"]


def test_each_fault_of_a_stage_has_a_name_of_its_own() -> None:
    servers, proxies = [object(), object()], [object(), object()]
    names = [one.name for one in nemesis.to_servers(servers, proxies)]  # type: ignore[arg-type]
    assert len(set(names)) == len(names) == 8


def test_two_faults_that_do_not_end_keep_no_other_from_ending() -> None:
    @contextmanager
    def endless(name: str) -> Iterator[None]:
        yield
        raise OSError(f"{name} cannot be ended")

    first, second = (Fault(name, name, partial(endless, name)) for name in "de")
    strikes = [Strike(first, 0.0, 0.1), Strike(second, 0.0, 0.2), Strike(FAULTS[0], 0.0, 0.3)]
    with pytest.raises(OSError, match="cannot be ended"):
        unleash(strikes)
    assert "a1 ends" in happened
