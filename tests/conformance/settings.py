"""The product's settings, without the limits that a conformance suite is made to cross: it sends hundreds of pings at once."""

from huddl.settings import *  # noqa: F403
from huddl.settings import STREAMS

STREAMS = STREAMS | {"MAX_FRAME": 1 << 20, "FRAMES_PER_MINUTE": 60_000_000, "FRAME_BURST": 1_000_000}
