"""Bring a database to the present: numbered migrations once, views and functions when they change."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from caomai.errors import AuthorizationError, CaomAiError, UsageError

OWNER = "caomai_owner"
LOCK = 0x0CA0_3A1  # advisory: one process migrates a database at a time
LEAST_SERVER = 15
LEAST_VECTOR = (0, 8)
GRANTS = "grants.sql"
POSITIONS = 50_000  # of planes in one transaction: some seconds of work
NUMBERED_FOLDERS = ("caom2", "migrations")
TAP_SCHEMA = "migrations/0002_tap_schema.sql"  # not where an archive has its own
NUMBERED = re.compile(r"(\d{4})_\w+\.sql")

Connection = psycopg.Connection[Any]


def sql_folder() -> Path:
    """Give the folder of the .sql files: sql/ of a checkout, caomai/sql in an installed package."""
    installed = Path(__file__).parent / "sql"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "sql"


@dataclass(frozen=True)
class Script:
    """One .sql text under the name by which it is recorded, such as migrations/0001_caom2_ai.sql."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Give the hash of the text, by which a change is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def number(self) -> int | None:
        """Give the number of a migration, None for a script that is re-applied when it changes."""
        match = NUMBERED.fullmatch(self.name.rpartition("/")[2])
        return int(match[1]) if match else None


def read_scripts(folder: str) -> list[Script]:
    """Read the scripts of a folder of sql/, in the order of their names."""
    paths = sorted((sql_folder() / folder).glob("*.sql"))
    return [Script(f"{folder}/{path.name}", path.read_text(encoding="utf-8")) for path in paths]


def read_script(name: str) -> Script:
    """Read one script of sql/."""
    return Script(name, (sql_folder() / name).read_text(encoding="utf-8"))


def queue_script() -> Script:
    """Give procrastinate's own schema; only its text, because importing it would cost the service memory."""
    spec = find_spec("procrastinate")
    if spec is None or spec.origin is None:
        raise CaomAiError("The package procrastinate is missing: pip install procrastinate.")
    text = (Path(spec.origin).parent / "sql" / "schema.sql").read_text(encoding="utf-8")
    return Script("queue/procrastinate.sql", text)


def check_server(connection: Connection) -> None:
    """Refuse a PostgreSQL that is too old, or that has no pgvector or an old one."""
    version = connection.info.server_version // 10000
    if version < LEAST_SERVER:
        raise CaomAiError(f"The database is PostgreSQL {version}; CAOM-AI needs {LEAST_SERVER} or later.")
    row = connection.execute(
        "select coalesce(e.extversion, a.default_version) from pg_available_extensions a"
        " left join pg_extension e on e.extname = a.name where a.name = 'vector'"
    ).fetchone()
    if row is None:
        raise CaomAiError("The database server has no pgvector: install it there, version 0.8 or later.")
    if tuple(int(part) for part in row[0].split(".")[:2]) < LEAST_VECTOR:
        raise CaomAiError(
            f"The database has pgvector {row[0]}; CAOM-AI needs 0.8 or later "
            "(install it, then: ALTER EXTENSION vector UPDATE)."
        )


def find_extension_schemas(connection: Connection) -> str | None:
    """Give the schemas of pgvector and pgsphere as a search_path has them; None before they are made."""
    row = connection.execute(
        "select string_agg(distinct extnamespace::regnamespace::text, ',') from pg_extension"
        " where extname in ('vector', 'pg_sphere')"
    ).fetchone()
    return row[0] if row else None


def migrate(connection: Connection) -> list[str]:
    """Apply what is missing under an advisory lock and give the names of the scripts applied.

    The connection is in autocommit and belongs to the user who migrates.
    """
    with _naming_who_may():
        if not Migration(connection).pending():
            return []
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        try:
            migration = Migration(connection)  # read again: another process may have been faster
            if pending := migration.pending():
                *changed, grants = pending
                for scripts in changed:
                    migration.apply(scripts)
                migration.refresh_positions()
                migration.apply(grants)
        finally:
            connection.execute("reset role")
            connection.execute("select pg_advisory_unlock(%s)", [LOCK])
        return migration.applied


@contextmanager
def _naming_who_may() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise AuthorizationError(
            f"This user may not bring the schema up to date ({error.diag.message_primary}): let an "
            "administrator of the database run caom-ai db migrate, with a CAOMAI_DATABASE_URL of his own."
        ) from error


