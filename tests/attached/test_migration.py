"""CAOM-AI beside an archive of others: what it adds, that it changes nothing, and what it needs."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from caomai.database import Database, open_database
from caomai.errors import AuthorizationError
from caomai.migrate import migrate
from caomai.postgres import find_programs
from caomai.settings import read_settings
from tests.attached.archive import DESCRIBED
from tests.attached.conftest import address, login
from tests.attached.server import PROGRAMS

THEIRS = ("caom2", "tap_schema", "sphere")
TAP_TABLES = ("schemas", "tables", "columns", "keys", "key_columns", "notes")
OURS = re.compile(r"^(caom2_ai|ivoa)\b|^(caom2_ai|ivoa)_", re.IGNORECASE)


def dump(socket: Path, name: str, *options: str) -> set[str]:
    """Dump the archive's schemas as lines, without the rows of TAP_SCHEMA."""
    command = [
        str(find_programs() / "pg_dump"),
        f"--dbname=host={socket} user=postgres dbname={name}",
        *(f"--schema={schema}" for schema in THEIRS),
        "--exclude-table-data=tap_schema.*",
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    noise = ("\\", "--", "SET SESSION AUTHORIZATION", "RESET SESSION AUTHORIZATION")
    return {line for line in done.stdout.splitlines() if not line.startswith(noise)}


def tap_rows(socket: Path, name: str) -> dict[str, set[tuple[Any, ...]]]:
    with closing(login(socket, "archive", name)) as connection:
        return {
            table: set(connection.execute(f"select * from tap_schema.{table}".encode()).fetchall())
            for table in TAP_TABLES
        }


def migrate_as_operator(socket: Path, name: str) -> None:
    with open_database(read_settings(database_url=address(socket, "operator", name))):
        pass


def test_the_server_is_that_of_debian_13(attached: Database) -> None:
    with attached.connect("query") as connection:
        versions = dict(connection.execute("select extname, extversion from pg_extension").fetchall())
        assert connection.info.server_version // 10000 == 17
    assert (versions["vector"], versions["pg_sphere"][:3]) == ("0.8.0", "1.5")
    assert PROGRAMS.endswith("/17/bin")


def test_nothing_of_the_archive_changes(server: Path, copies: Callable[[], str]) -> None:
    name = copies()
    before, rows_before = dump(server, name, "--no-privileges"), tap_rows(server, name)
    granted_before = dump(server, name)
    for _ in range(2):
        migrate_as_operator(server, name)
    assert dump(server, name, "--no-privileges") == before
    grants = dump(server, name) ^ granted_before
    assert grants
    assert all(re.match(r"GRANT [A-Z,]+ ON (TABLE|SCHEMA) \S+ TO caomai_\w+;", grant) for grant in grants)
    for table, rows in tap_rows(server, name).items():
        assert rows >= rows_before[table]
        assert all(OURS.match(str(row[0])) for row in rows - rows_before[table]), table
    assert "The archive's words: Plane" in str(rows_before["tables"])


def test_the_service_describes_what_it_shows_in_the_words_of_the_archive(attached: Database) -> None:
    with attached.connect("query") as connection:
        tables = dict(
            connection.execute("select table_name, description from caom2_ai_view.tap_tables").fetchall()
        )
        columns = connection.execute(
            "select column_name from caom2_ai_view.tap_columns where table_name = 'caom2.Plane'"
        ).fetchall()
        keys = connection.execute("select key_id from caom2_ai_view.tap_keys").fetchall()
    assert tables["caom2.Plane"].startswith("The archive's words: ")
    assert {"caom2_ai.fingerprint", "ivoa.ObsCore", "tap_schema.tables"} <= set(tables)
    assert not {"caom2.ProvenanceInput", "caom2.EnumField"} & set(tables)
    assert ("position_bounds",) in columns
    assert ("energy_bounds",) not in columns
    assert ("provenance",) not in keys
    assert ("caom2_plane_observation",) in keys


def test_planes_whose_metadata_are_not_public_stay_hidden(attached: Database) -> None:
    with attached.connect("query") as connection:
        rows = connection.execute("select publisherID from caom2_ai_view.plane").fetchall()
    assert {row[0] for row in rows} == {plane.publisher_id for plane in DESCRIBED}


def test_an_operator_without_rights_on_tap_schema_is_told_who_must_migrate(
    server: Path, copies: Callable[[], str]
) -> None:
    name = copies()
    with closing(login(server, "archive", name)) as connection:
        connection.execute("revoke all on schema tap_schema from operator")
    with pytest.raises(AuthorizationError, match=r"tap_schema\b.*let an administrator"):
        migrate_as_operator(server, name)


def test_tables_of_tap_schema_under_other_names_get_those_of_the_standard_beside_them(
    server: Path, copies: Callable[[], str]
) -> None:
    name = copies()
    with closing(login(server, "archive", name)) as connection:
        for table in TAP_TABLES[:5]:
            connection.execute(f"alter table tap_schema.{table} rename to {table}11".encode())
        connection.execute("grant create on schema tap_schema to operator with grant option")
    migrate_as_operator(server, name)
    with closing(login(server, "postgres", name)) as connection:
        words = "select description from tap_schema.{} where table_name = 'caom2.Plane'"
        theirs, ours = (
            connection.execute(words.format(table).encode()).fetchone() for table in ("tables11", "tables")
        )
        assert theirs
        assert ours
        assert theirs[0] == f"The archive's words: {ours[0]}"


def test_keys_that_the_archive_took_away_come_back(server: Path, copies: Callable[[], str]) -> None:
    name = copies()
    migrate_as_operator(server, name)
    whole = tap_rows(server, name)
    with closing(login(server, "archive", name)) as connection:
        for table in ("key_columns", "keys"):
            connection.execute(
                f"delete from tap_schema.{table} where key_id in (select key_id from tap_schema.keys"
                " where from_table like 'caom2_ai.%' and target_table like 'caom2.%')".encode()
            )
    assert tap_rows(server, name) != whole
    migrate_as_operator(server, name)
    assert tap_rows(server, name) == whole


def test_a_second_time_nothing_is_applied_and_no_right_to_make_roles_needed(
    attached: Database, server: Path
) -> None:
    with closing(login(server, "postgres", "postgres")) as superuser:
        superuser.execute("alter role operator nocreaterole")
        with closing(attached.connect_administrator()) as connection:
            assert migrate(connection) == []
        superuser.execute("alter role operator createrole")


def test_a_worker_opens_a_database_that_is_up_to_date(
    attached: Database, server: Path, settings: Any
) -> None:
    name = str(settings.database_url).rpartition("/")[2]
    with closing(attached.connect_administrator()) as connection:
        connection.execute("grant caomai_ingest to visitor")
    with open_database(read_settings(database_url=address(server, "visitor", name))) as database:
        assert database.extension_schemas == "public,sphere"
