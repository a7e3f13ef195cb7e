"""A running product with members in it: each test has a Maria, a Pablo and an Ines whom nobody else has met.

The scaled profile runs two processes, Maria on one and Pablo on the other, so that whatever happens between the two
crosses processes.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.e2e.admission import FIRST_NAMES
from tests.support.databases import PASSWORD, Template, run_python
from tests.support.product import Product, Server

if TYPE_CHECKING:
    from playwright.sync_api import StorageState


@dataclass(frozen=True)
class Member:
    """Somebody with an account, a cookie and a token."""

    id: int
    username: str
    name: str
    session: str
    access: str
    server: Server
    password: str = PASSWORD

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"

    @property
    def state(self) -> "StorageState":
        """What this member's browser remembers: the login."""
        cookie: Any = {
            "name": "sessionid",
            "value": self.session,
            "domain": "127.0.0.1",
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
        }
        return {"cookies": [cookie], "origins": []}

    def call(self, method: str, address: str, body: object = None) -> Any:
        """A REST call as this member, on a device of their own; anything but success fails the test."""
        headers = {"Authorization": f"Bearer {self.access}"}
        answer = httpx.request(method, self.server.url + address, json=body, headers=headers, timeout=20)
        assert answer.is_success, f"{method} {address}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def post(self, address: str, **body: object) -> Any:
        return self.call("POST", address, body)

    def get(self, address: str) -> Any:
        return self.call("GET", address)

    def ask(self, other: "Member") -> None:
        """Send a friend request."""
        self.post(f"/api/friends/request/{other.id}/")

    def accept(self, other: "Member") -> None:
        """Accept the request of somebody."""
        waiting = self.get("/api/friends/requests/")
        found = waiting["results"] if isinstance(waiting, dict) else waiting
        request = next(one for one in found if one["from_user"]["id"] == other.id)
        self.post(f"/api/friends/accept/{request['id']}/")

    def write(self, other: "Member", words: str) -> None:
        """Send a message."""
        self.post("/api/messages/", receiver_id=other.id, content=words)

    def befriend(self, other: "Member") -> None:
        """Become friends, as people do."""
        self.ask(other)
        other.accept(self)


class Town:
    """A product and the members who have not been in a test yet."""

    def __init__(self, template: Template, folder: Path, *, env: dict[str, str] | None = None, people: int) -> None:
        self.product = Product(template, folder, env=env or {})
        for _ in range(2 if template.profile == "scaled" else 1):
            self.product.add_server()
        self._members = self._admit(people)

    def _admit(self, count: int) -> dict[str, list[Member]]:
        servers = self.product.servers
        rows = json.loads(run_python("-m", "tests.e2e.admission", str(count), env=self.product.env))
        admitted: dict[str, list[Member]] = {}
        for pk, username, name, session, access in rows:
            first = name.rstrip("0123456789")
            server = servers[FIRST_NAMES.index(first) % len(servers)]
            admitted.setdefault(first, []).append(Member(pk, username, name, session, access, server))
        return admitted

    def member(self, first_name: str) -> Member:
        """Somebody of this name whom nobody has met."""
        return self._members[first_name].pop()

    @property
    def server(self) -> Server:
        return self.product.servers[0]

    def close(self) -> None:
        self.product.close()
