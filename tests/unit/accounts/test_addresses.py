"""Limits count clients by an address that the client cannot choose."""

import pytest
from django.test import RequestFactory

from accounts.addresses import client_address
from accounts.converters import IdConverter


def address(remote: str, forwarded: str = "") -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


def test_without_a_proxy_nobody_is_believed(settings: object) -> None:
    settings.BEHIND_PROXY = False  # type: ignore[attr-defined]
    assert address("192.0.2.1", "203.0.113.9") == "192.0.2.1"


def test_behind_our_proxy_its_own_word_counts_and_not_the_clients(settings: object) -> None:
    settings.BEHIND_PROXY = True  # type: ignore[attr-defined]
    assert address("10.0.0.1", "1.1.1.1, 203.0.113.9") == "203.0.113.9"
    assert address("10.0.0.1") == "10.0.0.1"


def test_a_household_has_one_bucket_however_many_addresses_it_has() -> None:
    assert address("2001:db8:1:2:aaaa::1") == address("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::"


def test_a_socket_without_an_address_is_counted_too() -> None:
    assert address("") == "0.0.0.0"  # noqa: S104


def test_an_id_that_no_column_holds_is_nobodys() -> None:
    assert IdConverter().to_python("9223372036854775807") == 2**63 - 1
    with pytest.raises(ValueError, match="9223372036854775808"):
        IdConverter().to_python("9223372036854775808")
