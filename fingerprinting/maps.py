"""The maps of a model in a database: rows of caom2_ai.map and caom2_ai.node, and the fields of planes."""

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
from caomai.errors import CaomAiError, UsageError
from fingerprinting.fieldmap import FIELDS, FieldMap, field_node, fit_fields
from fingerprinting.fieldmap import SIDE as FIELD_SIDE
from fingerprinting.fingerprint import SIDE as OBJECT_SIDE
from fingerprinting.fingerprint import VECTOR
from fingerprinting.model import Model, make_model

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
        name, parameters = model.card["id"], model.card["parameters"]
        row = _Row("object", name, OBJECT_SIDE, model.hash, parameters, arrays=model.maps or None)
        object_map = _find_or_insert(connection, row)
        axes = [str(axis.tolist()) for axis in model.object_axes]
        _execute(connection, "insert_axes", mapID=object_map, axes=axes)
        own_fields = _find_or_insert(connection, _Row("field", name, FIELD_SIDE, model.hash, {}, object_map))
        for kind, number in (("object", object_map), ("field", own_fields)):
            if not _execute(connection, "find_current", kind=kind).fetchone():
                _execute(connection, "set_current", mapID=number)
    return load_maps(connection, model, object_map)


def recall_maps(connection: Connection, stored: DictRow) -> Maps | None:
    """Make the maps of a stored object map without its model's files; they cannot embed objects.

    None where the row lacks the arrays, or holds those of another version.
    """
    if stored["arrays"] is None:
        return None
    place = f"Map {stored['mapid']} of the database"
    card = {"id": stored["modelname"], "hash": stored["modelhash"], "parameters": stored["parameters"]}
    try:
        return load_maps(connection, make_model(card, stored["arrays"], b"", place), stored["mapid"])
    except CaomAiError:
        return None


def load_maps(connection: Connection, model: Model, object_map: int, field_map: int | None = None) -> Maps:
    """Find the field map of an object map, or that of a number: one fitted here, or the model's own."""
    row = _execute(connection, "find_fields", objectMapID=object_map, mapID=field_map).fetchone()
    if row is None:
        raise UsageError(f"Map {object_map} has been dropped meanwhile: nothing can be added to it.")
    fields = model.fields if row["arrays"] is None else FieldMap.from_bytes(row["arrays"])
    return Maps(model, object_map, row["mapid"], fields)


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
    """Fit a new Map 2 on this archive's own search vectors, and find the field of every image on it.

    Gives the maps and the number of images it was fitted on; nobody sees the new map yet. The connection is
    the owner's.
    """
    names = {"objectMapID": maps.object_map, "limit": SAMPLE}
    with connection.cursor(binary=True) as cursor:
        cursor.execute(read_queries("maps")["list_vectors"], names)
        vectors = [decode_vector(vector) for (vector,) in cursor]
    if len(vectors) < FIELDS:
        raise UsageError(f"A map of {FIELDS} fields needs at least as many images; there are {len(vectors)}.")
    fields = fit_fields(np.reshape(vectors, (len(vectors), VECTOR)), seed, maps.fields)
    digest = hashlib.sha256(fields.centroids.tobytes()).hexdigest()
    parameters = {"model": maps.model.hash, "seed": seed, "images": len(vectors), "previous": maps.field_map}
    row = _Row(
        "field", maps.model.card["id"], FIELD_SIDE, digest, parameters, maps.object_map, fields.to_bytes()
    )
    with connection.transaction():
        _execute(connection, "lock_maps")
        number = _find_or_insert(connection, row)
    fitted = Maps(maps.model, maps.object_map, number, fields)
    refresh(connection, fitted)
    return fitted, len(vectors)


@dataclass(frozen=True)
class _Row:
    """A row of caom2_ai.map."""

    kind: str
    name: str
    side: int
    digest: str
    parameters: Mapping[str, object]
    object_map: int | None = None
    arrays: bytes | None = None


def _find_or_insert(connection: Connection, row: _Row) -> int:
    names: dict[str, object] = {"kind": row.kind, "modelHash": row.digest, "objectMapID": row.object_map}
    found = _execute(connection, "find_map", **names).fetchone()
    names |= {"modelName": row.name, "arrays": row.arrays}
    if found and found["dropped"]:
        number = found["mapid"]
        raise UsageError(
            f"Map {number} of this model is being dropped: end that with caom-ai models drop {number}."
        )
    if found:
        _execute(connection, "complete_map", **names, mapID=found["mapid"])
        if row.kind == "object":
            _execute(connection, "make_index", mapID=found["mapid"])
        return int(found["mapid"])
    names |= {"width": row.side, "height": row.side, "parameters": Jsonb(row.parameters)}
    inserted = _execute(connection, "insert_map", **names).fetchone()
    assert inserted is not None
    number = int(inserted["mapid"])
    _execute(connection, "insert_nodes", **names, mapID=number)
    if row.kind == "object":
        _execute(connection, "make_index", mapID=number)
    return number


def _execute(connection: Connection, query: str, **parameters: object) -> psycopg.Cursor[DictRow]:
    return connection.cursor(row_factory=dict_row).execute(read_queries("maps")[query], parameters)
