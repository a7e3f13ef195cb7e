"""What the judge of the real client allows: a crash between handler and store, and nothing that looks a little like it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.node_client import Life, NodeFollower


def lived(folder: Path, *lives: tuple[int, Sequence[int]]) -> NodeFollower:
    """A client that found so much in its store in each life, and then handled these."""
    client = NodeFollower(user_id=7, token="", base="", folder=folder)
    for number, (stored, handled) in enumerate(lives):
        lines: list[dict[str, object]] = [{"event": "begin", "ms": 0, "cursor": f"e.{stored}" if number else None}]
        if number == 0:
            lines.append({"event": "snapshot", "ms": 0, "cursor": f"e.{stored}", "reason": "fresh"})
        lines += [
            {"event": "entry", "ms": 0, "cursor": f"e.{seq}", "entry": {"seq": seq, "key": f"k{seq}"}}
            for seq in handled
        ]
        life = Life(folder / f"life-{number}")
        life.log.write_text("".join(json.dumps(line) + "\n" for line in lines))
        client.lives.append(life)
    return client


@pytest.mark.parametrize(
    ("lives", "again"),
    [
        ([(4, [5, 6, 7])], []),
        ([(4, [5, 6]), (6, [7])], []),
        ([(4, [5, 6]), (5, [6, 7])], [6]),
        ([(4, [5, 6]), (5, [6]), (5, [6, 7])], [6, 6]),
        ([(4, [5, 6]), (6, []), (6, [7])], []),
    ],
)
def test_the_entry_handled_last_may_come_again_after_a_crash(
    tmp_path: Path, lives: list[tuple[int, list[int]]], again: list[int]
) -> None:
    client = lived(tmp_path, *lives)
    assert client.wrongs == []
    assert client.seqs == list(range(5, client.seq + 1))
    assert [one.seq for one in client.again] == again


@pytest.mark.parametrize(
    "lives",
    [
        [(4, [5, 5])],  # twice in one life
        [(4, [5, 6]), (5, [6, 6])],  # once allowed, and once more
        [(4, [5, 6, 7]), (5, [6, 7])],  # two entries again
        [(4, [5, 6, 7]), (7, [6])],  # not the last
    ],
)
def test_whatever_else_comes_again_is_seen(tmp_path: Path, lives: list[tuple[int, list[int]]]) -> None:
    seqs = lived(tmp_path, *lives).seqs
    assert len(seqs) > len(set(seqs))


@pytest.mark.parametrize("stored", [3, 4, 5, 8])
def test_a_store_that_names_another_place_is_wrong(tmp_path: Path, stored: int) -> None:
    """Six was handled before seven, so five stored means that a store was left out; eight was never handled."""
    assert lived(tmp_path, (4, [5, 6, 7]), (stored, [])).wrongs


def test_a_line_torn_by_the_kill_counts_for_nothing(tmp_path: Path) -> None:
    client = lived(tmp_path, (4, [5]))
    with client.lives[0].log.open("a") as log:
        log.write('{"event":"entry","ms":0,"curs')
    assert client.seqs == [5]
