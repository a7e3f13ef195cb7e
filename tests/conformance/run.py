"""Run the Autobahn|Testsuite, groups 1-7 and 10, against the doors: `make conformance`.

The suite is the one that browsers and servers are measured by, and it is Python 2: it gets an environment of its own, made
once under build/conformance. Without a CPython 2.7 on the machine nothing is tested, and that is said aloud.

    python -m tests.conformance.run              the table; the status is 1 when anything FAILED
    python -m tests.conformance.run --write      and docs/operate/conformance.md
    python -m tests.conformance.run --doors fast --cases '7.*'
"""

import argparse
import glob
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.processes import Leashed, free_port

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "conformance"
SUITE = ("autobahntestsuite==0.8.2", "autobahn==0.10.9", "Twisted==20.3.0")
PAGE = ROOT / "docs" / "operate" / "conformance.md"
TIME_LIMIT = 900.0

GROUPS = {
    "1": ("Framing", 16),
    "2": ("Pings and pongs", 11),
    "3": ("Reserved bits", 7),
    "4": ("Opcodes", 10),
    "5": ("Fragmentation", 20),
    "6": ("UTF-8", 145),
    "7": ("Closing", 37),
    "10": ("Large messages in many frames", 1),
}
"""Number of a group: what it is about, how many cases it has."""
VERDICTS = ("OK", "INFORMATIONAL", "NON-STRICT", "FAILED")
"""Each worse than the one before."""
Results = dict[str, dict[str, str]]
"""Door, case: verdict."""


@dataclass(frozen=True)
class Door:
    """One thing to test: a name and the command that serves an echo at `/ws/` of a port."""

    name: str
    about: str
    command: tuple[str, ...]
    server_fails: frozenset[str] = frozenset()
    """Cases that the server under the door fails whatever runs on it."""
    why: str = ""

    def serve(self, port: int) -> list[str]:
        return [sys.executable, *(part.format(port=port) for part in self.command)]


DOORS = (
    Door("fast", "the fast door, our own framing", ("-m", "tests.conformance.echo_fast", "{port}")),
    Door(
        "asgi-uvicorn",
        "the ASGI door under Uvicorn with wsproto",
        (
            *("-m", "uvicorn", "--port", "{port}", "--ws", "wsproto", "--lifespan", "off", "--log-level", "warning"),
            "tests.conformance.echo_asgi:application",
        ),
    ),
    Door(
        "asgi-daphne",
        "the ASGI door under Daphne",
        ("-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0", "tests.conformance.echo_asgi:application"),
        server_fails=frozenset({"1.1.1", "1.2.1", "6.1.1", "6.1.2"}),
        why="Daphne itself never sends an empty message, so the echo of one is missing. No frame of ours is empty",
    ),
)


class CouldNot(Exception):
    """The suite itself could not be installed or run."""


