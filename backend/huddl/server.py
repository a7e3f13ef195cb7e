"""`huddl`: the processes NUMENEON runs as.

    huddl serve     HTTP and sockets in one process: the embedded profile, and small installations
    huddl web       HTTP (and the Channels doors) only
    huddl gateway   sockets only; a slow view in another process cannot delay a notification
    huddl worker    durable jobs

One port, one event loop, Uvicorn's HTTP protocol with the fast door in it. SIGTERM drains: readiness turns 503, clients are
told when to come back, and the process ends when they have gone. A worker ends after the job it is at: one that is cut off
keeps its job until the lease runs out.
"""

import argparse
import asyncio
import fcntl
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import IO, Any

import django
import uvicorn
import uvloop
from django.conf import settings
from django.core.checks import run_checks

log = logging.getLogger("huddl.server")

JOB_ENDS = 10.0
"""Seconds that the job at hand may take to its end when the process is told to go."""

Application = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the `huddl` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddl.settings")
    parser = argparse.ArgumentParser(prog="huddl", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    roles = parser.add_subparsers(dest="role", required=True)
    for role in ("serve", "web", "gateway"):
        one = roles.add_parser(role)
        one.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to bind")
        one.add_argument(
            "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="port to bind; 0 takes any"
        )
        one.add_argument(
            "--drain", type=float, default=None, help="seconds over which clients are sent away at the end"
        )
    roles.add_parser("worker")
    chosen = parser.parse_args(arguments)
    django.setup()
    refuse_unsafe()
    refuse_behind()
    if chosen.role == "worker":
        _work()
        return
    alone = refuse_a_second()
    try:
        uvloop.run(_serve(chosen.role, chosen.host, chosen.port, chosen.drain, alone=alone is not None))
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if alone is not None:
            alone.close()


def refuse_unsafe() -> None:
    """End here, with words, when Django's and our own checks find what must not be run."""
    found = run_checks(tags=["compatibility", "security", "models"])
    serious = [message for message in found if message.is_serious() and not message.is_silenced()]
    if serious:
        sys.exit("huddl: " + "\nhuddl: ".join(map(str, serious)))
    for message in found:
        log.warning("unsafe_settings", extra={"id": message.id, "words": message.msg})


def refuse_behind() -> None:
    """End here when the database lacks migrations: every request that meets them would fail."""
    from streams.away import unapplied_migrations

    if missing := unapplied_migrations():
        sys.exit(f"huddl: migrations are not applied: {', '.join(missing)}. Run manage.py migrate.")


def refuse_a_second() -> IO[str] | None:
    """End here when another process serves from the same data folder and nothing connects the two.

    The lock is the kernel's: it ends with the process, however that ends. Keep what this returns.
    """
    from streams.conf import conf

    if conf().REDIS_URL or conf().BUS:
        return None
    lock = (settings.DATA_DIR / "serving.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(
            "huddl: another process serves from this data folder already. For several, set DATABASE_URL and REDIS_URL."
        )
    return lock


def _work() -> None:
    """Do jobs until SIGTERM or SIGINT; a second one ends at once."""
    from streams.jobs import work_for_ever

    ending = threading.Event()

    def end(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    work_for_ever(ending.is_set)


async def _serve(role: str, host: str, port: int, drain: float | None, *, alone: bool) -> None:
    from streams.conf import conf
    from streams.gateway.hub import current_hub
    from streams.gateway.websocket_fast import with_hub
    from streams.gateway.websocket_uvicorn import LimitedSocket
    from streams.jobs import work_for_ever

    from .asgi import application

    hub = await current_hub()
    config = uvicorn.Config(
        readiness(gateway_only(application) if role == "gateway" else application, lambda: not hub.draining),
        host=host,
        port=port,
        http=with_hub(hub if role != "web" else None),
        ws=LimitedSocket,
        ws_ping_interval=conf().HEARTBEAT,
        ws_ping_timeout=conf().PONG_TIMEOUT,
        ws_max_size=conf().MAX_FRAME,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=4096,
        proxy_headers=bool(conf().TRUSTED_PROXIES),
        forwarded_allow_ips=list(conf().TRUSTED_PROXIES),
        timeout_graceful_shutdown=5,
    )
    seconds = drain if drain is not None else (0.5 if settings.DEBUG else conf().DRAIN)
    # What is loaded by now stays; a full collection that walks fifty thousand connections would be felt as a pause.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    server = DrainingServer(config, before_shutdown=lambda: hub.drain(seconds, alone=alone))
    worker = threading.Thread(
        target=work_for_ever, kwargs={"stop": lambda: server.should_exit}, name="worker", daemon=True
    )
    if role == "serve":
        worker.start()
    await server.serve()
    if role == "serve":
        await asyncio.to_thread(worker.join, JOB_ENDS)
    await hub.stop()


class DrainingServer(uvicorn.Server):
    """Uvicorn, which sends the sockets of the fast door away before it closes anything."""

    def __init__(self, config: uvicorn.Config, before_shutdown: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._before_shutdown = before_shutdown

    def handle_exit(self, sig: int, frame: Any) -> None:
        """A second signal does not wait for clients."""
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True
        if sig == signal.SIGINT:
            self._captured_signals.append(sig)

    async def shutdown(self, sockets: Any = None) -> None:
        drain = asyncio.ensure_future(self._before_shutdown())
        while not drain.done() and not self.force_exit:
            await asyncio.wait({drain}, timeout=0.1)
        drain.cancel()
        await super().shutdown(sockets)


def readiness(application: Application, ready: Callable[[], bool]) -> Application:
    """Answer `/healthz` (the process lives) and `/readyz` (send it traffic) before Django, so that both stay cheap."""

    async def wrapped(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] in ("/healthz", "/readyz"):
            fine = scope["path"] == "/healthz" or ready()
            await _answer(send, 200 if fine else 503, b"ok\n" if fine else b"draining\n")
            return
        await application(scope, receive, send)

    return wrapped


def gateway_only(application: Application) -> Application:
    """What a gateway process serves: every socket, the poll door, metrics; everything else belongs to `huddl web`."""

    async def wrapped(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] not in ("/api/events/", "/metrics"):
            await _answer(send, 404, b"This process serves sockets. Ask huddl web.\n")
            return
        await application(scope, receive, send)

    return wrapped


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    main()
