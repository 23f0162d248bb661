"""The archive of the other tests, with every kind of value that a validator should meet."""

from __future__ import annotations

from pathlib import Path

import hpgeom

from caomai.database import Database
from tests.tap import archive

ORDER = 29


def fill(database: Database) -> None:
    """Put the archive into a database."""
    archive.fill(database)
    healpix = [
        int(hpgeom.angle_to_pixel(2**ORDER, 9.0 * image.number, image.number - 20.0))
        for image in archive.ARCHIVE
    ]
    with database.connect("ingest") as connection:
        connection.execute("create temp table kept as select * from caom2_ai.fingerprint")
        for statement in Path(__file__).with_name("archive.sql").read_text().split(";\n\n"):
            connection.execute(statement.encode(), {"healpix": healpix})
        connection.execute("select caom2_ai.refresh_nodes()")
        connection.execute(
            "select caom2_ai.refresh_distance_rank(mapID) from caom2_ai.map where kind = 'object'"
        )
