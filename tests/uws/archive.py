"""Queries that take as long as a test wants, and what the database does meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from caomai.database import Database

# Billions of combinations before the only row.
SLOW = "SELECT COUNT(*) AS n FROM " + ", ".join(f"caom2_ai.fingerprint AS t{number}" for number in range(6))
# Waits for the table that `locked` holds.
BLOCKED = "SELECT COUNT(*) AS n FROM caom2.Artifact"


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Have every query that reads artifacts wait."""
    with closing(database.connect_administrator()) as connection, connection.transaction():
        connection.execute("lock table caom2.Artifact in access exclusive mode")
        yield


def running(database: Database) -> int:
    """Count the queries that are running for the service."""
    with closing(database.connect_administrator()) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and state = 'active' and query like 'COPY%'"
        ).fetchone()
    return row[0] if row else 0
