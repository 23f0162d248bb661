"""The planes of the archive: footprints around the poles, across RA 0 and elsewhere, some of them hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
import psycopg
from numpy.typing import NDArray

from tests.attached.brute_force import Positions, to_vectors

PAST = datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001 -- the archive's timestamps carry no zone
FUTURE = datetime(2999, 1, 1)  # noqa: DTZ001
COUNT = 320
GONS = 13  # the corners that a circle has in position_bounds_spoly
# Distances and position angles of the corners of a rectangle, a triangle and an L.
SHAPES: dict[int, tuple[list[float], list[float]]] = {
    1: ([1, 1, 1, 1], [35, 145, 215, 325]),
    2: ([1, 1, 1], [0, 120, 240]),
    3: ([1, 1, 1, 1, 0.3, 1], [30, 60, 120, 240, 330, 350]),
}


@dataclass(frozen=True)
class Plane:
    """One plane with one file; `corners` (n, 2) are its polygon in degrees, as the archive's index has it."""

    number: int
    circle: tuple[float, float, float] | None
    corners: Positions | None
    meta: datetime | None = PAST
    data: datetime | None = PAST

    @property
    def publisher_id(self) -> str:
        return f"ivo://archive.example/TEST?obs-{self.number}/plane-{self.number}"

    @property
    def uri(self) -> str:
        return f"cadc:TEST/plane-{self.number}.fits"

    def key(self, kind: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"{kind} {self.number}")

    @cached_property
    def bounds(self) -> list[float] | None:
        """position_bounds: three numbers for a circle, pairs of corners else."""
        if self.circle is not None:
            return list(self.circle)
        return None if self.corners is None else self.corners.ravel().tolist()

    @cached_property
    def centre(self) -> tuple[float, float] | None:
        """Direction of the sum of the corners, in degrees."""
        if self.corners is None:
            return None
        x, y, z = to_vectors(self.corners).sum(axis=0)
        return float(np.degrees(np.arctan2(y, x)) % 360), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def outline(ra: float, dec: float, radii: NDArray[np.float64], angles: NDArray[np.float64]) -> Positions:
    """Corners at distances and position angles (degrees) from a centre."""
    turn, away = np.radians(angles), np.radians(radii)
    x, y, z = np.cos(away), np.sin(away) * np.sin(turn), np.sin(away) * np.cos(turn)
    tilt = np.radians(dec)
    x, z = x * np.cos(tilt) - z * np.sin(tilt), x * np.sin(tilt) + z * np.cos(tilt)
    return np.column_stack([(ra + np.degrees(np.arctan2(y, x))) % 360, np.degrees(np.arcsin(z))])


def _place(number: int, random: np.random.Generator) -> tuple[float, float]:
    """Poles, RA 0, a crowd near (150, 2), and all over the sky in turn."""
    turn = number % 5
    if turn < 2:
        return float(random.uniform(0, 360)), float((90 - random.uniform(0, 3)) * (1 if turn else -1))
    if turn == 2:
        return float(random.normal(scale=2) % 360), float(random.uniform(-60, 60))
    if turn == 3:
        return 150 + float(random.normal()), 2 + float(random.normal())
    return float(random.uniform(0, 360)), float(np.degrees(np.arcsin(random.uniform(-1, 1))))


def make_plane(number: int) -> Plane:
    """Circles, rectangles, triangles and L shapes up to 15 degrees, and planes without a place."""
    random = np.random.default_rng(number)
    meta = (None if number % 16 == 7 else FUTURE) if number % 8 == 7 else PAST
    data = FUTURE if number % 10 == 6 else PAST
    if number % 40 == 38:
        return Plane(number, None, None, meta, data)
    ra, dec = _place(number, random)
    size = float(10 ** random.uniform(-1, 1.2))
    turn = random.uniform(0, 360)
    if number % 4 == 0:
        angles = np.arange(GONS) * 360 / GONS
        return Plane(number, (ra, dec, size), outline(ra, dec, np.full(GONS, size), angles), meta, data)
    radii, corners = SHAPES[number % 4]
    return Plane(number, None, outline(ra, dec, size * np.array(radii), turn + np.array(corners)), meta, data)


