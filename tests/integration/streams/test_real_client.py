"""The real client, stream-client under Node, against the real server: what its application is told, whatever dies."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.lab.world import World
from tests.support.node_client import NodeFollower
from tests.support.processes import await_condition
from tests.support.product import Launch
from tests.support.verdict import judge


@contextmanager
def followed(world: World, *, transports: str = "websocket") -> Iterator[list[NodeFollower]]:
    """The first two people of the world, followed by the real client."""
    people = [world.product.person(number) for number in range(2)]
    clients = [
        NodeFollower(
            user_id=one.id, token=one.access, base=world.servers[0].url, folder=world.folder, transports=transports
        )
        for one in people
    ]
    try:
        for client in clients:
            client.begin()
        yield clients
    finally:
        for client in clients:
            client.end()


def settle(world: World, clients: list[NodeFollower], *, within: float = 30) -> None:
    for writer in world.writers:
        writer.finish(within=60)
    await_condition(lambda: not world.ledger.unnumbered(), within=10, about="everything is numbered")
    for client in clients:
        client.await_seq(world.ledger.head(client.user_id), within=within)


def test_the_applications_handler_is_called_once_for_each_entry_through_kills_and_a_lossy_bus(launch: Launch) -> None:
    with (
        World(launch, followers=2, follow=False, env={"LOSSY_BUS": "drop=0.3,repeat=0.3,reorder=0.3,seed=3"}) as world,
        followed(world) as clients,
    ):
        world.write(120, writers=2)
        for share in (30, 70):
            world.await_done(share)
            world.servers[0].kill()
            world.servers[0].start()
        settle(world, clients)
        judge(world.ledger, writers=world.writers, followers=clients).assert_clean()


def test_a_client_that_crashes_goes_on_from_its_store(launch: Launch) -> None:
    """A crash may repeat the one entry that was applied and not stored yet, and loses none."""
    with World(launch, followers=2, follow=False) as world, followed(world) as clients:
        world.write(120, writers=1)
        for share in (30, 60, 90):
            world.await_done(share)
            clients[0].crash()
        settle(world, clients)
        assert len(clients[0].again) <= 3
        judge(world.ledger, writers=world.writers, followers=clients).assert_clean()


@pytest.mark.parametrize("transport", ["sse", "long_poll"])
def test_every_rung_of_the_ladder_keeps_the_promise(launch: Launch, transport: str) -> None:
    with World(launch, followers=2, follow=False) as world, followed(world, transports=transport) as clients:
        world.write(40, writers=2)
        world.await_done(15)
        world.servers[0].kill()
        world.servers[0].start()
        settle(world, clients)
        judge(world.ledger, writers=world.writers, followers=clients).assert_clean()
