"""The models of a database, for the operator: how far each is, which one people search, and how one goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier

from caomai.database import open_database, read_queries, translate_errors
from caomai.errors import NotFoundError, UsageError
from caomai.settings import Settings
from fingerprinting.maps import load_maps, recall_maps, refresh
from fingerprinting.queue import TASK
from fingerprinting.succession import inherit, switch

CHUNK: Final = 200  # image HDUs deleted in one transaction, with their objects
PLANES: Final = 5000  # rows of planes

Connection = psycopg.Connection[Any]
Agree = Callable[[str], None]  # asks the operator; raises where the answer is no


@dataclass(frozen=True)
class Entry:
    """A map: images it has; for object maps also images it still has to do and those it could not do."""

    map_id: int
    kind: str
    object_map: int | None
    name: str
    hash: str
    created: datetime
    current: bool
    dropped: bool
    images: int
    waiting: int | None
    failed: int | None
    fitted: int | None  # images that a field map was fitted on here

    def to_json(self) -> dict[str, Any]:
        """Give the entry as JSON."""
        return {
            "mapID": self.map_id,
            "kind": self.kind,
            "objectMapID": self.object_map,
            "model": self.name,
            "modelHash": self.hash,
            "created": self.created.isoformat(timespec="seconds"),
            "isCurrent": self.current,
            "isBeingDropped": self.dropped,
            "images": self.images,
            "waiting": self.waiting,
            "failed": self.failed,
            "fittedOn": self.fitted,
        }

    def to_line(self) -> str:
        """Give the entry as a line of a table."""
        done = f"{self.images} images"
        if self.waiting is not None:
            done += f" of {self.images + self.waiting}" + (f", {self.failed} failed" if self.failed else "")
        state = "current" if self.current else "being dropped" if self.dropped else ""
        over = "" if self.object_map is None else f"over map {self.object_map}"
        if self.fitted is not None:
            over += f", fitted here on {self.fitted} images"
        parts = (
            f"{self.map_id:4d}",
            f"{self.kind:6s}",
            f"{state:13s}",
            f"{self.name} {self.hash[:8]}",
            done,
            over,
        )
        return "  ".join(part for part in parts if part).rstrip()


def list_models(settings: Settings) -> list[Entry]:
    """List all maps in the order in which they came."""
    with _connect(settings) as connection:
        rows = _execute(connection, "list_maps").fetchall()
        return [_describe(connection, row) for row in rows]


def _describe(connection: Connection, row: DictRow) -> Entry:
    missing: DictRow = {"waiting": None, "failed": None}
    if row["kind"] == "object" and not row["dropped"]:
        names = {"mapID": row["mapid"], "modelHash": row["modelhash"]}
        missing = _execute(connection, "count_missing", **names).fetchone() or missing
    return Entry(
        map_id=row["mapid"],
        kind=row["kind"],
        object_map=row["objectmapid"],
        name=row["modelname"] or "unnamed",
        hash=row["modelhash"],
        created=row["created"],
        current=row["iscurrent"],
        dropped=row["dropped"],
        images=row["images"],
        fitted=None if row["fitted"] is None else int(row["fitted"]),
        **missing,
    )


def use_model(settings: Settings, number: int, agree: Agree) -> tuple[int, int]:
    """Let people search a map from now on, an object map with its fields; give the numbers of both.

    `agree` is asked where images would be lost from search.
    """
    with _connect(settings) as connection:
        row = _find(connection, number)
        if row["dropped"]:
            raise UsageError(f"Map {number} is being dropped: nobody can search it.")
        object_map, field_map = _put_in_order(connection, row)
        lost = _count(connection, "count_lost", mapID=object_map)
        if lost:
            agree(f"{lost} images that people can search now are not on map {object_map}")
        fieldless = _count(connection, "count_fieldless", mapID=field_map, objectMapID=object_map)
        if fieldless:
            agree(f"{fieldless} images have no field on map {field_map} yet")
        inherit(connection, "object", object_map)
        inherit(connection, "field", field_map)
        switch(connection, object_map, field_map)
        return object_map, field_map


def _put_in_order(connection: Connection, row: DictRow) -> tuple[int, int]:
    """Find both maps of a choice, give every plane its field, and count what people will see."""
    over = row if row["kind"] == "object" else _find(connection, row["objectmapid"])
    maps = recall_maps(connection, over)
    if maps is None:
        raise UsageError(
            f"Map {over['mapid']} is of a model that this version cannot read: run a worker with it."
        )
    if row["kind"] == "field":
        maps = load_maps(connection, maps.model, maps.object_map, row["mapid"])
    refresh(connection, maps)
    return maps.object_map, maps.field_map


def drop_model(settings: Settings, number: int, agree: Agree, say: Callable[[str], None]) -> int:
    """Delete a map with all its rows, an object map with its field maps too; give the number of images.

    Readers are not kept waiting: rows go in small transactions. What a kill leaves, the same command ends.
    """
    with _connect(settings) as connection:
        row = _find(connection, number)
        images = _check_unused(connection, row)
        if not row["dropped"]:
            agree(f"Map {number} ({row['modelname'] or row['modelhash'][:8]}) goes with {images} images")
        _mark_dropped(connection, number)
        fields = [row["mapid"]] if row["kind"] == "field" else _list_fields(connection, number)
        for field_map in fields:
            _repeat(connection, "delete_fields", PLANES, lambda _: None, mapID=field_map)
            _execute(connection, "delete_map", mapID=field_map)
        if row["kind"] == "object":
            _drop_objects(connection, row, say)
        return images


def _mark_dropped(connection: Connection, number: int) -> None:
    """Keep everybody from using a map, unless people search it by now."""
    with connection.transaction():
        connection.execute(read_queries("maps")["lock_maps"])
        if not _execute(connection, "mark_dropped", mapID=number).rowcount:
            raise UsageError(f"Map {number} has just become the current one.")


def _check_unused(connection: Connection, row: DictRow) -> int:
    """Refuse maps that people search or a worker fills; give the number of images."""
    number = row["mapid"]
    if row["iscurrent"]:
        raise UsageError(f"People search map {number}: let them use another first (caom-ai models use ID).")
    if row["kind"] == "field":
        if row["arrays"] is None:
            raise UsageError(
                f"Map {number} belongs to the model of map {row['objectmapid']} and goes with it."
            )
        return _count(connection, "count_fields", mapID=number)
    if _count(connection, "count_working", queue=f"{TASK}.{number}"):
        raise UsageError(f"A worker is filling map {number}: stop it first.")
    return _count(connection, "count_planes", mapID=number)


def _drop_objects(connection: Connection, row: DictRow, say: Callable[[str], None]) -> None:
    number = row["mapid"]
    names = {"mapID": number, "modelHash": row["modelhash"], "queue": f"{TASK}.{number}"}
    for index in (f"fingerprint_vector_{number}", f"object_vector_{number}"):
        connection.execute(SQL(read_queries("models")["drop_index"]).format(index=Identifier(index)))
    _repeat(connection, "delete_planes", PLANES, lambda done: say(f"{done} images"), **names)
    _delete_images(connection, number, say)
    with connection.transaction():
        for query in ("delete_failures", "delete_jobs", "delete_map"):
            _execute(connection, query, **names)


def _delete_images(connection: Connection, number: int, say: Callable[[str], None]) -> None:
    """Delete the image HDUs of a map with their objects, in the order of their numbers."""
    done = last = 0
    while True:
        found = _execute(connection, "delete_images", mapID=number, after=last, limit=CHUNK).fetchone()
        if not found or not found["images"]:
            return
        done, last = done + found["images"], found["last"]
        say(f"objects of {done} image HDUs")


def _repeat(
    connection: Connection, query: str, limit: int, say: Callable[[int], None], **names: object
) -> None:
    """Repeat a query, each time in a transaction of its own, until it finds nothing more to delete."""
    done = 0
    while count := _execute(connection, query, **names, limit=limit).rowcount:
        done += count
        say(done)


def _list_fields(connection: Connection, number: int) -> list[int]:
    rows = _execute(connection, "list_field_maps", mapID=number).fetchall()
    return [row["mapid"] for row in rows]


@contextmanager
def _connect(settings: Settings) -> Iterator[Connection]:
    with (
        open_database(settings) as database,
        translate_errors(),
        closing(database.connect("owner", autocommit=True)) as connection,
    ):
        yield connection


def _find(connection: Connection, number: int) -> DictRow:
    row = _execute(connection, "find_map", mapID=number).fetchone()
    if row is None:
        raise NotFoundError(f"There is no map {number}; caom-ai models lists them.")
    return row


def _count(connection: Connection, query: str, **names: object) -> int:
    row = _execute(connection, query, **names).fetchone()
    return int(row["images"]) if row else 0


def _execute(connection: Connection, query: str, **parameters: object) -> psycopg.Cursor[DictRow]:
    return connection.cursor(row_factory=dict_row).execute(read_queries("models")[query], parameters)
