"""Uploads as pyvo sends them, in each form that it takes (PA-13); tests/conformance has those of TOPCAT."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table

from tests.tap.archive import ARCHIVE
from tests.tap.visitor import visiting

IDS = [image.publisher_id for image in ARCHIVE[:4]]
MATCH = (
    "SELECT m.publisherID, m.n, p.productID FROM TAP_UPLOAD.mine AS m"
    " LEFT JOIN caom2.Plane AS p ON p.publisherID = m.publisherID ORDER BY m.n"
)
TABLE = Table({"publisherID": [*IDS, "ivo://x/y"], "n": range(5)})
# How pyvo is given a table.
FORMS: list[Callable[[Path], Any]] = [lambda _: TABLE, str, lambda path: io.BytesIO(path.read_bytes())]
# pyvo closes no file that it is given by its path.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


@pytest.fixture
def tap(service: str) -> Iterator[Any]:
    """The service as pyvo sees it."""
    with visiting(service) as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The table in a file."""
    TABLE.write(tmp_path / "mine.vot", format="votable")
    return tmp_path / "mine.vot"


@pytest.mark.parametrize("form", FORMS, ids=["astropy table", "path", "file"])
def test_a_table_is_matched_at_once(tap: Any, path: Path, form: Callable[[Path], Any]) -> None:
    """PA-13."""
    result = tap.run_sync(MATCH, uploads={"mine": form(path)})
    assert list(result["n"]) == [0, 1, 2, 3, 4]
    assert [str(name) for name in result["publisherID"]] == list(TABLE["publisherID"])
    assert [str(name) for name in result["productID"][:4]] == [f"image-{n:02}" for n in range(4)]


def test_a_result_is_a_table_for_the_next_query(tap: Any) -> None:
    """PA-14."""
    first = tap.run_sync("SELECT * FROM caom2.Plane")
    second = tap.run_sync("SELECT * FROM TAP_UPLOAD.planes", uploads={"planes": first})
    assert len(first) == len(second) > 30
    assert first.fieldnames == second.fieldnames
    for name in first.fieldnames:
        one, other = first.getdesc(name), second.getdesc(name)
        assert (one.unit, one.ucd, one.utype) == (other.unit, other.ucd, other.utype)
        assert [str(value) for value in first[name]] == [str(value) for value in second[name]]


def test_a_table_is_matched_by_a_job(tap: Any, path: Path) -> None:
    """PA-13, PA-04."""
    result = tap.run_async(MATCH, uploads={"mine": str(path), "other": TABLE})
    assert list(result["n"]) == [0, 1, 2, 3, 4]


def test_a_job_says_what_is_wrong_with_a_table(tap: Any) -> None:
    """PA-04, UW-08."""
    job = tap.submit_job(MATCH, uploads={"mine": io.BytesIO(b"hello")})
    job.run().wait(timeout=30)
    assert job.phase == "ERROR"
    assert "TAP_UPLOAD.mine cannot be read" in job.job.errorsummary.message.content
    job.delete()
