"""Who tells a post's many readers is killed with -9: with a chunk of them written, with the chunk committed and the job still
standing there, and at random. Every reader is told of every post, once.
"""

import random
import time
from collections import Counter

import httpx
import pytest

from tests.chaos.form import Outcome, catches, end, keeps, seed
from tests.support.lab.world import World
from tests.support.processes import await_condition
from tests.support.product import Launch, Server, SignedIn
from tests.support.profiles import chosen_profile
from tests.support.verdict import Verdict

ROLES = ("web", "gateway", "worker") if chosen_profile() == "scaled" else ("serve",)
PEOPLE, POSTS = 60, 12
LEASE = 0.5
SMALL = {"LAB_AT_ONCE": "10", "LAB_LEASE": str(LEASE)}
"""A crowd of sixty takes several chunks; a job whose worker died is free again when that one is back."""
BEFRIEND = """
from accounts.models import User
from friends.models import Friendship
first, *rest = User.objects.order_by("id")
Friendship.objects.bulk_create(Friendship.between(first, one) for one in rest)
"""
CATCHES = {
    "in a chunk": "job_gone_when_claimed",
    "in the middle of a fan-out": "job_minds_no_mark",
    "at random": "job_gone_when_claimed",
}
POINTS = {"in a chunk": "in_chunk:5", "in the middle of a fan-out": "mid_fan_out:2"}


def scenario(launch: Launch, where: str, **env: str) -> Outcome:
    dice = random.Random(seed())
    small = SMALL | {"LAB_CHUNK": "15" if where in POINTS else "2"}
    with World(launch, roles=ROLES, people=PEOPLE, followers=4, seed=seed(), visit=False, env=small | env) as world:
        world.product.manage("shell", "-v", "0", "-c", BEFRIEND)
        author = world.product.person(0)
        victim = world.playing("worker", "serve")[-1]
        if where in POINTS:
            victim.kill()
            victim.env["LAB_DIE"] = POINTS[where]
            victim.start()
        world.write(60, pause=0.02)
        posts: set[int] = set()
        for number in range(POSTS):
            posts.add(publish(world, author, victim, f"post {number}"))
            if where in POINTS:
                told_or_dead(world, victim)
            elif number % 3 == 2:  # three fan-outs of many chunks are under way
                time.sleep(dice.uniform(0.2, 0.6))
                victim.kill()
                victim.start()
        assert "LAB_DIE" not in victim.env, "it did not die where it was told to"
        await_condition(lambda: not jobs(world), within=20, about="every job is done", every=0.2)
        outcome = end(world, bound=5)
        outcome.seed = seed()
        judge_fan_out(outcome.verdict, world, posts)
        return outcome


def publish(world: World, author: SignedIn, victim: Server, content: str) -> int:
    """Publish a post; the author may meet a process that is just about to die, when nothing in the table says so."""
    try:
        return int(author.post("/api/posts/", content=content).json()["id"])
    except httpx.TransportError:
        revive(world, victim)
        return int(author.post("/api/posts/", content=content).json()["id"])


def told_or_dead(world: World, victim: Server) -> None:
    """Wait until the post has been told, or its teller is dead; then until the job is free, and have another go on. What the
    chunk had left to do is due by then as well: whoever does the job a second time finds the fan-out under way.
    """
    await_condition(lambda: not victim.running or not jobs(world), within=20, about="everybody is told")
    if not victim.running:
        revive(world, victim)


def revive(world: World, victim: Server) -> None:
    world.await_death(victim)
    time.sleep(LEASE)
    victim.start()


def jobs(world: World) -> int:
    """Fan-outs that are not at their end."""
    return int(world.ledger.rows("SELECT COUNT(*) FROM streams_job WHERE kind = %s", "posts.fan_out")[0][0])


def judge_fan_out(verdict: Verdict, world: World, posts: set[int]) -> None:
    """Each of the crowd has been told of each post once."""
    for person in world.product.people[1:]:
        told = Counter(
            int(body["post"]["id"]) for _, body in world.ledger.entries(person.id) if body["type"] == "new_post"
        )
        verdict.lost += [f"{person.id} was not told of post {post}" for post in posts - set(told)]
        verdict.repeated += [
            f"{person.id} was told {times} times of {post}" for post, times in told.items() if times > 1
        ]
    verdict.events += len(posts) * (PEOPLE - 1)


@pytest.mark.parametrize("where", CATCHES)
def test_a_worker_that_is_killed_tells_everybody_once(launch: Launch, where: str) -> None:
    keeps(f"worker killed {where}", lambda launch, **env: scenario(launch, where, **env), launch, CATCHES[where])


@pytest.mark.parametrize("where", CATCHES)
def test_a_mistake_is_caught(launch: Launch, where: str) -> None:
    catches(CATCHES[where], lambda launch, **env: scenario(launch, where, **env), launch)
