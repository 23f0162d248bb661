"""What an upload leaves behind: nothing, however its query ends (PA-14)."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen
from urllib.parse import urlsplit

import pytest
from psycopg.sql import SQL

from caomai.database import Database
from caomai.settings import read_settings
from tapext.pools import make_pool
from tapext.spool import PREFIX
from tapext.stream import copy_blocks
from tapext.uploads.parameter import Upload
from tapext.uploads.tables import open_tables
from tests.processes import children, command
from tests.tap.client import ask
from tests.tap.process import serving
from tests.uploads.sending import KIND, ask_with, field, form, read_rows, tabledata
from tests.waiting import wait_until

NUMBERS = tabledata(field("n", "int"), [[str(n)] for n in range(4000)])
COUNT = "SELECT COUNT(*) FROM TAP_UPLOAD.t"
# 4,000 ** 3 rows: nobody waits for the first one.
LONG = "SELECT COUNT(*) FROM TAP_UPLOAD.t AS a, TAP_UPLOAD.t AS b, TAP_UPLOAD.t AS c WHERE a.n + b.n > c.n"


@pytest.fixture(scope="module")
def process(
    database: Database,  # noqa: ARG001
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Popen[str], str, Path]]:
    """The process of a service, its address, and the folder of its temporary files."""
    folder = tmp_path_factory.mktemp("spool")
    with serving(environment | {"TMPDIR": str(folder)}) as (running, url):
        yield running, url, folder


def look(database: Database, query: str) -> list[str]:
    with database.connect_administrator() as connection:
        return [str(row[0]) for row in connection.execute(query.encode()).fetchall()]


def temporary(database: Database) -> list[str]:
    """Give the temporary tables of all sessions."""
    return look(database, "select relname from pg_class where relpersistence = 't' and relkind = 'r'")


def working(database: Database) -> list[str]:
    """Give what sessions of the query role are doing."""
    return look(
        database,
        "select state from pg_stat_activity where usename = 'caomai_query' and datname = current_database()"
        " and state <> 'idle' union all select 'active' from pg_stat_activity"
        " where query like '%upload_1%' and state <> 'idle' and pid <> pg_backend_pid()",
    )


def readers(process: Popen[str]) -> list[int]:
    """Give the child processes that read uploads."""
    return [child for child in children(process.pid) if "uploads.child" in command(child)]


def start(url: str, query: str) -> http.client.HTTPConnection:
    """Send a query with an upload, and wait for nothing."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    words = [("LANG", "ADQL"), ("QUERY", query), ("UPLOAD", "t,param:t")]
    connection.request("POST", "/tap/sync", form(words, {"t": NUMBERS}), {"Content-Type": KIND})
    return connection


@pytest.mark.parametrize(
    ("query", "table"),
    [
        (COUNT, NUMBERS),
        ("SELECT nothing FROM TAP_UPLOAD.t", NUMBERS),
        ("SELECT 1 / (n - n) FROM TAP_UPLOAD.t", NUMBERS),
        (COUNT, NUMBERS.replace(b">3999<", b">x<")),
        (COUNT, NUMBERS[:-50]),
        (COUNT, b""),
    ],
)
def test_nothing_is_left(
    process: tuple[Popen[str], str, Path], database: Database, query: str, table: bytes
) -> None:
    running, url, folder = process
    answer = ask_with(url, query, {"t": table})
    assert answer.status == (200 if (query, table) == (COUNT, NUMBERS) else 400)
    wait_until(lambda: not readers(running) and not list(folder.iterdir()))
    assert (temporary(database), working(database)) == ([], [])


def test_a_client_that_leaves_leaves_nothing(
    process: tuple[Popen[str], str, Path], database: Database
) -> None:
    running, url, folder = process
    connection = start(url, LONG)
    wait_until(lambda: bool(working(database)))
    connection.close()
    wait_until(lambda: not working(database) and not temporary(database))
    wait_until(lambda: not readers(running) and not list(folder.iterdir()))
    assert read_rows(ask_with(url, COUNT, {"t": NUMBERS})) == [[4000]]


def test_a_service_that_is_killed_leaves_nothing(
    database: Database, environment: dict[str, str], tmp_path: Path
) -> None:
    with serving(environment | {"TMPDIR": str(tmp_path)}) as (running, url):
        connection = start(url, LONG)
        wait_until(lambda: bool(working(database)) and bool(list(tmp_path.glob(f"{PREFIX}*"))))
        running.kill()
        running.wait()
        connection.close()
    wait_until(lambda: not working(database) and not temporary(database))


def test_more_uploads_than_connections_wait_for_each_other(process: tuple[Popen[str], str, Path]) -> None:
    _, url, _ = process
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: ask_with(url, COUNT, {"t": NUMBERS}), range(6)))
    assert [read_rows(answer) for answer in answers] == [[[4000]]] * 6
    assert ask(url, "SELECT COUNT(*) FROM TAP_SCHEMA.tables").status == 200


def test_the_query_itself_only_reads(database: Database, tmp_path: Path) -> None:
    """A transaction that made tables is read only before the user's query begins, with all limits."""
    path = tmp_path / "t"
    path.write_bytes(NUMBERS)
    state = "current_setting('transaction_read_only') || ' ' || current_user"
    statement = SQL("copy (select {}, count(*) from pg_temp.upload_1) to stdout").format(SQL(state))

    async def run() -> bytes:
        settings = read_settings()
        async with (
            make_pool(settings, database) as pool,
            open_tables([Upload("t", path)], settings, pool.uploads) as uploads,
        ):
            blocks = copy_blocks(pool, statement, 20, uploads.store)
            return b"".join([b"".join(messages) async for messages in blocks])

    assert asyncio.run(run()) == b"on caomai_query\t4000\n"
