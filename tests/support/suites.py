"""Run the suites one after the other, time them, and count what ran: the last line is `N passed, N failed, N skipped`.

A suite that ran nothing has failed, or a folder renamed by mistake would look like success for ever. So has one that
ended badly without a failing test, such as one that could not start.

A handful of failures are tried once more, one at a time: what starts servers and browsers on two shared cores can starve. A
test that only then passes counts, and is named in the summary as unsteady, for somebody to look at.

Run with all the others, a suite may keep to a selection of its files; named, it runs them all.

    python -m tests.support.suites                 all
    python -m tests.support.suites unit web        these
    python -m tests.support.suites --list
"""

import json
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results"
CHAOS_RESULTS = RESULTS / "chaos"


@dataclass(frozen=True)
class Counts:
    """What a suite, or all of them, came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@dataclass(frozen=True)
class Suite:
    """Folders of tests, run in one process group under one profile."""

    name: str
    folders: tuple[str, ...]
    profile: str = "embedded"
    workers: int = 0
    selection: tuple[str, ...] = ()
    """What of the folders runs when all suites do."""

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name}.xml"

    def present(self) -> bool:
        return any(path for folder in self.folders for path in (ROOT / folder).rglob("test_*.py"))

    def run(self, *, whole: bool = True) -> tuple[Counts, list[str]]:
        """Run pytest and read its report; the counts, and which tests passed only when tried again."""
        folders = [folder for folder in self.folders if (ROOT / folder).is_dir()]
        if not whole and self.selection:
            folders = list(self.selection)
        crowd = ["-n", str(self.workers), "--dist", "loadscope"] if self.workers else []
        status = self._pytest(self.report, *crowd, *folders, whole=whole)
        failed = failures(self.report)
        counts = with_status(read_junit(self.report), status)
        if not 0 < len(failed) <= TRIED_AGAIN or counts.failed != len(failed):
            return counts, []
        print(f"\n=== {self.name}: {len(failed)} once more, one at a time ===", flush=True)
        again = self.report.with_suffix(".again.xml")
        again.unlink(missing_ok=True)
        status = self._pytest(again, "--last-failed", "--last-failed-no-failures", "none", *folders, whole=whole)
        second = with_status(read_junit(again), status)
        unsteady = sorted(failed - failures(again))
        if second.failed > len(failed) or second.passed + second.failed < len(failed):
            return counts, []
        return Counts(counts.passed + len(unsteady), second.failed, counts.skipped), unsteady

    def _pytest(self, report: Path, *options: str, whole: bool) -> int:
        kept = ["-o", f"cache_dir={RESULTS / 'cache' / self.name}"]
        command = [sys.executable, "-m", "pytest", "-q", *kept, f"--junit-xml={report}", *options]
        environment = os.environ | {"HUDDL_PROFILE": self.profile}
        if not whole:
            environment.setdefault("CHAOS", "short")
            environment.setdefault("INTEGRATION", "short")
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@dataclass(frozen=True)
class WebSuite(Suite):
    """The web app's tests, run by Vitest."""

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name}.json"

    def present(self) -> bool:
        frontend = ROOT / "frontend"
        return any(
            "node_modules" not in path.parts
            for folder in ("src", "packages")
            for path in (frontend / folder).rglob("*.test.ts*")
        )

    def run(self, *, whole: bool = True) -> tuple[Counts, list[str]]:
        command = ["npx", "vitest", "run", "--reporter=dot", "--reporter=json", f"--outputFile.json={self.report}"]
        done = subprocess.run(command, cwd=ROOT / "frontend", env=os.environ | {"NO_COLOR": "1"}, check=False)
        return with_status(read_vitest(self.report), done.returncode), []


TRIED_AGAIN = 10
"""So many failures at most are tried again; more are no accident."""
CHAOS_EMBEDDED = tuple(
    f"tests/chaos/test_{name}.py"
    for name in ("server_killed", "dies_at_point", "network_reset", "sqlite_locked", "mixed", "herd_restart_alone")
)
CHAOS_SCALED = tuple(
    f"tests/chaos/test_{name}.py"
    for name in (
        *("dies_at_point", "redis_killed", "redis_frozen", "database_restarted", "mixed", "rolling_restart"),
        "herd_rolling_restart",
    )
)

