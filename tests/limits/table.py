"""Every limit at every door: which test crosses it there, or why there is nothing to cross.

The tests named here take their doors from this table (`at_doors`), the reference is written from it
(scripts/generate/limits.py), and tests/integration/limits/test_table.py asks pytest whether every test named exists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest

from tests.limits.doors import (
    CHANNELS,
    COOKIE,
    DAPHNE,
    DOORS,
    FAST,
    FRIENDS,
    HTTP,
    LONG,
    LONG_COOKIE,
    NOTIFICATIONS,
    ONE_OF_EACH,
    POLLS,
    SSE,
    SSE_COOKIE,
    STREAM,
    TOKEN,
    UVICORN,
    WAITING,
)
from tests.support.selection import short_of

EVERY_DOOR = "tests/integration/limits/test_every_door.py"
AT_CHANNELS = "tests/integration/limits/test_at_channels.py"
OVER_HTTP = "tests/integration/limits/test_over_http.py"
HEADS = "tests/integration/limits/test_heads.py"
ABUSE = "tests/integration/limits/test_abuse.py"
SAID = "tests/integration/streams/test_limits.py"
EXPIRY = "tests/integration/streams/test_expiry.py"


@dataclass(frozen=True)
class By:
    """A test that crosses the limit at a door: its file, its name, and the case of its parameters, if it has any."""

    file: str
    test: str
    case: str | None

    @property
    def node(self) -> str:
        return f"{self.file}::{self.test}" + (f"[{self.case}]" if self.case else "")


@dataclass(frozen=True)
class Nothing:
    """There is no such thing at this door, and why."""

    why: str


Cell = By | Nothing


@dataclass(frozen=True)
class Limit:
    """A limit, the settings that change it, and its cell for every door."""

    words: str
    settings: tuple[str, ...]
    cells: Mapping[str, Cell]


def _by(file: str, test: str, doors: Iterable[str], case: str | None = "") -> dict[str, Cell]:
    """The same test at these doors; its case is the door's name when none is given."""
    return {door: By(file, test, door if case == "" else case) for door in doors}


KINDS = {TOKEN: "fast", COOKIE: "cookie", UVICORN: "uvicorn", DAPHNE: "daphne"}


def _said(test: str, doors: Iterable[str] = STREAM) -> dict[str, Cell]:
    return {door: By(SAID, test, KINDS[door]) for door in doors}


def _nothing(why: str, doors: Iterable[str]) -> dict[str, Cell]:
    return dict.fromkeys(doors, Nothing(why))


ASKS_ONCE = "The client says nothing after its request; the request's head has its own limit."
HOLDS_NOTHING = "It holds no connection: the answer is there at once."
OWN_HEAD = "Heads are read by that server, with its own limits."
FROM_NOW = "It begins at the head and resumes nothing."

