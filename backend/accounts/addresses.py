"""Where a request comes from, for limits.

Behind our own proxy that is the address the proxy saw, which it appends last.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the client; of IPv6 the /64, which is what one household or one attacker holds."""
    address = request.META.get("REMOTE_ADDR") or ""
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - a socket without an address, not one to bind
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
