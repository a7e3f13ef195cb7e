"""Retention trims the streams while people write and follow, far more than it would: fifty entries are kept.

Whoever is connected does not notice. Whoever was away too long is told (`reset`, `trimmed`), takes a snapshot and has everything.
"""

import pytest

from tests.chaos.form import DOORS, Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.processes import await_condition
from tests.support.product import Launch
from tests.support.proxy import Proxy
from tests.support.verdict import Violated

CATCHES = "trims_without_a_floor"
KEEP = {"RETENTION_ENTRIES": 50, "RETENTION_DAYS": 0}
WITHOUT_FLOOR = (
    "DELETE FROM streams_entry WHERE seq <= (SELECT head - 50 FROM streams_stream WHERE user_id = stream_id)"
)


def scenario(launch: Launch, door: str = "websocket", *, floor: bool = True, **env: str) -> Outcome:
    with (
        World(launch, followers=3, node=2, follow=False, transports=door, streams=KEEP, env=env) as world,
        Proxy(world.servers[0].port) as proxy,
    ):
        if door != "websocket":
            world.followers.clear()  # they have sockets: the real client is judged alone
        away, present = world.clients
        for client in world.clients:
            client.options = ("--snapshots", "/lab/notes/")
        away.base = proxy.url
        for one in world.everybody:
            one.begin()
        world.write(20_000, pause=0.02)
        world.await_done(40)
        proxy.answer = b""
        proxy.reset()
        world.await_done(world.done + 90)  # by then it has applied what it had received
        left_at = away.seq
        for _ in range(4):
            world.await_done(world.done + 90)
            _trim(world, floor=floor)
        await_condition(lambda: away.seq == left_at, within=1, about="the client is away")
        proxy.answer = None
        await_condition(lambda: away.resets, within=40, about="the client is back")
        world.enough()
        outcome = end(world, bound=5, resets=True)
        assert not floor or world.ledger.floors()[away.user_id] > left_at
        if [reason for reason, _ in away.resets] != ["trimmed"]:
            raise Violated(f"{away} was reset by {away.resets}")
        if any(one.resets for one in world.everybody if one is not away):
            raise Violated("somebody who was there was reset")
        for client in (away, present):
            held = {key for key, to in world.ledger.notes().items() if client.user_id in to}
            if client.state != held:
                raise Violated(f"{client} has {sorted(client.state ^ held)[:9]} too much or too little")
        return outcome


def _trim(world: World, *, floor: bool) -> None:
    if floor:
        world.product.manage("stream", "trim")
    else:
        world.product.manage(
            "shell", "-c", f"from django.db import connection; connection.cursor().execute({WITHOUT_FLOOR!r})"
        )


@pytest.mark.parametrize("door", DOORS)
def test_trimming_under_load_is_noticed_by_nobody_who_is_there(launch: Launch, door: str) -> None:
    keeps(f"retention under load{DOORS[door]}", lambda launch: scenario(launch, door), launch, CATCHES)


@pytest.mark.parametrize("door", DOORS)
def test_trimming_that_moves_no_floor_is_caught(launch: Launch, door: str) -> None:
    catches(CATCHES, lambda launch, **_: scenario(launch, door, floor=False), launch)
