"""Objects and images that stand for the nodes of the maps: chosen among those that anybody may see.

A choice looks at a sample, however large the archive is, and stays until the archive has become another.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from caomai.database import read_queries
from caomai.previews import TYPICAL
from fingerprinting.maps import Maps

GROWN: Final = 1.2  # times the images of the last choice, or so many fewer: a new one is due
PLACES: Final = 64  # on the sky, those of images, near which objects are looked for
POOL: Final = 8  # objects of a node that are looked at near a place
SPREAD: Final = 1 << 40  # HEALPix pixels of order 29 before a place: those of one of 7 arcmin
IMAGES: Final = 400  # of a field that are looked at
CANDIDATES: Final = 24  # objects of a node whose surroundings are looked at
REACH: Final = 20.0  # pixels around an object where no other should be
SPARE: Final = 4  # more than are shown: some may become hidden

Connection = psycopg.Connection[Any]


def choose_typical(connection: Connection, maps: Maps, address: str, *, anew: bool = False) -> bool:
    """Choose what stands for the nodes if that is due; tells whether it was. The connection is the owner's.

    `address` is that of the service, '' where only requests tell it.
    """
    queries = read_queries("previews")
    names: dict[str, Any] = {"mapID": maps.object_map, "fieldMapID": maps.field_map}
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(read_queries("maps")["lock_refresh"])
        row = cursor.execute(queries["measure_archive"], names).fetchone()
        if row is None or not (anew or is_due(row["typicalimages"], row["images"])):
            return False
        cursor.execute(queries["forget_typical"], names | {"images": row["images"]})
        numbers = {
            "percent": min(100.0, 100.0 * 100 * PLACES / row["rows"]),
            "places": PLACES,
            "spread": SPREAD,
            "pool": POOL,
            "candidates": CANDIDATES,
            "reach": REACH,
            "kept": TYPICAL + SPARE,
        }
        cursor.execute(queries["choose_objects"], names | numbers)
        centroids = [str(centroid.tolist()) for centroid in maps.fields.centroids]
        cursor.execute(queries["choose_images"], names | numbers | {"centroids": centroids, "pool": IMAGES})
        cursor.execute(queries["address_nodes"], names | {"root": address.rstrip("/")})
    return True


def is_due(before: int | None, now: int) -> bool:
    """Tell whether an archive that had so many images at the last choice has become another."""
    return before is None or not before <= now * GROWN <= before * GROWN**2
