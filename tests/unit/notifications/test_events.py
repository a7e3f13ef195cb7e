"""What every notification there is must have: words, a link, and a place in the contract."""

import pytest

from notifications.events import Notification, kinds
from streams.events import registered

NOTIFICATIONS = {name: one for name, one in registered().items() if issubclass(one, Notification)}
KNOWN_TO_EXISTING_CLIENTS = {
    "friend_request",
    "friend_accepted",
    "new_message",
    "new_post",
    "wall_post",
    "post_comment",
    "comment_reply",
}


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_it_has_words_and_a_link_on_this_site(name: str) -> None:
    example = NOTIFICATIONS[name].example()
    assert example.text()
    assert example.link().startswith("/")


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_existing_clients_get_their_seven_events_and_nothing_else(name: str) -> None:
    told = NOTIFICATIONS[name].example().for_existing_clients(at="2026-11-23T06:20:01Z", user_id=0)
    assert (told is not None) == (name in KNOWN_TO_EXISTING_CLIENTS)


@pytest.mark.parametrize("name", kinds())
def test_what_is_shown_says_who_did_it_at_its_head(name: str) -> None:
    """The sentence of a grouped row is made by putting other people at the head of an entry's sentence."""
    example = kinds()[name].example()
    if example.in_inbox:
        assert example.text().startswith(example.actors()[0].username)
        assert example.count() >= len(example.actors()) >= 1
        assert len(example.target()) <= 200
