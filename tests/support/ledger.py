"""What a product's database holds, read beside the product: the truth that clients and writers are judged by."""

import json
import sqlite3
from typing import Any

import psycopg

from tests.support.databases import server_url
from tests.support.product import Product

PREFIX = "note."


class Ledger:
    """Reads a product's tables, on either profile."""

    def __init__(self, product: Product) -> None:
        self.product = product

    def rows(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        """The rows of a SELECT; parameters are written `%s`."""
        if self.product.template.profile == "scaled":
            with psycopg.connect(server_url(self.product.database)) as connection:
                return connection.execute(statement.encode(), given).fetchall()
        path = self.product.folder / "numeneon.sqlite3"
        file = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
        try:
            return file.execute(statement.replace("%s", "?"), given).fetchall()
        finally:
            file.close()

    def head(self, user_id: int) -> int:
        found = self.rows("SELECT head FROM streams_stream WHERE user_id = %s", user_id)
        return int(found[0][0]) if found else 0

    def entries(self, user_id: int) -> list[tuple[int | None, dict[str, Any]]]:
        """(seq, body) of a stream in order; seq is None for what is not numbered."""
        rows = self.rows("SELECT seq, body FROM streams_entry WHERE stream_id = %s ORDER BY seq, id", user_id)
        return [(seq, json.loads(body)) for seq, body in rows]

    def heads(self) -> dict[int, int]:
        """The head of every stream, by user."""
        return {int(user_id): int(head) for user_id, head in self.rows("SELECT user_id, head FROM streams_stream")}

    def floors(self) -> dict[int, int]:
        """Up to where every stream has been trimmed, by user."""
        return {int(user_id): int(floor) for user_id, floor in self.rows("SELECT user_id, floor FROM streams_stream")}

    def streams(self) -> dict[int, list[tuple[int | None, dict[str, Any]]]]:
        """All streams, each as `entries` gives one; whoever has none is not in it."""
        found: dict[int, list[tuple[int | None, dict[str, Any]]]] = {}
        for user_id, seq, body in self.rows("SELECT stream_id, seq, body FROM streams_entry ORDER BY seq, id"):
            found.setdefault(int(user_id), []).append((seq, json.loads(body)))
        return found

    def unnumbered(self) -> int:
        return int(self.rows("SELECT COUNT(*) FROM streams_entry WHERE seq IS NULL")[0][0])

    def notes(self) -> dict[str, set[int]]:
        """What has been done: key and audience of every note that committed."""
        rows = self.rows("SELECT session_key, session_data FROM django_session WHERE session_key LIKE 'note.%%'")
        return {str(key).removeprefix(PREFIX): set(json.loads(to)) for key, to in rows}
