"""A cursor is one string everywhere, and nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cursor import Cursor, MalformedCursor

EPOCHS = st.text("abcXYZ019_-", min_size=1, max_size=16)


@given(EPOCHS, st.integers(0, 10**18 - 1))
def test_a_cursor_survives_its_own_string(epoch: str, seq: int) -> None:
    assert Cursor.parse(str(Cursor(epoch, seq))) == Cursor(epoch, seq)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k3x9",
        "k3x9.",
        ".5",
        "k3x9.-1",
        "k3x9.+1",
        "k3x9.05",
        "k3x9.1e3",
        "k3x9.5\n",
        " k3x9.5",
        "k3x9.5 ",
        "k3x9.\u0665",
        "k3x9.1000000000000000000",
        "seventeen_letters.5",
        "k3.x9.5",
        "k3x9.5\x00",
        "k3x9,5",
        "é.5",
    ],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(MalformedCursor, match="an epoch, a dot and a number"):
        Cursor.parse(text)


@given(st.text())
def test_any_text_is_either_a_cursor_that_writes_itself_back_or_refused(text: str) -> None:
    try:
        cursor = Cursor.parse(text)
    except MalformedCursor:
        return
    assert str(cursor) == text
