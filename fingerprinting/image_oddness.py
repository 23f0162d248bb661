"""How odd images are, as percentiles among those of their camera: the rows of caom2_ai.image_oddness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import DictRow, dict_row

from caomai.database import read_queries
from fingerprinting.description import STATISTICS
from fingerprinting.fingerprint import NODES
from fingerprinting.maps import Maps, decode_vector
from fingerprinting.unlikeness import Evidence, History

LEAST: Final = 20  # visible images of a camera; a percentile among fewer says nothing
MOST: Final = 1000  # images of a history
CHUNK: Final = 1000  # images compared at a time
APART: Final = "line"  # a trail is seen by it alone; in other images there is none
RAREST: Final = 1e-6  # share of objects that are odder than the oddest one can be said to be

Connection = psycopg.Connection[Any]


def refresh_oddness(connection: Connection, maps: Maps, *, most: int = MOST) -> int:
    """Compare the images of each camera that changed with its history; give the number of cameras.

    A camera is one transaction. The connection is the owner's, in autocommit.
    """
    names = {"mapID": maps.object_map, "least": LEAST, "most": most}
    cameras = _execute(connection, "list_cameras", names).fetchall()
    for camera in cameras:
        with connection.transaction():
            _execute(connection, "lock", {})
            _refresh_camera(connection, names | camera)
    return len(cameras)


def _refresh_camera(connection: Connection, camera: dict[str, Any]) -> None:
    """Compare the new images of a camera, or all of them with a history that is chosen anew."""
    if camera["isstale"] or camera["nimages"] < LEAST:
        _execute(connection, "forget_camera", {"cameraID": camera["cameraid"]})
        if camera["nimages"] < LEAST:
            return
        chosen = _list(connection, "choose_history", camera)
        planes, evidence = read_evidence(connection, camera["mapID"], chosen)
        if len(planes) < LEAST:  # fewer than a moment ago; the next refresh sees to it
            return
        camera |= _execute(connection, "add_camera", camera | {"nImages": camera["nimages"]}).fetchone() or {}
        history = History.fit(evidence)
        _store(connection, camera, planes, history.rank_own(), own=True)
    else:
        chosen = _list(connection, "find_history", _name(camera))
        history = History.fit(read_evidence(connection, camera["mapID"], chosen)[1])
    new = _list(connection, "list_new", camera)
    for start in range(0, len(new), CHUNK):
        planes, evidence = read_evidence(connection, camera["mapID"], new[start : start + CHUNK])
        _store(connection, camera, planes, history.rank(history.score(evidence)), own=False)


def _name(camera: Mapping[str, Any]) -> dict[str, Any]:
    return {"cameraID": camera["cameraid"], "mapID": camera["mapID"]}


def _store(
    connection: Connection,
    camera: Mapping[str, Any],
    planes: list[UUID],
    ranks: NDArray[np.float64],
    *,
    own: bool,
) -> None:
    values = {"planeIDs": planes, "oddness": ranks.tolist(), "isHistory": [own] * len(planes)}
    _execute(connection, "store", _name(camera) | values)


def _list(connection: Connection, query: str, names: Mapping[str, Any]) -> list[UUID]:
    return [row["planeid"] for row in _execute(connection, query, names)]


def _execute(connection: Connection, query: str, names: Mapping[str, Any]) -> psycopg.Cursor[DictRow]:
    return connection.cursor(row_factory=dict_row).execute(read_queries("oddness")[query], names)


def read_evidence(
    connection: Connection, object_map: int, planes: Sequence[UUID]
) -> tuple[list[UUID], Evidence]:
    """Read what is known of those of the planes that have a fingerprint, and which those are."""
    names = {"mapID": object_map, "planeIDs": list(planes)}
    found, vectors, figures = [], [], []
    with connection.cursor(binary=True) as cursor:
        for plane, vector, *numbers, statistics in cursor.execute(
            read_queries("oddness")["read_evidence"], names
        ):
            found.append(plane)
            vectors.append(np.zeros(NODES, np.float32) if vector is None else decode_vector(vector))
            quality = weigh_quality([np.nan if number is None else number for number in numbers])
            figures.append([*quality, *_average(statistics)])
    return found, compose(np.reshape(vectors, (-1, NODES)), np.reshape(figures, (len(figures), -1)))


def compose(vectors: NDArray[np.float32], figures: NDArray[np.float64]) -> Evidence:
    """Make evidence of vectors (n, 400) and figures: those of quality, and then the statistics."""
    return Evidence(vectors, figures, apart=figures.shape[1] - len(STATISTICS) + STATISTICS.index(APART))


def weigh_quality(numbers: Sequence[float]) -> list[float]:
    """Give the figures of an image's quality as the numbers that deviations are taken of; NaN is unknown.

    The numbers are objects detected, background, noise, FWHM in pixels, elongation, fractions saturated and
    masked, pixels, and the oddness of the oddest object, which counts by how rare it is.
    """
    detected, background, noise, fwhm, elongation, saturated, masked, pixels, oddest = numbers
    lengths = [float(np.log(length)) if length > 0 else np.nan for length in (noise, fwhm, elongation)]
    density = float(np.log((detected + 1) / pixels)) if pixels > 0 else np.nan
    level = float(np.arcsinh(background / noise)) if noise > 0 else np.nan
    rarity = 0.0 if np.isnan(oddest) else -float(np.log10(max(1 - oddest, RAREST)))
    return [density, level, *lengths, saturated, masked, rarity]


def _average(statistics: Sequence[float] | None) -> NDArray[np.float64]:
    """Average the statistics of an image's parts, one after the other; NaN is left out."""
    if not statistics or len(statistics) % len(STATISTICS):
        return np.full(len(STATISTICS), np.nan)
    parts = np.reshape(np.asarray(statistics, float), (-1, len(STATISTICS)))
    known = np.isfinite(parts)
    total = np.where(known, parts, 0).sum(axis=0)
    mean: NDArray[np.float64] = np.full(len(STATISTICS), np.nan)
    np.divide(total, known.sum(axis=0), out=mean, where=known.any(axis=0))
    return mean
