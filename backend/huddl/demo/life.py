"""Let the demo people live: now and then one of them does something about another, by the actions that people use."""

import random

from accounts.models import User
from accounts.problems import Problem
from friends.actions.accept_request import accept_request
from friends.actions.cancel_request import cancel_request
from friends.actions.decline_request import decline_request
from friends.actions.remove_friend import remove_friend
from friends.actions.send_request import send_request
from friends.selectors import friend_ids, requests_received, requests_sent, suggestions

from .talk import talk_once

SOCIABLE = 0.85
"""How many of the acts are posts, likes, comments and messages; the others are about who is whose friend."""


def act_once(chance: random.Random, cast: list[User]) -> str:
    """One act of one person; what it was, in words, or nothing when it came to nothing."""
    actor = chance.choice(cast)
    members = {user.pk: user for user in cast}
    try:
        if chance.random() < SOCIABLE:
            return talk_once(chance, actor, members)
        return _act(chance, actor, members)
    except Problem:  # the other one changed it first
        return ""


def _act(chance: random.Random, actor: User, cast: dict[int, User]) -> str:
    received = [request for request in requests_received(actor) if request.from_user_id in cast]
    if received:
        request = chance.choice(received)
        if chance.random() < 0.85:
            accept_request(actor=actor, request_id=request.pk)
            return f"{actor.username} accepted {request.from_user.username}"
        decline_request(actor=actor, request_id=request.pk)
        return f"{actor.username} declined {request.from_user.username}"
    sent = [request for request in requests_sent(actor) if request.to_user_id in cast]
    if len(sent) > 2:
        cancel_request(actor=actor, to_user_id=sent[-1].to_user_id)
        return f"{actor.username} no longer asks {sent[-1].to_user.username}"
    return _ask_or_part(chance, actor, cast)


def _ask_or_part(chance: random.Random, actor: User, cast: dict[int, User]) -> str:
    strangers = [one.user for one in suggestions(actor) if one.user.pk in cast]
    if strangers and chance.random() < 0.8:
        other = chance.choice(strangers)
        send_request(actor=actor, to_user_id=other.pk)
        return f"{actor.username} asked {other.username}"
    friends = sorted(set(friend_ids(actor.pk)) & cast.keys())
    if len(friends) > 3:
        other = cast[chance.choice(friends)]
        remove_friend(actor=actor, friend_id=other.pk)
        return f"{actor.username} and {other.username} parted"
    return ""
