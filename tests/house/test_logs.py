"""Whatever is logged, by whomever, carries no token, no cookie and no password."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings

from huddl.logs import REDACTED, configure, redact_text, redact_value

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjo3fQ.c2lnbmF0dXJl"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What production logging writes from now on."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure({"level": "DEBUG", "json": True})
    handler = next(one for one in root.handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter))
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    yield stream
    configure(settings.LOGGING)
    root.handlers[:], root.level = before


@pytest.mark.parametrize(
    "text",
    [
        f"GET /ws/notifications/?token={JWT} HTTP/1.1",
        f"GET /ws/notifications/?a=1&token={JWT}&b=2",
        f"authorization: Bearer {JWT}",
        f"{{'authorization': 'Bearer {JWT}'}}",
        f"(b'authorization', b'Bearer {JWT}')",
        f"a bare one, {JWT}, in the middle",
        f'{{"refresh": "{JWT}"}}',
        "Cookie: sessionid=eyJhbGciOiJIUzI1NiJ9; csrftoken=abc",
    ],
)
def test_no_secret_survives_in_running_text(text: str) -> None:
    said = redact_text(text)
    assert "eyJ" not in said
    assert REDACTED in said


def test_an_opaque_token_in_a_query_is_redacted_and_its_neighbours_stay() -> None:
    assert redact_text("/ws/?token=abc123&after=k3x9.5") == f"/ws/?token={REDACTED}&after=k3x9.5"


def test_words_that_only_mention_tokens_stay() -> None:
    assert redact_text("the token has expired; sign in anew") == "the token has expired; sign in anew"


def test_secret_members_are_redacted_at_any_depth() -> None:
    assert redact_value("request", {"headers": [{"Authorization": "x"}], "user": 7}) == {
        "headers": [{"Authorization": REDACTED}],
        "user": 7,
    }


def test_an_event_is_one_json_object_a_line(written: io.StringIO) -> None:
    structlog.get_logger("streams").info("entry_recorded", user=7, seq=3)
    event = json.loads(written.getvalue())
    assert (event["event"], event["user"], event["seq"], event["level"]) == ("entry_recorded", 7, 3, "info")
    assert event["at"].endswith("Z")


def test_a_library_that_logs_a_url_with_a_token_is_redacted(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "127.0.0.1", f"/ws/?token={JWT}")
    assert "[accepted]" in written.getvalue()
    assert JWT not in written.getvalue()


def test_a_traceback_stays_one_line_and_loses_its_token(written: io.StringIO) -> None:
    try:
        raise ValueError(f"bad credentials Bearer {JWT}")
    except ValueError:
        logging.getLogger("somewhere").exception("failed")
    assert written.getvalue().count("\n") == 1
    assert "ValueError" in written.getvalue()
    assert JWT not in written.getvalue()


def test_fields_named_like_secrets_are_never_written(written: io.StringIO) -> None:
    structlog.get_logger("accounts").warning("login_failed", password="hunter2", user="maria")
    assert "hunter2" not in written.getvalue()
    assert "maria" in written.getvalue()
