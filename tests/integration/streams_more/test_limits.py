"""Limits that are crossed on the real doors."""

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.product import Launch
from tests.support.stream_client import StreamClient


def test_the_connections_of_an_address_are_counted_where_a_proxy_we_trust_tells_it(launch: Launch) -> None:
    limits = {"BEHIND_PROXY": "1", "STREAMS_CONNECTIONS_PER_ADDRESS": "3"}
    product = launch(env=limits)
    door = product.servers[0].ws_url + "/ws/"
    token = product.people[0].access

    def come(address: str) -> StreamClient:
        return StreamClient.open(door, token=token, headers={"X-Forwarded-For": address})

    inside = [come("203.0.113.7") for _ in range(3)]
    with pytest.raises(InvalidStatus) as refused:
        come("203.0.113.7")
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "2"
    with pytest.raises(InvalidStatus):
        come("198.51.100.1, 203.0.113.7")
    inside.append(come("203.0.113.8"))
    inside.pop(0).close()
    inside.append(come("203.0.113.7"))
    for one in inside:
        one.close()
