"""Credentials that end in a moment, which the product gives nobody: the same token with another end, a device near its own."""

import hashlib
import hmac
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime

import jwt
import psycopg

from tests.support.databases import server_url
from tests.support.doorways import DOORWAYS, Follower
from tests.support.lab.house import KINDS, at_every_door
from tests.support.product import Product, SignedIn

LIFE = 15 if len(KINDS) > 1 else 25
"""Seconds in which every door of every process is opened, with some to spare."""
BY_TOKEN = ("/ws/ by token", "Server-Sent Events", "long poll")
BY_LOGIN = tuple(name for name in DOORWAYS if name not in BY_TOKEN)
SHORTEN = "UPDATE accounts_device SET expires_at = %s WHERE id = %s"


def key_of(product: Product) -> bytes:
    """What the product signs its tokens with."""
    secret = (product.folder / "secret_key").read_text().strip().encode()
    return hmac.digest(secret, b"numeneon access and refresh tokens", hashlib.sha256)


def token_ending_in(product: Product, access: str, seconds: int) -> str:
    """The same access token with another end, signed with the product's own key."""
    claims = jwt.decode(access, key_of(product), algorithms=["HS256"])
    return jwt.encode(claims | {"exp": int(time.time()) + seconds}, key_of(product), algorithm="HS256")


def end_device_at(product: Product, person: SignedIn, moment: float) -> None:
    """Let the login of somebody, its cookie with it, end at a moment (Unix seconds)."""
    device = jwt.decode(person.access, key_of(product), algorithms=["HS256"])["device"]
    ends = datetime.fromtimestamp(moment, UTC)
    if product.template.profile == "scaled":
        with psycopg.connect(server_url(product.database)) as server:
            changed = server.execute(SHORTEN, (ends, device)).rowcount
    else:
        with closing(sqlite3.connect(product.folder / "numeneon.sqlite3", timeout=20)) as file, file:
            at = f"{ends:%Y-%m-%d %H:%M:%S.%f}"
            changed = file.execute(SHORTEN.replace("%s", "?"), (at, device)).rowcount
    assert changed == 1


class Ending:
    """Two logins of one person that end at the same moment: one's token, and the other one altogether."""

    def __init__(self, product: Product, number: int) -> None:
        self.product = product
        self.by_token, self.by_login = (product.login(product.people[number]) for _ in range(2))
        self.whole = self.by_token.access
        self.life = LIFE
        self.ends = int(time.time()) + LIFE
        self.by_token.access = token_ending_in(product, self.whole, LIFE)
        end_device_at(product, self.by_login, self.ends)
        self.followers: dict[str, Follower] = {}
        for person, doors in ((self.by_token, BY_TOKEN), (self.by_login, BY_LOGIN)):
            self.followers |= at_every_door(product, person, {name: DOORWAYS[name] for name in doors})
        self.written = 0

    def write(self) -> None:
        self.written += 1
        note = {"key": f"{self.by_token.id}-{self.written}", "to": [self.by_token.id], "writer": 1}
        self.by_token.post("/lab/note/", **note, number=self.written)

    def left(self) -> list[str]:
        return [name for name, one in self.followers.items() if one.ended is None]

    def close(self) -> None:
        for one in self.followers.values():
            one.close()
