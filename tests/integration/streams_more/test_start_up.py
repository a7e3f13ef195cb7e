"""What must not run does not start, and says why."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from streams.bus.agreement import BucketsDiffer, agree
from streams.conf import conf
from tests.support.databases import ROOT
from tests.support.processes import free_port
from tests.support.product import HUDDL, Launch, Product
from tests.support.profiles import Profile


def start(product: Product, **env: str) -> subprocess.CompletedProcess[str]:
    """Try to serve; a process that is still there after a while is ended."""
    surroundings: Mapping[str, str] = product.env | env
    command = ["timeout", "20", str(HUDDL), "serve", "--port", str(free_port())]
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"DEBUG": "1", "ALLOWED_HOSTS": "numeneon.example"}, "DEBUG with public hosts"),
        ({"ALLOWED_ORIGINS": "https://numeneon.example/app"}, "is not an origin"),
        ({"STREAMS_PONG_TIMEOUT": "60"}, "PONG_TIMEOUT must be shorter"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "trusts everybody"),
    ],
)
def test_unsafe_settings_do_not_start(launch: Launch, env: dict[str, str], words: str) -> None:
    done = start(launch(processes=0), **env)
    assert done.returncode == 1, done.stderr[-2000:]
    assert words in done.stderr


def test_a_database_that_lacks_migrations_is_not_served(launch: Launch) -> None:
    product = launch(processes=0)
    back = [sys.executable, "backend/manage.py", "migrate", "chat", "0001", "--verbosity", "0"]
    subprocess.run(back, cwd=ROOT, env=product.env, check=True)
    done = start(product)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "migrations are not applied: chat.0002_delivered" in done.stderr


def test_a_second_process_without_a_bus_between_them_does_not_start(launch: Launch, profile: Profile) -> None:
    if profile == "scaled":
        pytest.skip("Redis connects them")
    product = launch()
    done = start(product)
    assert done.returncode == 1
    assert "another process serves" in done.stderr
    product.servers[0].kill()
    product.servers[0].start()


def test_a_gateway_with_other_channels_than_the_living_is_refused(
    profile: Profile, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    if profile == "embedded":
        pytest.skip("one process has nobody to differ from")
    product = launch()
    done = start(product, STREAMS_BUCKETS="8")
    assert done.returncode not in (0, 124), "it serves"
    assert "BUCKETS" in done.stderr


def test_one_redis_one_number(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    if profile == "embedded":
        assert agree()
        return
    assert agree()
    chosen = conf()
    monkeypatch.setattr("streams.bus.agreement.conf", lambda: type(chosen)(REDIS_URL=chosen.REDIS_URL, BUCKETS=7))
    with pytest.raises(BucketsDiffer):
        agree()
    monkeypatch.setattr("streams.bus.agreement.conf", lambda: type(chosen)(REDIS_URL="redis://127.0.0.1:1/0"))
    assert agree() is False
