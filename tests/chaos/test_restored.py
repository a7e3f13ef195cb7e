"""An older copy of the database is put in the place of the newer while clients live, and its numbers are given a second time.

The copy is made beside the writers. What was done after it is gone, which is the operator's loss and known; every client must
learn of it (`reset`), take a snapshot, and have what the restored streams hold, once and in order. With `manage.py stream rotate`
as docs/operate/backup.md says; without it a client takes the new entries for those that it knows.
"""

import time

import pytest

from tests.chaos.form import DOORS, Outcome, catches, end, follow_through, keeps
from tests.support.backups import Backup
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.proxy import Proxy
from tests.support.verdict import Violated

CATCHES = "restored_without_rotate"
"""A mistake of the operator."""


def scenario(launch: Launch, door: str = "websocket", *, rotate: bool = True, **env: str) -> Outcome:
    with (
        World(launch, followers=3, node=1, follow=False, transports=door, env=env) as world,
        Proxy(world.servers[0].port) as proxy,
    ):
        if door != "websocket":
            world.followers.clear()  # they have sockets: the real client is judged alone
        (client,), (server,) = world.clients, world.servers
        client.options = ("--snapshots", "/lab/notes/")
        follow_through(world, proxy)
        world.write(200, pause=0.01)
        world.await_done(60)
        backup = Backup(world.product)
        world.settle()
        world.settle_clients()
        known = [world.ledger.head(user_id) for user_id in world.audience]
        proxy.answer = b""
        proxy.reset()
        server.stop()
        backup.restore()
        if rotate:
            world.product.manage("stream", "rotate", "--yes")
        server.start()
        _forget_what_is_gone(world)
        world.write(300)
        for writer in world.writers:
            writer.finish(within=60)
        again = [world.ledger.head(user_id) for user_id in world.audience]
        assert all(now > before for now, before in zip(again, known, strict=True)), "numbers are given again"
        proxy.answer = None
        time.sleep(1)
        world.write(60, pause=0.01)
        outcome = end(world, bound=5, since=time.monotonic(), resets=True)
        for one in world.everybody:
            if [reason for reason, _ in one.resets] != ["epoch"]:
                raise Violated(f"{one} was reset by {one.resets}")
        held = {key for key, to in world.ledger.notes().items() if client.user_id in to}
        if client.state != held:
            raise Violated(f"the application has {sorted(client.state ^ held)[:9]} too much or too little")
        return outcome


def _forget_what_is_gone(world: World) -> None:
    """Nobody claims what the restore took away."""
    there = world.ledger.notes()
    for writer in world.writers:
        writer.deeds[:] = [deed for deed in writer.deeds if deed.key in there]


@pytest.mark.parametrize("door", DOORS)
def test_an_older_copy_of_the_database_under_live_clients(launch: Launch, door: str) -> None:
    keeps(f"database restored from a copy{DOORS[door]}", lambda launch: scenario(launch, door), launch, CATCHES)


@pytest.mark.parametrize("door", DOORS)
def test_a_restore_without_a_new_epoch_is_caught(launch: Launch, door: str) -> None:
    catches(CATCHES, lambda launch, **_: scenario(launch, door, rotate=False), launch)
