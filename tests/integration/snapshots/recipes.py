"""For every event type something that makes it happen: what was before, who looks at what, and the call that does it.

Imports models through its helpers, so only test modules import it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from posts.models import Post
from tests.support.people import client_of, make_person
from tests.support.social import befriend, do_jobs

from . import reducers

EVERYWHERE = (
    reducers.FRIENDS,
    reducers.RECEIVED,
    reducers.SENT,
    reducers.BLOCKS,
    reducers.CONVERSATIONS,
    reducers.FEED,
    reducers.INBOX,
    reducers.PREFERENCES,
)


@dataclass
class Town:
    """Four people and their clients, with some history between them."""

    people: dict[str, User] = field(default_factory=dict)
    clients: dict[str, APIClient] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def call(self, name: str, method: str, path: str, **body: Any) -> Any:
        """One call by somebody; the answer's data."""
        response = getattr(self.clients[name], method)(f"/api/{path}", body, format="json")
        assert response.status_code < 300, (path, response.status_code, response.data)
        return response.data

    def ask(self, name: str, to: str) -> int:
        number: int = self.call(name, "post", f"friends/request/{self[to].pk}/")["request"]["id"]
        return number

    def say(self, name: str, to: str, content: str) -> int:
        number: int = self.call(name, "post", "messages/", receiver_id=self[to].pk, content=content)["id"]
        return number

    def post(self, name: str, content: str, **more: Any) -> int:
        number: int = self.call(name, "post", "posts/", content=content, **more)["id"]
        return number

    def like(self, name: str, post: int, action: str = "like") -> Any:
        """Outside the window of three seconds, so that the author is told at once."""
        Post.objects.filter(pk=post).update(likes_told_at=timezone.now() - timedelta(minutes=1))
        return self.call(name, "post", f"posts/{post}/like/", action=action)


def town() -> Town:
    """maria and pablo are friends and have talked; kenji and ines are strangers to maria."""
    made = Town()
    for name in ("maria", "pablo", "kenji", "ines"):
        made.people[name] = make_person(name)
        made.clients[name] = client_of(made.people[name])
    befriend(made["maria"], made["pablo"])
    made.say("pablo", "maria", "Did you see the lights?")
    made.say("maria", "pablo", "From the bridge, yes.")
    made.post("pablo", "First snow.")
    made.like("maria", made.post("maria", "Northern lights tonight."))
    made.ask("ines", "maria")
    return made


Do = Callable[[Town], object]


@dataclass(frozen=True)
class Recipe:
    """`reader` holds the answers of `paths`; `do` is what happens, after `first`, which is before anybody looks."""

    reader: str
    do: Do
    first: Do = lambda town: None
    paths: Callable[[Town], Sequence[str]] = lambda town: ()


def thread(of: str) -> Callable[[Town], Sequence[str]]:
    return lambda town: (f"/api/messages/conversation/{town[of].pk}/",)


def newest(town: Town, author: str) -> int:
    found = Post.objects.filter(author=town[author], parent=None).latest("pk")
    return found.pk


def comments(town: Town, author: str) -> list[int]:
    return list(
        Post.objects.filter(author=town[author], parent__isnull=False).order_by("pk").values_list("pk", flat=True)
    )


def around(author: str) -> Callable[[Town], Sequence[str]]:
    """The newest post of somebody, its comments, and its author's page."""

    def paths(town: Town) -> Sequence[str]:
        number = newest(town, author)
        return (f"/api/posts/{number}/", f"/api/posts/{number}/replies/", f"/api/posts/?username={author}")

    return paths


def accepted(town: Town) -> None:
    town.call("kenji", "post", f"friends/accept/{town.ask('maria', 'kenji')}/")


def ask_of(town: Town) -> int:
    rows = town.call("maria", "get", "friends/requests/")
    number: int = next(row["id"] for row in rows if row["from_user"]["username"] == "ines")
    return number


def under(town: Town, name: str, post_of: str, content: str, **more: Any) -> int:
    return town.post(name, content, parent_id=newest(town, post_of), **more)


def page(name: str) -> Callable[[Town], Sequence[str]]:
    return lambda town: (f"/api/posts/?username={name}",)


def blocks(name: str) -> Do:
    return lambda town: town.call("maria", "post", f"auth/blocks/{town[name].pk}/")


