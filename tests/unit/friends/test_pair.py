"""A pair has one lock, whichever way round one asks."""

from friends.pair import lock_number


def test_both_ways_round_is_the_same_lock() -> None:
    assert lock_number(3, 9) == lock_number(9, 3)


def test_other_pairs_have_other_locks() -> None:
    numbers = {lock_number(low, high) for low in range(60) for high in range(low + 1, 60)}
    assert len(numbers) == 60 * 59 // 2


def test_the_number_fits_what_postgresql_takes() -> None:
    assert all(-(2**63) <= lock_number(1, other) < 2**63 for other in range(2, 2_000))
