"""Descriptions of images become rows, an artifact in one transaction (architecture sect. 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import DictRow, dict_row

from caomai.database import read_queries
from caomai.errors import ImageError, NotAnImageError
from caomai.previews import ask_thumbnail, keep_png
from fingerprinting.description import PartDescription
from fingerprinting.maps import Maps
from fingerprinting.object_rows import encode_looks, encode_objects
from fingerprinting.plane import describe_row, lock_planes, replace_plane

WAIT: Final = "10 minutes"  # before the second try of what may mend itself; doubled each time, a week at most

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[DictRow]


@dataclass(frozen=True)
class Artifact:
    """A file of an archive that is to be fingerprinted; `selection` names the parts to read, None for all.

    One that is described anew replaces what is stored of the same file.
    """

    uri: str
    checksum: str | None
    plane_id: UUID
    publisher_id: str
    selection: tuple[str, ...] | None = None
    anew: bool = False


@dataclass(frozen=True)
class Refusal:
    """An artifact without a fingerprint: status failed or skipped, and the reason an astronomer reads."""

    uri: str
    publisher_id: str
    status: str
    reason: str


def store(
    connection: Connection, artifact: Artifact, descriptions: Sequence[PartDescription], maps: Maps
) -> bool:
    """Replace what is stored of an artifact; False if it is stored already, or CAOM has changed meanwhile."""
    queries = read_queries("store")
    names = _name(artifact, maps)
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        stored = _lock(cursor, names)
        known = _is_stored(stored, artifact) and not artifact.anew
        if known or cursor.execute(queries["find_artifact"], names).fetchone() is None:
            return False
        delete_parts(cursor, stored, maps)
        for description in descriptions:
            _insert_part(cursor, description, names)
        for plane in _planes(stored, names):
            replace_plane(cursor, *plane, maps)
        cursor.execute(queries["delete_failure"], names)
    return True


def store_failure(connection: Connection, artifact: Artifact, error: Exception, maps: Maps) -> Refusal:
    """Record why an artifact has no fingerprint; what an earlier file of it left is removed."""
    final = isinstance(error, ImageError)
    status = "skipped" if isinstance(error, NotAnImageError) else "failed"
    refusal = Refusal(artifact.uri, artifact.publisher_id, status, str(error))
    names = _name(artifact, maps)
    values = {"status": status, "reason": refusal.reason, "wait": None if final else WAIT}
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        stored = _lock(cursor, names)
        if final and not _is_stored(stored, artifact):
            delete_parts(cursor, stored, maps)
            for plane in _planes(stored, names):
                replace_plane(cursor, *plane, maps)
        cursor.execute(read_queries("store")["insert_failure"], names | values)
    return refusal


def _name(artifact: Artifact, maps: Maps) -> dict[str, object]:
    return {
        "uri": artifact.uri,
        "contentChecksum": artifact.checksum,
        "planeID": artifact.plane_id,
        "publisherID": artifact.publisher_id,
        "mapID": maps.object_map,
        "modelHash": maps.model.hash,
    }


def _lock(cursor: Cursor, names: dict[str, object]) -> list[DictRow]:
    # The artifact may have belonged to another plane: both are locked, in the order of their names.
    query = read_queries("store")["find_parts"]
    stored = cursor.execute(query, names).fetchall()
    lock_planes(cursor, [publisher_id for _, publisher_id in _planes(stored, names)])
    return cursor.execute(query, names).fetchall()


def _planes(stored: list[DictRow], names: dict[str, Any]) -> set[tuple[UUID, str]]:
    planes = {(row["planeid"], row["publisherid"]) for row in stored}
    return planes | {(names["planeID"], names["publisherID"])}


def _is_stored(stored: list[DictRow], artifact: Artifact) -> bool:
    return bool(stored) and all(row["contentchecksum"] == artifact.checksum for row in stored)


def delete_parts(cursor: Cursor, parts: Sequence[DictRow], maps: Maps) -> None:
    """Delete rows of part_fingerprint and the objects of their images."""
    names = {"imageIDs": [part["imageid"] for part in parts], "mapID": maps.object_map}
    if parts:
        cursor.execute(read_queries("store")["delete_objects"], names)
        cursor.execute(read_queries("store")["delete_object_vectors"], names)
        cursor.execute(read_queries("store")["delete_parts"], names)


def _insert_part(cursor: Cursor, part: PartDescription, names: dict[str, Any]) -> None:
    queries = read_queries("store")
    row = cursor.execute(queries["insert_part"], names | describe_row(part)).fetchone()
    assert row is not None
    if part.thumbnail is not None:
        cursor.execute(read_queries("previews")["keep"], names | keep_png(ask_thumbnail(), part.thumbnail))
    identity = names["mapID"], row["imageid"]
    rows = chain(encode_objects(part.objects, *identity), encode_looks(part.objects, part.looks, *identity))
    for query, data in rows:
        with cursor.copy(queries[query]) as copy:
            copy.write(data)
