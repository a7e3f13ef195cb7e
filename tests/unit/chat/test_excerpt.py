"""The words of a message in a notification are its beginning."""

import msgspec

from chat.actions.send_message import EXCERPT, NewMessage


def words(content: str) -> str:
    example = NewMessage.example()
    return NewMessage(message=msgspec.structs.replace(example.message, content=content)).text()


def test_a_short_message_is_told_whole() -> None:
    assert words("hi") == "maria: hi"


def test_a_long_message_is_told_in_part() -> None:
    told = words("x" * 4_000)
    assert told.endswith("x…")
    assert len(told) == len("maria: ") + EXCERPT
