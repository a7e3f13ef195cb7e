"""Databases for real servers: migrated and populated once, then copied for each test that wants one.

Migrating costs seconds, copying a SQLite file or `CREATE DATABASE … TEMPLATE` costs milliseconds.
"""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import run_statement
from tests.support.profiles import SHARED_POSTGRES, Profile

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct-horse-battery"


@dataclass(frozen=True)
class Person:
    """Somebody with an account in a test's database, signed in once already with a pair of tokens."""

    id: int
    username: str
    email: str
    access: str
    refresh: str
    password: str = PASSWORD


class DidNotRun(AssertionError):
    """A management command failed."""


def run_python(*arguments: str, env: Mapping[str, str], within: float = 120) -> str:
    """Run Python in the checkout with the product's environment and return what it printed."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True, timeout=within, check=False)
    if done.returncode != 0:
        raise DidNotRun(
            f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
        )
    return done.stdout


def server_url(database: str) -> str:
    """The DATABASE_URL of a database on the run's shared PostgreSQL."""
    return os.environ[SHARED_POSTGRES].rsplit("/", 1)[0] + f"/{database}"


def place_environment(profile: Profile, folder: Path, database: str) -> dict[str, str]:
    """The variables that point the product at one data folder and one database."""
    place = {"HUDDL_DATA_DIR": str(folder)}
    if profile == "scaled":
        place["DATABASE_URL"] = server_url(database)
    return place


class Template:
    """A migrated database with `people` accounts, to copy from."""

    def __init__(self, profile: Profile, folder: Path, *, people: int) -> None:
        self.profile = profile
        self.folder = folder
        self.database = f"template_{secrets.token_hex(4)}"
        folder.mkdir(parents=True)
        if profile == "scaled":
            run_statement(server_url("postgres"), f"CREATE DATABASE {self.database}")
        self.people = populate(self.environment(folder, self.database), people)
        self._settle()

    def environment(self, folder: Path, database: str) -> dict[str, str]:
        return os.environ | place_environment(self.profile, folder, database)

    def copy(self, folder: Path) -> str:
        """Make `folder` a data folder with a database of its own; return the database's name."""
        folder.mkdir(parents=True)
        for name in ("secret_key", "numeneon.sqlite3"):
            if (self.folder / name).exists():
                shutil.copy2(self.folder / name, folder / name)
        database = f"test_{secrets.token_hex(6)}"
        if self.profile == "scaled":
            run_statement(server_url("postgres"), f"CREATE DATABASE {database} TEMPLATE {self.database}")
        return database

    def drop(self, database: str) -> None:
        """Remove a copy; its last connections are cut."""
        if self.profile == "scaled":
            run_statement(server_url("postgres"), f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _settle(self) -> None:
        """Fold SQLite's write-ahead log into the file, so that copying one file copies everything."""
        path = self.folder / "numeneon.sqlite3"
        if path.exists():
            connection = sqlite3.connect(path)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()


def populate(env: Mapping[str, str], people: int) -> list[Person]:
    """Migrate the database and bring it to `people` accounts; return all of them, oldest first."""
    printed = run_python("-m", "tests.support.populate", str(people), PASSWORD, env=env)
    return [Person(*fields) for fields in json.loads(printed)]
