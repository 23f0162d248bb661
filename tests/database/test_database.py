"""Opening a database, named queries, and PostgreSQL's errors in our words."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from caomai.database import Database, open_database, read_queries, sql_folder, translate_errors
from caomai.embedded import EmbeddedPostgres
from caomai.errors import AuthorizationError, CaomAiError, RowValueError, TransientError, UsageError
from caomai.settings import Settings, read_settings


@pytest.fixture(scope="module")
def embedded(made_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an embedded database in a folder of its own."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(made_folder, folder, dirs_exist_ok=True)
    return read_settings(data_dir=folder)


def test_the_embedded_database_is_made_migrated_and_stopped(embedded: Settings) -> None:
    with open_database(embedded) as database, database.connect("query") as connection:
        assert connection.execute("select current_user, session_user").fetchone() == (
            "caomai_query",
            "caomai_query",
        )
        assert connection.execute("select count(*) from caom2_ai_view.fingerprint").fetchone() == (0,)
    assert not EmbeddedPostgres(embedded.data_dir).status().running
    with open_database(embedded, migrate=False) as database, database.connect("ingest") as connection:
        assert connection.execute("select current_user").fetchone() == ("caomai_ingest",)


def test_a_command_that_is_terminated_leaves_no_server(embedded: Settings) -> None:
    program = "import caomai.commands as c, caomai.database as d, caomai.settings as s, time\n"
    program += "@c.app.command()\ndef hold():\n    with d.open_database(s.read_settings()):\n"
    program += "        print(1, flush=True); time.sleep(60)\nc.main()"
    environment = os.environ | {"CAOMAI_DATA_DIR": str(embedded.data_dir)}
    process = subprocess.Popen(
        [sys.executable, "-c", program, "hold"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "1\n"
    assert EmbeddedPostgres(embedded.data_dir).status().running
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert not EmbeddedPostgres(embedded.data_dir).status().running


def test_an_address_is_not_shown_by_accident() -> None:
    assert "secret" not in repr(Database("postgresql://me:secret@host/db", roles_log_in=False))


def test_every_named_query_has_a_comment_and_a_body() -> None:
    nouns = [path.stem for path in (sql_folder() / "queries").glob("*.sql")]
    assert nouns
    for noun in nouns:
        for name, body in read_queries(noun).items():
            assert name.replace("_", "").isalnum(), (noun, name)
            assert body.startswith("-- "), (noun, name)
            # The search for similar images is put together from pieces, which have no end of their own.
            assert body.splitlines()[-1].endswith(";") or noun.startswith("similar"), (noun, name)


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        ("select 1 / 0", RowValueError, "A value cannot be used: division by zero."),
        (
            "select caomai_has(null, null); select caom2_ai.node_positions('x')",
            RowValueError,
            "'x' is not a list",
        ),
        ("set statement_timeout = 1; select pg_sleep(1)", TransientError, "took longer than is allowed"),
        ("select 1 from caom2.Plane", AuthorizationError, "does not allow this: permission denied"),
        ("create table t (a int)", AuthorizationError, "read-only transaction"),
        ("select * from caom2_ai_view.nothing", CaomAiError, "run caom-ai db migrate"),
        ("select caomai_nothing(1)", CaomAiError, "run caom-ai db migrate"),
        ("select 'x' || repeat('(', 1)::int", RowValueError, "A value cannot be used: invalid input syntax"),
        ("selec", CaomAiError, "The database failed: syntax error"),
        (
            "select pg_terminate_backend(pg_backend_pid())",
            TransientError,
            "cannot be reached or is being stopped",
        ),
        (f"select 1{', 1' * 2000}", UsageError, "too long or too complex"),
        ("select (select g from generate_series(1, 2) g)", UsageError, "no single answer"),
        (
            "select from caom2_ai_view.node a full join caom2_ai_view.node b on a.node < b.node",
            UsageError,
            "cannot",
        ),
    ],
)
def test_errors_of_postgresql_become_ours(
    database: Database, statement: str, kind: type[CaomAiError], words: str
) -> None:
    connecting = database.connect("query", autocommit=True)
    with connecting as connection, pytest.raises(kind) as caught, translate_errors():
        connection.execute(statement.encode())
    assert words in str(caught.value)
    assert type(caught.value) is kind
    assert isinstance(caught.value.__cause__, psycopg.Error)


def test_a_value_of_a_row_is_not_told_to_clients(database: Database) -> None:
    with database.connect("query") as connection, pytest.raises(RowValueError) as caught, translate_errors():
        connection.execute("select cast('a secret' || g as integer) from generate_series(1, 2) g")
    assert "a secret1" in str(caught.value)
    assert caught.value.public == 'A value cannot be used: invalid input syntax for type integer: "...".'


def test_what_failed_inside_is_not_told_to_clients(database: Database) -> None:
    with database.connect("query") as connection, pytest.raises(CaomAiError) as caught, translate_errors():
        connection.execute("select nothing")
    assert "nothing" in str(caught.value)
    assert caught.value.public == "The service failed; its log has the reason."