PLANES = [make_plane(number) for number in range(COUNT)]
DESCRIBED = [plane for plane in PLANES if plane.meta == PAST]
PLACED = [plane for plane in DESCRIBED if plane.corners is not None]


def fill(connection: psycopg.Connection[Any]) -> None:
    """Write the archive's rows, as its owner."""
    rows = [_row(plane) for plane in PLANES]
    with connection.cursor() as cursor:
        for statement in (_OBSERVATION, _PLANE, _ARTIFACT, _PART):
            cursor.executemany(statement.encode(), rows)


def to_spoly(corners: Positions | None) -> str | None:
    """Write a polygon as pgsphere reads it, in radians."""
    if corners is None:
        return None
    return "{" + ",".join(f"({ra!r},{dec!r})" for ra, dec in np.radians(corners).tolist()) + "}"


def _row(plane: Plane) -> dict[str, Any]:
    centre = plane.centre
    return {
        **{kind: plane.key(kind) for kind in ("obs", "plane", "artifact", "part")},
        "number": plane.number,
        "id": plane.publisher_id,
        "uri": plane.uri,
        "meta": plane.meta,
        "data": plane.data,
        "past": PAST,
        "bounds": plane.bounds,
        "spoly": to_spoly(plane.corners),
        "centre": None if centre is None else "({!r},{!r})".format(*np.radians(centre).tolist()),
        "time": "((1,-0.1),(2,-0.1),(2,0.1),(1,0.1))",
    }


_SIDE = "lastModified, maxLastModified, metaChecksum, accMetaChecksum"
_SIDE_VALUES = "%(past)s, %(past)s, 'md5:0', 'md5:0'"
_OBSERVATION = f"""insert into caom2.Observation (observationURI, obsID, collection, observationID,
    algorithm_name, intent, proposal_title, target_keywords, metaRelease, metaReadAccessGroups, typeCode,
    {_SIDE})
values ('caom:TEST/obs-' || %(number)s::int, %(obs)s, 'TEST', 'obs-' || %(number)s::int, 'exposure',
    'science', 'Galaxies', 'GALAXY|Pole', %(meta)s, 'g1 g2', 'S', {_SIDE_VALUES})"""
_PLANE = f"""insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease,
    dataRelease, dataProductType, calibrationLevel, provenance_keywords, position_bounds,
    position_bounds_spoly, position_bounds_center, position_bounds_area, time_bounds,
    time_bounds_lower, time_bounds_upper, metaReadAccessGroups, {_SIDE})
values (%(id)s, %(obs)s, %(plane)s, 'caom:TEST/obs-' || %(number)s::int || '/plane-' || %(number)s::int,
    'plane-' || %(number)s::int, %(meta)s, %(data)s, 'image', 2, 'Flat|FIELD', %(bounds)s,
    %(spoly)s::sphere.spoly, %(centre)s::sphere.spoint,
    sphere.area(%(spoly)s::sphere.spoly) * (180 / pi()) ^ 2, %(time)s, 1, 2, 'g1', {_SIDE_VALUES})"""
_ARTIFACT = f"""insert into caom2.Artifact (uri, planeID, artifactID, productType, releaseType, contentType,
    contentChecksum, obsID, {_SIDE})
values (%(uri)s, %(plane)s, %(artifact)s, 'science', 'data', 'application/fits', 'md5:0', %(obs)s,
    {_SIDE_VALUES})"""
_PART = f"""insert into caom2.Part (artifactID, partID, name, planeID, obsID, {_SIDE})
values (%(artifact)s, %(part)s, '0', %(plane)s, %(obs)s, {_SIDE_VALUES})"""
