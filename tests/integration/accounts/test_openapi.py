"""The OpenAPI describes every call so well that a machine which knows nothing else finds no answer that is not in it."""

from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from drf_spectacular.validation import validate_schema

from tests.support.described import LEFT_OUT, calls_of, described, examples
from tests.support.people import make_person, tokens_of

MINE = r"^/api/(auth|friends|demo)/"


api = calls_of(path_regex=MINE)


def test_the_schema_is_valid_openapi() -> None:
    schema = described()
    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert schema["openapi"].startswith("3.1")


def test_every_call_names_its_problems() -> None:
    for path, calls in described()["paths"].items():
        for method, call in calls.items():
            if method not in {"get", "post", "put", "patch", "delete"}:
                continue
            assert {"400", "401", "405", "429"} <= set(call["responses"]), (method, path)
            assert ("{" in path) <= ("404" in call["responses"]), (method, path)
            assert (method in {"post", "put", "patch"}) <= ("415" in call["responses"]), (method, path)


@pytest.fixture
def bearer(transactional_db: None) -> str:
    return f"Bearer {tokens_of(make_person('maria')).access}"


@api.parametrize()
@examples(25)
def test_no_call_finds_an_undocumented_answer(case: Any, bearer: str) -> None:
    case.call_and_validate(
        app=get_wsgi_application(),
        headers={"Authorization": bearer},
        excluded_checks=LEFT_OUT,
    )
