"""Objects as rows of caom2_ai.object_node, in the binary format of PostgreSQL's COPY."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import hpgeom
import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import OBJECT_VECTOR

NSIDE: Final = 1 << 29  # order 29, the finest that a bigint holds
HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"

IDENTITY: Final = {"mapID": ">i4", "imageID": ">i4", "objectID": ">i4", "node": ">i2", "flags": ">i2"}
SKY: Final = {"healpix": ">i8", "ra": ">f8", "dec": ">f8"}
SEARCHED: Final = {"objectID": ">i8"}
OF_IMAGE: Final = {"mapID": ">i4", "imageID": ">i4", "x": ">f4", "y": ">f4", "snr": ">f4", "node": ">i2"}
# pgvector's binary form of a halfvec: its length, two spare bytes, big-endian halves.
HALVES: Final = np.dtype([("length", ">i2"), ("spare", ">i2"), ("values", ">f2", (OBJECT_VECTOR,))])
NUMBERS: Final = 20  # bits of the number of an object in its image
MEASURED: Final = dict.fromkeys(("x", "y", "a", "b", "theta", "flux", "snr", "confidence", "oddness"), ">f4")


def encode_objects(objects: NDArray[np.void], map_id: int, image_id: int) -> Iterator[tuple[str, bytes]]:
    """Give the name of a COPY statement and its data, for objects with and without a place on the sky.

    `objects` has the fields of PartDescription.objects; objectID is the place in it, from 0.
    """
    numbers = np.arange(len(objects))
    on_sky = np.isfinite(objects["ra"]) & np.isfinite(objects["dec"])
    if on_sky.any():
        columns = _columns(objects[on_sky], map_id, image_id, numbers[on_sky])
        yield "copy_objects", _pack(IDENTITY | SKY | MEASURED, columns | _place(objects[on_sky]))
    if not on_sky.all():
        columns = _columns(objects[~on_sky], map_id, image_id, numbers[~on_sky])
        yield "copy_objects_without_sky", _pack(IDENTITY | MEASURED, columns)


def encode_looks(
    objects: NDArray[np.void], looks: NDArray[np.void], map_id: int, image_id: int
) -> Iterator[tuple[str, bytes]]:
    """Give the names and data of COPY statements as above, for those objects that have a look (LOOK)."""
    objects = objects[looks["number"]]
    vectors = np.zeros(len(looks), HALVES)
    vectors["length"], vectors["values"] = OBJECT_VECTOR, looks["vector"]
    columns: dict[str, NDArray[Any]] = {name: objects[name] for name in ("x", "y", "snr", "node")}
    columns["objectID"] = (image_id << NUMBERS) + looks["number"].astype(np.int64)
    columns["vector"] = vectors
    on_sky = np.isfinite(objects["ra"]) & np.isfinite(objects["dec"])
    for some, suffix in ((on_sky, ""), (~on_sky, "_without_sky")):
        if some.any():
            chosen: dict[str, NDArray[Any] | int] = {key: column[some] for key, column in columns.items()}
            chosen |= {"mapID": map_id, "imageID": image_id}
            sky = {} if suffix else SKY
            types = SEARCHED | sky | OF_IMAGE | {"vector": HALVES}
            yield (
                f"copy_object_vectors{suffix}",
                _pack(types, chosen | (_place(objects[some]) if sky else {})),
            )


def _columns(
    objects: NDArray[np.void], map_id: int, image_id: int, numbers: NDArray[np.int64]
) -> dict[str, NDArray[Any] | int]:
    columns: dict[str, NDArray[Any] | int] = {"mapID": map_id, "imageID": image_id, "objectID": numbers}
    columns |= {name: objects[name] for name in ("node", "flags", *MEASURED) if name != "theta"}
    columns["theta"] = objects["theta_deg"]
    return columns


def _place(objects: NDArray[np.void]) -> dict[str, NDArray[Any]]:
    ra, dec = objects["ra"] % 360.0, objects["dec"]
    return {"healpix": hpgeom.angle_to_pixel(NSIDE, ra, dec), "ra": ra, "dec": dec}


def _pack(types: Mapping[str, Any], columns: Mapping[str, NDArray[Any] | int]) -> bytes:
    # A tuple is its number of fields, then each field's length and bytes: a packed structure of fixed size.
    layout: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, kind in types.items():
        layout += [(f"{name}_length", ">i4"), (name, kind)]
    rows = np.zeros(np.size(columns["x"]), np.dtype(layout))
    rows["fields"] = len(types)
    for name, kind in types.items():
        rows[f"{name}_length"] = np.dtype(kind).itemsize
        rows[name] = columns[name]
    return HEADER + rows.tobytes() + TRAILER
