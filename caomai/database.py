"""One PostgreSQL database with pgvector, embedded or the operator's own, and the roles that log in to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from caomai.embedded import PORT, EmbeddedPostgres
from caomai.errors import AuthorizationError, CaomAiError, RowValueError, TransientError, UsageError
from caomai.migrate import check_server, find_extension_schemas, sql_folder
from caomai.migrate import migrate as apply_migrations
from caomai.postgres import SUPERUSER
from caomai.settings import EF_SEARCH, SCAN_ROWS, Settings

__all__ = ["Database", "Role", "open_database", "read_queries", "sql_folder", "translate_errors"]

Role = Literal["owner", "ingest", "query", "service"]

NAME = "caomai"  # of the embedded database
CONNECT_SECONDS = 10

QUERY_OPTIONS = {
    "default_transaction_read_only": "on",
    "hnsw.ef_search": str(EF_SEARCH),
    # A filtered nearest-neighbour scan goes on, and keeps the order of its rows.
    "hnsw.iterative_scan": "strict_order",
    # Then it ends: who has too few rows compares all, which is faster.
    "hnsw.max_scan_tuples": str(SCAN_ROWS),
    "hnsw.scan_mem_multiplier": "32",
    # An operator may choose this other index for the vectors of many objects (docs/object_search.md).
    "ivfflat.probes": "10",
    "ivfflat.iterative_scan": "relaxed_order",
    # Plans hold branches that cost much and are rarely run: nothing is to be compiled for them.
    "jit": "off",
}


@dataclass(frozen=True)
class Database:
    """A database and how each role reaches it: by a log-in of its own (embedded), or by taking the role."""

    address: str = field(repr=False)  # conninfo of the user who migrates
    roles_log_in: bool
    query_address: str | None = field(default=None, repr=False)  # a log-in of its own for the query role
    extension_schemas: str = "public"  # where the operators of pgvector and pgsphere are
    data_folder: Path | None = None  # of the embedded server: its socket is elsewhere after each start

    def conninfo(self, role: Role) -> str:
        """Give the conninfo string that logs in as a role, or takes it."""
        address, options = self.locate(), {"role": f"caomai_{role}"}
        if role == "query" and self.query_address:
            address, options = self.query_address, {}
        elif self.roles_log_in:
            address, options = make_conninfo(address, user=f"caomai_{role}"), {}
        # procrastinate names no schema; the service itself uses nothing else without its schema.
        path = "caom2_ai_queue" if role == "service" else f"caom2_ai,{self.extension_schemas}"
        options |= {"search_path": path, "timezone": "UTC"}
        return _with_options(address, options | (QUERY_OPTIONS if role == "query" else {}))

    def locate(self) -> str:
        """Give the conninfo of the user who migrates, as it is now."""
        if self.data_folder is None:
            return self.address
        socket_folder = EmbeddedPostgres(self.data_folder).status().socket_folder
        if socket_folder is None:
            raise TransientError("The database is not running; caom-ai db start starts it.")
        return make_conninfo(self.address, host=str(socket_folder))

    def connect(self, role: Role = "ingest", **kwargs: Any) -> psycopg.Connection[Any]:
        """Connect as a role; a plan is never frozen under settings of another query (prepare_threshold)."""
        return _connect(self.conninfo(role), **({"prepare_threshold": None} | kwargs))

    def connect_administrator(self) -> psycopg.Connection[Any]:
        """Connect as the user who migrates."""
        return _connect(_with_options(self.locate(), {"timezone": "UTC"}), autocommit=True)


def _with_options(address: str, options: dict[str, str]) -> str:
    given = conninfo_to_dict(address).get("options")
    words = [str(given)] if given else []
    words += [f"-c {key}={value}" for key, value in options.items()]
    return make_conninfo(address, options=" ".join(words))


def _connect(conninfo: str, **kwargs: Any) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(conninfo, **({"connect_timeout": CONNECT_SECONDS} | kwargs))
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")  # the lines after it are advice
        raise TransientError(f"The database cannot be reached: {reason}.") from error


@contextmanager
def open_database(settings: Settings, *, migrate: bool = True) -> Iterator[Database]:
    """Open the database of the settings, started if it is the embedded one, its schema up to date."""
    if settings.database_url is not None:
        yield _prepare(attached_database(settings), migrate=migrate)
        return
    with EmbeddedPostgres(settings.data_dir).using() as socket_folder:
        database = replace(embedded_database(socket_folder), data_folder=settings.data_dir)
        yield _prepare(database, migrate=migrate)


def _prepare(database: Database, *, migrate: bool) -> Database:
    with closing(database.connect_administrator()) as connection, translate_errors():
        check_server(connection)
        if migrate:
            apply_migrations(connection)
        return replace(database, extension_schemas=find_extension_schemas(connection) or "public")


def attached_database(settings: Settings) -> Database:
    """Describe the operator's own database; nothing is opened."""
    query = settings.query_database_url
    return Database(
        str(settings.database_url), roles_log_in=False, query_address=str(query) if query else None
    )


