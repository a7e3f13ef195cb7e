"""Back up a product's database while it runs, and put the older copy in the place of the newer: as an operator would."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.support.databases import server_url
from tests.support.postgres import binaries, run_statement
from tests.support.product import Product


class Backup:
    """A copy of a database, made beside its writers."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.file = product.folder / "backup"
        if self._scaled:
            self._run("pg_dump", "--format=custom", f"--file={self.file}", server_url(product.database))
        else:
            source, copy = sqlite3.connect(self._sqlite, timeout=20), sqlite3.connect(self.file)
            source.backup(copy)
            source.close()
            copy.close()

    def restore(self) -> None:
        """Take the database away and put the copy in its place. Nothing may run on it."""
        database = self.product.database
        if self._scaled:
            run_statement(server_url("postgres"), f"DROP DATABASE {database} WITH (FORCE)")
            run_statement(server_url("postgres"), f"CREATE DATABASE {database}")
            self._run("pg_restore", "--no-owner", f"--dbname={server_url(database)}", str(self.file))
            return
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._sqlite}{ending}").unlink(missing_ok=True)
        shutil.copy2(self.file, self._sqlite)

    @property
    def _scaled(self) -> bool:
        return self.product.template.profile == "scaled"

    @property
    def _sqlite(self) -> Path:
        return self.product.folder / "numeneon.sqlite3"

    def _run(self, program: str, *arguments: str) -> None:
        own = (binaries() / "initdb").resolve().with_name(program)
        found = str(own) if own.exists() else shutil.which(program)
        if found is None:
            pytest.skip(f"there is no {program} to back PostgreSQL up with")
        subprocess.run([found, *arguments], check=True, capture_output=True)
