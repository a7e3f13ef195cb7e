"""The real product as processes: databases copied from a template, any number of servers on them, each on a leash.

`launch(...)` makes a Product: a database of its own with people in it, and, when asked, several processes sharing it.
`server` is the short form for the common case of one process.

    def test_something(launch):
        product = launch(processes=2, env={"LOG_LEVEL": "DEBUG"})     # two on one machine: scaled profile only
        product.servers[0].kill()                                     # -9
        product.servers[0].start()
"""

import http.client
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from tests.support.databases import ROOT, Person, Template, place_environment, populate, run_python
from tests.support.processes import Leashed, free_port
from tests.support.profiles import Profile
from tests.support.stream_client import StreamClient

HUDDL = Path(sys.executable).with_name("huddl")
PEOPLE = 12


class Server:
    """One process of the product. It keeps its port, so that clients find it again after a restart."""

    def __init__(self, role: str, *, env: Mapping[str, str], log: Path, options: tuple[str, ...] = ()) -> None:
        self.role = role
        self.port = free_port()
        self.env = dict(env)
        self.log = log
        self.options = ("--drain", "1", *options) if role in ("serve", "web", "gateway") else options
        self.process: Leashed | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self, *, within: float = 30) -> None:
        """Start the process and wait until /healthz says it is ready; a worker has nothing that could say so."""
        place = [] if self.role == "worker" else ["--host", "127.0.0.1", "--port", str(self.port)]
        command = [str(HUDDL), self.role, *place, *self.options]
        if self.process is not None:
            self.process.kill()
        self.process = Leashed(command, log=self.log, env=self.env, cwd=ROOT)
        self.process.await_ready(self.ready, within=within, about=f"huddl {self.role} answers /healthz")

    def ready(self) -> bool:
        if self.role == "worker":
            return True
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL to the whole process group: what a power cut or the kernel's memory killer does."""
        self._leashed().kill()

    def stop(self, *, within: float = 40) -> int:
        """SIGTERM, then the exit code."""
        return self._leashed().terminate(within=within)

    def restart(self) -> None:
        """Stop as an operator would, and start again on the same port."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        self._leashed().freeze()

    def thaw(self) -> None:
        self._leashed().thaw()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.running

    def output(self) -> str:
        """Everything this server has logged, over all its starts."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _leashed(self) -> Leashed:
        if self.process is None:
            raise AssertionError("this server was never started")
        return self.process


class Product:
    """A database with people in it, and the servers on it."""

    def __init__(self, template: Template, folder: Path, *, env: Mapping[str, str]) -> None:
        self.template = template
        self.folder = folder
        self.database = template.copy(folder)
        place = place_environment(template.profile, folder, self.database)
        self.env = os.environ | {"THROTTLE_FACTOR": "1000"} | place | dict(env)
        self.people: list[Person] = list(template.people)
        self.servers: list[Server] = []
        self.signed_in: list[SignedIn] = []

    def add_server(
        self, role: str = "serve", *, env: Mapping[str, str] | None = None, options: tuple[str, ...] = ()
    ) -> Server:
        """Start one more process on this database."""
        log = self.folder / f"{role}-{len(self.servers) + 1}.log"
        server = Server(role, env=self.env | dict(env or {}), log=log, options=options)
        self.servers.append(server)
        server.start()
        return server

    def populate(self, people: int) -> None:
        """Bring the database to this many accounts."""
        self.people = populate(self.env, people)

    def manage(self, *arguments: str) -> str:
        """Run a management command on this database and return what it printed."""
        return run_python("backend/manage.py", *arguments, env=self.env)

    def person(self, number: int, *, server: Server | None = None) -> "SignedIn":
        """The person of this number, with the tokens the template gave them; costs no request."""
        return self._keep(SignedIn(server or self.servers[0], self.people[number]))

    def login(self, person: Person, *, server: Server | None = None) -> "SignedIn":
        """Sign somebody in over REST, as one more device, with a session cookie too."""
        signed_in = self._keep(SignedIn(server or self.servers[0], person))
        signed_in.login()
        return signed_in

    def _keep(self, signed_in: "SignedIn") -> "SignedIn":
        self.signed_in.append(signed_in)
        return signed_in

    def close(self) -> None:
        """End its servers and take its database away, whatever becomes of one of them."""
        with ExitStack() as ends:
            ends.callback(self.template.drop, self.database)
            for server in self.servers:
                if server.process is not None:
                    ends.callback(server.kill)
            for signed_in in self.signed_in:
                ends.callback(signed_in.close)


