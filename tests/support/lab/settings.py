"""The product's own settings, and a few of the lab's. Variables:

LAB_STREAMS      JSON that overrides members of STREAMS
LAB_SEED_LAYER   1: the seed's CHANNEL_LAYERS block as it stands in the seed, with this run's Redis in it
LOSSY_BUS        how bad the bus is, see tests.support.lossy_bus
LAB_MUTANT       the mistake this process makes, see .mutants
LAB_GRACE, LAB_NOTICE   seconds that an expired token still holds, and of warning before
LAB_AT_ONCE, LAB_CHUNK   to how many friends a post is told at once, and at a time
LAB_LEASE        seconds that a worker has for a job
LAB_ARRIVALS     the file in which handshakes are noted, see .arrivals
LAB_DAYS         by how many days this process's clock is off; what it measures durations by is not
LAB_DIE          where this process ends with -9, such as `after_commit:40`, see .dying
"""

import json
import os
from urllib.parse import urlsplit

from huddl.settings import *  # noqa: F403
from huddl.settings import INSTALLED_APPS, REDIS_URL, STREAMS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.lab"]
ROOT_URLCONF = "tests.support.lab.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

STREAMS = STREAMS | json.loads(os.environ.get("LAB_STREAMS", "{}"))
if os.environ.get("LOSSY_BUS"):
    STREAMS["BUS"] = "tests.support.lossy_bus.from_environment"

if os.environ.get("LAB_SEED_LAYER"):
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                "hosts": [("127.0.0.1", urlsplit(REDIS_URL).port)],
            },
        },
    }
