"""`/api/events/` is described so well that a machine finds no answer that is not in the OpenAPI; on a real server, because it
stands below Django.
"""

from typing import Any

import httpx
import pytest

from tests.support.described import LEFT_OUT, calls_of, examples
from tests.support.product import Product, SignedIn

PATH = "/api/events/"
PATIENCE = 1
"""Seconds that a generated call may wait: an empty stream makes a long poll as long as it is asked to be."""


api = calls_of(path=PATH)


@pytest.fixture
def maria(product: Product) -> SignedIn:
    """Somebody with a few entries."""
    asked, *asking = (product.person(number) for number in range(4))
    for one in asking:
        one.post(f"/api/friends/request/{asked.id}/")
    return asked


@api.parametrize()
@examples(60)
def test_no_call_finds_an_undocumented_answer(case: Any, maria: SignedIn) -> None:
    wait = case.query.get("wait")
    if isinstance(wait, int) and wait > PATIENCE:
        case.query["wait"] = PATIENCE
    case.call_and_validate(
        base_url=maria.server.url,
        headers=bearer(maria),
        excluded_checks=LEFT_OUT,
    )


def test_what_is_asked_badly_is_refused_in_words(maria: SignedIn) -> None:
    for query, status, words in (
        ("wait=soon", 400, "wait is a whole number of seconds"),
        ("wait=-1", 400, "wait is a whole number of seconds"),
        ("wait=%D9%A1", 400, "wait is a whole number of seconds"),
        ("wait=" + "9" * 5_000, 200, "entries"),
        ("wait=0&after=nonsense", 400, "malformed_cursor"),
        ("after=nonsense", 400, "malformed_cursor"),
        ("wait=0&after=none.1", 200, "reset"),
    ):
        page = "" if "after" in query else f"&after={_first(maria)}"
        answer = httpx.get(f"{maria.server.url}{PATH}?{query}{page}", headers=bearer(maria))
        assert (answer.status_code, words in answer.text) == (status, True), (query[:40], answer.text)


def bearer(person: SignedIn) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.access}", "Accept": "application/json"}


def _first(maria: SignedIn) -> str:
    """A cursor after which there is something, so that no poll waits."""
    now: str = httpx.get(maria.server.url + PATH, headers=bearer(maria)).json()["cursor"]
    return f"{now.partition('.')[0]}.0"
