"""What each role may do: the query role reads views only, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from caomai.database import Database, Role
from tests.database.conftest import Connection


@pytest.fixture(scope="module")
def tables(database: Database) -> list[str]:
    """List all tables of ours but TAP_SCHEMA."""
    with database.connect("owner") as owner:
        rows = owner.execute(
            "select format('%I.%I', n.nspname, c.relname)"
            " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname in ('caom2', 'caom2_ai', 'caom2_ai_queue', 'caom2_ai_uws')"
            " and c.relkind in ('r', 'p')"
        ).fetchall()
    return [row[0] for row in rows]


@pytest.fixture
def query(database: Database) -> Iterator[Connection]:
    with database.connect("query", autocommit=True) as connection:
        yield connection


def test_the_query_role_reads_every_view(query: Connection) -> None:
    views = query.execute(
        "select relname from pg_class where relnamespace = 'caom2_ai_view'::regnamespace"
    ).fetchall()
    assert len(views) >= 13
    for (name,) in views:
        query.execute(f"select * from caom2_ai_view.{name} limit 1".encode())


def test_the_query_role_reads_no_table(query: Connection, tables: list[str]) -> None:
    assert len(tables) > 20
    for table in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query.execute(f"select 1 from {table} limit 1".encode())


@pytest.mark.parametrize(
    "statement",
    [
        "create table caom2_ai.t (a int)",
        "delete from caom2_ai_view.label",
        "insert into tap_schema.schemas (schema_name) values ('mine')",
        "select caom2_ai.refresh_nodes()",
        "select caom2_ai.make_map_index(1)",
        "select nextval('caom2_ai.map_mapid_seq')",
        "set role caomai_owner",
        "select pg_read_file('postgresql.conf')",
        "copy (select 1) to program 'true'",
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_the_query_role_changes_nothing_even_if_it_asks_to_write(
    query: Connection, statement: str, read_only: bool
) -> None:
    query.execute(f"set default_transaction_read_only = {'on' if read_only else 'off'}".encode())
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    with pytest.raises(refused):
        query.execute(statement.encode())


def test_functions_are_found_by_their_bare_names(query: Connection) -> None:
    assert query.execute("select caomai_count(array_fill(3, array[400]), 0)").fetchone() == (3,)


def test_the_query_role_has_sane_settings_for_nearest_neighbours(query: Connection) -> None:
    query.execute("select '[1]'::halfvec")
    settings = ("transaction_read_only", "hnsw.iterative_scan", "hnsw.ef_search", "timezone")
    longest = query.execute("show hnsw.max_scan_tuples").fetchone()
    assert longest == ("5000",)  # then all images are compared
    found = [query.execute(f"show {name}".encode()).fetchone() for name in settings]
    assert found == [("on",), ("strict_order",), ("100",), ("UTC",)]


def test_the_ingest_role_writes_rows_and_does_not_change_the_schema(
    database: Database, tables: list[str]
) -> None:
    with database.connect("ingest", autocommit=True) as ingest:
        for table in tables:
            if table == "caom2_ai.schema_version" or table.startswith("caom2_ai_uws."):
                continue
            ingest.execute(f"select 1 from {table} limit 1".encode())
            ingest.execute(f"delete from {table}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ingest.execute("delete from caom2_ai.schema_version")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ingest.execute("alter table caom2_ai.map add extra int")


def test_the_service_role_writes_jobs_and_uses_the_queue_and_nothing_else(
    database: Database, tables: list[str]
) -> None:
    own = ("caom2_ai_uws.", "caom2_ai_queue.procrastinate_", "caom2_ai_queue.description")
    with database.connect("service", autocommit=True) as service:
        for table in tables:
            if table.startswith(own):
                service.execute(f"select 1 from {table} limit 1".encode())
                service.execute(f"delete from {table}".encode())
                continue
            forbidden = f"select 1 from {table} limit 1"
            if table == "caom2_ai_queue.describer":  # it may know which workers there are
                service.execute(forbidden.encode())
                forbidden = f"delete from {table}"
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute(forbidden.encode())
        for statement in ("select 1 from caom2_ai_view.plane", "create table caom2_ai_uws.t (a int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute(statement)


def test_only_the_service_sees_the_jobs_of_its_users(database: Database) -> None:
    roles: tuple[Role, ...] = ("ingest", "query")
    for role in roles:
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
        with database.connect(role, autocommit=True) as connection, refused:
            connection.execute("select 1 from caom2_ai_uws.job")


def test_no_role_is_a_superuser(database: Database) -> None:
    with database.connect("owner") as owner:
        rows = owner.execute(
            "select rolname, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls from pg_roles"
            " where rolname like 'caomai%' order by rolname"
        ).fetchall()
    names = ("ingest", "owner", "query", "service")
    assert rows == [(f"caomai_{name}", False) for name in names]
