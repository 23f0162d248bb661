"""stilts taplint finds no fault with the service, in any of its stages."""

from __future__ import annotations

import pytest

from tests.conformance.stilts import findings, run_stilts

# There is no ivoa.obsplan, which would be ObsLocTAP.
STAGES = "-LOC"


@pytest.mark.usefixtures("stilts")
def test_taplint_is_content(service: str) -> None:
    """UW-11, TS-05, CA-05, EX-01."""
    report = run_stilts("taplint", f"tapurl={service}/tap", f"stages={STAGES}", "truncate=2000").stdout
    total = report.strip().splitlines()[-1]
    assert findings(report) == []
    assert total.startswith("Totals: Errors: 0; Warnings: 0; ")
    assert total.endswith("; Failures: 0")
    # Every stage had something to ask.
    assert report.count("Section ") == 15
    assert "ivoa.ObsCore columns: 30/30 required" in report
