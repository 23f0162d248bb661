"""From nothing to the present, again without change, never from the future."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from caomai import migrate as migrations
from caomai.database import Database, embedded_database, translate_errors
from caomai.errors import CaomAiError, UsageError
from caomai.migrate import Migration, migrate, read_script, read_scripts, sql_folder
from caomai.schema import dump_schema
from tests.database.conftest import Connection


@pytest.fixture
def empty(socket_folder: Path) -> Iterator[Database]:
    """Give a database that nothing was applied to."""
    yield embedded_database(socket_folder, "empty")
    with closing(embedded_database(socket_folder, "postgres").connect_administrator()) as connection:
        connection.execute(SQL("drop database {} with (force)").format(Identifier("empty")))


@pytest.fixture
def administrator(database: Database) -> Iterator[Connection]:
    with closing(database.connect_administrator()) as connection:
        yield connection


def test_migrations_from_empty_equal_the_schema_file(database: Database) -> None:
    written = (sql_folder() / "schema.sql").read_text()
    assert dump_schema(database) == written, "run make schema"


def test_the_schema_file_makes_the_same_schema(empty: Database) -> None:
    with closing(empty.connect_administrator()) as connection:
        connection.execute((sql_folder() / "schema.sql").read_bytes())
    assert dump_schema(empty) == (sql_folder() / "schema.sql").read_text()


def test_a_second_time_nothing_is_applied(administrator: Connection) -> None:
    assert migrate(administrator) == []


def test_every_script_is_recorded_with_its_number_and_hash(administrator: Connection) -> None:
    rows = administrator.execute("select name, number, sha256 from caom2_ai.schema_version").fetchall()
    recorded = {row[0]: row[1:] for row in rows}
    scripts = [script for folder in ("caom2", "migrations", "views") for script in read_scripts(folder)]
    for script in [*scripts, read_script("roles.sql")]:
        assert recorded[script.name] == (script.number, script.sha256)
    assert recorded["migrations/0001_caom2_ai.sql"][0] == 1
    assert recorded["roles.sql"][0] is None


def test_several_processes_migrate_once(empty: Database) -> None:
    def run() -> list[str]:
        with closing(empty.connect_administrator()) as connection:
            return migrate(connection)

    with ThreadPoolExecutor(3) as threads:
        applied = [future.result() for future in [threads.submit(run) for _ in range(3)]]
    assert sorted(map(bool, applied)) == [False, False, True]


def forget(connection: Connection, name: str) -> None:
    connection.execute("update caom2_ai.schema_version set sha256 = 'old' where name = %s", [name])


def test_views_and_functions_are_made_anew_when_one_of_them_changes(administrator: Connection) -> None:
    forget(administrator, "functions/caomai_has.sql")
    before = administrator.execute("select 'caom2_ai_view.fingerprint'::regclass::oid").fetchone()
    applied = migrate(administrator)
    assert {"drop.sql", "views/fingerprint.sql", "functions/caomai_has.sql", "grants.sql"} <= set(applied)
    assert not any(name.startswith(("migrations/", "caom2/", "queue/", "tap_schema/")) for name in applied)
    assert administrator.execute("select 'caom2_ai_view.fingerprint'::regclass::oid").fetchone() != before


def test_a_view_of_somebody_else_upon_ours_is_not_lost(administrator: Connection) -> None:
    administrator.execute("create view public.mine as select publisherID from caom2_ai_view.fingerprint")
    forget(administrator, "views/map.sql")
    with pytest.raises(psycopg.errors.DependentObjectsStillExist, match="other objects depend"):
        migrate(administrator)
    administrator.execute("drop view public.mine")
    assert migrate(administrator)


def test_a_failed_migration_leaves_nothing_behind(
    administrator: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = copied(tmp_path, "create table caom2_ai.half (a int); oops")
    monkeypatch.setattr(migrations, "sql_folder", lambda: folder)
    with pytest.raises(CaomAiError, match="syntax error"), translate_errors():
        migrate(administrator)
    assert administrator.execute("select to_regclass('caom2_ai.half')").fetchone() == (None,)


def test_a_new_migration_is_applied_once(
    administrator: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = copied(tmp_path, "create table caom2_ai.news (a int);")
    monkeypatch.setattr(migrations, "sql_folder", lambda: folder)
    assert migrate(administrator) == ["migrations/9999_later.sql", "grants.sql"]
    assert migrate(administrator) == []
    monkeypatch.undo()
    with pytest.raises(
        UsageError, match=r"A newer CAOM-AI brought this database to migrations/9999_later.sql"
    ):
        migrate(administrator)
    administrator.execute("delete from caom2_ai.schema_version where number = 9999")


def test_a_migration_that_was_missed_is_made_up_for_in_order(
    administrator: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where two branches met, a database may have a later migration and lack earlier ones."""
    folder = copied(tmp_path, "create table caom2_ai.later (a int);")
    monkeypatch.setattr(migrations, "sql_folder", lambda: folder)
    assert migrate(administrator) == ["migrations/9999_later.sql", "grants.sql"]
    (folder / "migrations" / "9998_second.sql").write_text("alter table caom2_ai.first add column b int;")
    (folder / "migrations" / "9997_first.sql").write_text("create table caom2_ai.first (a int);")
    applied = migrate(administrator)
    assert applied == ["migrations/9997_first.sql", "migrations/9998_second.sql", "grants.sql"]
    assert migrate(administrator) == []
    administrator.execute("drop table caom2_ai.first, caom2_ai.later")
    administrator.execute("delete from caom2_ai.schema_version where number > 9000")


