"""A small archive for the tests of the service: images of known likeness, some of them not to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
from psycopg import Connection
from psycopg.types.json import Jsonb

from caomai.database import Database

COLLECTION = "ivo://caom-ai.local/SIM"
PAST, FUTURE = "2020-01-02 03:04:05.678", "2999-01-01"
IMAGES = 40
CITATION = "Somebody et al. 2026"
MODEL = "0123456789abcdef"
# An artifact that names a file of the folder `files`; others have the URL of another archive.
LOCAL = 3


@dataclass(frozen=True)
class Image:
    """A plane with one file and a fingerprint; images of neighbouring numbers are alike."""

    number: int
    observation: str
    intent: str | None = "science"
    meta_release: str | None = PAST
    data_release: str | None = PAST

    @property
    def publisher_id(self) -> str:
        return f"{COLLECTION}?{self.observation}/image-{self.number:02}"

    @property
    def plane_id(self) -> UUID:
        return uuid5(NAMESPACE_URL, self.publisher_id)

    @property
    def obs_id(self) -> UUID:
        return uuid5(NAMESPACE_URL, self.observation)

    @property
    def artifact_id(self) -> UUID:
        return uuid5(NAMESPACE_URL, self.uri)

    @property
    def uri(self) -> str:
        scheme = "file" if self.number == LOCAL else "ad"
        return f"{scheme}:SIM/image-{self.number:02}.fits"

    @property
    def vector(self) -> str:
        angle = self.number * 0.03
        values = np.zeros(400)
        values[[0, 1]] = np.cos(angle), np.sin(angle)
        return str(values.tolist())


def make_image(number: int) -> Image:
    """Every image has an observation of its own but 5, 6 and 7, which are one exposure."""
    observation = "shared" if number in {5, 6, 7} else f"obs-{number:02}"
    if number % 10 == 9 or number == 28:
        return Image(number, observation, intent="calibration")
    if number == 12:
        return Image(number, observation, meta_release=None)
    if number == 13:
        return Image(number, observation, meta_release=FUTURE)
    if number == 14:
        return Image(number, observation, data_release=FUTURE)
    return Image(number, observation)


ARCHIVE = [make_image(number) for number in range(IMAGES)]
HIDDEN = ARCHIVE[12:14]
EMBARGOED = ARCHIVE[14]


def fill(database: Database) -> None:
    """Put the archive into a database."""
    with database.connect("ingest") as connection:
        map_id = add_maps(connection)
        for image in ARCHIVE:
            add_plane(connection, image)
            add_fingerprint(connection, image, map_id)
        connection.execute("select caom2_ai.make_map_index(%s)", [map_id])


def add_maps(connection: Connection) -> int:
    (map_id,) = connection.execute(
        "insert into caom2_ai.map (kind, gridWidth, gridHeight, modelHash, parameters, isCurrent)"
        " values ('object', 20, 20, %s, %s, true) returning mapID",
        [MODEL, Jsonb({"citation": CITATION})],
    ).fetchone() or (0,)
    connection.execute(
        "insert into caom2_ai.map (kind, objectMapID, gridWidth, gridHeight, modelHash, isCurrent)"
        " values ('field', %s, 12, 12, %s, true)",
        [map_id, MODEL],
    )
    return int(map_id)


def add_plane(connection: Connection, image: Image) -> None:
    connection.execute(
        "insert into caom2.Observation (observationURI, obsID, collection, observationID, algorithm_name,"
        " intent, metaRelease, target_name, typeCode, lastModified, maxLastModified, metaChecksum,"
        " accMetaChecksum) values (%(uri)s, %(obs)s, 'SIM', %(observation)s, 'exposure', %(intent)s,"
        " %(meta)s, %(target)s, 'S', %(past)s, %(past)s, 'md5:0', 'md5:0') on conflict do nothing",
        {
            "uri": f"caom:SIM/{image.observation}",
            "obs": image.obs_id,
            "observation": image.observation,
            "intent": image.intent,
            "meta": image.meta_release,
            "target": 'NGC <1> & "Müller\'s"',
            "past": PAST,
        },
    )
    connection.execute(
        "insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease,"
        " dataProductType, calibrationLevel, time_exposure, lastModified, maxLastModified, metaChecksum,"
        " accMetaChecksum) values (%(id)s, %(obs)s, %(plane)s, %(uri)s, %(product)s, %(meta)s, %(data)s,"
        " 'image', 1, %(exposure)s, %(past)s, %(past)s, 'md5:0', 'md5:0')",
        {
            "id": image.publisher_id,
            "obs": image.obs_id,
            "plane": image.plane_id,
            "uri": image.publisher_id.replace("ivo://caom-ai.local", "caom:").replace("?", "/"),
            "product": f"image-{image.number:02}",
            "meta": image.meta_release,
            "data": image.data_release,
            "exposure": float("inf") if image.number == 1 else None if image.number == 2 else 10.5,
            "past": PAST,
        },
    )
    connection.execute(
        "insert into caom2.Artifact (uri, planeID, artifactID, productType, releaseType, contentType,"
        " contentLength, lastModified, maxLastModified, metaChecksum, accMetaChecksum)"
        " values (%s, %s, %s, %s, 'data', 'application/fits', 2880, %s, %s, 'md5:0', 'md5:0')",
        [
            image.uri,
            image.plane_id,
            image.artifact_id,
            "calibration" if image.intent == "calibration" else "science",
            PAST,
            PAST,
        ],
    )


def add_fingerprint(connection: Connection, image: Image, map_id: int) -> None:
    connection.execute(
        "insert into caom2_ai.fingerprint (planeID, mapID, obsID, publisherID, fingerprint, vector, nObjects,"
        " nDetected, sampledFraction, collection, intent, metaRelease, dataRelease) values"
        " (%s, %s, %s, %s, %s, %s, %s, 500, 1, 'SIM', %s, %s, %s)",
        [
            image.plane_id,
            map_id,
            image.obs_id,
            image.publisher_id,
            [image.number] * 400,
            None if image.number == 39 else image.vector,
            image.number * 400,
            image.intent,
            image.meta_release,
            image.data_release,
        ],
    )
