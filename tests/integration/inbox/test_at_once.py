"""Whatever happens at once: the inbox is what folding the stream from its beginning gives, by rules written twice."""

import random

import pytest

from accounts.models import User
from notifications.actions.mark import State, mark
from posts.actions.comment import comment
from posts.actions.delete import delete
from posts.actions.like import like
from posts.actions.publish import publish
from posts.models import Post
from streams.record import number_pending
from tests.integration.snapshots import reducers
from tests.support.people import client_of, entries_of, make_person
from tests.support.social import at_once, do_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def folded(user: User) -> dict[str, object]:
    world = {reducers.INBOX: {"unread": 0, "unseen": 0, "cursor": "e.0", "results": []}}
    for seq, entry in enumerate(entries_of(user), start=1):
        world = reducers.reduce(world, {"seq": seq, **entry}, me=user.pk)
    return world[reducers.INBOX]


@pytest.mark.parametrize("seed", range(3))
def test_the_inbox_is_the_fold_of_the_stream(seed: int) -> None:
    maria = make_person("maria")
    people = [make_person(f"p{number}") for number in range(8)]
    posts = [publish(actor=maria, content=f"post {number}") for number in range(3)]

    def live(user: User, chance: random.Random) -> None:
        for _ in range(8):
            post = chance.choice(posts)
            kind = chance.choice(["like", "like", "unlike", "comment", "delete"])
            if kind == "comment":
                comment(actor=user, parent_id=post.pk, content="hi")
            elif kind == "delete":
                own = Post.objects.filter(author=user).first()
                if own is not None:
                    delete(actor=user, post_id=own.pk)
            else:
                like(actor=user, post_id=post.pk, action=kind)  # type: ignore[arg-type]

    def read(chance: random.Random) -> None:
        client = client_of(maria)
        for _ in range(8):
            rows = client.get("/api/notifications/").data["results"]
            state: State = chance.choice(["seen", "read", "unread"])
            mark(actor=maria, state=state, ids=[row["id"] for row in rows[:2]])
            if rows:
                mark(actor=maria, state="read", up_to=rows[0]["seq"])

    outcomes = at_once(
        *(lambda user=user: live(user, random.Random(seed * 100 + user.pk)) for user in people),
        lambda: read(random.Random(seed)),
    )
    assert outcomes == [None] * 9
    do_jobs()
    number_pending([maria.pk])
    shown = client_of(maria).get("/api/notifications/").json()
    expected = folded(maria)
    shown.pop("cursor")
    expected.pop("cursor")
    assert shown == expected