def hot(town: Town) -> None:
    """More likes at once than are told one by one, and second thoughts."""
    number = newest(town, "maria")
    for index in range(12):
        name = f"p{index}"
        town.people[name] = make_person(name)
        town.clients[name] = client_of(town.people[name])
        town.call(name, "post", f"posts/{number}/like/", action="like")
    do_jobs()
    for name in ("p0", "p3", "p11"):
        town.call(name, "post", f"posts/{number}/like/", action="unlike")
    do_jobs()


def marks(town: Town) -> None:
    town.like("pablo", newest(town, "maria"))
    under(town, "pablo", "maria", "Beautiful.")


def row_ids(town: Town) -> list[int]:
    return [row["id"] for row in town.call("maria", "get", "notifications/")["results"]]


RECIPES: dict[str, list[Recipe]] = {
    "friend_request": [Recipe("maria", lambda town: town.ask("kenji", "maria"))],
    "friend_request_sent": [Recipe("maria", lambda town: town.ask("maria", "kenji"))],
    "friend_request_cancelled": [
        Recipe("maria", lambda town: town.call("ines", "delete", f"friends/cancel/{town['maria'].pk}/"))
    ],
    "friend_request_withdrawn": [
        Recipe("ines", lambda town: town.call("ines", "delete", f"friends/cancel/{town['maria'].pk}/"))
    ],
    "friend_request_declined": [
        Recipe("maria", lambda town: town.call("maria", "post", f"friends/decline/{ask_of(town)}/"))
    ],
    "friend_accepted": [Recipe("maria", accepted)],
    "friend_added": [Recipe("maria", lambda town: town.call("maria", "post", f"friends/accept/{ask_of(town)}/"))],
    "friend_removed": [
        Recipe("maria", lambda town: town.call("pablo", "delete", f"friends/remove/{town['maria'].pk}/"))
    ],
    "friend_dropped": [
        Recipe("maria", lambda town: town.call("maria", "delete", f"friends/remove/{town['pablo'].pk}/"))
    ],
    "person_blocked": [
        Recipe("maria", blocks("pablo"), paths=page("pablo")),
        Recipe("maria", blocks("ines")),
    ],
    "person_unblocked": [
        Recipe(
            "maria",
            lambda town: town.call("maria", "delete", f"auth/blocks/{town['ines'].pk}/"),
            first=lambda town: town.call("maria", "post", f"auth/blocks/{town['ines'].pk}/"),
        )
    ],
    "new_message": [
        Recipe("maria", lambda town: town.say("pablo", "maria", "And now?"), paths=thread("pablo")),
        Recipe("maria", lambda town: town.say("maria", "pablo", "Come over."), paths=thread("pablo")),
        Recipe("maria", lambda town: town.say("ines", "maria", "Hello!"), paths=thread("ines")),
    ],
    "messages_read": [
        Recipe(
            "maria",
            lambda town: town.call("maria", "post", f"messages/conversation/{town['pablo'].pk}/read/"),
            paths=thread("pablo"),
        ),
        Recipe(
            "maria",
            lambda town: town.call("pablo", "post", f"messages/conversation/{town['maria'].pk}/read/"),
            paths=thread("pablo"),
        ),
        Recipe(
            "maria",
            lambda town: [town.call("maria", "patch", f"messages/{town.say('pablo', 'maria', 'x') - 1}/read/")],
            first=lambda town: town.say("pablo", "maria", "more"),
            paths=thread("pablo"),
        ),
    ],
    "new_post": [
        Recipe("maria", lambda town: town.post("pablo", "Second snow.", type="milestones"), paths=page("pablo")),
        Recipe("maria", lambda town: town.post("maria", "I am here."), paths=page("maria")),
    ],
    "wall_post": [
        Recipe(
            "maria",
            lambda town: town.post("pablo", "Happy birthday!", target_profile_id=town["maria"].pk),
            paths=page("maria"),
        )
    ],
    "post_mention": [Recipe("maria", lambda town: town.post("kenji", "Dinner with @maria."), paths=page("kenji"))],
    "post_comment": [
        Recipe("maria", lambda town: under(town, "pablo", "maria", "Where?"), paths=around("maria")),
        Recipe(
            "maria",
            lambda town: under(town, "kenji", "maria", "@ines knows"),
            first=lambda town: under(town, "pablo", "maria", "Where?"),
            paths=around("maria"),
        ),
    ],
    "comment_reply": [
        Recipe(
            "maria",
            lambda town: under(town, "kenji", "pablo", "Same here", reply_to_comment_id=comments(town, "maria")[0]),
            first=lambda town: under(town, "maria", "pablo", "Here too!"),
            paths=around("pablo"),
        ),
        Recipe("maria", lambda town: under(town, "kenji", "pablo", "Ask @maria"), paths=around("pablo")),
    ],
    "comment_sent": [
        Recipe("maria", lambda town: under(town, "maria", "pablo", "Here too!"), paths=around("pablo")),
        Recipe(
            "maria",
            lambda town: under(town, "maria", "pablo", "Thanks", reply_to_comment_id=comments(town, "kenji")[0]),
            first=lambda town: under(town, "kenji", "pablo", "Nice"),
            paths=around("pablo"),
        ),
    ],
    "post_like": [
        Recipe("maria", lambda town: town.like("pablo", newest(town, "maria")), paths=around("maria")),
        Recipe(
            "maria",
            lambda town: town.like("kenji", newest(town, "maria")),
            first=lambda town: town.like("pablo", newest(town, "maria")),
            paths=around("maria"),
        ),
        Recipe("maria", hot, paths=around("maria")),
    ],
    "post_unlike": [
        Recipe(
            "maria",
            lambda town: town.like("pablo", newest(town, "maria"), "unlike"),
            first=lambda town: [town.like(name, newest(town, "maria")) for name in ("pablo", "kenji")],
            paths=around("maria"),
        ),
        Recipe(
            "maria",
            lambda town: town.like("pablo", newest(town, "maria"), "unlike"),
            first=lambda town: town.like("pablo", newest(town, "maria")),
        ),
    ],
    "like_changed": [
        Recipe("maria", lambda town: town.like("maria", newest(town, "pablo")), paths=around("pablo")),
        Recipe("maria", lambda town: town.like("maria", newest(town, "maria"), "unlike"), paths=around("maria")),
    ],
    "post_shared": [
        Recipe(
            "maria",
            lambda town: town.call("maria", "post", f"posts/{newest(town, 'pablo')}/share/"),
            paths=around("pablo"),
        )
    ],
    "post_edited": [
        Recipe(
            "maria",
            lambda town: town.call("maria", "patch", f"posts/{newest(town, 'maria')}/", content="Gone again."),
            paths=around("maria"),
        )
    ],
    "post_deleted": [
        Recipe("maria", lambda town: town.call("maria", "delete", f"posts/{newest(town, 'maria')}/")),
        Recipe("maria", lambda town: town.call("pablo", "delete", f"posts/{newest(town, 'pablo')}/")),
        Recipe(
            "maria",
            lambda town: town.call("pablo", "delete", f"posts/{comments(town, 'pablo')[0]}/"),
            first=lambda town: under(town, "pablo", "maria", "Where?"),
            paths=around("maria"),
        ),
        Recipe(
            "maria",
            lambda town: town.call("pablo", "delete", f"posts/{comments(town, 'pablo')[0]}/"),
            first=lambda town: [under(town, name, "maria", "Where?") for name in ("kenji", "pablo")],
        ),
        Recipe(
            "maria",
            lambda town: town.call("kenji", "delete", f"posts/{comments(town, 'kenji')[0]}/"),
            first=lambda town: [
                under(town, "maria", "pablo", "Here too!"),
                under(town, "kenji", "pablo", "Same", reply_to_comment_id=comments(town, "maria")[0]),
            ],
            paths=around("pablo"),
        ),
    ],
    "notifications_read": [
        Recipe(
            "maria", lambda town: town.call("maria", "post", "notifications/read/", ids=row_ids(town)[:1]), first=marks
        ),
        Recipe("maria", lambda town: town.call("maria", "post", "notifications/seen/"), first=marks),
        Recipe(
            "maria",
            lambda town: [
                town.call("maria", "post", "notifications/read/"),
                town.call("maria", "post", "notifications/unread/", ids=row_ids(town)[1:]),
                town.call("maria", "post", "notifications/archive/", ids=row_ids(town)[:1]),
                town.call("kenji", "post", "posts/", content="So do I", parent_id=newest(town, "maria")),
            ],
            first=marks,
        ),
    ],
    "preferences_changed": [
        Recipe(
            "maria",
            lambda town: [
                town.call("maria", "put", f"notifications/muted/people/{town['pablo'].pk}/"),
                town.like("pablo", newest(town, "maria")),
                town.call("maria", "patch", "notifications/preferences/", quiet_hours={"enabled": True}),
            ],
            paths=around("maria"),
        )
    ],
}