def test_a_missed_migration_that_no_longer_fits_is_refused_by_name(
    administrator: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = copied(tmp_path, "create table caom2_ai.later (a int);")
    monkeypatch.setattr(migrations, "sql_folder", lambda: folder)
    migrate(administrator)
    (folder / "migrations" / "9998_missed.sql").write_text(
        "create table caom2_ai.missed (); create table caom2_ai.later ();"
    )
    with pytest.raises(CaomAiError, match=r"missed migrations/9998_missed.sql and has migrations/9999_later"):
        migrate(administrator)
    assert administrator.execute("select to_regclass('caom2_ai.missed')").fetchone() == (None,)
    administrator.execute("drop table caom2_ai.later")
    administrator.execute("delete from caom2_ai.schema_version where number > 9000")


@pytest.mark.parametrize("folder", ["caom2", "migrations"])
def test_no_two_migrations_have_one_number(folder: str) -> None:
    numbers = [script.number for script in read_scripts(folder)]
    assert None not in numbers
    assert len(set(numbers)) == len(numbers)


def test_grants_are_made_up_for_after_a_migration_that_was_cut_off(administrator: Connection) -> None:
    forget(administrator, "views/map.sql")
    (views, *_) = Migration(administrator).pending()
    Migration(administrator).apply(views)
    public = "select has_table_privilege('caomai_query', 'caom2_ai_view.map', 'select')"
    assert administrator.execute(public).fetchone() == (False,)
    assert migrate(administrator) == ["grants.sql"]
    assert administrator.execute(public).fetchone() == (True,)


def test_positions_of_an_older_version_are_found_after_a_migration(
    administrator: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "POSITIONS", 2)
    administrator.execute("set session_replication_role = replica")
    administrator.execute(
        "insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease,"
        " position_bounds, lastModified, maxLastModified, metaChecksum, accMetaChecksum)"
        " select n, gen_random_uuid(), gen_random_uuid(), n, n, '2020-01-01',"
        " array[n, 20, 1], '2020-01-01', '2020-01-01', 'md5:', 'md5:'"
        " from generate_series(1, 5) n"
    )
    administrator.execute(
        "insert into caom2_ai.plane_position (planeID, ra, dec, healpix)"
        " select planeID, 1, 2, 3 from caom2.Plane where publisherID = '1'"
    )
    administrator.execute("reset session_replication_role")
    forget(administrator, "views/plane.sql")
    migrate(administrator)
    rows = administrator.execute(
        "select position_bounds_ra, position_bounds_extent is not null from caom2_ai_view.plane order by 1"
    ).fetchall()
    administrator.execute("truncate caom2.Plane, caom2_ai.plane_position cascade")
    assert rows == [(n, True) for n in range(1, 6)]


def copied(folder: Path, text: str) -> Path:
    """Copy sql/ and add a migration to it."""
    subprocess.run(["cp", "-r", str(sql_folder()), str(folder)], check=True)
    (folder / "sql" / "migrations" / "9999_later.sql").write_text(text)
    return folder / "sql"


def test_a_migration_that_was_edited_is_noticed(administrator: Connection) -> None:
    with administrator.transaction(force_rollback=True):
        forget(administrator, "migrations/0001_caom2_ai.sql")
        with pytest.raises(UsageError, match="was changed after it was applied"):
            migrate(administrator)
    assert migrate(administrator) == []
