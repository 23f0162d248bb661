"""What changed in the archive but for pixels: release dates, names, planes that went or moved (CAOM 2.4)."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.rows import DictRow, dict_row

from caomai.database import read_queries
from fingerprinting.maps import Maps, recall_maps
from fingerprinting.plane import lock_planes, replace_plane
from fingerprinting.store import delete_parts

CHUNK: Final = 500  # rows of one transaction
POSITIONS: Final = 50_000  # of planes in one: some seconds of work


def follow_changes(connection: psycopg.Connection[Any], maps: Maps) -> int:
    """Bring stored rows in line with CAOM; give the number of planes written anew.

    Those of all maps, for people may search another than the one that is being filled. One process does so at
    a time; where another is at it, nothing is done.
    """
    queries = read_queries("changes")
    with connection.cursor(row_factory=dict_row) as cursor:
        lock = cursor.execute(queries["try_lock"]).fetchone()
        if lock is None or not lock["locked"]:
            return 0
        try:
            while _refresh_positions(cursor):
                pass
            cursor.execute(queries["reattach_parts"])
            cursor.execute(queries["delete_failures"])
            return sum(_follow(cursor, one) for one in [maps, *_recall_others(cursor, maps)])
        finally:
            cursor.execute(queries["unlock"])


def _recall_others(cursor: psycopg.Cursor[DictRow], maps: Maps) -> list[Maps]:
    stored = cursor.execute(read_queries("models")["find_object_maps"]).fetchall()
    others = [row for row in stored if row["mapid"] != maps.object_map]
    return [one for row in others if (one := recall_maps(cursor.connection, row)) is not None]


def _follow(cursor: psycopg.Cursor[DictRow], maps: Maps) -> int:
    """Bring the rows of one object map in line."""
    while _delete_orphans(cursor, maps):
        pass
    # A plane that CAOM describes in a broken way stays stale: none that is new is the end.
    written: set[Any] = set()
    while (planes := _replace_stale(cursor, maps)) - written:
        written |= planes
    return len(written)


def _refresh_positions(cursor: psycopg.Cursor[DictRow]) -> int:
    found = cursor.execute(read_queries("changes")["refresh_positions"], {"limit": POSITIONS}).fetchone()
    return int(found["changed"]) if found else 0


def _delete_orphans(cursor: psycopg.Cursor[DictRow], maps: Maps) -> int:
    names = {"mapID": maps.object_map, "limit": CHUNK}
    with cursor.connection.transaction():
        orphans = cursor.execute(read_queries("changes")["find_orphans"], names).fetchall()
        delete_parts(cursor, orphans, maps)
    return len(orphans)


def _replace_stale(cursor: psycopg.Cursor[DictRow], maps: Maps) -> set[Any]:
    names = {"mapID": maps.object_map, "limit": CHUNK}
    with cursor.connection.transaction():
        planes = cursor.execute(read_queries("changes")["find_stale_planes"], names).fetchall()
        lock_planes(cursor, [plane["publisherid"] for plane in planes])
        for plane in planes:
            replace_plane(cursor, plane["planeid"], plane["publisherid"], maps)
    return {plane["planeid"] for plane in planes}
