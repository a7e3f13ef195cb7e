"""The product as it runs: processes, sockets, kill -9."""

from tests.support.product import Launch, Product
from tests.support.stream_client import StreamClient


def test_a_request_reaches_the_other_persons_socket(product: Product) -> None:
    asking, asked = product.person(0), product.person(1)
    with asked.stream() as stream:
        asking.post(f"/api/friends/request/{asked.id}/")
        (entry,) = stream.await_entries(1)
    assert entry["type"] == "friend_request"
    assert entry["from_user"]["username"] == asking.person.username


def test_what_happened_around_a_kill_is_resumed_without_a_hole(product: Product) -> None:
    asked, *asking = (product.person(number) for number in range(6))
    with asked.stream() as stream:
        asking[0].post(f"/api/friends/request/{asked.id}/")
        stream.await_entries(1)
        product.servers[0].kill()
        stream.await_close()
    product.servers[0].start()
    for one in asking[1:]:
        one.post(f"/api/friends/request/{asked.id}/")
    with asked.stream(resume=stream.welcome["cursor"]) as resumed:
        resumed.await_type("caught_up")
        resumed.await_entries(5)
        assert resumed.welcome["resumed"] is True
        resumed.assert_gapless(after=stream.welcome["head"], until=stream.welcome["head"] + 5)


def test_two_processes_share_one_stream_of_truth(launch: Launch) -> None:
    product = launch(processes=2)
    here, there = product.servers
    asking = product.person(0, server=here)
    asked = product.person(1, server=there)
    with asked.stream() as stream:
        asking.post(f"/api/friends/request/{asked.id}/")
        stream.await_entries(1)
    there.kill()
    with asked.stream(server=here, resume=stream.welcome["cursor"]) as elsewhere:
        elsewhere.await_type("caught_up")
        elsewhere.assert_gapless(after=stream.welcome["head"], until=stream.welcome["head"] + 1)


def test_a_stopped_server_says_goodbye_and_ends_with_zero(product: Product) -> None:
    person = product.person(0)
    with person.stream() as stream:
        assert product.servers[0].stop() == 0
        assert stream.await_close() == 1012
        assert stream.of_type("drain")


def test_a_cookie_opens_the_stream_without_a_token(product: Product) -> None:
    person = product.login(product.people[0])
    url = product.servers[0].ws_url + "/ws/"
    with StreamClient.open(url, cookie=person.cookie, origin=product.servers[0].url) as stream:
        assert stream.welcome["user"] == person.id
