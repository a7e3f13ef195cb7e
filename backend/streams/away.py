"""Whether a database error is its own, to pass by itself, or ours, for an operator to hear of.

A missing column means migrations that were forgotten. Answered like a database that is away, it would be waited for in
vain, by clients and by whoever looks at graphs. PostgreSQL has an error of its own for it, SQLite says it in words.

May import: nothing of streams.
"""

import re

from django.db import DatabaseError, Error, InterfaceError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

_BEHIND = re.compile(r"\bno such (table|column)\b|\bhas no column\b")


def is_away(error: Error) -> bool:
    """Away, full or busy: the same may work in a moment."""
    return isinstance(error, OperationalError | InterfaceError) and not _BEHIND.search(str(error))


def unapplied_migrations() -> list[str]:
    """Migrations that the code has and the database has not; none when it is away, which is no reason not to start."""
    try:
        executor = MigrationExecutor(connections["default"])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError) as error:
        if not is_away(error):
            raise
        return []
    finally:
        connections["default"].close()
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