def main(arguments: list[str] | None = None) -> int:
    """Entry point; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--doors", nargs="*", default=[door.name for door in DOORS])
    parser.add_argument("--cases", nargs="*", default=[f"{group}.*" for group in GROUPS])
    parser.add_argument("--write", action="store_true", help="write the result to docs/operate/conformance.md")
    chosen = parser.parse_args(arguments)
    python2 = find_python2()
    if python2 is None:
        print(
            "SKIPPED: no CPython 2.7 here, and the Autobahn|Testsuite needs one. Nothing was tested.", file=sys.stderr
        )
        return 0
    doors = [door for door in DOORS if door.name in chosen.doors]
    results = test(doors, chosen.cases, install(python2))
    whole = chosen.cases == [f"{group}.*" for group in GROUPS]
    print("\n".join(table(door, results[door.name]) for door in doors))
    wrong = [f"{door.name}: {case}" for door in doors for case in failed(door, results[door.name])]
    if whole:
        wrong += [f"{door.name}: {missing}" for door in doors for missing in incomplete(results[door.name])]
    if chosen.write:
        PAGE.write_text(page(doors, results))
    print("\n".join(["FAILED", *wrong]) if wrong else "no case FAILED that a door can help")
    return 1 if wrong else 0


def find_python2() -> str | None:
    """A CPython 2.7 that runs: `python2.7` of PATH, or one that pyenv has installed."""
    on_path = [os.path.join(folder, "python2.7") for folder in os.environ.get("PATH", "").split(os.pathsep)]
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for candidate in (*on_path, *sorted(glob.glob(f"{pyenv}/versions/2.7*/bin/python2.7"))):
        if not os.access(candidate, os.X_OK):
            continue
        asked = [
            candidate,
            "-c",
            "import platform; print(platform.python_implementation() + platform.python_version())",
        ]
        said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=30).stdout
        if said.startswith("CPython2.7"):
            return candidate
    return None


def install(python2: str) -> Path:
    """The suite's `wstest`, installed when it is not there yet."""
    wstest = HOME / "suite" / "bin" / "wstest"
    if (HOME / "installed").exists() and wstest.exists():
        return wstest
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    maker = HOME / "maker"
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv:
        _do(uv, "venv", "--quiet", "--python", sys.executable, str(maker))
        _do(uv, "pip", "install", "--quiet", "--python", str(maker / "bin" / "python"), "virtualenv<20.22")
    else:
        _do(sys.executable, "-m", "venv", str(maker))
        _do(str(maker / "bin" / "python"), "-m", "pip", "install", "--quiet", "virtualenv<20.22")
    _do(str(maker / "bin" / "python"), "-m", "virtualenv", "--quiet", "--python", python2, str(HOME / "suite"))
    _do(str(HOME / "suite" / "bin" / "pip"), "install", "--quiet", *SUITE)
    (HOME / "installed").touch()
    return wstest


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise CouldNot(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def test(doors: list[Door], cases: list[str], wstest: Path) -> Results:
    """Serve every door, let the suite loose on all, read its report."""
    with tempfile.TemporaryDirectory(prefix="numeneon-conformance-") as made, ExitStack() as stack:
        folder = Path(made)
        servers = [
            {"agent": door.name, "url": f"ws://127.0.0.1:{stack.enter_context(served(door, folder))}/ws/"}
            for door in doors
        ]
        spec = {"servers": servers, "outdir": str(folder / "reports"), "cases": cases, "exclude-cases": []}
        (folder / "spec.json").write_text(json.dumps(spec | {"options": {"failByDrop": False}}))
        suite = Leashed(
            [wstest, "--mode", "fuzzingclient", "--spec", folder / "spec.json", "--webport", "0"],
            log=folder / "wstest.log",
            cwd=folder,
        )
        try:
            suite.leash.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired:
            raise CouldNot(f"not done in {TIME_LIMIT} s:\n{suite.output()[-4000:]}") from None
        finally:
            suite.kill()
        index = folder / "reports" / "index.json"
        if not index.exists():
            raise CouldNot(f"no report:\n{suite.output()[-4000:]}")
        return {
            door: {case: verdict(found) for case, found in cases.items()}
            for door, cases in json.loads(index.read_text()).items()
        }


@contextmanager
def served(door: Door, folder: Path) -> Iterator[int]:
    """One door's echo on a free port."""
    port = free_port()
    data = folder / door.name
    data.mkdir()
    place = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'backend'}", "HUDDL_DATA_DIR": str(data), "DEBUG": "1"}
    process = Leashed(door.serve(port), log=folder / f"{door.name}.log", env=os.environ | place, cwd=ROOT)
    try:
        process.await_ready(lambda: _answers(port), within=60, about=f"{door.name} answers")
        yield port
    finally:
        process.kill()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 404
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def verdict(found: dict[str, Any]) -> str:
    """The worse of what the suite says of a case and of its closing handshake."""
    both = {found["behavior"], found["behaviorClose"]}
    return next((one for at, one in enumerate(VERDICTS) if both <= set(VERDICTS[: at + 1])), "FAILED")


def failed(door: Door, found: dict[str, str]) -> list[str]:
    """Cases that FAILED and not because of the server under the door."""
    return [case for case, verdict in found.items() if verdict == "FAILED" and case not in door.server_fails]


def incomplete(found: dict[str, str]) -> list[str]:
    """Groups of which not every case was run."""
    counts = Counter(case.partition(".")[0] for case in found)
    return [
        f"group {group}: {counts[group]} of {all_of} cases ran"
        for group, (_, all_of) in GROUPS.items()
        if counts[group] != all_of
    ]


def table(door: Door, found: dict[str, str]) -> str:
    """What came out of one door, in Markdown."""
    lines = [
        f"## {door.name}: {door.about}",
        "",
        f"| group | about | {' | '.join(VERDICTS)} |",
        "|---|---" + "|--:" * len(VERDICTS) + "|",
    ]
    for group, (about, _) in GROUPS.items():
        counts = Counter(verdict for case, verdict in found.items() if case.partition(".")[0] == group)
        if counts:
            lines.append(f"| {group} | {about} | {' | '.join(str(counts[verdict]) for verdict in VERDICTS)} |")
    for verdict in ("NON-STRICT", "FAILED"):
        cases = sorted((case for case, said in found.items() if said == verdict), key=_in_order)
        if cases:
            why = f" ({door.why})" if verdict == "FAILED" and door.server_fails.issuperset(cases) else ""
            lines += ["", f"{verdict}: {', '.join(cases)}{why}"]
    return "\n".join([*lines, ""])


def _in_order(case: str) -> list[int]:
    return [int(part) for part in case.split(".")]


def page(doors: list[Door], results: Results) -> str:
    """The document of the last run."""
    head = f"""# Conformance

What the [Autobahn|Testsuite](https://github.com/crossbario/autobahn-testsuite) says of the doors, groups 1–7 and 10.
Written by `python -m tests.conformance.run --write` on {datetime.now(UTC):%Y-%m-%d}; {", ".join(SUITE)}.

OK is what RFC 6455 asks for. NON-STRICT is allowed and could be better: text that is no UTF-8 is refused when its frame or
message has ended, not at its first bad byte, or what arrived before a violation is not answered. INFORMATIONAL cases have no
right answer. The
echo behind the doors exists in test code only; the product itself also refuses binary messages, with 1003. Group 9 measures
speed and is left to the benchmarks; groups 12 and 13 are about compression, which is never negotiated.
"""
    return head + "\n" + "\n".join(table(door, results[door.name]) for door in doors)


if __name__ == "__main__":
    sys.exit(main())
