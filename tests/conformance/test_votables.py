"""Every VOTable is legal: by stilts votlint, by its schema, and by stilts datalinklint."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conformance.results import FLAVOURS, QUERIES, REQUESTS, RICH
from tests.conformance.schemas import faults
from tests.conformance.stilts import findings, run_stilts
from tests.tap.archive import ARCHIVE
from tests.tap.client import Answer, get


@pytest.fixture(scope="module")
def documents(service: str) -> dict[str, Answer]:
    """Give all answers in VOTable by what was asked."""
    url = f"{service}/tap/sync"
    answers = {
        f"{name} {flavour}": get(url, {"QUERY": query, "RESPONSEFORMAT": flavour})
        for name, query in QUERIES.items()
        for flavour in (FLAVOURS if name in RICH else FLAVOURS[:1])
    }
    return answers | {name: get(url, words) for name, words in REQUESTS.items()}


def test_every_result_is_there(documents: dict[str, Answer]) -> None:
    assert {answer.status for name, answer in documents.items() if name not in REQUESTS} == {200}
    assert len(documents) == len(QUERIES) + len(RICH) * 2 + len(REQUESTS)
    assert documents["overflow"].statuses[-1] == "OVERFLOW"
    assert [documents[name].statuses for name in ("misspelt", "no query", "unknown table")] == [["ERROR"]] * 3


def test_votables_are_valid_by_their_schema(documents: dict[str, Answer]) -> None:
    """RE-01."""
    found = {name: faults(answer.body) for name, answer in documents.items()}
    assert {name: messages for name, messages in found.items() if messages} == {}


@pytest.mark.usefixtures("stilts")
def test_votlint_is_content(documents: dict[str, Answer], tmp_path: Path) -> None:
    """RE-10."""
    with ThreadPoolExecutor(2) as pool:
        reports = dict(zip(documents, pool.map(lint, paths(documents, tmp_path)), strict=True))
    assert {name: report for name, report in reports.items() if report} == {}


def paths(documents: dict[str, Answer], folder: Path) -> Iterator[Path]:
    for number, answer in enumerate(documents.values()):
        path = folder / f"{number}.vot"
        path.write_bytes(answer.body)
        yield path


def lint(path: Path) -> list[str]:
    run = run_stilts("votlint", f"votable={path}")
    return findings(run.stdout + run.stderr)


@pytest.mark.usefixtures("stilts")
def test_datalinklint_is_content(service: str) -> None:
    """DL-01, DL-07."""
    known = "&".join(f"ID={quote(ARCHIVE[number].publisher_id)}" for number in (3, 20, 28))
    report = run_stilts("datalinklint", f"votable={service}/datalink/links?{known}&ID=nonsense").stdout
    assert findings(report) == []
    assert "Errors: 0; Warnings: 0; " in report
    assert "Failures: 0" in report
