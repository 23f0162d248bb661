"""An archive with more images than the page loads rows of, and more of one node of Map 2 than that."""

from __future__ import annotations

from typing import Final

from caomai.database import Database

IMAGES: Final = 42_500
# Every fourth image lies in a node of Map 2, the others in another.
SMALL, LARGE = 45, 7
# Some images have vectors, the first and the last by date: the page loads the rows of the last only.
WITH_VECTOR: Final = 300
ENVIRONMENT: Final = {"CAOMAI_ARTIFACTS": '{"many": "https://files.example/{path}"}'}

OBSERVATIONS = """
    insert into caom2.Observation (
        observationURI, obsID, collection, observationID, algorithm_name, intent, metaRelease, target_name,
        instrument_name, proposal_id, typeCode, lastModified, maxLastModified, metaChecksum, accMetaChecksum)
    select 'caom:MANY/' || n, md5('o' || n)::uuid, 'MANY', 'image-' || n, 'exposure', 'science', '2020-01-01',
        'Target ' || n % 97, 'CAMERA' || n % 5, 'P' || n % 11, 'S', '2020-01-01', '2020-01-01', 'md5:0',
        'md5:0'
    from numbers
    cross join generate_series(1, images) n
"""
# Every fiftieth image is not public yet.
PLANES = """
    insert into caom2.Plane (
        publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease, dataProductType,
        calibrationLevel, time_bounds_lower, time_exposure, energy_bandpassName, lastModified,
        maxLastModified, metaChecksum, accMetaChecksum)
    select 'ivo://caom-ai.local/MANY?image-' || n || '/p', md5('o' || n)::uuid, md5('p' || n)::uuid,
        'caom:MANY/image-' || n || '/p', 'p', '2020-01-01', case when n % 50 > 0 then date '2020-01-01' end,
        'image', 2, 50000 + n, n % 1000, 'g', '2020-01-01', '2020-01-01', 'md5:0', 'md5:0'
    from numbers
    cross join generate_series(1, images) n
"""
ARTIFACTS = """
    insert into caom2.Artifact (
        uri, planeID, artifactID, productType, releaseType, contentType, contentLength, lastModified,
        maxLastModified, metaChecksum, accMetaChecksum)
    select 'many:' || n || '.fits', md5('p' || n)::uuid, md5('a' || n)::uuid, 'science', 'data',
        'application/fits', 1000000, '2020-01-01', '2020-01-01', 'md5:0', 'md5:0'
    from numbers
    cross join generate_series(1, images) n
"""
MAPS = """
    insert into caom2_ai.map (mapID, kind, objectMapID, gridWidth, gridHeight, modelHash, isCurrent)
    overriding system value
    values (1, 'object', null, 20, 20, 'x', true), (2, 'field', 1, 12, 12, 'x', true)
"""
NODES = """
    insert into caom2_ai.node (mapID, node, gridX, gridY)
    select mapID, n, n % gridWidth, n / gridWidth
    from caom2_ai.map, generate_series(0, gridWidth * gridHeight - 1) n
"""
# Of node 3 of Map 1 every image has an object, of node 100 every tenth.
FINGERPRINTS = """
    insert into caom2_ai.fingerprint (
        planeID, mapID, obsID, publisherID, fingerprint, vector, nObjects, nDetected, sampledFraction,
        collection, instrument_name, bandpassName, intent, metaRelease, dataRelease)
    select p.planeID, 1, p.obsID, p.publisherID, f.counts,
        case when least(n, images + 1 - n) <= vectors then
            (select l2_normalize(array_agg(sin(n * k))::real[]::halfvec) from generate_series(1, 400) k) end,
        1 + f.counts[101], 2, 1, 'MANY', 'CAMERA' || n % 5, 'g', 'science', p.metaRelease, p.dataRelease
    from numbers
    cross join generate_series(1, images) n
    join caom2.Plane p on p.planeID = md5('p' || n)::uuid
    cross join lateral (
        select array_fill(0, array[3]) || 1 || array_fill(0, array[96]) || (n % 10 = 0)::integer
            || array_fill(0, array[299])
    ) f (counts)
"""
FIELDS = """
    insert into caom2_ai.field_node (planeID, mapID, node)
    select md5('p' || n)::uuid, 2, case when n % 4 = 0 then small else large end
    from numbers
    cross join generate_series(1, images) n
"""
NUMBERS: Final = {"images": IMAGES, "vectors": WITH_VECTOR, "small": SMALL, "large": LARGE}


def fill(database: Database) -> None:
    """Put the archive into a database."""
    numbers = ", ".join(f"{number} as {name}" for name, number in NUMBERS.items())
    with database.connect("ingest") as connection:
        connection.execute(f"create temporary table numbers as select {numbers}")
        for statement in (OBSERVATIONS, PLANES, ARTIFACTS, MAPS, NODES, FINGERPRINTS, FIELDS):
            connection.execute(statement)
        connection.execute("select caom2_ai.make_map_index(1)")
        connection.execute("select caom2_ai.refresh_nodes()")
    with database.connect_administrator() as connection:
        connection.execute("vacuum analyze")
