"""Where a client is, for limits: the address of the peer, or what a proxy we trust says of it.

A header that anybody may write is not believed: `X-Forwarded-For` counts only as far as the chain of
`STREAMS["TRUSTED_PROXIES"]` reaches, read from its end. Of IPv6 the /64 counts, which is what one household or one attacker
holds. A direct loopback peer is the operator's own machine and is not limited; behind a proxy on it, name the proxy.
"""

import ipaddress
from collections.abc import MutableMapping
from functools import cache, lru_cache
from typing import Any

from streams.conf import conf

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@cache
def _trusted() -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(one, strict=False) for one in conf().TRUSTED_PROXIES)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address


def _is_trusted(text: str) -> bool:
    address = _parsed(text)
    return address is not None and any(address in network for network in _trusted())


def address_of(peer: str, forwarded: str) -> str:
    """The client's address from its peer's and the `X-Forwarded-For` header, which may be empty."""
    address = peer
    for hop in reversed(forwarded.split(",") if forwarded else ()):
        if not _is_trusted(address) or _parsed(hop) is None:
            break
        address = hop.strip()
    return address


def address_in(scope: MutableMapping[str, Any]) -> str:
    """The client's address, from an ASGI connection."""
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
    return address_of((scope.get("client") or [""])[0], ",".join(forwarded))


@lru_cache(maxsize=10_000)
def counted_as(address: str) -> str:
    """Under which name an address is counted against `CONNECTIONS_PER_ADDRESS`; empty for one that is not limited."""
    parsed = _parsed(address)
    if parsed is None or parsed.is_loopback:
        return ""
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