def embedded_database(socket_folder: Path, name: str = NAME) -> Database:
    """Describe a database of the embedded server, which is made if it does not exist."""
    server = make_conninfo(host=str(socket_folder), port=PORT, user=SUPERUSER, dbname="postgres")
    with closing(_connect(server, autocommit=True)) as connection:
        _make_roles(connection)
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            _make_database(connection, name)
    return Database(make_conninfo(server, dbname=name), roles_log_in=True)


def _make_roles(connection: psycopg.Connection[Any]) -> None:
    with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):  # another was faster
        connection.execute((sql_folder() / "embedded.sql").read_bytes())


def _make_database(connection: psycopg.Connection[Any], name: str) -> None:
    with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):  # another was faster
        connection.execute(SQL("create database {}").format(Identifier(name)))


@cache
def read_queries(noun: str) -> dict[str, str]:
    """Read the named queries of sql/queries/<noun>.sql: each starts with a line `-- name: verb_noun`."""
    text = (sql_folder() / "queries" / f"{noun}.sql").read_text(encoding="utf-8")
    parts = text.split("-- name: ")[1:]
    return {name.strip(): body.strip() for name, _, body in (part.partition("\n") for part in parts)}


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn an error of PostgreSQL into ours by its SQLSTATE class; the cause stays attached for the log."""
    try:
        yield
    except psycopg.Error as error:
        raise translate_error(error) from error


_LOST = "The database cannot be reached or is being stopped; try again."
_SENTENCES: tuple[tuple[str, type[CaomAiError], str], ...] = (
    # SQLSTATE prefix (PostgreSQL appendix A), class of ours, sentence with {} for PostgreSQL's own words
    ("57014", TransientError, "The query took longer than is allowed; narrow it, or run it asynchronously."),
    ("57P", TransientError, _LOST),
    ("08", TransientError, _LOST),
    ("40", TransientError, "The database was busy with the same rows; try again."),
    ("55P03", TransientError, "The database was busy with the same rows; try again."),
    ("53", TransientError, "The database has no room for more work now ({}); try again later."),
    ("22", RowValueError, "A value cannot be used: {}."),
    ("21", UsageError, "The query asks for what has no single answer: {}."),
    ("0A", UsageError, "The database cannot do this: {}."),
    ("54", UsageError, "The request is too long or too complex for the database: {}."),
    ("42501", AuthorizationError, "The database does not allow this: {}."),
    ("25006", AuthorizationError, "The database does not allow this: {}."),
    ("3D000", CaomAiError, "The database does not exist: {}."),
    ("42P01", CaomAiError, "The database lacks something ({}); run caom-ai db migrate."),
    ("42883", CaomAiError, "The database lacks something ({}); run caom-ai db migrate."),
)


def translate_error(error: psycopg.Error) -> CaomAiError:
    """Give our error for one of PostgreSQL's."""
    words = (error.diag.message_primary or str(error)).strip().rstrip(".")
    for prefix, kind, sentence in _SENTENCES:
        if (error.sqlstate or "").startswith(prefix):
            return kind(sentence.format(words))
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return TransientError(_LOST)
    return CaomAiError(f"The database failed: {words}.")
