"""A small archive with hidden images, known to the letter: 60 planes on two object maps and one field map."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from caomai.database import Database

N_PLANES = 60
OLD_MAP, MAP, FIELD_MAP = 1, 2, 3
PAST = datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001 -- the archive's timestamps carry no zone
FUTURE = datetime(2999, 1, 1)  # noqa: DTZ001
COLLECTIONS = ("TEST", "CFHT", "o'brien")


@dataclass(frozen=True)
class Plane:
    """One image; `visible` says whether its content is, `described` whether its metadata are."""

    number: int
    counts: NDArray[np.int32]
    vector: NDArray[np.float32] | None
    ra: float
    dec: float
    meta_release: datetime | None
    data_release: datetime | None

    @property
    def publisher_id(self) -> str:
        return f"ivo://test.example/TEST?obs{self.number}/p{self.number}"

    @property
    def id(self) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, self.publisher_id)

    @property
    def obs_id(self) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"obs{self.number // 2}")

    @property
    def collection(self) -> str:
        return COLLECTIONS[self.number % 3]

    @property
    def described(self) -> bool:
        return self.meta_release == PAST

    @property
    def visible(self) -> bool:
        return self.described and self.data_release == PAST


def make_plane(number: int) -> Plane:
    random = np.random.default_rng(number)
    counts = random.poisson(0.4, 400).astype(np.int32) * (random.random(400) < 0.5)
    vector = random.normal(size=400)
    near_pole = number % 10 == 9
    return Plane(
        number,
        counts.astype(np.int32),
        None if number % 20 == 13 else (vector / np.linalg.norm(vector)).astype(np.float32),
        float(random.uniform(0, 360)) if near_pole else float((number * 0.25 - 2) % 360),
        float(89.9 - 0.1 * random.random()) if near_pole else number * 0.1 - 3,
        (None if number % 8 == 7 else FUTURE) if number % 4 == 3 else PAST,
        (None if number % 10 == 6 else FUTURE) if number % 5 == 1 else PAST,
    )


PLANES = [make_plane(number) for number in range(N_PLANES)]
VISIBLE = [plane for plane in PLANES if plane.visible]
DESCRIBED = [plane for plane in PLANES if plane.described]


def fill(database: Database) -> None:
    """Write the archive."""
    with database.connect_administrator() as connection, connection.transaction():
        _fill_maps(connection)
        for number in range(N_PLANES // 2):
            _fill_observation(connection, PLANES[2 * number])
        for plane in PLANES:
            _fill_plane(connection, plane)
    with database.connect_administrator() as connection:
        connection.execute("select caom2_ai.make_map_index(%s), caom2_ai.refresh_positions(1000)", [MAP])
        connection.execute("analyze")


def _fill_maps(connection: psycopg.Connection[object]) -> None:
    maps = [
        (OLD_MAP, "object", None, 20, 20, "old", False),
        (MAP, "object", None, 20, 20, "new", True),
        (FIELD_MAP, "field", MAP, 12, 12, "new", True),
    ]
    for map_id, kind, object_map, width, height, model, current in maps:
        connection.execute(
            "insert into caom2_ai.map (mapID, kind, objectMapID, gridWidth, gridHeight, modelHash,"
            " parameters,"
            " isCurrent) overriding system value values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [map_id, kind, object_map, width, height, model, Jsonb({}), current],
        )
        connection.execute(
            "insert into caom2_ai.node (mapID, node, gridX, gridY)"
            " select %s, n, n %% %s, n / %s from generate_series(0, %s) n",
            [map_id, width, width, width * height - 1],
        )
    connection.execute(
        "insert into caom2_ai.label (mapID, node, label, author)"
        " values (%s, 7, 'ring', 'me'), (%s, 8, 'ring', 'me')",
        [MAP, MAP],
    )


def _fill_observation(connection: psycopg.Connection[object], plane: Plane) -> None:
    connection.execute(
        "insert into caom2.Observation (observationURI, obsID, collection, observationID, algorithm_name,"
        " metaRelease, typeCode, lastModified, maxLastModified, metaChecksum, accMetaChecksum, intent,"
        " target_name)"
        " values (%s, %s, %s, %s, 'exposure', %s, 'S', %s, %s, 'md5:', 'md5:', 'science', %s)",
        [
            f"caom:TEST/obs{plane.number // 2}",
            plane.obs_id,
            plane.collection,
            f"obs{plane.number // 2}",
            (PAST, FUTURE, None)[max(0, plane.number // 2 % 9 - 6)],
            PAST,
            PAST,
            f"M{plane.number} 50%" if plane.number % 4 else None,
        ],
    )


def _fill_plane(connection: psycopg.Connection[object], plane: Plane) -> None:
    circle = [plane.ra, plane.dec, 0.1]
    square = [plane.ra, plane.dec, plane.ra + 0.2, plane.dec, plane.ra + 0.1, plane.dec + 0.2]
    connection.execute(
        "insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease,"
        " dataProductType, calibrationLevel, position_bounds, time_exposure, energy_bandpassName,"
        " lastModified, maxLastModified, metaChecksum, accMetaChecksum)"
        " values (%s, %s, %s, %s, %s, %s, %s, 'image', %s, %s, %s, %s, %s, %s, 'md5:', 'md5:')",
        [
            plane.publisher_id,
            plane.obs_id,
            plane.id,
            f"caom:TEST/obs{plane.number}/p{plane.number}",
            f"p{plane.number}",
            plane.meta_release,
            plane.data_release,
            plane.number % 4,
            circle if plane.number % 2 else square,
            plane.number * 1.5 if plane.number % 7 else None,
            "g" if plane.number % 2 else "r_2",
            PAST + timedelta(days=plane.number),
            PAST,
        ],
    )
    for map_id in (OLD_MAP, MAP):
        connection.execute(
            "insert into caom2_ai.fingerprint (planeID, mapID, obsID, publisherID, fingerprint, vector,"
            " nObjects,"
            " nDetected, sampledFraction, fwhm, collection, metaRelease, dataRelease, ra, dec,"
            " healpix)"
            " values (%s, %s, %s, %s, %s, %s::real[]::halfvec, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
            " caom2_ai.healpix(%s, %s))",
            [
                plane.id,
                map_id,
                plane.obs_id,
                plane.publisher_id,
                (plane.counts if map_id == MAP else plane.counts[::-1]).tolist(),
                None if plane.vector is None else plane.vector.tolist(),
                int(plane.counts.sum()),
                2 * int(plane.counts.sum()),
                0.5,
                1.25 if plane.number % 3 else None,
                plane.collection,
                plane.meta_release,
                plane.data_release,
                plane.ra,
                plane.dec,
                plane.ra,
                plane.dec,
            ],
        )
        connection.execute(
            "insert into caom2_ai.image_oddness (planeID, mapID, cameraID, isHistory, oddness)"
            " select %s, mapID, cameraID, false, %s from caom2_ai.camera where mapID = %s",
            [plane.id, plane.number / 60, map_id],
        )
    connection.execute(
        "insert into caom2_ai.field_node (planeID, mapID, node) values (%s, %s, %s)",
        [plane.id, FIELD_MAP, plane.number % 5],
    )
