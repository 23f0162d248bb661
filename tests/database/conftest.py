"""A small archive with fingerprints, written by plain SQL into a module's database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray

from caomai.database import Database

NOW = datetime.now(UTC).replace(tzinfo=None)
PAST = NOW - timedelta(days=30)
FUTURE = NOW + timedelta(days=30)
SIDE = {"lastModified": PAST, "maxLastModified": PAST, "metaChecksum": "md5:0", "accMetaChecksum": "md5:0"}

Connection = psycopg.Connection[Any]


@dataclass
class Image:
    """One observation with one plane, one file, one part and one object; release dates as given."""

    name: str
    meta: datetime | None = PAST
    data: datetime | None = PAST
    content: datetime | None = None
    counts: dict[int, int] = field(default_factory=lambda: {0: 1})
    vector: NDArray[np.float32] | None = None
    field_node: int = 0
    collection: str = "TEST"

    @property
    def publisher_id(self) -> str:
        return f"ivo://test.local/{self.collection}?{self.name}/{self.name}"

    @property
    def fingerprint(self) -> list[int]:
        return [self.counts.get(node, 0) for node in range(400)]


def insert(connection: Connection, table: str, **values: object) -> None:
    columns = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    connection.execute(f"insert into {table} ({columns}) values ({places})".encode(), values)


def add_map(
    connection: Connection, kind: str, model: str, *, of: int | None = None, current: bool = True
) -> int:
    width = 20 if kind == "object" else 12
    row = connection.execute(
        "insert into caom2_ai.map (kind, objectMapID, gridWidth, gridHeight, modelHash, isCurrent)"
        " values (%s, %s, %s, %s, %s, %s) returning mapID",
        [kind, of, width, width, model, current],
    ).fetchone()
    assert row
    connection.execute(
        "insert into caom2_ai.node (mapID, node, gridX, gridY)"
        " select %(id)s, n, n %% %(width)s, n / %(width)s"
        " from generate_series(0, %(width)s * %(width)s - 1) n",
        {"id": row[0], "width": width},
    )
    return int(row[0])


def add_image(connection: Connection, image: Image, object_map: int, field_map: int) -> None:
    kinds = ("obsID", "planeID", "artifactID")
    ids = {kind: uuid5(NAMESPACE_URL, f"{kind} {image.publisher_id}") for kind in kinds}
    uri = f"test:{image.name}.fits"
    insert(
        connection,
        "caom2.Observation",
        observationURI=f"caom:TEST/{image.name}",
        obsID=ids["obsID"],
        collection=image.collection,
        observationID=image.name,
        algorithm_name="exposure",
        intent="science",
        typeCode="S",
        metaRelease=image.meta,
        **SIDE,
    )
    insert(
        connection,
        "caom2.Plane",
        publisherID=image.publisher_id,
        obsID=ids["obsID"],
        planeID=ids["planeID"],
        planeURI=f"caom:TEST/{image.name}/{image.name}",
        productID=image.name,
        dataProductType="image",
        metaRelease=image.meta,
        dataRelease=image.data,
        **SIDE,
    )
    insert(
        connection,
        "caom2.Artifact",
        uri=uri,
        planeID=ids["planeID"],
        artifactID=ids["artifactID"],
        productType="science",
        releaseType="data",
        contentRelease=image.content,
        **SIDE,
    )
    insert(
        connection,
        "caom2.Part",
        artifactID=ids["artifactID"],
        partID=uuid5(NAMESPACE_URL, uri),
        name="0",
        **SIDE,
    )
    counts = {
        "planeID": ids["planeID"],
        "publisherID": image.publisher_id,
        "mapID": object_map,
        "fingerprint": image.fingerprint,
        "nObjects": sum(image.counts.values()),
        "nDetected": sum(image.counts.values()),
        "sampledFraction": 1,
    }
    vector = None if image.vector is None else str(image.vector.tolist())
    insert(
        connection,
        "caom2_ai.fingerprint",
        **counts,
        obsID=ids["obsID"],
        vector=vector,
        collection=image.collection,
        metaRelease=image.meta,
        dataRelease=image.data,
        contentRelease=image.content,
    )
    insert(connection, "caom2_ai.part_fingerprint", **counts, artifactURI=uri, part="0", naxis1=9, naxis2=9)
    insert(connection, "caom2_ai.field_node", planeID=ids["planeID"], mapID=field_map, node=image.field_node)
    connection.execute(
        "insert into caom2_ai.object_node"
        " (mapID, imageID, objectID, node, flags, x, y, a, b, theta, flux, snr,"
        " confidence, oddness) select mapID, imageID, 1, 7, 0, 1, 1, 1, 1, 0, 9, 9, 1, 0"
        " from caom2_ai.part_fingerprint where artifactURI = %s",
        [uri],
    )
    connection.execute(
        "insert into caom2_ai.object_vector (objectID, mapID, imageID, node, x, y, snr, vector)"
        " select (imageID::bigint << 20) + 1, mapID, imageID, 7, 1, 1, 9,"
        " array_fill(0.125, array[64])::halfvec"
        " from caom2_ai.part_fingerprint where artifactURI = %s",
        [uri],
    )


@pytest.fixture(scope="module")
def fill(database: Database) -> Callable[[list[Image]], tuple[int, int]]:
    """Give a function that makes two maps and fills the module's database with images."""

    def fill_with(images: list[Image]) -> tuple[int, int]:
        with database.connect("ingest") as connection:
            object_map = add_map(connection, "object", "model")
            field_map = add_map(connection, "field", "model", of=object_map)
            for image in images:
                add_image(connection, image, object_map, field_map)
        return object_map, field_map

    return fill_with
