"""An archive whose images have objects: one of two parts, one without any, two that are hidden."""

from __future__ import annotations

from contextlib import closing
from typing import Final

import psycopg

from caomai.database import Database
from tests.database.conftest import FUTURE, Image, add_image, add_map

TWO_PARTS: Final = Image("two", counts={144: 3, 7: 2})
EMPTY: Final = Image("empty", counts={})
NO_META: Final = Image("unreleased", meta=None)
NO_PIXELS: Final = Image("embargoed", data=FUTURE)
IMAGES: Final = (TWO_PARTS, EMPTY, NO_META, NO_PIXELS)
# part, node, x, y, a, b, theta, snr; in the order of the answer
OBJECTS: Final = (
    ("2", 144, 10.5, 20.25, 4.0, 2.0, 30.0, 50.0),
    ("2", 7, 100.0, 1.0, 0.5, 0.25, -90.0, 20.0),
    ("2", 144, 1.0, 1.0, 1.5, 1.0, 0.0, 5.0),
    ("10", 399, 5.0, 6.0, 3.0, 3.0, 45.0, 90.0),
)
LABELS: Final = ((144, "merger", "person"), (144, "ring, {odd}", "person"), (7, "cosmic ray", "suggested"))


def fill(database: Database) -> int:
    """Put the archive into a database; gives the number of its map."""
    with closing(database.connect("owner", autocommit=True)) as connection:
        number = add_map(connection, "object", "model")
        fields = add_map(connection, "field", "model", of=number)
        other = add_map(connection, "object", "another model", current=False)
        for image in IMAGES:
            add_image(connection, image, number, fields)
        _replace_objects(connection, number, other)
        for node, label, origin in LABELS:
            connection.execute(
                "insert into caom2_ai.label (mapID, node, label, author, origin, labelPrecision, nSeen,"
                " labelledSet) values (%s, %s, %s, 'me', %s, 0.9, 40, 'a set')",
                [number, node, label, origin],
            )
    return number


def _replace_objects(connection: psycopg.Connection, number: int, other: int) -> None:
    """Give the first image two parts in one file, and the same again on a map that nobody searches."""
    connection.execute(
        "delete from caom2_ai.object_node where imageID in (select imageID from"
        " caom2_ai.part_fingerprint where artifactURI in ('test:two.fits', 'test:empty.fits'))"
    )
    connection.execute("delete from caom2_ai.part_fingerprint where artifactURI = 'test:two.fits'")
    for map_id in (number, other):
        images = {
            part: connection.execute(
                "insert into caom2_ai.part_fingerprint (planeID, publisherID, artifactURI, part, mapID,"
                " fingerprint, nObjects, nDetected, sampledFraction, naxis1, naxis2) select planeID,"
                " publisherID, 'test:two.fits', %s, %s, fingerprint, nObjects, 100, 1, 200, 100"
                " from caom2_ai.fingerprint where publisherID = %s returning imageID",
                [part, map_id, TWO_PARTS.publisher_id],
            ).fetchone()
            for part in ("10", "2")
        }
        for place, (part, node, *values) in enumerate(OBJECTS):
            connection.execute(
                "insert into caom2_ai.object_node (mapID, imageID, objectID, node, flags, x, y, a, b, theta,"
                " snr, flux, ra, dec, confidence, oddness)"
                " values (%s, %s, %s, %s, 0, %s, %s, %s, %s, %s, %s, 9, 150.1, 2.2, 0.75, 0.5)",
                [map_id, (images[part] or [0])[0], place, node, *values],
            )
