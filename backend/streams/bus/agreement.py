"""All processes must spread users over the same Redis channels, or some hear nothing of some users until their next sweep.

The number stands in Redis for as long as a gateway lives that uses it; one that comes with another number is refused.
"""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from streams.conf import conf

KEPT = 60
"""Seconds after the last gateway; a gateway repeats it three times as often."""
REPEAT = 20.0

_AGREE = """
local there = redis.call('GET', KEYS[1])
if there and there ~= ARGV[1] then return there end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return ARGV[1]
"""


class BucketsDiffer(Exception):
    """STREAMS["BUCKETS"] differs between processes on the same Redis. Stop all of them before you change it."""


def agree() -> bool:
    """Say how many channels this process uses; False when Redis cannot be asked.

    Raises:
        BucketsDiffer: gateways that live use another number.
    """
    settings = conf()
    if not settings.REDIS_URL:
        return True
    limit = settings.PUBLISH_TIMEOUT
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=limit, socket_connect_timeout=limit, retry=Retry(NoBackoff(), 0)
    )
    try:
        there = client.eval(_AGREE, 1, f"{settings.REDIS_PREFIX}:buckets", str(settings.BUCKETS), str(KEPT))
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()
    used = there.decode() if isinstance(there, bytes) else str(there)
    if used != str(settings.BUCKETS):
        raise BucketsDiffer(f"{BucketsDiffer.__doc__} Here {settings.BUCKETS}, there {used}.")
    return True
