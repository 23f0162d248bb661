"""The row of a plane: the sum of the parts of its preferred artifact, with copies of what CAOM says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import DictRow

from caomai.database import read_queries
from fingerprinting.description import STATISTICS, PartDescription
from fingerprinting.fieldmap import field_node
from fingerprinting.fingerprint import combine_statistics, search_vector
from fingerprinting.maps import Maps

MEDIANS: Final = ("background", "noise", "fwhm", "fwhmPixel", "elongation")
FRACTIONS: Final = ("saturatedFraction", "maskedFraction")


Cursor = psycopg.Cursor[DictRow]


def lock_planes(cursor: Cursor, publisher_ids: Iterable[str]) -> None:
    """Keep others from writing these planes until the transaction ends."""
    for publisher_id in sorted(set(publisher_ids)):  # in one order: nobody waits in a ring
        cursor.execute(read_queries("store")["lock_plane"], {"publisherID": publisher_id})


def replace_plane(cursor: Cursor, plane_id: UUID, publisher_id: str, maps: Maps) -> None:
    """Delete the row of a plane and write it anew from its parts, if it has any; never an update (HNSW)."""
    queries = read_queries("store")
    names: dict[str, Any] = {"planeID": plane_id, "publisherID": publisher_id, "mapID": maps.object_map}
    parts = cursor.execute(queries["find_plane_parts"], names).fetchall()
    cursor.execute(queries["delete_field_nodes"], names)
    cursor.execute(queries["delete_plane"], names)
    if not parts:
        return
    row = sum_parts(parts)
    vector = search_vector(np.asarray(row["fingerprint"], np.int32), _average(parts), maps.model)
    names |= row | {"vector": None if vector is None else vector.tolist()}
    cursor.execute(queries["insert_plane"], names)
    if vector is not None:
        names |= {"fieldMapID": maps.field_map, "node": field_node(vector, maps.fields)}
        cursor.execute(queries["insert_field_node"], names)


def _average(parts: Sequence[Mapping[str, Any]]) -> NDArray[np.float32]:
    """Average the statistics of rows of part_fingerprint; those of an earlier version have none."""
    values = np.full((len(parts), len(STATISTICS)), np.nan, np.float32)
    for row, part in zip(values, parts, strict=True):
        if part["statistics"] is not None and len(part["statistics"]) == len(row):
            row[:] = part["statistics"]
    return combine_statistics(list(values), [part["npixels"] for part in parts])


def sum_parts(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Combine rows of part_fingerprint: counts are added, levels are medians, fractions go by area."""
    embedded = sum(part["nobjects"] for part in parts)
    sampled = [part for part in parts if part["sampledfraction"] > 0]
    eligible = sum(part["nobjects"] / part["sampledfraction"] for part in sampled)  # had all been embedded
    row: dict[str, Any] = {
        "fingerprint": np.sum([part["fingerprint"] for part in parts], axis=0, dtype=np.int64).tolist(),
        "nObjects": embedded,
        "nDetected": sum(part["ndetected"] for part in parts),
        "sampledFraction": embedded / eligible if eligible else 1.0,
        "contentRelease": parts[0]["contentrelease"],
    }
    for name in MEDIANS:
        values = [part[name.lower()] for part in parts if part[name.lower()] is not None]
        row[name] = float(np.median(values)) if values else None
    for name in FRACTIONS:
        known = [part for part in parts if part[name.lower()] is not None]
        pixels = sum(part["npixels"] for part in known)
        row[name] = sum(part[name.lower()] * part["npixels"] for part in known) / pixels if known else None
    return row


def describe_row(part: PartDescription) -> dict[str, Any]:
    """Give the columns of part_fingerprint that come from the pixels."""
    height, width = part.shape
    return {
        "part": part.name,
        "fingerprint": part.fingerprint.tolist(),
        "nObjects": len(part.objects),
        "nDetected": part.n_detected,
        "sampledFraction": part.sampled_fraction,
        **part.quality.name_columns(),
        "statistics": part.quality.statistics.tolist(),
        "objectOddness": float(part.objects["oddness"].max()) if len(part.objects) else None,
        "objectShare": part.object_share,
        "naxis1": width,
        "naxis2": height,
    }
