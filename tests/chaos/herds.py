"""What the cases with a crowd have in common: the bounds that a herd must keep, and the outcome.

Bounds of time are the design's; bounds of a herd are shares of it, so that they hold for hundreds as for thousands.
"""

import time
from collections.abc import Sequence

import httpx

from tests.chaos import results
from tests.chaos.form import Outcome, TooLong
from tests.support.crowd.crowd import Report, most_within
from tests.support.crowd.herd import Herd
from tests.support.processes import await_condition
from tests.support.product import Server

DRAIN = 2.0 if results.form() == "short" else 5.0
BLACKOUT = 5.0
"""Seconds that a client may be away, and an entry on its way."""


def ample_gate(people: int) -> int:
    """A gate that all of them may pass in their slots, and not much wider."""
    return round(1.7 * people / DRAIN)


def bound_gate(herd: Herd, gate: int) -> None:
    """No second, and no tenth of one, lets in more than the gate.

    Raises:
        TooLong: one did.
    """
    for server in herd.doors:
        entered = [one.at for one in herd.arrivals(server) if one.entered]
        for span, bound in ((1.0, gate), (0.1, gate / 5)):
            most = most_within(entered, span)
            if most > bound:
                raise TooLong(f"{most} were let in within {span} s, at a gate of {gate} a second")


def bound_share(moments: Sequence[float], *, since: float, until: float, span: float, most: float) -> None:
    """No span holds more than so many of the moments.

    Raises:
        TooLong: one did.
    """
    found = most_within((at for at in moments if since <= at < until), span)
    if found > most:
        raise TooLong(f"{found} came within {span} s, where {most:.0f} may")


def bound_blackout(report: Report, since: float, *, bound: float = BLACKOUT) -> float:
    """Nobody was away, and no entry late, for too long; how long it was.

    Raises:
        TooLong: somebody was.
    """
    blackout = report.blackout(since)
    if max(blackout, report.latest) > bound:
        raise TooLong(f"somebody was away for {blackout:.1f} s, an entry came {report.latest:.1f} s late")
    return blackout


def restart_everything(herd: Herd) -> tuple[list[float], float]:
    """Restart web, worker and gateways while people write: when each gateway began to drain, and seconds until everybody had
    everything."""
    herd.write(300, everybody=6, over=5 * DRAIN)
    for server in [*herd.of("web"), *herd.of("worker")]:
        assert server.stop() == 0
        server.start()
    began = [_restart(server) for server in herd.of("gateway")]
    return began, herd.settle(writing=90, healing=60)


def _restart(server: Server) -> float:
    """SIGTERM, and up again; when it began. From the signal on nobody may be sent here."""
    assert server.process is not None
    began = time.monotonic()
    server.process.leash.terminate()
    await_condition(lambda: _not_ready(server), within=2, about="/readyz turns 503")
    assert server.process.await_end(within=DRAIN + 20) == 0
    server.start()
    return began


def _not_ready(server: Server) -> bool:
    return httpx.get(server.url + "/readyz", timeout=2).status_code == 503


def lose_a_gateway(herd: Herd) -> tuple[float, float]:
    """Kill one of the gateways while people write: when that was, and seconds until everybody had everything."""
    herd.crowd.await_live(within=60)
    herd.write(200, everybody=3, over=12)
    time.sleep(2)
    victim = herd.of("gateway")[0]
    killed = time.monotonic()
    victim.kill()
    await_condition(lambda: herd.crowd.ask("live")["live"] < len(herd.product.people), within=5, about="they notice")
    herd.crowd.await_live(within=60)
    victim.start()
    return killed, herd.settle(writing=60, healing=60)


def outcome(herd: Herd, report: Report, *, healed: float, blackout: float) -> Outcome:
    """For the table."""
    held = herd.memory.look()
    return Outcome(herd.verdict(report), healed, blackout, held, herd.memory.peak, herd.seed)