LIMITS: tuple[Limit, ...] = (
    Limit(
        "a frame in: 16 KiB",
        ("MAX_FRAME",),
        _said("test_a_frame_has_16_kib_and_not_a_byte_more")
        | _by(AT_CHANNELS, "test_a_frame_has_16_kib_and_not_a_byte_more", CHANNELS)
        | _nothing(ASKS_ONCE, HTTP),
    ),
    Limit(
        "an entry: 32 KiB",
        (),
        _by(EVERY_DOOR, "test_the_largest_entry_reaches_every_door_and_a_larger_one_is_none", DOORS),
    ),
    Limit(
        "frames in: 120 a minute, 20 at once",
        ("FRAMES_PER_MINUTE", "FRAME_BURST"),
        _said("test_a_burst_has_twenty_frames")
        | _by(AT_CHANNELS, "test_a_burst_has_twenty_frames", CHANNELS)
        | _nothing(ASKS_ONCE, HTTP),
    ),
    Limit(
        "`sync`: 6 a minute",
        ("SYNCS_PER_MINUTE",),
        _said("test_the_seventh_sync_in_a_minute_is_a_reset") | _nothing("There is no `sync`.", (*CHANNELS, *HTTP)),
    ),
    Limit(
        "topics watched: 100",
        ("MAX_TOPICS",),
        _said("test_a_connection_watches_so_many_topics") | _nothing("There is no `watch`.", (*CHANNELS, *HTTP)),
    ),
    Limit(
        "connections of a user: 10",
        ("CONNECTIONS_PER_USER",),
        _by(
            EVERY_DOOR,
            "test_one_person_has_so_many_and_one_of_them_makes_room",
            (*STREAM, *CHANNELS, *WAITING),
        )
        | _nothing(HOLDS_NOTHING, POLLS),
    ),
    Limit(
        "connections of an address: 1,000, of IPv6 the /64",
        ("CONNECTIONS_PER_ADDRESS",),
        _by(
            EVERY_DOOR,
            "test_one_address_has_so_many_and_of_ipv6_the_64",
            (*STREAM, *CHANNELS, *WAITING),
        )
        | _nothing(HOLDS_NOTHING, POLLS),
    ),
    Limit(
        "forwarded addresses: from configured proxies only",
        ("TRUSTED_PROXIES",),
        _by(
            EVERY_DOOR,
            "test_an_address_that_no_proxy_of_ours_tells_is_not_believed",
            (*FAST, DAPHNE, *CHANNELS, *WAITING),
        )
        | _nothing("Uvicorn by itself believes a proxy on its own machine: give it `--no-proxy-headers`.", (UVICORN,))
        | _nothing("Its address is not counted.", POLLS),
    ),
    Limit(
        "connections of a process: 60,000",
        ("CONNECTIONS_PER_PROCESS",),
        _by(EVERY_DOOR, "test_one_process_has_so_many", (*STREAM, *CHANNELS, *WAITING))
        | _nothing(HOLDS_NOTHING, POLLS),
    ),
    Limit(
        "handshakes a second and process: 5,000",
        ("HANDSHAKES_PER_SECOND",),
        _by(
            EVERY_DOOR,
            "test_one_process_takes_so_many_in_a_second_and_says_when_to_come_back",
            (*STREAM, *CHANNELS, *WAITING),
        )
        | _nothing("A plain poll is a request like any other; there is no connection to set up.", POLLS),
    ),
    Limit(
        "hello: within 10 s",
        ("HELLO_TIMEOUT",),
        _said("test_who_says_no_hello_is_sent_away")
        | _by(AT_CHANNELS, "test_who_is_not_signed_in_is_sent_away_at_once", CHANNELS)
        | _by(OVER_HTTP, "test_who_is_not_signed_in_is_answered_at_once", HTTP),
    ),
    Limit(
        "ping 25 s, pong 10 s",
        ("HEARTBEAT", "PONG_TIMEOUT"),
        _said("test_who_answers_no_ping_is_sent_away_and_who_does_stays")
        | _by(AT_CHANNELS, "test_who_answers_no_ping_is_sent_away_and_who_does_stays", CHANNELS)
        | _by(OVER_HTTP, "test_a_wait_is_no_longer_than_a_heartbeat", (LONG, LONG_COOKIE))
        | _nothing(
            "It is pinged, but an answer over HTTP cannot be answered: the write stall, or TCP, ends who is gone.",
            (SSE, SSE_COOKIE),
        )
        | _nothing(HOLDS_NOTHING, POLLS),
    ),
    Limit(
        "a page: 300 entries",
        ("PAGE", "PAGE_BYTES"),
        _said("test_replay_reaches_so_far_in_pages_and_then_says_so")
        | _by(AT_CHANNELS, "test_replay_reaches_so_far_and_no_further", (NOTIFICATIONS,))
        | _by(OVER_HTTP, "test_replay_reaches_so_far_in_pages_and_then_says_so", HTTP)
        | _nothing(FROM_NOW, (FRIENDS,)),
    ),
    Limit(
        "replay: 1,000 entries, then `reset`",
        ("MAX_REPLAY",),
        _said("test_replay_reaches_so_far_in_pages_and_then_says_so")
        | _by(AT_CHANNELS, "test_replay_reaches_so_far_and_no_further", (NOTIFICATIONS,))
        | _by(OVER_HTTP, "test_replay_reaches_so_far_in_pages_and_then_says_so", HTTP)
        | _nothing(FROM_NOW, (FRIENDS,)),
    ),
    Limit(
        "kept: 30 days or 1,000 entries a user, whichever is more",
        ("RETENTION_DAYS", "RETENTION_ENTRIES"),
        _said("test_a_cursor_below_what_is_kept_is_reset")
        | _by(OVER_HTTP, "test_a_cursor_below_what_is_kept_is_reset", HTTP)
        | _nothing(FROM_NOW, (FRIENDS,))
        | _nothing(
            "It goes back ten minutes at most, and has no `reset`: what is not kept is not sent.", (NOTIFICATIONS,)
        ),
    ),
    Limit(
        "token grace: 25 s",
        (),
        _by(EXPIRY, "test_at_no_door_is_anybody_served_after_the_grace", (*FAST, *CHANNELS, *WAITING), "fast")
        | _by(EXPIRY, "test_at_no_door_is_anybody_served_after_the_grace", (UVICORN,), "uvicorn")
        | _by(EXPIRY, "test_at_no_door_is_anybody_served_after_the_grace", (DAPHNE,), "daphne")
        | _by(EXPIRY, "test_nobody_comes_in_with_credentials_that_have_ended", POLLS, "fast"),
    ),
    Limit(
        "write stall: 10 s",
        ("WRITE_STALL", "WRITE_BUFFER"),
        _said("test_a_client_that_reads_nothing_is_closed_and_costs_no_memory")
        | {
            door: By(ABUSE, "test_an_attack_on_a_door_of_channels_ends_and_changes_nothing", f"never_readers-{door}")
            for door in CHANNELS
        }
        | _by(OVER_HTTP, "test_an_answer_that_nobody_reads_is_cut_off", HTTP),
    ),
    Limit(
        "drain: up to 30 s",
        ("DRAIN",),
        _by(EVERY_DOOR, "test_a_process_that_goes_away_keeps_nobody", (*FAST, *CHANNELS, *WAITING))
        | _nothing("That server ends as it likes; draining is `huddl serve`'s.", (UVICORN, DAPHNE))
        | _nothing(HOLDS_NOTHING, POLLS),
    ),
    Limit(
        "a request's head: 32 KiB",
        (),
        _by(HEADS, "test_a_head_has_32_kib", (*FAST, *CHANNELS, *HTTP)) | _nothing(OWN_HEAD, (UVICORN, DAPHNE)),
    ),
    Limit(
        "a request's head: within 10 s",
        (),
        _by(HEADS, "test_a_head_that_drips_is_cut_off", (*FAST, *CHANNELS, *HTTP))
        | _nothing(OWN_HEAD, (UVICORN, DAPHNE)),
    ),
)


def crossed_at(test: str) -> list[str]:
    """The doors at which the table says that this test crosses a limit."""
    found = {
        door: None
        for limit in LIMITS
        for door, cell in limit.cells.items()
        if isinstance(cell, By) and cell.test == test and cell.case == door
    }
    return list(found)


def at_doors(test: str) -> pytest.MarkDecorator:
    """A test for every door at which the table says that it crosses a limit; `make test` tries it at one of each make."""
    return pytest.mark.parametrize("door", short_of(crossed_at(test), ONE_OF_EACH))


def named() -> list[By]:
    """Every test that the table names."""
    return [cell for limit in LIMITS for cell in limit.cells.values() if isinstance(cell, By)]
