"""A process is killed with -9 exactly where it hurts most: with an action written and not committed, committed and not told,
told and the next not committed, and with a hint or a page that has reached some of its sockets.
"""

from typing import NamedTuple

import pytest

from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.profiles import chosen_profile

ROLES = ("web", "gateway", "gateway") if chosen_profile() == "scaled" else ("serve",)


class Point(NamedTuple):
    """Where, in which role, after how often; how many write meanwhile; and the mistake that shows."""

    where: str
    role: str
    passes: int
    writers: int
    catches: str


POINTS = {
    "in a transaction": Point("in_transaction", "web", 40, 3, "confirms_before_it_commits"),
    "after commit, before publish": Point("after_commit", "web", 41, 1, "records_after_the_commit"),
    "after publish, before the next commit": Point("after_publish", "web", 40, 3, "confirms_before_it_commits"),
    "in the middle of a broadcast": Point("mid_broadcast", "gateway", 20, 2, "says_that_was_all"),
    "in the middle of a replay": Point("mid_replay", "gateway", 40, 2, "resumes_one_late"),
}


def scenario(launch: Launch, point: Point, **env: str) -> Outcome:
    replay = point.where == "mid_replay"
    one_bucket = {"BUCKETS": 1, "REDIS_PREFIX": "points"}  # so that one hint is for everybody
    with World(launch, roles=ROLES, followers=3, follow=False, visit=False, streams=one_bucket, env=env) as world:
        victim = (world.playing(point.role) or world.servers)[0]
        if replay:
            world.write(90, writers=point.writers)
            for writer in world.writers:
                writer.finish(within=60)
        victim.stop()
        victim.env["LAB_DIE"] = f"{point.where}:{point.passes}"
        victim.start()
        for follower in world.followers:
            if replay:
                follower.cursor, follower.start = f"{world.epoch(follower.user_id)}.0", 0
            if point.role == "gateway":
                follower.urls.sort(key=lambda url: url != victim.ws_url + "/ws/")
            follower.begin()
        world.write(120, writers=point.writers, pause=0.002)
        world.await_death(victim)
        victim.start()
        return end(world, bound=5)


@pytest.mark.parametrize("where", POINTS)
def test_dying_at_the_worst_moment_loses_nothing(launch: Launch, where: str) -> None:
    point = POINTS[where]
    keeps(f"killed {where}", lambda launch, **env: scenario(launch, point, **env), launch, point.catches)


@pytest.mark.parametrize("where", POINTS)
def test_a_mistake_is_caught(launch: Launch, where: str) -> None:
    point = POINTS[where]
    catches(point.catches, lambda launch, **env: scenario(launch, point, **env), launch)
