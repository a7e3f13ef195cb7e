"""Kill -9 in the middle of five hundred actions: each entry is there once, in order, in the tables and in the clients."""

import pytest

from tests.support.lab.world import World
from tests.support.product import Launch

ACTIONS = 500


def test_a_server_killed_in_the_middle_of_everything_loses_nothing(launch: Launch) -> None:
    with World(launch, followers=3) as world:
        world.write(ACTIONS, writers=3, fails=0.05)
        for share in (0.3, 0.6):
            world.await_done(int(ACTIONS * share * 0.9), within=60)
            world.servers[0].kill()
            world.servers[0].start()
        assert world.settle() < 8
        world.verdict().assert_clean()
        assert all(follower.connects >= 3 for follower in world.followers)


@pytest.mark.parametrize("point", ["after_commit", "after_publish", "in_transaction"])
def test_a_server_that_dies_at_the_worst_moment_loses_nothing(launch: Launch, point: str) -> None:
    with World(launch, followers=2, env={"LAB_DIE": f"{point}:25"}) as world:
        world.write(60, writers=2)
        world.await_death(world.servers[0])
        world.servers[0].start()
        assert world.settle() < 8
        world.verdict().assert_clean()


def test_a_server_that_dies_in_the_middle_of_a_replay_resumes_it(launch: Launch) -> None:
    with World(launch, followers=1, follow=False) as world:
        (follower,), (server,) = world.followers, world.servers
        world.write(60, writers=1)
        for writer in world.writers:
            writer.finish(within=60)
        follower.cursor, follower.start = f"{world.epoch(follower.user_id)}.0", 0
        server.stop()
        server.env["LAB_DIE"] = "mid_replay:40"
        server.start()
        follower.begin()
        world.await_death(server)
        server.start()
        assert world.settle() < 8
        world.verdict().assert_clean()
        assert follower.seqs == list(range(1, 61))
