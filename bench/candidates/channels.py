"""Django Channels twice: the seed's own design as its tutorial wrote it, and the better choices Channels offers.

The consumer is the tutorial's, unchanged: each socket joins the group of its user. To reach many sockets with one publish,
as fan-out asks, all sockets of a shared audience are signed in as the same person: one `group_send`, a thousand members.
(A thousand `group_send`s instead would lose most of them: the core layer holds 100 messages a process.)
"""

from __future__ import annotations

import sys

from suite.candidate import Candidate, Running, Stage
from suite.dialogue import Dialogue
from suite.load_client import Address
from suite.machine import BENCH, OTHER_CORES, SERVER_CORES
from suite.tools import free_port

HERE = BENCH / "candidates" / "seed"


class _Channels(Candidate):
    layer: str

    def server(self, port: int) -> list[object]:
        raise NotImplementedError

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        folder = stage.scratch(self.name.replace(" ", "-"))
        environment = {
            "PYTHONPATH": str(HERE),
            "DJANGO_SETTINGS_MODULE": "seed_site.settings",
            "BENCH_DATABASE": str(folder / "db.sqlite3"),
            "BENCH_REDIS": str(stage.redis_port),
            "BENCH_LAYER": self.layer,
        }
        cookies = folder / "cookies"
        people = 1 if shared else users
        prepare: list[object] = [sys.executable, HERE / "prepare.py", people, cookies]
        prepared = stage.start(f"{self.name} prepare", prepare, cores=OTHER_CORES, environment=environment)
        if prepared.wait(120):
            raise RuntimeError(prepared.last_words())
        port = free_port()
        program = stage.start(self.name, self.server(port), cores=SERVER_CORES, environment=environment)
        program.wait_for_port(port)
        words: list[object] = [sys.executable, HERE / "publish.py", people]
        publisher = Dialogue(
            stage.start(f"{self.name} publisher", words, cores=OTHER_CORES, environment=environment, talks=True)
        )
        return Running(
            programs=[program],
            address=Address(ports=(port,), path="/ws/friends/", own_headers=cookies, event='{"type":'),
            publish_all=lambda: publisher.tell("all"),
            unicast=publisher,
            publishers=[publisher.program],
        )


class SeedDesign(_Channels):
    name = "seed"
    delivery = "the tutorial's consumer sends one JSON frame to one member of a group; session sign-in, no numbering"
    layer = "channels_redis.core.RedisChannelLayer"

    def server(self, port: int) -> list[object]:
        return [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", port, "-v", 0, "seed_site.asgi:application"]


class ChannelsPubSub(_Channels):
    name = "channels pub/sub"
    delivery = "the same consumer on Uvicorn with uvloop and the pub/sub layer; session sign-in, no numbering"
    layer = "channels_redis.pubsub.RedisPubSubChannelLayer"

    def server(self, port: int) -> list[object]:
        words: list[object] = [sys.executable, "-m", "uvicorn", "seed_site.asgi:application", "--port", port]
        return [*words, "--loop", "uvloop", "--log-level", "warning", "--backlog", 4096, "--no-access-log"]
