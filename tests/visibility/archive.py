"""An archive of all combinations of release dates, in which what is hidden makes calculations fail.

Visible rows hold values that every function takes; hidden ones zeros, huge and infinite numbers and words.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import hpgeom
import numpy as np
import psycopg

from caomai.database import Database

OLD_MAP, MAP, FIELD_MAP = 1, 2, 3
PAST = datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001 -- the archive's timestamps carry no zone
FUTURE = datetime(2999, 1, 1)  # noqa: DTZ001
RELEASES = (PAST, None, FUTURE)
SECRET = "secret"
BROKEN = [float("nan"), float("inf"), -5.0]
Row = dict[str, Any]


def passed(release: datetime | None) -> bool:
    return release == PAST


@dataclass(frozen=True)
class Plane:
    """An image; its number says which of its dates have passed."""

    number: int

    @property
    def releases(self) -> tuple[datetime | None, ...]:
        """Give the releases of the observation's and the plane's metadata, of the data, and of the file."""
        first, second, third, fourth = (RELEASES[self.number // 3**digit % 3] for digit in range(4))
        return first, second, third, fourth

    @property
    def observation_visible(self) -> bool:
        return passed(self.releases[0])

    @property
    def described(self) -> bool:
        return passed(self.releases[1])

    @property
    def visible(self) -> bool:
        _, _, data, content = self.releases
        return self.described and passed(data if content is None else content)

    @property
    def publisher_id(self) -> str:
        return f"ivo://test.example/{'seen' if self.visible else SECRET}?p{self.number}/p{self.number}"

    def uuid(self, kind: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}{self.number}")

    @property
    def counts(self) -> list[int]:
        random = np.random.default_rng(self.number)
        return [int(count) for count in random.poisson(0.4, 400)]

    @property
    def vector(self) -> list[float]:
        vector = np.random.default_rng(self.number).normal(size=400)
        return [float(value) for value in vector / np.linalg.norm(vector)]


PLANES = [Plane(number) for number in range(162)]
VISIBLE = [plane for plane in PLANES if plane.visible]
DESCRIBED = [plane for plane in PLANES if plane.described]
HIDDEN = [plane for plane in PLANES if not plane.visible]


def observation_of(plane: Plane) -> Row:
    seen = plane.observation_visible
    return {
        "observationURI": f"caom:TEST/obs{plane.number}",
        "obsID": plane.uuid("obs"),
        "collection": f"{plane.number % 3}" if seen else SECRET,
        "observationID": f"{plane.number}" if seen else f"{SECRET}{plane.number}",
        "algorithm_name": "exposure",
        "metaRelease": plane.releases[0],
        "typeCode": "S",
        "intent": "science",
        "target_name": f"{plane.number % 4}" if seen else SECRET,
        "target_redshift": 0.5 if seen else -9.0,
        "environment_seeing": 1.0 + plane.number % 3 if seen else 0.0,
        "environment_ambientTemp": 3.0 if seen else 1e308,
        "sequenceNumber": plane.number if seen else 2**31 - 1,
        **PROVENANCE,
    }


def plane_of(plane: Plane) -> Row:
    seen = plane.described
    square = [
        10.0 * (plane.number % 9),
        0.0,
        10.0 * (plane.number % 9) + 1,
        0.0,
        10.0 * (plane.number % 9),
        1.0,
    ]
    return {
        "publisherID": plane.publisher_id,
        "obsID": plane.uuid("obs"),
        "planeID": plane.uuid("plane"),
        "planeURI": f"caom:TEST/p{plane.number}",
        "productID": f"{plane.number % 5}" if seen else SECRET,
        "metaRelease": plane.releases[1],
        "dataRelease": plane.releases[2],
        "dataProductType": "image",
        "calibrationLevel": plane.number % 4 if seen else 2**31 - 1,
        "provenance_version": "2020-01-02" if seen else SECRET,
        "provenance_name": f"{plane.number % 9},7" if seen else SECRET,
        "energy_bandpassName": "g" if plane.number % 2 else "r_2",
        "energy_resolvingPower": 1 / (1 + plane.number % 3) if seen else -5.0,
        "metrics_background": 2.0 if seen else 1e308,
        "metrics_magLimit": 20.0 + plane.number % 4 if seen else float("inf"),
        "position_bounds": (square if plane.number % 2 else [*square[:2], 1.0]) if seen else BROKEN,
        "position_bounds_size": 1.5,
        "time_exposure": 1.0 + plane.number % 7 if seen else 0.0,
        **PROVENANCE,
    }


def artifact_of(plane: Plane) -> Row:
    seen = plane.described
    return {
        "uri": f"test:{'seen' if plane.visible else SECRET}/{plane.number}.fits",
        "planeID": plane.uuid("plane"),
        "artifactID": plane.uuid("artifact"),
        "productType": "science",
        "releaseType": "data",
        "contentType": f"{plane.number % 3}" if seen else SECRET,
        "contentLength": 1 + plane.number % 5 if seen else 0,
        "contentRelease": plane.releases[3],
        **PROVENANCE,
    }


def part_of(plane: Plane) -> Row:
    return {
        "artifactID": plane.uuid("artifact"),
        "partID": plane.uuid("part"),
        "name": f"{plane.number % 3}" if plane.described else SECRET,
        "productType": f"{plane.number % 9},8" if plane.described else SECRET,
        **PROVENANCE,
    }


def position_of(plane: Plane) -> Row:
    ra, dec = 10.0 * (plane.number % 9), 0.1 * (plane.number % 4)
    healpix = int(hpgeom.angle_to_pixel(2**29, ra, dec))
    return {"ra": ra, "dec": dec, "healpix": healpix}


def measures_of(plane: Plane, map_id: int) -> Row:
    seen = plane.visible
    return {
        "mapID": map_id,
        "fingerprint": plane.counts if map_id == MAP else plane.counts[::-1],
        "nObjects": 1 + sum(plane.counts) if seen else 0,
        "nDetected": 5 if seen else 2**31 - 1,
        "sampledFraction": 0.5 if seen else 0.0,
        "noise": 0.25 if seen else -1.0,
        "fwhm": 1.25 if seen else float("inf"),
        "planeID": plane.uuid("plane"),
        "publisherID": plane.publisher_id,
    }


def fingerprint_of(plane: Plane, map_id: int) -> Row:
    seen = plane.visible
    return {
        **measures_of(plane, map_id),
        "obsID": plane.uuid("obs"),
        "vector": plane.vector if plane.number % 5 else None,
        "collection": f"{plane.number % 3}" if seen else SECRET,
        "instrument_name": f"{plane.number % 9},6" if seen else SECRET,
        "bandpassName": "2020-01-02" if seen else SECRET,
        "metaRelease": plane.releases[1],
        "dataRelease": plane.releases[2],
        "contentRelease": plane.releases[3],
        **position_of(plane),
        "timeMid": 5.0 if seen else 1e308,
    }


def oddness_of(plane: Plane, map_id: int) -> Row:
    oddness = plane.number / 162 if plane.visible else 100
    keys = {"planeID": plane.uuid("plane"), "mapID": map_id, "cameraID": map_id}
    return {**keys, "isHistory": plane.visible, "oddness": oddness}


def part_fingerprint_of(plane: Plane, map_id: int) -> Row:
    return {
        **measures_of(plane, map_id),
        "artifactURI": artifact_of(plane)["uri"],
        "part": f"{plane.number % 3}" if plane.visible else SECRET,
        "naxis1": 2 if plane.visible else 0,
        "naxis2": 3 if plane.visible else 2**31 - 1,
    }


def object_of(plane: Plane, number: int) -> Row:
    seen = plane.visible
    zero = 0.0 if not seen else 1.0 + number
    return {
        "mapID": MAP,
        "objectID": number,
        "node": (plane.number + number) % 400,
        "flags": 1 if seen else 2**15 - 1,
        **position_of(plane),
        **dict.fromkeys(("x", "y", "a", "b"), zero),
        "theta": 30.0 if seen else float("inf"),
        "flux": 3.0 if seen else 3e38,
        "snr": 0.5 if seen else -1.0,
        "confidence": 0.5,
        "oddness": 0.5,
    }


def look_of(row: Row) -> Row:
    """Give what an object looks like."""
    kept = ("mapID", "imageID", "node", "ra", "dec", "healpix", "x", "y", "snr")
    vector = np.random.default_rng(row["imageID"]).normal(size=64).tolist()
    number = (row["imageID"] << 20) + row["objectID"]
    return {name: row[name] for name in kept} | {"objectID": number, "vector": vector}


PROVENANCE: Row = {
    "lastModified": PAST,
    "maxLastModified": PAST,
    "metaChecksum": "md5:",
    "accMetaChecksum": "md5:",
}


def insert(connection: psycopg.Connection[Any], table: str, rows: list[Row]) -> None:
    """Insert rows; text of ours names the columns."""
    names = ", ".join(rows[0])
    places = ", ".join(
        f"%({name})s::real[]::halfvec" if name == "vector" else f"%({name})s" for name in rows[0]
    )
    with connection.cursor() as cursor:
        cursor.executemany(f"insert into {table} ({names}) values ({places})", rows)


def fill(database: Database) -> None:
    """Write the archive."""
    with database.connect_administrator() as connection, connection.transaction():
        fill_maps(connection)
        insert(connection, "caom2.Observation", [observation_of(plane) for plane in PLANES])
        insert(connection, "caom2.Plane", [plane_of(plane) for plane in PLANES])
        insert(connection, "caom2.Artifact", [artifact_of(plane) for plane in PLANES])
        insert(connection, "caom2.Part", [part_of(plane) for plane in PLANES])
        places = [{"planeID": plane.uuid("plane"), **position_of(plane)} for plane in PLANES]
        insert(connection, "caom2_ai.plane_position", places)
        for map_id in (OLD_MAP, MAP):
            rows = [fingerprint_of(plane, map_id) for plane in PLANES]
            insert(connection, "caom2_ai.fingerprint", rows)
            camera = {"cameraID": map_id, "mapID": map_id, "collection": "", "nImages": len(PLANES)}
            insert(connection, "caom2_ai.camera", [camera])
            insert(connection, "caom2_ai.image_oddness", [oddness_of(plane, map_id) for plane in PLANES])
            rows = [part_fingerprint_of(plane, map_id) for plane in PLANES]
            insert(connection, "caom2_ai.part_fingerprint", rows)
        fill_objects(connection)
        nodes = [
            {"planeID": plane.uuid("plane"), "mapID": FIELD_MAP, "node": plane.number % 5} for plane in PLANES
        ]
        insert(connection, "caom2_ai.field_node", nodes)
    finish(database)


def fill_maps(connection: psycopg.Connection[Any]) -> None:
    for map_id, kind, of, size in (
        (OLD_MAP, "object", None, 20),
        (MAP, "object", None, 20),
        (FIELD_MAP, "field", MAP, 12),
    ):
        connection.execute(
            "insert into caom2_ai.map (mapID, kind, objectMapID, gridWidth, gridHeight, modelHash, isCurrent)"
            " overriding system value values (%s, %s, %s, %s, %s, %s, %s)",
            [map_id, kind, of, size, size, f"model {map_id}", map_id != OLD_MAP],
        )
        connection.execute(
            "insert into caom2_ai.node (mapID, node, gridX, gridY)"
            " select %(map)s, n, n %% %(size)s, n / %(size)s"
            " from generate_series(0, %(size)s * %(size)s - 1) n",
            {"map": map_id, "size": size},
        )
    labels = [{"mapID": MAP, "node": node, "label": "ring", "author": "me"} for node in (7, 8)]
    insert(connection, "caom2_ai.label", labels)


def fill_objects(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute(
        "select publisherID, imageID from caom2_ai.part_fingerprint where mapID = %s", [MAP]
    )
    images = dict(found.fetchall())
    rows = [
        {**object_of(plane, number), "imageID": images[plane.publisher_id]}
        for plane in PLANES
        for number in range(2)
    ]
    insert(connection, "caom2_ai.object_node", rows)
    insert(connection, "caom2_ai.object_vector", [look_of(row) for row in rows])


def finish(database: Database) -> None:
    """Refresh what is counted, and the statistics of the planner."""
    with database.connect_administrator() as connection:
        connection.execute("select caom2_ai.refresh_positions(%s)", [len(PLANES)])
        connection.execute("select caom2_ai.refresh_nodes()")
        connection.execute("select caom2_ai.refresh_distance_rank(%s)", [MAP])
        connection.execute("vacuum analyze")


def delete_hidden(database: Database) -> None:
    """Delete what is hidden, by the archive's own knowledge of it, not by the views'."""
    hidden = {
        "caom2.Observation": [plane.uuid("obs") for plane in PLANES if not plane.observation_visible],
        "caom2.Plane": [plane.uuid("plane") for plane in PLANES if not plane.described],
        "caom2.Artifact": [plane.uuid("artifact") for plane in PLANES if not plane.described],
        "caom2.Part": [plane.uuid("part") for plane in PLANES if not plane.described],
    }
    keys = {"caom2.Observation": "obsID", "caom2.Artifact": "artifactID", "caom2.Part": "partID"}
    described = [plane.uuid("plane") for plane in DESCRIBED]
    content = [plane.uuid("plane") for plane in HIDDEN]
    with database.connect_administrator() as connection, connection.transaction():
        connection.execute("set local session_replication_role = replica")
        for table in ("object_node", "object_vector"):
            connection.execute(
                f"delete from caom2_ai.{table} where imageID in"
                " (select imageID from caom2_ai.part_fingerprint where planeID = any(%s))",
                [content],
            )
        for table in ("fingerprint", "part_fingerprint", "field_node"):
            connection.execute(f"delete from caom2_ai.{table} where planeID = any(%s)", [content])
        connection.execute("delete from caom2_ai.plane_position where planeID <> all(%s)", [described])
        for table, ids in hidden.items():
            key = keys.get(table, "planeID")
            connection.execute(f"delete from {table} where {key} = any(%s)", [ids])
    finish(database)
