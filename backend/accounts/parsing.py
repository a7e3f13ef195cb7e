"""Read JSON bodies strictly (RFC 8259), because Python's own reader is too kind.

It takes NaN, repeated names, lone surrogates and numbers of any length, and gives up on deep nesting with a
RecursionError. Each of these would surface later, somewhere else, as a server error. Here each is a 400 that says what
is wrong.
"""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

MAX_DEPTH = 32
MAX_DIGITS = 19


class StrictJSONParser(BaseParser):
    """`application/json`, one object, UTF-8, no larger than `DATA_UPLOAD_MAX_MEMORY_SIZE`."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise ParseError(f"The body is larger than {limit} bytes.", code="body_too_large")
        return parse_object(body)


def parse_object(body: bytes) -> dict[str, Any]:
    """The object that a body holds.

    Raises:
        ParseError: the body is not one JSON object, or holds what no database takes.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_number,
        )
    except UnicodeDecodeError:
        raise _malformed("The body is not UTF-8.") from None
    except RecursionError:
        raise _malformed("The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"The body is not JSON: {error.msg} at line {error.lineno} column {error.colno}.") from None
    if not isinstance(value, dict):
        raise _malformed("The body must be a JSON object.")
    _check(value, depth=0)
    return value


def _malformed(words: str) -> ParseError:
    return ParseError(words, code="malformed_json")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _malformed("A member of the body is given twice.")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise _malformed(f"{name} is not a JSON number.")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise _malformed("A number in the body is too large.")
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        raise _malformed("A number in the body is too large.")
    return number


def _number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _malformed("A number in the body is too large.")
    return number


def _check(value: Any, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _malformed("The body is nested too deeply.")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_text(name)
            _check(member, depth=depth + 1)
    elif isinstance(value, list):
        for member in value:
            _check(member, depth=depth + 1)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise _malformed("Text cannot contain the NUL character.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _malformed("Text contains half of a surrogate pair.") from None
