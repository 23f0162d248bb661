"""The maps of a model in a database: rows of caom2_ai.map and caom2_ai.node, and which map is current."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from caomai.database import read_queries
from caomai.errors import UsageError
from fingerprinting.fieldmap import FIELDS, FieldMap, field_node, fit_fields
from fingerprinting.fieldmap import SIDE as FIELD_SIDE
from fingerprinting.fingerprint import NODES
from fingerprinting.model import SIDE as OBJECT_SIDE
from fingerprinting.model import Model

SAMPLE: Final = 100_000  # vectors that a field map is fitted on
CHUNK: Final = 5_000  # planes assigned in one transaction

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Maps:
    """A model with the numbers of its maps in a database, and the field map in force there."""

    model: Model
    object_map: int
    field_map: int
    fields: FieldMap


def register_maps(connection: Connection, model: Model) -> Maps:
    """Enter the maps of a model, once; they become current where none is. The connection is the owner's."""
    with connection.transaction():
        _execute(connection, "lock_maps")
        row = _Row("object", OBJECT_SIDE, model.hash, model.card["parameters"])
        object_map = _find_or_insert(connection, row)
        own_fields = _find_or_insert(connection, _Row("field", FIELD_SIDE, model.hash, {}, object_map))
        for kind, number in (("object", object_map), ("field", own_fields)):
            if not _execute(connection, "find_current", kind=kind).fetchone():
                _execute(connection, "set_current", mapID=number)
    return load_maps(connection, model, object_map)


def load_maps(connection: Connection, model: Model, object_map: int) -> Maps:
    """Find the field map of an object map: one fitted here, or the model's own."""
    row = _execute(connection, "find_fields", objectMapID=object_map).fetchone()
    assert row is not None
    fields = model.fields if row["arrays"] is None else FieldMap.from_bytes(row["arrays"])
    return Maps(model, object_map, row["mapid"], fields)


def make_current(connection: Connection, maps: Maps) -> bool:
    """Let people search these maps from now on, once the images are on them; tell whether that is new."""
    with connection.transaction():
        _execute(connection, "lock_maps")
        complete = _execute(connection, "is_complete", mapID=maps.object_map).fetchone()
        if complete is None or not complete["complete"]:
            return False
        changed = False
        for kind, number in (("object", maps.object_map), ("field", maps.field_map)):
            _execute(connection, "unset_current", kind=kind, mapID=number)
            changed |= _execute(connection, "set_current", mapID=number).rowcount > 0
    return changed


def refresh(connection: Connection, maps: Maps) -> None:
    """Give every plane its field, and count anew what people see. The connection is the owner's."""
    while assign_fields(connection, maps):
        pass
    with connection.transaction():
        _execute(connection, "lock_refresh")
        _execute(connection, "refresh_nodes")
        _execute(connection, "refresh_distance_rank", mapID=maps.object_map)
    _execute(connection, "analyze")


def assign_fields(connection: Connection, maps: Maps) -> int:
    """Find the field of some thousand planes that have none on the field map in force; give their number."""
    names = {"mapID": maps.field_map, "objectMapID": maps.object_map, "limit": CHUNK}
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        _execute(connection, "lock_refresh")
        cursor.execute(read_queries("maps")["list_unassigned"], names)
        planes = [(plane, field_node(decode_vector(vector), maps.fields)) for plane, vector in cursor]
        ids, nodes = [plane for plane, _ in planes], [node for _, node in planes]
        cursor.execute(read_queries("maps")["assign_fields"], names | {"planeIDs": ids, "nodes": nodes})
    return len(planes)


def decode_vector(data: bytes) -> NDArray[np.float32]:
    """Read pgvector's binary form of a halfvec: its length, two spare bytes, big-endian halves."""
    return np.frombuffer(data, ">f2", offset=4).astype(np.float32)


def fit_here(connection: Connection, maps: Maps, seed: int = 0) -> tuple[Maps, int]:
    """Fit a new Map 2 on this archive's own search vectors and make it current.

    Gives the maps and the number of images it was fitted on. The connection is the owner's.
    """
    names = {"objectMapID": maps.object_map, "limit": SAMPLE}
    with connection.cursor(binary=True) as cursor:
        cursor.execute(read_queries("maps")["list_vectors"], names)
        vectors = [decode_vector(vector) for (vector,) in cursor]
    if len(vectors) < FIELDS:
        raise UsageError(
            f"A map of {FIELDS} fields needs at least as many images with objects; there are {len(vectors)}."
        )
    fields = fit_fields(np.reshape(vectors, (len(vectors), NODES)), seed)
    digest = hashlib.sha256(fields.centroids.tobytes()).hexdigest()
    parameters = {"model": maps.model.hash, "seed": seed, "images": len(vectors)}
    row = _Row("field", FIELD_SIDE, digest, parameters, maps.object_map, fields.to_bytes())
    with connection.transaction():
        _execute(connection, "lock_maps")
        number = _find_or_insert(connection, row)
    fitted = Maps(maps.model, maps.object_map, number, fields)
    refresh(connection, fitted)  # before people look at it
    make_current(connection, fitted)
    return fitted, len(vectors)


@dataclass(frozen=True)
class _Row:
    """A row of caom2_ai.map."""

    kind: str
    side: int
    digest: str
    parameters: Mapping[str, object]
    object_map: int | None = None
    arrays: bytes | None = None


def _find_or_insert(connection: Connection, row: _Row) -> int:
    names: dict[str, object] = {"kind": row.kind, "modelHash": row.digest, "objectMapID": row.object_map}
    found = _execute(connection, "find_map", **names).fetchone()
    if found:
        return int(found["mapid"])
    names |= {"width": row.side, "height": row.side}
    names |= {"parameters": Jsonb(row.parameters), "arrays": row.arrays}
    inserted = _execute(connection, "insert_map", **names).fetchone()
    assert inserted is not None
    number = int(inserted["mapid"])
    _execute(connection, "insert_nodes", **names, mapID=number)
    if row.kind == "object":
        _execute(connection, "make_index", mapID=number)
    return number


def _execute(connection: Connection, query: str, **parameters: object) -> psycopg.Cursor[DictRow]:
    return connection.cursor(row_factory=dict_row).execute(read_queries("maps")[query], parameters)
