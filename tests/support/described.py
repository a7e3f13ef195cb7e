"""Property-based tests of the REST contract: what all calls have in common."""

from typing import Any

import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance, unsupported_method

LEFT_OUT = [ignored_auth, positive_data_acceptance, unsupported_method]


def described() -> dict[str, Any]:
    """The OpenAPI as the views say it."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


def calls_of(**chosen: Any) -> BaseSchema:
    """The calls of some paths, by `path` or `path_regex`."""
    return schemathesis.openapi.from_dict(described()).include(**chosen)


def examples(most: int) -> settings:
    """So many for each call, the same in every run."""
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
