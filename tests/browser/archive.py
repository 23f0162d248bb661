"""An archive to look at: rendered frames with real fingerprints, and a name that would like to be markup."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from caomai.database import Database
from caomai.settings import Settings

FRAMES = 24
HOSTILE = "<img src=x onerror=alert(1)>"
NAME = "update caom2.observation set target_name = %s where observationid = 'crowded-01'"
# A person named the node that most images have something in, a set of labelled objects the next two.
LABELS = """
    insert into caom2_ai.label (
        mapID, node, label, author, origin, labelPrecision, precisionLow, precisionHigh, nSeen, labelledSet,
        checkedPrecision, checkedLow, checkedHigh, nChecked, nCheckedNodes, checkedBy, checkedTime)
    select n.mapID, n.node, l.label, l.author, l.origin, l.measured, l.measured - 0.1, l.measured + 0.1,
        l.seen, l.set, l.checked, l.checked - 0.1, l.checked + 0.05, l.looked, l.looked / 20, l.person,
        case when l.person is not null then timestamp '2026-01-02' end
    from (
        select mapID, node, row_number() over (order by nImages desc, node) as place
        from caom2_ai.node join caom2_ai.map using (mapID) where kind = 'object' and isCurrent
    ) n
    join (values
        (1, 'star', 'Ann', 'person', null, null, null, 0.9, 20, 'Ben'),
        (2, 'galaxy', 'stamps', 'suggested', 0.8, 412, 'EFIGI', null, null, null),
        (3, 'galaxy', 'stamps', 'suggested', 0.7, 80, 'EFIGI', null, null, null)
    ) l (place, label, author, origin, measured, seen, set, checked, looked, person) using (place)
"""


def make_archive(folder: Path, database: Database, settings: Settings) -> dict[str, str]:
    """Simulate, ingest and describe frames as a user does; gives the service's settings."""
    environment = {
        "CAOMAI_DATABASE_URL": str(settings.database_url),
        "CAOMAI_COLLECTION": "SIM",
        "CAOMAI_OBSERVATION_ID": "{stem}",
    }
    for command in (
        ["simulate", folder, "--frames", str(FRAMES)],
        ["ingest", folder],
        ["fingerprint", "-n", "1"],
    ):
        subprocess.run(
            [sys.executable, "-m", "caomai", *map(str, command)],
            env=os.environ | environment | {"XDG_DATA_HOME": str(folder), "OMP_NUM_THREADS": "1"},
            check=True,
            capture_output=True,
            timeout=300,
        )
    with database.connect("ingest") as connection:
        connection.execute(NAME, [HOSTILE])
        connection.execute(LABELS)
    return environment
