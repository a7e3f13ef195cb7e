"""Whose address counts: the peer's, unless a proxy we trust speaks for somebody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from streams.conf import conf
from streams.gateway import address
from streams.gateway.address import address_of, counted_as


@pytest.fixture
def proxies() -> Iterator[Any]:
    """Trust these networks for the test."""

    def forget() -> None:
        conf.cache_clear()
        address._trusted.cache_clear()

    with override_settings(STREAMS={"TRUSTED_PROXIES": ["10.0.0.0/8", "::1"]}):
        forget()
        yield
    forget()


def test_a_header_from_anybody_is_not_believed() -> None:
    assert address_of("203.0.113.9", "198.51.100.1") == "203.0.113.9"


def test_a_trusted_proxys_word_is_taken(proxies: None) -> None:
    assert address_of("10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert address_of("::1", "198.51.100.1") == "198.51.100.1"


def test_what_the_client_wrote_into_the_header_itself_is_passed_over(proxies: None) -> None:
    assert address_of("10.0.0.1", "127.0.0.1, 198.51.100.1, 10.9.9.9") == "198.51.100.1"
    assert address_of("10.0.0.1", "nonsense") == "10.0.0.1"


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("198.51.100.1", "::ffff:198.51.100.1")],
)
def test_one_household_counts_as_one_address(one: str, other: str) -> None:
    assert counted_as(one) == counted_as(other) != ""


def test_two_households_are_two_addresses() -> None:
    assert counted_as("2001:db8:1:2::1") != counted_as("2001:db8:1:3::1")


@pytest.mark.parametrize("unlimited", ["127.0.0.1", "::1", "", "unix"])
def test_the_machine_itself_is_not_limited(unlimited: str) -> None:
    assert counted_as(unlimited) == ""
