"""Some hundred images of kinds of content, at places on the sky and times, and what numpy finds in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from caomai.database import Database
from tests.visibility.archive import FUTURE, PAST, PROVENANCE, insert

Vector = NDArray[np.float64]
Row = dict[str, Any]

NUMBER: Final = 600
KINDS: Final = 12
OBJECT_AXES: Final = 361
MAP: Final = 1
MODEL: Final = "0123456789abcdef" * 4
COLLECTIONS: Final = ("NEAR", "FAR")
INSTRUMENTS: Final = ("Mega", "Wide Field", "R&D <1>")
TARGETS: Final = ("M 51", "m 51 ", "Crab", None, "  ")
RADIUS: Final = 0.5


def half(vector: NDArray[np.floating]) -> Vector:
    """Round as the database does."""
    return vector.astype(np.float16).astype(np.float64)


def make_vectors() -> Vector:
    """Make search vectors of unit length that lie in clusters, (600, 400)."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(KINDS, 400))
    vectors = centres[np.arange(NUMBER) % KINDS] + 0.8 * random.normal(size=(NUMBER, 400))
    return half(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def make_axes() -> Vector:
    """Make the axes of the nodes, (400, 361): columns at right angles to each other."""
    axes, _ = np.linalg.qr(np.random.default_rng(6).normal(size=(400, OBJECT_AXES)))
    return half(axes)


VECTORS: Final = make_vectors()
AXES: Final = make_axes()


@dataclass(frozen=True)
class Image:
    """An image; two of an observation follow each other, and what it is follows from its number."""

    number: int

    @property
    def observation(self) -> str:
        return f"obs-{self.number // 2}"

    @property
    def publisher_id(self) -> str:
        return f"ivo://test.example/{self.collection}?{self.observation}/p{self.number}"

    @property
    def collection(self) -> str:
        return COLLECTIONS[self.number // 2 % 2]

    @property
    def instrument(self) -> str:
        return INSTRUMENTS[self.number // 2 % 3]

    @property
    def target(self) -> str | None:
        return TARGETS[self.number // 2 % 5]

    @property
    def target_key(self) -> str | None:
        return (self.target or "").strip().lower() or None

    @property
    def intent(self) -> str:
        return "calibration" if self.number // 2 % 10 == 9 else "science"

    @property
    def is_hidden(self) -> bool:
        return self.number % 17 == 3

    @property
    def has_vector(self) -> bool:
        return self.number % 101 != 7

    @cached_property
    def position(self) -> tuple[float, float] | None:
        """Centre of the footprint, a circle; pairs of observations show the same place, some images none."""
        if self.number % 50 == 49:
            return None
        place = np.random.default_rng([8, self.number // 4])
        return float(place.uniform(0, 360)), float(math.degrees(math.asin(place.uniform(-1, 1))))

    @property
    def times(self) -> tuple[float, float]:
        return 50_000.0 + self.number, 50_000.5 + self.number

    @property
    def vector(self) -> Vector:
        vector: Vector = VECTORS[self.number]
        return vector

    def uuid(self, kind: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"{kind} {self.observation if kind == 'obs' else self.number}")


ARCHIVE: Final = [Image(number) for number in range(NUMBER)]
SEEN: Final = [image for image in ARCHIVE if not image.is_hidden and image.has_vector]


def separation(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Angle between two positions in degrees."""
    first, second = (
        np.array([np.cos(d) * np.cos(r), np.cos(d) * np.sin(r), np.sin(d)])
        for r, d in np.radians([one, other])
    )
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), first @ second)))


def share_field(one: Image, other: Image) -> bool:
    """Tell whether two footprints have a position in common."""
    if one.position is None or other.position is None:
        return False
    return separation(one.position, other.position) <= 2 * RADIUS


def nearest(vector: Vector, wanted: Callable[[Image], bool], k: int) -> list[tuple[str, float]]:
    """Find the images most like a vector by looking at each: publisherIDs and distances."""
    found = [image for image in SEEN if wanted(image)]
    distances = [float(np.linalg.norm(image.vector - vector)) for image in found]
    order = np.argsort(distances, kind="stable")[:k]
    return [(found[place].publisher_id, distances[place]) for place in order]


def fill(database: Database) -> None:
    """Write the archive."""
    with database.connect_administrator() as connection, connection.transaction():
        fill_map(connection)
        observations = {image.observation: observation_of(image) for image in ARCHIVE}
        insert(connection, "caom2.Observation", list(observations.values()))
        insert(connection, "caom2.Plane", [plane_of(image) for image in ARCHIVE])
        insert(connection, "caom2_ai.fingerprint", [fingerprint_of(image) for image in ARCHIVE])
    with database.connect_administrator() as connection:
        connection.execute("select caom2_ai.refresh_positions(10000)")
        connection.execute("select caom2_ai.make_map_index(%s)", [MAP])
        connection.execute("vacuum analyze")


def fill_map(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "insert into caom2_ai.map (mapID, kind, gridWidth, gridHeight, modelHash, parameters, isCurrent)"
        " overriding system value values (%s, 'object', 20, 20, %s, %s, true)",
        [MAP, MODEL, Jsonb({"citation": "Somebody et al. 2026"})],
    )
    connection.execute(
        "insert into caom2_ai.node (mapID, node, gridX, gridY) select %s, n, n %% 20, n / 20"
        " from generate_series(0, 399) n",
        [MAP],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into caom2_ai.node_axis (mapID, node, axis) values (%s, %s, %s::text::halfvec)",
            [(MAP, node, str(axis.tolist())) for node, axis in enumerate(AXES)],
        )
    labels = [{"mapID": MAP, "node": node, "label": f"kind {node}", "author": "me"} for node in range(200)]
    insert(connection, "caom2_ai.label", labels)


def observation_of(image: Image) -> Row:
    return {
        "observationURI": f"caom:{image.collection}/{image.observation}",
        "obsID": image.uuid("obs"),
        "collection": image.collection,
        "observationID": image.observation,
        "algorithm_name": "exposure",
        "metaRelease": PAST,
        "typeCode": "S",
        "intent": image.intent,
        "target_name": image.target,
        **PROVENANCE,
    }


def plane_of(image: Image) -> Row:
    earliest, latest = image.times
    return {
        "publisherID": image.publisher_id,
        "obsID": image.uuid("obs"),
        "planeID": image.uuid("plane"),
        "planeURI": f"caom:{image.collection}/{image.observation}/p{image.number}",
        "productID": f"p{image.number}",
        "metaRelease": PAST,
        "dataRelease": FUTURE if image.is_hidden else PAST,
        "dataProductType": "image",
        "calibrationLevel": 2,
        "position_bounds": [*image.position, RADIUS] if image.position else None,
        "time_bounds_lower": earliest,
        "time_bounds_upper": latest,
        "time_exposure": 30.0,
        **PROVENANCE,
    }


def fingerprint_of(image: Image) -> Row:
    ra, dec = image.position or (None, None)
    return {
        "planeID": image.uuid("plane"),
        "mapID": MAP,
        "obsID": image.uuid("obs"),
        "publisherID": image.publisher_id,
        "fingerprint": [1] * 400,
        "vector": image.vector.tolist() if image.has_vector else None,
        "nObjects": 400,
        "nDetected": 400,
        "sampledFraction": 1.0,
        "collection": image.collection,
        "instrument_name": image.instrument,
        "intent": image.intent,
        "metaRelease": PAST,
        "dataRelease": FUTURE if image.is_hidden else PAST,
        "ra": ra,
        "dec": dec,
        "timeMid": sum(image.times) / 2,
    }
