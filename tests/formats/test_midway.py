"""What breaks in the middle of a result: clients can tell, and nothing is left running or lying about."""

from __future__ import annotations

import http.client
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from caomai.database import Database
from tests.conftest import database_url
from tests.formats.conftest import Served
from tests.formats.processes import writers
from tests.processes import children, peak_megabytes
from tests.tap.client import ask, post
from tests.tap.process import serving
from tests.waiting import wait_until

# 200,000 rows, the 150,000th of which cannot be.
BROKEN = "SELECT n, words, 1000 / (150000 - n) AS x FROM caom2_ai.many"
# So many that it would take minutes.
ENDLESS = "SELECT a.n, b.words FROM caom2_ai.many AS a, caom2_ai.many AS b"
FILES = ("fits", "parquet")


@contextmanager
def opened(url: str, query: str, kind: str) -> Iterator[http.client.HTTPConnection]:
    """Ask and go away at the end, whatever has come by then."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    words = urlencode({"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": kind, "MAXREC": 10_000_000})
    connection.request("GET", f"/tap/sync?{words}")
    try:
        yield connection
    finally:
        connection.close()


def backends(database: Database) -> list[int]:
    """Give the backends that send rows."""
    with database.connect_administrator() as connection:
        rows = connection.execute(
            "select pid from pg_stat_activity where state = 'active' and query ilike 'copy%%many%%'"
            " and datname = current_database() and leader_pid is null"
        )
        return [row[0] for row in rows]


def is_idle(served: Served, database: Database) -> bool:
    return not (children_of(served) or backends(database) or any(served.folder.iterdir()))


def children_of(served: Served) -> list[int]:
    return [
        child for child in children(served.process) if child in writers(served.process) or is_zombie(child)
    ]


def is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


@pytest.mark.parametrize("kind", ["votable", "votable/b2", "votable/b"])
def test_re_02_a_votable_ends_with_the_error(service: str, kind: str) -> None:
    answer = ask(service, BROKEN.replace("150000", "15000"), RESPONSEFORMAT=kind)
    assert (answer.status, answer.statuses) == (200, ["OK", "ERROR"])
    assert "division by zero" in answer.message
    assert 0 < len(answer.table.array) < 15_000


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "text"])
def test_what_cannot_say_so_is_broken_off(service: str, kind: str) -> None:
    with opened(service, BROKEN, kind) as connection:
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead) as fault:
            answer.read()
    assert b"row 1000" in fault.value.partial
    assert b"row 150000" not in fault.value.partial


def test_a_page_says_so(service: str) -> None:
    page = ask(service, BROKEN, RESPONSEFORMAT="html", MAXREC=10_000_000).text
    assert page.endswith("</main></body></html>\n")
    assert 'role="alert">ERROR: ' in page
    assert "division by zero" in page


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_whole_or_an_error(service: str, kind: str) -> None:
    answer = ask(service, BROKEN, RESPONSEFORMAT=kind, MAXREC=10_000_000)
    assert answer.status >= 400
    assert answer.statuses == ["ERROR"]
    assert "division by zero" in answer.message


@pytest.mark.parametrize("kind", ["csv", *FILES])
def test_an_administrator_cancels(served: Served, database: Database, kind: str) -> None:
    with opened(served.url, ENDLESS, kind) as connection:
        wait_until(lambda: backends(database))
        with database.connect_administrator() as administrator:
            administrator.execute(
                "select pg_terminate_backend(pid) from unnest(%s::int[]) pid", [backends(database)]
            )
        answer = connection.getresponse()
        if kind == "csv":
            with pytest.raises(http.client.IncompleteRead):
                answer.read()
        else:
            assert answer.status in {500, 503}
            assert b'value="ERROR"' in answer.read()
    wait_until(lambda: is_idle(served, database))


@pytest.mark.parametrize("kind", FILES)
def test_a_writer_that_is_killed_is_an_error(served: Served, database: Database, kind: str) -> None:
    with opened(served.url, ENDLESS, kind) as connection:
        wait_until(lambda: writers(served.process))
        os.kill(writers(served.process)[0], signal.SIGKILL)
        answer = connection.getresponse()
        assert answer.status == 503
        assert b"was killed" in answer.read()
    wait_until(lambda: is_idle(served, database))


def test_a_file_that_is_too_large_is_an_error(database: Database, tmp_path: Path) -> None:
    environment = {
        "CAOMAI_DATABASE_URL": database_url(database),
        "CAOMAI_RESULT_BYTES": str(1 << 20),
        "TMPDIR": str(tmp_path),
    }
    with serving(environment) as (process, url):
        for kind in FILES:
            answer = ask(url, ENDLESS, RESPONSEFORMAT=kind, MAXREC=10_000_000)
            assert (answer.status, answer.statuses) == (503, ["ERROR"])
            assert "no room" in answer.message
        wait_until(lambda: is_idle(Served(url, process.pid, tmp_path), database))


def test_one_long_text_does_not_fill_the_disk(served: Served) -> None:
    """In FITS every row is as long as the longest: 180 GB here, which are not begun."""
    long = f"SELECT n, '{'x' * 900_000}' AS words FROM caom2_ai.truth WHERE n = 1"
    query = f"SELECT n, words FROM caom2_ai.many UNION ALL {long}"
    words = [("QUERY", query), ("RESPONSEFORMAT", "fits"), ("MAXREC", "1000000"), ("LANG", "ADQL")]
    answer = post(f"{served.url}/tap/sync", words)
    assert (answer.status, answer.statuses) == (503, ["ERROR"])
    assert "no room" in answer.message


@pytest.mark.parametrize("kind", FILES)
def test_a_client_that_leaves_stops_everything(served: Served, database: Database, kind: str) -> None:
    with opened(served.url, ENDLESS, kind):
        wait_until(lambda: writers(served.process) and backends(database))
    wait_until(lambda: is_idle(served, database))


@pytest.mark.parametrize("kind", FILES)
def test_a_client_that_leaves_its_file_leaves_nothing(served: Served, database: Database, kind: str) -> None:
    query = "SELECT n, words FROM caom2_ai.many"
    with opened(served.url, query, kind) as connection:
        assert len(connection.getresponse().read(1000)) == 1000
    wait_until(lambda: is_idle(served, database))
    wait_until(lambda: not open_files(served))


def open_files(served: Served) -> list[str]:
    """Give the files without a name that the service has open."""
    links = Path(f"/proc/{served.process}/fd").iterdir()
    names = [str(link.readlink()) for link in links if link.is_symlink()]
    return [name for name in names if name.startswith(str(served.folder))]


def test_many_files_at_once_wait_for_each_other(served: Served) -> None:
    """Few processes write; more requests wait and hold no connection of the database."""
    query = "SELECT TOP 1000 n, words FROM caom2_ai.many"
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda kind: ask(served.url, query, RESPONSEFORMAT=kind), FILES * 6))
    assert {answer.status for answer in answers} == {200}


def test_the_service_stays_small(served: Served) -> None:
    """What writes files is in processes of its own: neither their libraries nor their rows are here."""
    for kind in (*FILES, "json", "html", "text"):
        ask(served.url, "SELECT n, words FROM caom2_ai.many", RESPONSEFORMAT=kind, MAXREC=200_000)
    libraries = Path(f"/proc/{served.process}/maps").read_text()
    assert not [name for name in ("astropy", "pyarrow") if f"/{name}/" in libraries]
    assert peak_megabytes(served.process) < 120
