"""What adopting projects test with."""

import pytest

from accounts.people import Person
from friends.actions.accept_request import FriendAccepted
from streams.record import recording
from streams.testing import NotGapless, assert_gapless, recorded, run_jobs
from tests.support.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_block_records_is_seen_and_nothing_else() -> None:
    maria, pablo, ana = (make_person(name) for name in ("maria", "pablo", "ana"))
    event = FriendAccepted(from_user=Person.of(ana))

    def tell() -> None:
        with recording() as log:
            log.add([maria, pablo], event)

    tell()
    with recorded() as told:
        tell()
        tell()
    tell()
    assert told.to(maria) == [event, event]
    assert told.to(pablo.pk) == [event, event]
    assert told.to(ana) == []
    assert told.everyone == {maria.pk, pablo.pk}
    assert [one.seq for one in told.entries if one.user_id == maria.pk] == [2, 3]


@pytest.mark.parametrize(
    ("seqs", "words"),
    [
        ([1, 3], r"lost \[2\]"),
        ([1, 2, 2, 3], r"repeated \[2\]"),
        ([2, 1, 3], r"out of order \[\(2, 1\)\]"),
        ([1, 2, 3, 4], r"not expected \[4\]"),
        ([], r"lost \[1, 2, 3\]"),
    ],
)
def test_what_is_wrong_is_said(seqs: list[int], words: str) -> None:
    with pytest.raises(NotGapless, match=words):
        assert_gapless(seqs, after=0, until=3)


def test_what_is_right_is_right() -> None:
    assert_gapless([6, 7], after=5)
    assert_gapless([], after=5)


def test_a_job_that_feeds_itself_does_not_run_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.testing.run_one", lambda: True)
    with pytest.raises(AssertionError, match="more than 10 jobs"):
        run_jobs(limit=10)
