"""The product's settings with the one limit lifted that a load client on one address would hit."""

from __future__ import annotations

from huddl.settings import *  # noqa: F403
from huddl.settings import STREAMS as _PRODUCT

STREAMS = {**_PRODUCT, "CONNECTIONS_PER_ADDRESS": 1_000_000}
