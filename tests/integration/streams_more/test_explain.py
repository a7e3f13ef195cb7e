"""Did she get it? What the command says is what happened."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from streams.explain import ask, explain
from streams.gateway.hub import Hub
from streams.models import Entry, Stream
from tests.support.people import make_person
from tests.support.stream_world import Member, cursor, eventually, in_thread, long_poll, member, record, recorded, sse

pytestmark = pytest.mark.django_db(transaction=True)


async def told(person: Member, seq: int) -> tuple[str, str]:
    """The verdict about an entry, and all lines in one."""
    known = await in_thread(ask, person.id, seq, wait=1.6)
    story = await in_thread(explain, person.id, seq, known=known)
    return story.verdict, "\n".join(what for _, what in story.lines)


async def test_an_entry_that_went_out_live_was_hinted_and_written(hub: Hub) -> None:
    pablo = await member("pablo")
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))
    await recorded(pablo.id)
    await following.until(lambda: following.seqs == [1])
    verdict, lines = await told(pablo, 1)
    assert verdict == "Written to a connection, not acknowledged yet."
    assert "heard the hint" in lines
    assert "as it came" in lines
    assert "(sse, login" in lines
    await following.hang_up()


async def test_an_entry_that_was_missed_was_written_in_a_page(hub: Hub) -> None:
    pablo = await member("pablo")
    start = await cursor(pablo.id)
    await recorded(pablo.id, 3)
    await long_poll(pablo, start).done()
    verdict, lines = await told(pablo, 2)
    assert "in a page read from the table" in lines
    assert verdict == "Written to a connection, not acknowledged yet."
    await long_poll(pablo, await cursor(pablo.id), wait=0).done()
    await hub.chores._keep_acks(0.0)
    verdict, lines = await told(pablo, 2)
    assert verdict.startswith("Got it: acknowledged by login")


async def test_nobody_there_is_a_reason(hub: Hub) -> None:
    pablo = await member("pablo")
    await recorded(pablo.id)
    verdict, lines = await told(pablo, 1)
    assert verdict.startswith("Nobody of theirs is connected")
    assert "committed as friend_accepted" in lines


async def test_a_client_that_does_not_read_is_a_reason(hub: Hub) -> None:
    pablo = await member("pablo")
    following = sse(pablo, f"after={await cursor(pablo.id)}")
    await following.until(lambda: following.named("caught_up"))
    following.reading.clear()
    await recorded(pablo.id, 400)
    (connection,) = hub.by_user[pablo.id]
    await eventually(lambda: connection.stalled_at is not None)
    verdict, lines = await told(pablo, 400)
    assert verdict == "Connected, and not written as far as the gateways remember."
    assert "it is behind at" in lines
    assert "has not read for" in lines
    following.reading.set()
    await following.hang_up()


def test_what_is_not_there_has_a_reason() -> None:
    user = make_person("pablo")
    record(user.pk, 3)
    assert explain(user.pk, 9, known={}).verdict.startswith("The stream ends at 3")
    Entry.objects.filter(stream_id=user.pk, seq=1).delete()
    Stream.objects.filter(pk=user.pk).update(floor=1)
    assert explain(user.pk, 1, known={}).verdict.startswith("Trimmed")
    Entry.objects.filter(stream_id=user.pk, seq=2).delete()
    assert "must not be" in explain(user.pk, 2, known={}).verdict


def test_the_memory_of_a_gateway_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from streams.gateway.journal import POSITIONS, Journal

    journal = Journal(None)  # type: ignore[arg-type]
    for number in range(60):
        journal.hints.append((float(number), [(user, "k3x9", number) for user in range(5_000)]))
    journal._bound()
    assert sum(len(positions) for _, positions in journal.hints) <= POSITIONS
    assert journal.hints[-1][0] == 59.0


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("stream", *arguments, stdout=out)
    return out.getvalue()


def test_the_commands_show_numbers_and_types_and_no_words_unless_asked() -> None:
    user = make_person("pablo")
    record(user.pk, 12)
    assert f"{cursor_text(user.pk)}" in command("show", "pablo")
    tail = command("tail", "pablo", "-n", "3")
    assert [int(line.split()[0]) for line in tail.splitlines()] == [10, 11, 12]
    assert "maria" not in tail
    assert "maria" in command("tail", str(user.pk), "--bodies")
    assert "No gateway answered" in command("explain", "pablo", "4")
    with pytest.raises(CommandError):
        command("show", "nobody")


def cursor_text(user_id: int) -> str:
    stream = Stream.objects.get(pk=user_id)
    return f"{stream.epoch}.{stream.head}"


def test_the_admin_tells_the_story_and_changes_nothing(monkeypatch: Any) -> None:
    monkeypatch.setattr("streams.admin.ask", lambda *_: {})
    user = make_person("pablo")
    record(user.pk)
    User.objects.create_superuser("root", "root@example.com", "correct-horse-battery")
    client = Client(headers={"host": "localhost"})
    answer = client.post("/admin/login/", {"username": "root@example.com", "password": "correct-horse-battery"})
    assert answer.status_code == 302
    entry = Entry.objects.get(stream_id=user.pk)
    page = client.get(f"/admin/streams/entry/{entry.pk}/change/")
    assert "No gateway answered" in page.content.decode()
    assert client.get("/admin/streams/entry/?q=pablo").status_code == 200
    assert client.post(f"/admin/streams/entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
