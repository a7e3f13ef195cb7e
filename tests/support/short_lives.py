"""Credentials that end in a moment, which the product gives nobody: the same token with another end, a device near its own."""

import hashlib
import hmac
import time

import jwt

from tests.support.databases import run_python
from tests.support.product import Product, SignedIn

SHORTEN = """
import sys, datetime, django
django.setup()
from accounts.models import Device
ends = datetime.datetime.fromtimestamp(float(sys.argv[2]), datetime.UTC)
assert Device.objects.filter(pk=int(sys.argv[1])).update(expires_at=ends) == 1
"""


def key_of(product: Product) -> bytes:
    """What the product signs its tokens with."""
    secret = (product.folder / "secret_key").read_text().strip().encode()
    return hmac.digest(secret, b"numeneon access and refresh tokens", hashlib.sha256)


def token_ending_in(product: Product, access: str, seconds: int) -> str:
    """The same access token with another end, signed with the product's own key."""
    claims = jwt.decode(access, key_of(product), algorithms=["HS256"])
    return jwt.encode(claims | {"exp": int(time.time()) + seconds}, key_of(product), algorithm="HS256")


def end_device_at(product: Product, person: SignedIn, moment: float) -> None:
    """Let the login of somebody, its cookie with it, end at a moment (Unix seconds)."""
    device = jwt.decode(person.access, key_of(product), algorithms=["HS256"])["device"]
    run_python("-c", SHORTEN, str(device), str(moment), env=product.env)
