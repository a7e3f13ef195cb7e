"""When a client comes back: the rules of protocol/README.md, the same as the web client's `backoff.ts`.

Both are held against protocol/backoff.json.
"""

from typing import Literal

FIRST, LONGEST = 0.5, 30.0
AT_ONCE = 1.0
AT_ONCE_TIMES = 3
STABLE = 60.0

Verdict = Literal["stop", "back_off", "at_once"]


def backoff(attempt: int, random: float) -> float:
    """Seconds before connection attempt number `attempt` (0 is the first after a failure); `random` is in [0, 1)."""
    return random * min(LONGEST, FIRST * float(2 ** min(attempt, 16)))


def verdict(code: int) -> Verdict:
    """What the range of a close code asks for."""
    if 4000 <= code < 4100:
        return "stop"
    return "at_once" if 4200 <= code < 4300 else "back_off"


def delay_after(code: int, *, welcomed: bool, attempts: int, random: float) -> float:
    """Seconds to wait after a close; `attempts` counts this failure too, since the last stable minute."""
    prompt = welcomed and attempts <= AT_ONCE_TIMES and verdict(code) == "at_once"
    return random * AT_ONCE if prompt else backoff(attempts - 1, random)
