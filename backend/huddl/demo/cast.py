"""The demo people: who they are, who is whose friend, and who has asked whom.

They share one password and one hash of it, made once: twenty honest hashes would take ten seconds. Running this again
adds what is missing and changes nothing that visitors have done since.
"""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Profile, User
from friends.actions.send_request import send_request
from friends.errors import AlreadyFriends, AlreadyRequested, BlockedByYou
from friends.models import Friendship

PASSWORD = "numeneon-demo"  # noqa: S105 - printed in the README, for people who do not exist
LEFT, RIGHT = "maria", "pablo"


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody of the cast."""

    username: str
    first_name: str
    last_name: str
    location: str
    bio: str

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"

    @property
    def portrait(self) -> str:
        return f"/assets/portraits/{self.username}.svg"


CAST = (
    Character("maria", "Maria", "Lind", "Malmö", "Bakes before sunrise, rows after work."),
    Character("pablo", "Pablo", "Reyes", "Valencia", "Repairs old radios. Some of them answer."),
    Character("kenji", "Kenji", "Mori", "Sapporo", "Night trains, long lenses, short sentences."),
    Character("ines", "Inés", "Castro", "Porto", "Teaches physics to people who swear they cannot."),
    Character("amara", "Amara", "Okafor", "Lagos", "Builds bridges; the kind one drives over."),
    Character("luca", "Luca", "Ferri", "Bologna", "Cook. The ragù takes four hours and so do I."),
    Character("noor", "Noor", "Haddad", "Amman", "Translates poems and, on weekdays, contracts."),
    Character("tomas", "Tomás", "Novák", "Brno", "Beekeeper with a spreadsheet."),
    Character("ida", "Ida", "Holm", "Bergen", "Weather observer. It is raining."),
    Character("mateo", "Mateo", "Silva", "Montevideo", "Goalkeeper on Sundays, accountant otherwise."),
    Character("ravi", "Ravi", "Menon", "Kochi", "Sails small boats and writes about large ones."),
    Character("yuki", "Yuki", "Tanaka", "Kyoto", "Paper, ink, patience."),
    Character("elif", "Elif", "Demir", "Izmir", "Archaeologist. Please do not tidy my desk."),
    Character("sofia", "Sofía", "Vargas", "Bogotá", "Cycles up things."),
    Character("theo", "Theo", "Laurent", "Lyon", "Puppeteer, father of three critics."),
    Character("zara", "Zara", "Khan", "Leeds", "Cellist with opinions about tape."),
    Character("omar", "Omar", "Benali", "Tunis", "Maps, mostly of places that have moved."),
    Character("lena", "Lena", "Vogt", "Leipzig", "Restores clocks and is late."),
    Character("mina", "Mina", "Park", "Busan", "Marine biologist. Ask me about squid."),
    Character("hugo", "Hugo", "Martins", "Recife", "Drums, four children, no quiet."),
)

CIRCLES = (
    "maria ines kenji luca",
    "pablo ines amara tomas",
    "kenji yuki mina",
    "luca theo sofia hugo",
    "amara omar zara noor",
    "tomas lena elif ida",
    "maria ida zara",
    "pablo hugo mateo",
    "noor elif yuki",
    "ravi mina omar maria",
    "sofia mateo ravi",
    "theo lena zara",
)
"""Everybody in a circle is a friend of everybody else in it."""

ASKED = (
    ("pablo", "maria"),
    ("noor", "maria"),
    ("tomas", "maria"),
    ("maria", "sofia"),
    ("kenji", "pablo"),
    ("luca", "amara"),
    ("ida", "ravi"),
    ("mateo", "zara"),
    ("elif", "omar"),
)

_BY_NAME = {one.username: one for one in CAST}


def people() -> dict[str, User]:
    """The cast as members, by username, in the order of the cast."""
    members = User.objects.select_related("profile").filter(email__in=[one.email for one in CAST], is_active=True)
    by_name = {member.username: member for member in members if member.username in _BY_NAME}
    return {one.username: by_name[one.username] for one in CAST if one.username in by_name}


def prepare() -> int:
    """Make whoever is missing, with their friends and requests; how many were made."""
    made = _make_missing()
    if made:
        cast = people()
        _befriend(cast, made)
        for sender, to in ASKED:
            if sender in cast and to in cast and {sender, to} & made:
                _ask(cast[sender], cast[to])
    return len(made)


def _make_missing() -> set[str]:
    taken = set(User.objects.filter(username__in=list(_BY_NAME)).values_list("username", flat=True))
    missing = [one for one in CAST if one.username not in taken]
    if not missing:
        return set()
    password = make_password(PASSWORD)
    members = [
        User(
            username=one.username,
            email=one.email,
            first_name=one.first_name,
            last_name=one.last_name,
            password=password,
        )
        for one in missing
    ]
    with transaction.atomic():
        User.objects.bulk_create(members)
        Profile.objects.bulk_create(
            Profile(user=member, avatar=one.portrait, bio=one.bio, location=one.location)
            for member, one in zip(members, missing, strict=True)
        )
    return {one.username for one in missing}


def _befriend(cast: dict[str, User], made: set[str]) -> None:
    """Friendships of old: nobody is told of them, for nobody was there yet."""
    circles = [[name for name in circle.split() if name in cast] for circle in CIRCLES]
    pairs = {(one, other) for circle in circles for one in circle for other in circle if one < other}
    Friendship.objects.bulk_create(
        [Friendship.between(cast[one], cast[other]) for one, other in sorted(pairs) if {one, other} & made],
        ignore_conflicts=True,
    )


def _ask(sender: User, to: User) -> None:
    try:
        send_request(actor=sender, to_user_id=to.pk)
    except (AlreadyFriends, AlreadyRequested, BlockedByYou):
        return