SUITES: tuple[Suite, ...] = (
    WebSuite("web", ("frontend",)),
    Suite("unit", ("tests/unit", "tests/house"), workers=2),
    Suite("model", ("tests/model",), workers=2),
    Suite("integration-embedded", ("tests/integration",), workers=3),
    Suite("integration-scaled", ("tests/integration",), profile="scaled", workers=3),
    Suite("e2e-embedded", ("tests/e2e",), workers=2),
    Suite("e2e-scaled", ("tests/e2e",), profile="scaled", workers=2),
    Suite("chaos-embedded", ("tests/chaos",), selection=CHAOS_EMBEDDED),
    Suite("chaos-scaled", ("tests/chaos",), profile="scaled", selection=CHAOS_SCALED),
)


def read_junit(path: Path) -> Counts:
    """Count the cases of a pytest report. An error in a fixture is a failure; an expected failure is a skip."""
    if not path.exists():
        return Counts()
    suites = ET.parse(path).getroot().iter("testsuite")
    total = Counts()
    for suite in suites:
        cases, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Counts(max(cases - failed - skipped, 0), failed, skipped)
    return total


def failures(path: Path) -> set[str]:
    """The names of the cases that a pytest report says failed."""
    if not path.exists():
        return set()
    cases = ET.parse(path).getroot().iter("testcase")
    bad = [one for one in cases if one.find("failure") is not None or one.find("error") is not None]
    return {f"{one.get('classname')}::{one.get('name')}" for one in bad}


def read_vitest(path: Path) -> Counts:
    """Count the tests of Vitest's JSON report; a file that does not load is one failure."""
    if not path.exists():
        return Counts()
    report = json.loads(path.read_text())
    broken = sum(1 for file in report["testResults"] if file["status"] == "failed" and not file["assertionResults"])
    skipped = report.get("numPendingTests", 0) + report.get("numTodoTests", 0)
    return Counts(report["numPassedTests"], report["numFailedTests"] + broken, skipped)


def with_status(counts: Counts, status: int) -> Counts:
    """A suite that ended badly, or ran nothing, has at least one failure."""
    ran = counts.passed + counts.failed
    if counts.failed == 0 and (status != 0 or ran == 0):
        return counts + Counts(failed=1)
    return counts


def chosen(names: Iterable[str]) -> list[Suite]:
    """The suites of these names; `integration` means it on both profiles. Without names, all."""
    wanted = list(names)
    unknown = [name for name in wanted if not any(matches(suite, name) for suite in SUITES)]
    if unknown:
        sys.exit(f"no such suite: {', '.join(unknown)}; there are {', '.join(suite.name for suite in SUITES)}")
    return [suite for suite in SUITES if not wanted or any(matches(suite, name) for name in wanted)]


def matches(suite: Suite, name: str) -> bool:
    return suite.name == name or suite.name.rpartition("-")[0] == name


def main(arguments: list[str]) -> int:
    """Run the suites named in `arguments` and print the counts."""
    if arguments == ["--list"]:
        print("\n".join(suite.name for suite in SUITES))
        return 0
    RESULTS.mkdir(exist_ok=True)
    lines, total = [], Counts()
    suites = chosen(arguments)
    if any(suite.name.startswith("chaos") for suite in suites):
        shutil.rmtree(CHAOS_RESULTS, ignore_errors=True)  # a row of an earlier run would pass for one of this
    for suite in suites:
        suite.report.unlink(missing_ok=True)
        if not suite.present():
            lines.append(f"{suite.name:22} no tests yet in {', '.join(suite.folders)}")
            continue
        print(f"\n=== {suite.name} ({suite.profile}) ===", flush=True)
        started = time.monotonic()
        counts, unsteady = suite.run(whole=bool(arguments))
        total += counts
        lines.append(f"{suite.name:22} {counts}   {time.monotonic() - started:.1f} s")
        lines += [f"{'':22} unsteady: {name}" for name in unsteady]
    if total.passed + total.failed == 0:
        total += Counts(failed=1)
        lines.append("nothing ran, which is a failure")
    print("\n" + "\n".join(lines))
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