class Migration:
    """What was applied to a database, and what is to be."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.applied: list[str] = []
        self.recorded = self._read_record()
        self._check_record()

    def pending(self) -> list[list[Script]]:
        """List what is missing, in order: each inner list is applied as one transaction, grants at last."""
        missing = self._changed([read_script("roles.sql")])
        missing += [[script] for script in self._numbered() if script.name not in self.recorded]
        own = [read_script("queue/feed.sql"), read_script("queue/description.sql")]
        missing += self._changed([read_script("queue/make.sql"), queue_script(), *own])
        content = [script for folder in ("views", "routines", "functions") for script in read_scripts(folder)]
        missing += self._changed([read_script("drop.sql"), *content])
        missing += self._changed(self._tap_schema(), force=self._has_lost_keys())
        return missing + self._changed([read_script(GRANTS)], force=bool(missing))

    def apply(self, scripts: list[Script]) -> None:
        """Apply scripts in one transaction and record them."""
        with self.connection.transaction():
            if scripts[0].name != "roles.sql":
                self.connection.execute(f"set local role {OWNER}")
            if schemas := find_extension_schemas(self.connection):
                self.connection.execute(f"set local search_path = {schemas}")
            for script in scripts:
                with self._naming_a_missed(script):
                    self.connection.execute(script.text.encode())
                self._record(script)
            if scripts[-1].name != GRANTS:
                # Where this ends before its end, the next migration finds something to do.
                self.connection.execute("delete from caom2_ai.schema_version where name = %s", [GRANTS])

    @contextmanager
    def _naming_a_missed(self, script: Script) -> Iterator[None]:
        """Say so where a migration fails that comes after later ones, as where two branches met."""
        folder = script.name.partition("/")[0]
        last = max((name for name in self.recorded if name.startswith(f"{folder}/")), default="")
        try:
            yield
        except psycopg.ProgrammingError as error:
            if script.number is None or last < script.name or error.sqlstate == "42501":  # not allowed
                raise
            raise CaomAiError(
                f"This database missed {script.name} and has {last}, after which it cannot be applied "
                f"({error.diag.message_primary}): nothing of it was kept; restore the database as it was "
                "before the later one, or make it anew."
            ) from error

    def refresh_positions(self) -> None:
        """Bring what indexes know of positions in line with CAOM: what they miss is never found."""
        changed = POSITIONS
        while changed >= POSITIONS:
            with self.connection.transaction():
                self.connection.execute(f"set local role {OWNER}")
                row = self.connection.execute("select caom2_ai.refresh_positions(%s)", [POSITIONS]).fetchone()
            changed = row[0] if row else 0

    def _record(self, script: Script) -> None:
        self.connection.execute(
            "insert into caom2_ai.schema_version (name, number, sha256) values (%s, %s, %s)"
            " on conflict (name) do update set sha256 = excluded.sha256, applied_at = excluded.applied_at",
            [script.name, script.number, script.sha256],
        )
        self.applied.append(script.name)

    def _changed(self, scripts: list[Script], *, force: bool = False) -> list[list[Script]]:
        same = all(self.recorded.get(script.name) == script.sha256 for script in scripts)
        return [scripts] if force or not same else []

    def _numbered(self) -> list[Script]:
        caom2 = read_scripts("caom2") if self._owns_caom2() else []
        numbered = [*caom2, *read_scripts("migrations")]
        if self._says("select to_regclass('tap_schema.tables') is not null"):
            return [script for script in numbered if script.name != TAP_SCHEMA]
        return numbered

    def _owns_caom2(self) -> bool:
        """Tell whether the schema caom2 is ours: made by our scripts, or absent and thus to be made."""
        if any(name.startswith("caom2/") for name in self.recorded):
            return True
        return self._says("select to_regnamespace('caom2') is null")

    def _tap_schema(self) -> list[Script]:
        """Give the rows of TAP_SCHEMA; what an archive describes itself keeps the archive's words."""
        theirs: set[str] = set()
        if self._says("select to_regclass('tap_schema.schemas') is not null"):
            rows = self.connection.execute("select schema_name from tap_schema.schemas").fetchall()
            theirs = {f"tap_schema/{name.lower()}.sql" for (name,) in rows} - set(self.recorded)
        return [script for script in read_scripts("tap_schema") if script.name not in theirs]

    def _has_lost_keys(self) -> bool:
        """Tell whether an archive that installed its TAP_SCHEMA anew took away our keys to its tables."""
        return "tap_schema/caom2_ai.sql" in self.recorded and not self._says(
            "select exists (select from tap_schema.keys where from_table ilike 'caom2\\_ai.%'"
            " and target_table ilike 'caom2.%')"
        )

    def _says(self, question: LiteralString) -> bool:
        row = self.connection.execute(question).fetchone()
        return bool(row and row[0])

    def _read_record(self) -> dict[str, str]:
        """Read what was applied; the owner and the ingest role may."""
        try:
            if not self._says("select to_regclass('caom2_ai.schema_version') is not null"):
                return {}
            rows = self.connection.execute("select name, sha256 from caom2_ai.schema_version").fetchall()
        except psycopg.errors.InsufficientPrivilege as error:
            raise AuthorizationError(
                "The user of the database may not read caom2_ai: grant it caomai_owner or caomai_ingest."
            ) from error
        return dict(rows)

    def _check_record(self) -> None:
        """Refuse a database that newer code migrated, and a migration edited after it was applied."""
        known = {script.name: script.sha256 for folder in NUMBERED_FOLDERS for script in read_scripts(folder)}
        for name, sha256 in self.recorded.items():
            if not name.startswith(NUMBERED_FOLDERS) or known.get(name) == sha256:
                continue
            if name in known:
                raise UsageError(f"The migration {name} was changed after it was applied to this database.")
            raise UsageError(f"A newer CAOM-AI brought this database to {name}: install that version.")
