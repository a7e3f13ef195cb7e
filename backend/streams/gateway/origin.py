"""Which web pages may open a socket here: those of this site, and those that `STREAMS["ALLOWED_ORIGINS"]` names.

A browser sends the cookie along with any page's handshake, so the page's origin is checked before anything else (RFC 6455,
section 10.2). A client that is no browser sends no Origin and is judged by its credentials alone.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from django.http.request import split_domain_port, validate_host

from streams.conf import conf


@lru_cache(maxsize=1_000)
def origin_allowed(origin: str | None, host: str | None) -> bool:
    """Whether a handshake with these two headers may go on."""
    settings = conf()
    if host is not None and not _known(host):
        return False
    if origin is None:
        return True
    if origin in settings.ALLOWED_ORIGINS:
        return True
    parts = urlsplit(origin)
    return bool(host) and parts.scheme in ("http", "https") and parts.netloc.lower() == (host or "").lower()


def _known(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, conf().ALLOWED_HOSTS or ("localhost", "127.0.0.1", "[::1]"))


def session_key_of(cookie_header: str, name: str) -> str | None:
    """The session cookie's value in a `Cookie` header."""
    for part in cookie_header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and value:
            return value.strip('"')
    return None
