"""One question at any of the doors over plain HTTP, and what it was told."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.limits.doors import LONG, LONG_COOKIE, POLL_COOKIE, SSE, SSE_COOKIE, shown
from tests.support.product import SignedIn


@dataclass
class Told:
    """One answer: the numbers of its entries, where it ends, whether there is more, and why it is none."""

    seqs: list[int]
    cursor: str
    more: bool = False
    reset: str | None = None
    sizes: list[int] = field(default_factory=list)
    """Lengths of the names of the people the entries tell of."""

    def take(self, entry: dict[str, Any]) -> None:
        """One entry came."""
        self.seqs.append(entry["seq"])
        self.sizes.append(len(entry.get("from_user", {}).get("username", "")))


def ask(door: str, person: SignedIn, after: str | None) -> Told:
    """One question at a door."""
    headers = shown(person, by_cookie=door in (SSE_COOKIE, LONG_COOKIE, POLL_COOKIE))
    query = {} if after is None else {"after": after}
    url = person.server.url + "/api/events/"
    if door in (SSE, SSE_COOKIE):
        return _streamed(url, query, headers)
    if door in (LONG, LONG_COOKIE):
        query["wait"] = "1"
    answer = httpx.get(url, params=query, headers=headers, timeout=20).raise_for_status().json()
    told = Told([], answer["cursor"], answer["more"], answer.get("reset"))
    for entry in answer["entries"]:
        told.take(entry)
    return told


def _streamed(url: str, query: dict[str, str], headers: dict[str, str]) -> Told:
    told = Told([], "")
    asked = {**headers, "Accept": "text/event-stream"}
    with httpx.stream("GET", url, params=query, headers=asked, timeout=20) as answer:
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            frame = json.loads(line.removeprefix("data: "))
            if "seq" in frame:
                told.take(frame)
            if frame["type"] in ("caught_up", "reset"):
                told.cursor, told.reset = frame["cursor"], frame.get("reason")
                return told
    raise AssertionError("the answer ended before it had caught up")
