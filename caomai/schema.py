"""The present schema as SQL text, as pg_dump writes it without what differs from one server to the next."""

from __future__ import annotations

import re
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from caomai.database import Database, embedded_database
from caomai.embedded import EmbeddedPostgres
from caomai.errors import CaomAiError
from caomai.migrate import migrate
from caomai.postgres import find_programs

HEADER = "-- The schema after all migrations, written by `make schema`; the queue has procrastinate's.\n"
NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)?$")


def write_schema() -> str:
    """Migrate an empty database and give its schema."""
    with (
        tempfile.TemporaryDirectory(prefix="caom-ai-") as folder,
        EmbeddedPostgres(Path(folder)).using() as socket_folder,
    ):
        database = embedded_database(socket_folder)
        with closing(database.connect_administrator()) as connection:
            migrate(connection)
        return dump_schema(database)


def dump_schema(database: Database) -> str:
    """Give the schema of a database: tables, views, functions and who may use them."""
    command = [
        str(find_programs() / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "--exclude-schema=caom2_ai_queue",
        f"--dbname={database.address}",
    ]
    result = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if result.returncode != 0:
        raise CaomAiError(f"pg_dump failed: {result.stderr.strip()}.")
    lines = [line for line in result.stdout.splitlines() if not NOISE.match(line)]
    return HEADER + re.sub(r";\n(?=CREATE|ALTER)", ";\n\n", "\n".join(lines)) + "\n"
