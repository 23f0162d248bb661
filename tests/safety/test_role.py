"""The query role and ADQL reach nothing but what is to be read; beyond ADQL the role itself is tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from caomai.database import Database
from tests.tap.archive import ARCHIVE, HIDDEN
from tests.tap.client import ask
from tests.tap.process import serving

FUNCTIONS = (
    "pg_sleep(60)",
    "pg_read_file('/etc/passwd')",
    "pg_ls_dir('/')",
    "lo_import('/etc/passwd')",
    "lo_creat(-1)",
    "current_setting('data_directory')",
    "set_config('role', 'caomai_owner', false)",
    "version()",
    "pg_backend_pid()",
    "pg_terminate_backend(1)",
    "pg_advisory_lock(1)",
    "pg_notify('a', 'b')",
    "dblink('host=localhost', 'select 1')",
    "query_to_xml('select 1', true, true, '')",
    "generate_series(1, 1000000000)",
    "repeat('x', 1000000000)",
    "nextval('caom2_ai.map_mapid_seq')",
    "pg_catalog.pg_sleep(1)",
    '"pg_sleep"(1)',
)
RELATIONS = (
    "pg_catalog.pg_class",
    "pg_class",
    "pg_stat_activity",
    "pg_authid",
    "information_schema.tables",
    "caom2_ai_view.plane",
    "caom2_ai_queue.procrastinate_jobs",
    "caom2_ai_uws.job",
    "caom2_ai.schema_version",
    "pg_temp.x",
    '"caom2"."plane; DROP TABLE x"',
    "generate_series(1, 10)",
)
STATEMENTS = (
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SET ROLE caomai_owner",
    "DROP TABLE caom2.Plane",
    "SELECT planeID FROM caom2.Plane; DROP TABLE caom2.Plane",
    "SELECT planeID INTO x FROM caom2.Plane",
    "SELECT planeID FROM caom2.Plane FOR UPDATE",
    "INSERT INTO caom2.Plane VALUES (1)",
    "WITH x AS (DELETE FROM caom2.Plane RETURNING *) SELECT * FROM x",
    "EXPLAIN SELECT planeID FROM caom2.Plane",
)
READING = (
    "select pg_read_file('/etc/passwd')",
    "select pg_read_binary_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "select pg_stat_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "select current_setting('data_directory')",
    "select * from pg_authid",
    "select * from pg_shadow",
    "select * from pg_user_mapping",
    "select * from pg_hba_file_rules",
    "select * from pg_file_settings",
    "select * from pg_config()",
    "select * from pg_largeobject",
    "select * from caom2.plane",
    "select * from caom2_ai.fingerprint",
    "select * from caom2_ai.label",
    "select * from caom2_ai_queue.procrastinate_jobs",
    "select * from caom2_ai_uws.job",
)
WRITING = (
    "create table caom2_ai.x (a integer)",
    "create table public.x (a integer)",
    "create schema x",
    "create role x",
    "drop extension vector",
    "update caom2_ai_view.plane set metaRelease = null",
    "delete from tap_schema.tables",
    "insert into caom2_ai.label default values",
    "truncate caom2_ai.fingerprint",
    "select nextval('caom2_ai.map_mapid_seq')",
    "alter role caomai_query superuser",
    "alter system set work_mem = '1GB'",
    "set role caomai_owner",
    "set role caomai_ingest",
    "set session authorization postgres",
    "select set_config('role', 'caomai_owner', false)",
    "set temp_file_limit = -1",
    "copy (select 1) to program 'id'",
    "copy (select 1) to '/tmp/caomai'",
    "select pg_reload_conf()",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'",
    "load 'plpgsql'",
    "checkpoint",
)
FAILING = (
    "SELECT 1 / (nObjects - 400) AS x FROM caom2_ai.fingerprint",
    "SELECT CAST(publisherID AS INTEGER) AS x FROM caom2.Plane",
    "SELECT CAST(publisherID AS TIMESTAMP) AS x FROM caom2.Plane",
    "SELECT EXP(nObjects) AS x FROM caom2_ai.fingerprint",
    "SELECT SQRT(-nObjects) AS x FROM caom2_ai.fingerprint",
    "SELECT LOG(nObjects - 400) AS x FROM caom2_ai.fingerprint",
    "SELECT CAST(nObjects * 100 AS SMALLINT) AS x FROM caom2_ai.fingerprint",
    "SELECT (SELECT nObjects FROM caom2_ai.fingerprint) AS x FROM caom2.Plane",
)


@pytest.mark.parametrize("call", FUNCTIONS)
def test_ad_11_functions_of_the_database_cannot_be_called(service: str, call: str) -> None:
    for query in (
        f"SELECT {call} AS x FROM caom2.Plane",
        f"SELECT planeID FROM caom2.Plane WHERE {call} = 1",
        f"SELECT planeID FROM caom2.Plane ORDER BY {call}",
    ):
        answer = ask(service, query)
        assert (answer.status, answer.statuses) == (400, ["ERROR"])


@pytest.mark.parametrize("relation", RELATIONS)
def test_what_is_not_in_tap_schema_cannot_be_read(service: str, relation: str) -> None:
    answer = ask(service, f"SELECT * FROM {relation}")
    assert (answer.status, answer.statuses) == (400, ["ERROR"])


@pytest.mark.parametrize("statement", STATEMENTS)
def test_ad_11_what_is_no_query_is_refused(service: str, statement: str) -> None:
    answer = ask(service, statement)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])


@pytest.mark.parametrize("query", FAILING)
def test_errors_show_neither_sql_nor_values_of_rows(service: str, query: str) -> None:
    answer = ask(service, query)
    assert answer.statuses[-1] in {"OK", "ERROR"}
    for hidden in ("::", "_view", "COPY", '"c1"', "SELECT", *(image.publisher_id for image in ARCHIVE)):
        assert hidden not in (answer.message if answer.statuses[-1] == "ERROR" else "")


@pytest.fixture
def role(database: Database) -> Iterator[psycopg.Connection]:
    """Log in as the query role itself, beyond ADQL."""
    with closing(database.connect("query", autocommit=True)) as connection:
        yield connection


@pytest.mark.parametrize("statement", READING)
def test_the_role_reads_nothing_else(role: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        role.execute(statement)


@pytest.mark.parametrize("statement", WRITING)
def test_the_role_writes_nothing_even_in_a_transaction_that_may(
    role: psycopg.Connection, statement: str
) -> None:
    for begin in ("begin read only", "begin read write"):
        role.execute(begin)
        with pytest.raises(psycopg.Error) as caught:
            role.execute(statement)
        assert caught.value.sqlstate in {"42501", "25006", "25001", "55000"}
        role.execute("rollback")


def test_the_role_does_not_see_what_others_ask(role: psycopg.Connection, database: Database) -> None:
    with database.connect_administrator() as other:
        other.execute("select 'a secret question'")
        seen = role.execute("select query from pg_stat_activity where usename <> current_user").fetchall()
    assert seen
    assert "secret" not in str(seen)


def test_the_role_cannot_fill_the_disk(role: psycopg.Connection) -> None:
    assert role.execute("show temp_file_limit").fetchone() == ("10GB",)


def test_the_views_show_no_hidden_row_to_the_role_itself(role: psycopg.Connection) -> None:
    for view in ("plane", "fingerprint"):
        rows = role.execute(f"select publisherID from caom2_ai_view.{view}").fetchall()
        assert rows
        assert not {image.publisher_id for image in HIDDEN} & {row[0] for row in rows}


def test_the_log_holds_no_password(
    service: str,  # noqa: ARG001 -- the archive is there
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    url = environment["CAOMAI_DATABASE_URL"].replace("://postgres@", "://postgres:hunter2@")
    assert "hunter2" in url
    with (
        (tmp_path / "log").open("w") as log,
        serving(environment | {"CAOMAI_DATABASE_URL": url}, log) as (_, at),
    ):
        for query in ("SELECT", FAILING[0], "SELECT TOP 1 planeID FROM caom2.Plane"):
            ask(at, query)
    text = (tmp_path / "log").read_text()
    assert "query started" in text
    assert "hunter2" not in text