class SignedIn:
    """A person with a bearer token (`rest`), and after `login()` with a session cookie as well (`browser`)."""

    def __init__(self, server: Server, person: Person) -> None:
        self.server = server
        self.person = person
        self.access = person.access
        self.refresh = person.refresh
        self.browser = httpx.Client(base_url=server.url, headers={"Origin": server.url}, timeout=20)
        self.rest = httpx.Client(base_url=server.url, timeout=20)
        self._show_token()

    @property
    def id(self) -> int:
        return self.person.id

    def login(self) -> None:
        """`POST /api/auth/login/`: a new device, a session cookie and a pair of tokens."""
        answer = self.browser.post(
            "/api/auth/login/", json={"email": self.person.email, "password": self.person.password}
        )
        answer.raise_for_status()
        self.access, self.refresh = answer.json()["access"], answer.json()["refresh"]
        self._show_token()

    def _show_token(self) -> None:
        self.rest.headers["Authorization"] = f"Bearer {self.access}"

    def post(self, address: str, **body: object) -> httpx.Response:
        """POST as this person; anything but success fails the test."""
        return self.rest.post(address, json=body).raise_for_status()

    @property
    def cookie(self) -> str:
        """The Cookie header a browser would send."""
        return "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())

    def stream(self, *, server: Server | None = None, resume: str | None = None, door: str = "/ws/") -> StreamClient:
        """Open this person's stream with the token in `hello`, and wait for `welcome`."""
        return StreamClient.open((server or self.server).ws_url + door, token=self.access, resume=resume)

    def close(self) -> None:
        self.browser.close()
        self.rest.close()


class Launch(Protocol):
    def __call__(
        self, *, processes: int = 1, role: str = "serve", people: int = PEOPLE, env: Mapping[str, str] | None = None
    ) -> Product: ...


@pytest.fixture(scope="session")
def template(profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """The database all products of this worker are copied from."""
    made = Template(profile, tmp_path_factory.mktemp("template") / "data", people=PEOPLE)
    yield made
    made.drop(made.database)


@pytest.fixture
def launch(template: Template, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Launch]:
    """Start products; they end with the test, and say what they logged when it failed."""
    with launching(template, lambda: tmp_path / secrets.token_hex(3), request.node) as start:
        yield start


@pytest.fixture
def product(launch: Launch) -> Product:
    """One process on a database of its own, with twelve people."""
    return launch()


@pytest.fixture
def server(product: Product) -> Server:
    """The one process of `product`."""
    return product.servers[0]


class launching:  # noqa: N801 (a context manager, used like a function)
    """Start products inside a `with` block and end them all after it."""

    def __init__(self, template: Template, new_folder: Callable[[], Path], node: pytest.Item) -> None:
        self.template = template
        self.new_folder = new_folder
        self.node = node
        self.products: list[Product] = []

    def __enter__(self) -> Launch:
        return self.launch

    def launch(
        self, *, processes: int = 1, role: str = "serve", people: int = PEOPLE, env: Mapping[str, str] | None = None
    ) -> Product:
        if processes > 1 and self.template.profile == "embedded":
            pytest.skip("several processes are the scaled profile's")
        product = Product(self.template, self.new_folder(), env=env or {})
        self.products.append(product)
        if people > len(product.people):
            product.populate(people)
        for _ in range(processes):
            product.add_server(role)
        return product

    def __exit__(self, *_: object) -> None:
        with ExitStack() as ends:
            for product in self.products:
                ends.callback(product.close)
        for product in self.products:
            for server in product.servers:
                self.node.add_report_section("call", f"log of {server.log.name}", server.output()[-12_000:])
