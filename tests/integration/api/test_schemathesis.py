"""Whatever fits the OpenAPI, and much that does not, is sent to every call: no crash, and no answer that is not described.

Everything that ids of one digit can name exists, so that calls get past 404: posts, comments, messages and inbox rows of
the one who calls and of others.
"""

from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from tests.support.described import LEFT_OUT, calls_of, examples
from tests.support.people import client_of, make_person, tokens_of
from tests.support.social import befriend

PATHS = r"^/api/(posts|messages|notifications)/"


api = calls_of(path_regex=PATHS)


@pytest.fixture
def bearer(transactional_db: None) -> str:
    maria, pablo = make_person("maria"), make_person("pablo")
    befriend(maria, pablo)
    for user, other in ((maria, pablo), (pablo, maria)):
        client = client_of(user)
        for number in range(2):
            post = client.post("/api/posts/", {"content": f"post {number} @{other.username}"}, format="json").data["id"]
            client.post("/api/posts/", {"content": "a comment", "parent_id": post}, format="json")
            client.post("/api/messages/", {"receiver_id": other.pk, "content": "hello"}, format="json")
            client_of(other).post(f"/api/posts/{post}/like/", {}, format="json")
    return f"Bearer {tokens_of(maria).access}"


@api.parametrize()
@examples(15)
def test_no_call_finds_an_undocumented_answer(case: Any, bearer: str) -> None:
    case.call_and_validate(
        app=get_wsgi_application(),
        headers={"Authorization": bearer},
        excluded_checks=LEFT_OUT,
    )
