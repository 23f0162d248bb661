"""Every other XML document is valid by the schema of its standard."""

from __future__ import annotations

import pytest

from tests.conformance.schemas import faults
from tests.tap.client import get, post

JOB_ID = "{http://www.ivoa.net/xml/UWS/v1.0}jobId"
PATHS = [
    "capabilities",
    "availability",
    "tables",
    "tables?detail=min",
    "tables?detail=max",
    "tables/caom2.Plane",
    "tables/ivoa.ObsCore",
    "tables/tap_schema.columns",
]


@pytest.mark.usefixtures("stilts")
@pytest.mark.parametrize("path", PATHS)
def test_documents_are_valid(service: str, path: str) -> None:
    """EP-03 to EP-07, CA-11."""
    answer = get(f"{service}/tap/{path}")
    assert answer.kind.startswith("text/xml")
    assert faults(answer.body) == []


@pytest.mark.usefixtures("stilts")
@pytest.mark.parametrize("query", ["SELECT TOP 1 * FROM caom2.Plane", "SELECT nonsense FROM <x> & y"])
def test_jobs_are_valid_in_every_phase(service: str, query: str) -> None:
    """UW-01, UW-02."""
    words = {"LANG": "ADQL", "QUERY": query, "RUNID": '<run> & "7"', "MAXREC": 3}
    waiting = post(f"{service}/tap/async", words)
    url = f"{service}/tap/async/{waiting.root.findtext(JOB_ID)}"
    assert faults(waiting.body) == []
    post(f"{url}/phase", {"PHASE": "RUN"})
    done = get(url, {"WAIT": 30})
    assert faults(done.body) == []
    for child in ("parameters", "results"):
        assert faults(get(f"{url}/{child}").body) == []
    assert faults(get(f"{service}/tap/async").body) == []


@pytest.mark.usefixtures("stilts")
def test_the_schemas_find_fault() -> None:
    broken = b'<availability xmlns="http://www.ivoa.net/xml/VOSIAvailability/v1.0"><up>1</up></availability>'
    assert faults(broken)
