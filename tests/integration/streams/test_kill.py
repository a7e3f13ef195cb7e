"""Kill -9 in the middle of five hundred actions: each entry is there once, in order, in the tables and in the clients. The
moments that hurt most are met exactly in tests/chaos/test_dies_at_point.py.
"""

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
