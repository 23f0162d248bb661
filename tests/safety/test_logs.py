"""What the service writes into its log of what clients send: words, never lines, and no secrets."""

from __future__ import annotations

import re
from pathlib import Path

from tests.tap.client import get
from tests.tap.process import serving

EVENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [a-z.]+: [^\x00-\x1f\x7f]*")
QUERY = "SELECT table_name FROM TAP_SCHEMA.tables"


def test_a_client_writes_no_lines_into_the_log(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as file, serving(environment, file) as (_, url):
        upload = "t,http://\nforged\x1bc\nnobody.invalid/table?key=secret"
        refused = get(f"{url}/tap/sync", {"LANG": "ADQL", "QUERY": QUERY, "UPLOAD": upload})
        asked = get(f"{url}/tap/sync", {"LANG": "ADQL", "QUERY": QUERY, "RUNID": "a\nforged"})
    assert (refused.status, asked.status) == (503, 200)
    lines = log.read_text().splitlines()
    assert [line for line in lines if not EVENT.fullmatch(line)] == []
    assert len([line for line in lines if "forged" in line]) == 2
    assert "secret" not in log.read_text()
