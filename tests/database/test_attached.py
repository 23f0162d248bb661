"""An archive's own PostgreSQL: another version, CAOM tables that are not ours, a user who is no superuser."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from caomai import migrate as migrations
from caomai.database import Database, embedded_database, open_database
from caomai.errors import AuthorizationError, CaomAiError, TransientError
from caomai.migrate import check_server, sql_folder
from caomai.postgres import choose_identity, find_programs, give_to, launch_program
from caomai.settings import Settings, read_settings
from tests.database.conftest import Connection, Image, add_image, add_map

ARCHIVE = """
    create role archive login;
    create role operator login createrole;
    create role visitor login;
    create database archive;
"""
INSIDE = """
    create schema extensions;
    create extension vector schema extensions;
    grant usage on schema extensions to public;
    grant create on database archive to archive;
    grant create on database archive to operator with grant option;
    set role archive;
"""
THEIRS = """
    alter table caom2.Plane add energy_bounds polygon, add position_bounds_area double precision;
    alter table caom2.Artifact add obsID uuid;
    drop index caom2.artifact_uri;
    grant usage on schema caom2 to operator with grant option;
    grant select on all tables in schema caom2 to operator with grant option;
"""


@pytest.fixture(scope="module")
def archive_socket() -> Iterator[Path]:
    """Start the older PostgreSQL of the wheel with an archive in it."""
    folder = Path(tempfile.mkdtemp(prefix="caom-ai-test-"))
    programs = find_programs().parents[1] / "pginstall" / "bin"
    data = folder / "data"
    identity = choose_identity(data)
    data.mkdir(mode=0o700)
    give_to(data, identity)
    log = (folder / "log").open("w")
    options = ["-N", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]
    assert launch_program("run", identity, [programs / "initdb", "-D", data, *options], log) == 0
    server = [programs / "postgres", "-D", data, "-k", data, "-c", "listen_addresses=", "-F"]
    assert launch_program("detach", identity, [str(word) for word in server], log) == 0
    while (
        "ready" not in (data / "postmaster.pid").read_text() if (data / "postmaster.pid").exists() else True
    ):
        time.sleep(0.01)
    fill(data)
    yield data
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    while (data / "postmaster.pid").exists():
        time.sleep(0.01)
    log.close()
    shutil.rmtree(folder)


def login(socket: Path, user: str, database: str = "archive") -> Connection:
    return psycopg.connect(f"host={socket} user={user} dbname={database}", autocommit=True)


def fill(socket: Path) -> None:
    with closing(login(socket, "postgres", "postgres")) as connection:
        for statement in ARCHIVE.split(";"):
            connection.execute(statement.encode())
    with closing(login(socket, "postgres")) as connection:
        connection.execute(INSIDE.encode())
        connection.execute((sql_folder() / "caom2" / "0001_tables.sql").read_bytes())
        connection.execute(THEIRS.encode())


def settings(socket: Path, user: str, **others: str) -> Settings:
    return read_settings(database_url=address(socket, user), **others)


def address(socket: Path, user: str) -> str:
    return f"postgresql://{user}@{quote(str(socket), safe='')}/archive"


def shape(connection: Connection) -> list[tuple[str, ...]]:
    return connection.execute(
        "select attrelid::regclass::text, attname, format_type(atttypid, atttypmod) from pg_attribute"
        " join pg_class c on c.oid = attrelid where relnamespace = 'caom2'::regnamespace and attnum > 0"
        " order by 1, 2"
    ).fetchall()


@pytest.fixture(scope="module")
def attached(archive_socket: Path) -> Iterator[Database]:
    with open_database(settings(archive_socket, "operator")) as database:
        yield database


def test_a_user_without_rights_is_told_who_must_migrate(archive_socket: Path) -> None:
    visitor = open_database(settings(archive_socket, "visitor"))
    with pytest.raises(AuthorizationError, match="let an administrator"), visitor:
        pass


def test_an_operator_migrates_and_changes_nothing_of_the_archive(archive_socket: Path) -> None:
    with closing(login(archive_socket, "archive")) as connection:
        before = shape(connection)
        for _ in range(2):
            with open_database(settings(archive_socket, "operator")):
                pass
        assert shape(connection) == before
        assert ("caom2.plane", "energy_bounds", "polygon") in before


def test_roles_are_taken_and_see_what_they_may(attached: Database) -> None:
    with attached.connect("query", autocommit=True) as connection:
        assert connection.execute("select current_user, session_user").fetchone() == (
            "caomai_query",
            "operator",
        )
        assert connection.execute("select count(*) from caom2_ai_view.plane").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from caom2.Plane")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("create temporary table t (a int)")
    with attached.connect("ingest", autocommit=True) as connection:
        connection.execute("select * from caom2.Plane")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from caom2.Plane")


def test_content_search_works_with_pgvector_in_a_schema_of_its_own(
    attached: Database, archive_socket: Path
) -> None:
    assert attached.extension_schemas == "extensions"
    images = [Image(f"image-{number}", counts={number: 3}) for number in range(5)]
    with closing(login(archive_socket, "postgres")) as connection:
        connection.execute("set search_path = extensions")
        object_map = add_map(connection, "object", "model")
        field_map = add_map(connection, "field", "model", of=object_map)
        for image in images:
            add_image(connection, image, object_map, field_map)
    with attached.connect("ingest") as ingest:
        ingest.execute("update caom2_ai.fingerprint set vector = fingerprint::halfvec(400)")
        ingest.execute("select caom2_ai.make_map_index(%s), caom2_ai.refresh_nodes()", [object_map])
        ingest.execute("select caom2_ai.refresh_distance_rank(%s)", [object_map])
    with attached.connect("query") as query:
        rows = query.execute(
            "select publisherID, caomai_distance(vector, (select caomai_vector(%s))) as dist"
            " from caom2_ai_view.fingerprint where caomai_has(fingerprint, '2') = 1 order by dist limit 3",
            [images[2].publisher_id],
        ).fetchall()
    assert rows == [(images[2].publisher_id, 0.0)]


@pytest.mark.usefixtures("attached")
def test_a_log_in_of_its_own_serves_the_queries(archive_socket: Path) -> None:
    with closing(login(archive_socket, "operator")) as connection:
        connection.execute("grant caomai_query to visitor")
    both = settings(archive_socket, "operator", query_database_url=address(archive_socket, "visitor"))
    with open_database(both) as database, database.connect("query", autocommit=True) as query:
        assert query.execute("select current_user").fetchone() == ("visitor",)
        assert query.execute("select count(*) from caom2_ai_view.map").fetchone()
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            query.execute("create temporary table t (a int)")


@pytest.mark.usefixtures("attached")
def test_a_worker_may_use_a_database_that_is_up_to_date(archive_socket: Path) -> None:
    with closing(login(archive_socket, "operator")) as connection:
        connection.execute("grant caomai_ingest to visitor")
    with open_database(settings(archive_socket, "visitor")) as database, database.connect("ingest") as ingest:
        assert ingest.execute("select current_user").fetchone() == ("caomai_ingest",)


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    nowhere = read_settings(database_url="postgresql://me:secret@%2Fnowhere/archive")
    with (
        pytest.raises(TransientError, match=r"^The database cannot be reached: ") as caught,
        open_database(nowhere),
    ):
        pass
    assert "secret" not in str(caught.value)


def refusal(connection: Connection) -> str:
    with pytest.raises(CaomAiError) as caught:
        check_server(connection)
    return str(caught.value)


def test_an_old_server_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "LEAST_SERVER", 99)
    with closing(database.connect_administrator()) as connection:
        assert refusal(connection) == "The database is PostgreSQL 18; CAOM-AI needs 99 or later."


def test_an_old_or_missing_pgvector_is_refused(database: Database, socket_folder: Path) -> None:
    connecting = closing(database.connect_administrator())
    with connecting as connection, connection.transaction(force_rollback=True):
        connection.execute("update pg_extension set extversion = '0.7.4' where extname = 'vector'")
        assert "pgvector 0.7.4; CAOM-AI needs 0.8 or later" in refusal(connection)
    with closing(embedded_database(socket_folder, "postgres").connect_administrator()) as connection:
        connection.execute("set extension_control_path = '/nowhere'")
        assert "has no pgvector: install it there" in refusal(connection)
