"""Bodies that are not what they should be are refused in words."""

import pytest
from rest_framework.exceptions import ParseError

from accounts.parsing import parse_object


def words_of(body: bytes) -> str:
    with pytest.raises(ParseError) as caught:
        parse_object(body)
    return str(caught.value.detail)


def test_an_object_comes_through_as_it_is() -> None:
    body = '{"content": "ünï 😀 שלום", "n": -12, "f": 1.5, "deep": {"list": [null, true]}}'.encode()
    assert parse_object(body) == {"content": "ünï 😀 שלום", "n": -12, "f": 1.5, "deep": {"list": [None, True]}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1} trailing', "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        ('{"a": "é"}'.encode("utf-16"), "not UTF-8"),
        (b'{"a": NaN}', "NaN is not"),
        (b'{"a": [Infinity]}', "Infinity is not"),
        (b'{"a": -Infinity}', "-Infinity is not"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 9223372036854775808}', "too large"),
        (b'{"a": -9223372036854775809}', "too large"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "too large"),
        (b'{"a": 1, "a": 2}', "given twice"),
        (b'{"x": {"a": 1, "a": 2}}', "given twice"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"a": ["\\u0000"]}', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b"[1, 2]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "nested too deeply"),
    ],
)
def test_what_no_view_should_meet_is_refused_in_words(body: bytes, words: str) -> None:
    assert words in words_of(body)


def test_the_largest_number_that_a_column_holds_is_a_number() -> None:
    assert parse_object(b'{"a": 9223372036854775807}') == {"a": 2**63 - 1}


def test_a_surrogate_pair_is_one_letter() -> None:
    assert parse_object(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}
