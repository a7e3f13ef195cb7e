"""The product's settings with the one limit lifted that a load client on one address would hit.

Two of the product's candidates may run on one Redis at once; each then has a prefix of its own, or they would hear each other.
"""

from __future__ import annotations

import os

from huddl.settings import *  # noqa: F403
from huddl.settings import STREAMS as _PRODUCT

STREAMS = {
    **_PRODUCT,
    "CONNECTIONS_PER_ADDRESS": 1_000_000,
    "REDIS_PREFIX": os.environ.get("BENCH_REDIS_PREFIX", "huddl"),
}
