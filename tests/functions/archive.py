"""An archive that holds what the examples ask for: M 51 by HST, mergers by CFHT, bad frames, a last night."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
import psycopg
from numpy.typing import NDArray

from caomai.database import Database
from tests.database.conftest import FUTURE, PAST, SIDE, add_map, insert

M51, M101 = (202.4696, 47.1952), (210.8023, 54.3490)
MERGERS, TRAIL, WANTED = (7, 8), 333, (101, 144)
NEWEST = 60_990.75
MODEL = "0123456789abcdef" * 4
RANDOM = np.random.default_rng(51)
TARGETS = ("M51", "M101", "NGC 4676", None)


@dataclass(frozen=True)
class Thing:
    """An object of an image."""

    node: int
    ra: float
    dec: float
    snr: float
    oddness: float
    vector: NDArray[np.float16]

    def distance(self, other: Thing) -> float:
        return float(np.linalg.norm(self.vector.astype(float) - other.vector.astype(float)))


def make_look(node: int) -> NDArray[np.float16]:
    """Make the vector of an object: those of a node look alike."""
    look = np.random.default_rng(node).normal(size=64) + RANDOM.normal(size=64) / 2
    return (look / np.linalg.norm(look)).astype(np.float16)


@dataclass(frozen=True)
class Image:
    """An image with what people ask about it."""

    number: int
    collection: str
    instrument: str
    filter: str
    target: str | None
    ra: float
    dec: float
    time: float
    counts: NDArray[np.int64]
    vector: NDArray[np.float16]
    field_node: int
    fwhm: float | None
    fwhm_pixel: float = 3.0
    elongation: float = 1.05
    masked: float = 0.0
    n_detected: int | None = None
    oddness: float = 50.0
    visible: bool = True
    things: tuple[Thing, ...] = ()

    @property
    def publisher_id(self) -> str:
        return f"ivo://archive.test/{self.collection}?{self.number:03}/p{self.number:03}"

    @property
    def n_objects(self) -> int:
        return int(self.counts.sum())

    @property
    def detected(self) -> int:
        return 2 * self.n_objects if self.n_detected is None else self.n_detected

    def count(self, *nodes: int) -> int:
        return int(self.counts[list(nodes)].sum())

    def distance(self, other: Image) -> float:
        return float(np.linalg.norm(self.vector.astype(float) - other.vector.astype(float)))

    def id(self, kind: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"{kind} {self.publisher_id}")


def make_image(number: int) -> Image:
    """Make one of 90 images: HST at M 51 and M 101, CFHT at pairs of galaxies."""
    hst = number >= 40
    target = TARGETS[number % 2] if hst else TARGETS[2 + number % 2]
    spread = 0.3 if number % 3 else 2.0
    ra, dec = M101 if target == "M101" else M51
    ra, dec = ra + float(RANDOM.uniform(-spread, spread)), dec + float(RANDOM.uniform(-spread, spread))
    counts = np.bincount(RANDOM.choice(np.arange(200, 230), 60), minlength=400)
    if not hst:
        counts[MERGERS[0]], counts[MERGERS[1]] = number % 5, number % 3
        counts[TRAIL] = number % 4 == 0
    counts[WANTED[0]], counts[WANTED[1]] = 4 * (number % 6 < 3), 2 * (number % 4 < 2)
    centre = np.zeros(400)
    centre[TARGETS.index(target)] = 1
    vector = centre + RANDOM.normal(size=400) / 30
    things = tuple(
        Thing(
            node,
            ra + float(RANDOM.uniform(-0.1, 0.1)),
            dec + float(RANDOM.uniform(-0.1, 0.1)),
            float(np.float32(RANDOM.uniform(5, 80))),
            float(np.float32(RANDOM.random())),
            make_look(node),
        )
        for node in (*np.argsort(-counts)[:2].tolist(), *WANTED)
        for _ in range(2)
    )
    return Image(
        number,
        "HST" if hst else "CFHT",
        f"WFC{number % 2}" if hst else "MegaPrime",
        ("F606W", "F814W")[number % 7 < 2] if hst else "r",
        target,
        ra,
        dec,
        NEWEST - (89 - number) * 0.6,
        counts,
        (vector / np.linalg.norm(vector)).astype(np.float16),
        number % 3,
        None if number % 10 == 9 else float(np.float32(RANDOM.uniform(0.05, 1.5))),
        visible=number not in (44, 45, 88),
        things=things,
    )


# What is wrong with some of the frames.
FAULTS: dict[int, dict[str, Any]] = {
    10: {"elongation": 2.5},
    60: {"elongation": 2.0},
    65: {"fwhm_pixel": 14.0},
    70: {"n_detected": 0},
    75: {"masked": 0.5},
    86: {"oddness": 97.0},
    87: {"oddness": 80.0},
    88: {"oddness": 99.0},
    89: {"oddness": 99.5},
    20: {"oddness": 99.0},
}
IMAGES = [replace(make_image(number), **FAULTS.get(number, {})) for number in range(90)]
# An image that was described before there were vectors of objects.
BARE = replace(make_image(90), time=NEWEST - 100, things=())
IMAGES.append(BARE)
# The number of an object, in every image, that is not among those of highest signal to noise.
FAINT = 900
SEEN = [image for image in IMAGES if image.visible]


def fill(database: Database) -> None:
    """Put the archive into a database."""
    with database.connect("ingest") as connection:
        map_id = add_map(connection, "object", MODEL)
        field_map = add_map(connection, "field", MODEL, of=map_id)
        labels = [*((node, "merger") for node in MERGERS), (TRAIL, "satellite trail")]
        for node, label in labels:
            insert(connection, "caom2_ai.label", mapID=map_id, node=node, label=label, author="me")
        insert(connection, "caom2_ai.camera", cameraID=1, mapID=map_id, collection="any", nImages=len(IMAGES))
        for image in IMAGES:
            add_plane(connection, image)
            add_content(connection, image, map_id, field_map)
        connection.execute("select caom2_ai.make_map_index(%s)", [map_id])
        connection.execute("select caom2_ai.refresh_nodes()")
        connection.execute("select caom2_ai.refresh_distance_rank(%s)", [map_id])
    with database.connect_administrator() as administrator:
        administrator.execute("select caom2_ai.refresh_positions(1000)")
        administrator.execute("analyze")


def add_plane(connection: psycopg.Connection[Any], image: Image) -> None:
    product = f"p{image.number:03}"
    release = PAST if image.visible else FUTURE
    insert(
        connection,
        "caom2.Observation",
        observationURI=f"caom:{image.collection}/{image.number:03}",
        obsID=image.id("obs"),
        collection=image.collection,
        observationID=f"{image.number:03}",
        algorithm_name="exposure",
        intent="science",
        typeCode="S",
        metaRelease=PAST,
        target_name=image.target,
        instrument_name=image.instrument,
        **SIDE,
    )
    insert(
        connection,
        "caom2.Plane",
        publisherID=image.publisher_id,
        obsID=image.id("obs"),
        planeID=image.id("plane"),
        planeURI=f"caom:{image.collection}/{image.number:03}/{product}",
        productID=product,
        dataProductType="image",
        calibrationLevel=2,
        position_bounds=[image.ra, image.dec, 0.2],
        metaRelease=PAST,
        dataRelease=release,
        **SIDE,
    )
    insert(
        connection,
        "caom2.Artifact",
        uri=f"test:{product}",
        planeID=image.id("plane"),
        artifactID=image.id("artifact"),
        productType="science",
        releaseType="data",
        **SIDE,
    )


def add_content(connection: psycopg.Connection[Any], image: Image, map_id: int, field_map: int) -> None:
    plane_id = image.id("plane")
    counted = {
        "planeID": plane_id,
        "publisherID": image.publisher_id,
        "mapID": map_id,
        "fingerprint": image.counts.tolist(),
        "nObjects": image.n_objects,
        "nDetected": image.detected,
        "sampledFraction": 0.5,
        "fwhm": image.fwhm,
        "fwhmPixel": image.fwhm_pixel,
        "elongation": image.elongation,
        "maskedFraction": image.masked,
    }
    insert(
        connection,
        "caom2_ai.fingerprint",
        **counted,
        obsID=image.id("obs"),
        vector=str(image.vector.tolist()),
        collection=image.collection,
        instrument_name=image.instrument,
        bandpassName=image.filter,
        intent="science",
        metaRelease=PAST,
        dataRelease=PAST if image.visible else FUTURE,
        ra=image.ra,
        dec=image.dec,
        timeMid=image.time,
    )
    part = {"artifactURI": f"test:p{image.number:03}", "part": "0", "naxis1": 9, "naxis2": 9}
    insert(connection, "caom2_ai.part_fingerprint", **counted, **part)
    insert(connection, "caom2_ai.field_node", planeID=plane_id, mapID=field_map, node=image.field_node)
    oddness = {"cameraID": 1, "isHistory": True, "oddness": image.oddness}
    insert(connection, "caom2_ai.image_oddness", planeID=plane_id, mapID=map_id, **oddness)
    faint = Thing(399, image.ra, image.dec, 1.0, 0.0, make_look(399))
    for number, thing in [*enumerate(image.things), (FAINT, faint)]:
        connection.execute(
            "insert into caom2_ai.object_node (mapID, imageID, objectID, node, flags, healpix, ra, dec, x, y,"
            " a, b, theta, flux, snr, confidence, oddness) select mapID, imageID, %(number)s, %(node)s, 0,"
            " caom2_ai.healpix(%(ra)s, %(dec)s), %(ra)s, %(dec)s, 1, 1, 1, 1, 0, 9, %(snr)s, 0.9, %(oddness)s"
            " from caom2_ai.part_fingerprint where artifactURI = %(uri)s",
            {
                "number": number,
                "node": thing.node,
                "ra": thing.ra,
                "dec": thing.dec,
                "snr": thing.snr,
                "oddness": thing.oddness,
                "uri": part["artifactURI"],
            },
        )
    connection.execute(
        "insert into caom2_ai.object_vector"
        " (objectID, healpix, ra, dec, mapID, imageID, x, y, snr, node, vector)"
        " select o.objectID, o.healpix, o.ra, o.dec, o.mapID, i.imageID, o.x, o.y, o.snr, o.node,"
        " (%s::text[])[(o.objectID & 1048575) + 1]::halfvec"
        " from caom2_ai_view.object_node o join caom2_ai.part_fingerprint i using (artifactURI, part, mapID)"
        " where o.publisherID = %s and o.snr > 1",
        [[str(thing.vector.tolist()) for thing in image.things], image.publisher_id],
    )
    connection.execute(
        "update caom2_ai.fingerprint set healpix = caom2_ai.healpix(ra, dec) where planeID = %s", [plane_id]
    )
