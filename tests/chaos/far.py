"""Following from another network namespace, by Python followers and the real client."""

from collections.abc import Callable
from typing import Any

from tests.support.lab.world import World
from tests.support.lossy_network import FarFollower
from tests.support.product import Launch, Product


def reachable(launch: Launch, address: str) -> tuple[Callable[..., Product], dict[str, str]]:
    """A launch whose server listens everywhere, and the environment in which it answers to `address`."""

    def listening_everywhere(**named: Any) -> Product:
        product = launch(**(named | {"processes": 0}))
        product.add_server(options=("--host", "0.0.0.0"))  # noqa: S104 (the far client must reach it)
        return product

    return listening_everywhere, {"ALLOWED_HOSTS": f"127.0.0.1,{address}"}


def follow_from(namespace: str, world: World, address: str) -> None:
    """Let everybody follow from there, with so much patience that the server is the first to notice anything."""
    port = world.servers[0].port
    world.followers[:] = [
        FarFollower(
            namespace=namespace,
            user_id=one.user_id,
            token=one.token,
            urls=[f"ws://{address}:{port}/ws/"],
            patience=60,
            seed=one.user_id,
        )
        for one in world.followers
    ]
    for client in world.clients:
        client.inside, client.base = namespace, f"http://{address}:{port}"
    for one in world.everybody:
        one.begin()
