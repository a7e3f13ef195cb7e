"""A bucket gives what its rate says and fills evenly."""

from accounts.throttles import Buckets, parse_rate


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_rates_are_read_as_they_are_written() -> None:
    assert parse_rate("60/m") == (60, 60.0)
    assert parse_rate("5/s") == (5, 1.0)
    assert parse_rate("20/hour") == (20, 3600.0)


def test_a_full_bucket_gives_its_count_at_once_and_then_one_at_a_time() -> None:
    clock = Clock()
    buckets = Buckets(clock)

    def take() -> float:
        return buckets.take(("login", "a"), count=3, seconds=60)

    assert [take(), take(), take()] == [0, 0, 0]
    assert take() == 20
    clock.now += 19
    assert 0 < take() <= 1
    clock.now += 1
    assert take() == 0
    assert take() > 0


def test_one_client_does_not_empty_another_ones_bucket() -> None:
    buckets = Buckets(Clock())
    assert buckets.take(("login", "a"), count=1, seconds=60) == 0
    assert buckets.take(("login", "a"), count=1, seconds=60) > 0
    assert buckets.take(("login", "b"), count=1, seconds=60) == 0
    assert buckets.take(("signup", "a"), count=1, seconds=60) == 0


def test_being_refused_does_not_make_the_wait_longer() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    buckets.take(("login", "a"), count=1, seconds=60)
    for _ in range(100):
        buckets.take(("login", "a"), count=1, seconds=60)
    clock.now += 60
    assert buckets.take(("login", "a"), count=1, seconds=60) == 0
