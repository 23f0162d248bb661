"""Plans as the query role gets them through the views: they use the indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from caomai.database import Database
from tests.database.conftest import PAST, Connection, add_map

ROWS = 600
NODES = 40  # with objects in each image, of 400


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    """Connect as the query role to a database with fingerprints in two maps."""
    random = np.random.default_rng(1)
    with database.connect("ingest") as ingest:
        current = add_map(ingest, "object", "new")
        old = add_map(ingest, "object", "old", current=False)
        field_map = add_map(ingest, "field", "new", of=current)
        with (
            ingest.cursor() as cursor,
            cursor.copy(
                "copy caom2_ai.fingerprint"
                " (planeID, mapID, obsID, publisherID, fingerprint, vector, nObjects, nDetected,"
                " sampledFraction, collection, metaRelease, dataRelease) from stdin"
            ) as copy,
        ):
            for number in range(2 * ROWS):
                counts = np.zeros(400, int)
                counts[random.choice(400, NODES, replace=False)] = random.integers(1, 9, NODES)
                vector = random.normal(size=400)
                copy.write_row(
                    (
                        f"{number // 2:032x}",
                        (current, old)[number % 2],
                        f"{number // 2:032x}",
                        f"ivo://test.local/TEST?{number // 2}/0",
                        list(counts),
                        str((vector / np.linalg.norm(vector)).astype(np.float16).tolist()),
                        int(counts.sum()),
                        int(counts.sum()),
                        1.0,
                        "TEST",
                        PAST,
                        PAST,
                    )
                )
        ingest.execute(
            "insert into caom2_ai.field_node select planeID, %s, get_byte(uuid_send(planeID), 15) %% 144"
            " from caom2_ai.fingerprint where mapID = %s",
            [field_map, current],
        )
        row = ingest.execute("select caom2_ai.make_map_index(%s)", [current]).fetchone()
        assert row == ("fingerprint_vector_1",)
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("analyze")
    with database.connect("query") as query:
        yield query


def plan(connection: Connection, query: str, *, run: bool = False) -> str:
    rows = connection.execute(f"explain ({'analyze, ' if run else ''}costs off) {query}".encode()).fetchall()
    return "\n".join(row[0] for row in rows)


VECTOR = "(select caomai_vector('ivo://test.local/TEST?7/0'))"
NEAREST = f"""
    select f.publisherID, caomai_distance(f.vector, {VECTOR}) as dist
    from caom2_ai_view.fingerprint f
    where f.mapID = 1
    order by dist limit 10
"""


def test_nearest_neighbours_come_from_the_index_of_the_map(connection: Connection) -> None:
    text = plan(connection, NEAREST, run=True)
    assert "Index Scan using fingerprint_vector_1" in text
    assert "Sort" not in text
    assert "field_node" not in text  # the joins of the view that nothing asks for are gone
    assert "map m" not in text


def test_the_wrapper_and_the_bare_operator_have_the_same_plan(connection: Connection) -> None:
    bare = NEAREST.replace(f"caomai_distance(f.vector, {VECTOR})", f"f.vector <-> {VECTOR}")
    assert bare != NEAREST
    assert plan(connection, bare) == plan(connection, NEAREST)


def test_the_index_finds_the_true_neighbours(connection: Connection) -> None:
    with connection.transaction():
        connection.execute("set local enable_sort = off")
        # The index is a random graph: with fewer candidates than rows it may miss one.
        connection.execute("set local hnsw.ef_search = 1000")
        assert "fingerprint_vector_1" in plan(connection, NEAREST)
        found = connection.execute(NEAREST.encode()).fetchall()
    exact = NEAREST.replace("order by dist", f"order by (f.vector <-> {VECTOR}) + 0")
    assert "fingerprint_vector_1" not in plan(connection, exact)
    assert found == connection.execute(exact.encode()).fetchall()


def test_a_join_to_the_archive_keeps_the_index(connection: Connection) -> None:
    query = NEAREST.replace("where", "left join caom2_ai_view.plane p on p.planeID = f.planeID where")
    assert "Index Scan using fingerprint_vector_1" in plan(connection, query)


@pytest.mark.parametrize(
    "predicate",
    [
        "array_positions(f.fingerprint::boolean[], true) @> caom2_ai.node_positions('101,144,200')",
        "array_positions(f.fingerprint::boolean[], true) @> array[101 + 1, 102 + 1]",
    ],
)
def test_node_membership_uses_its_index(connection: Connection, predicate: str) -> None:
    query = f"select count(*) from caom2_ai_view.fingerprint f where f.mapID = 1 and {predicate}"
    assert "Bitmap Index Scan on fingerprint_nodes" in plan(connection, query)


def test_images_of_one_field_use_its_index(connection: Connection) -> None:
    query = "select publisherID from caom2_ai_view.fingerprint where fieldNode = 57"
    assert "field_node_node" in plan(connection, query)


def test_an_image_is_found_by_its_identifier(connection: Connection) -> None:
    query = "select vector from caom2_ai_view.fingerprint where mapID = 1 and publisherID"
    text = plan(connection, f"{query} = 'ivo://test.local/TEST?7/0'")
    assert "Index Scan using fingerprint_publisherid" in text


PARTS = """
create temporary table part on commit drop as
select n, gen_random_uuid() as planeID, timestamp '2020-01-01' as past from generate_series(1, 500) n;
insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease,
    lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select 'ivo://parts?' || n, planeID, planeID, 'caom:P/' || n, n, past, past, past, past, 'md5:', 'md5:'
from part;
insert into caom2.Artifact (uri, planeID, artifactID, productType, releaseType, lastModified, maxLastModified,
    metaChecksum, accMetaChecksum)
select 'file:' || n, planeID, gen_random_uuid(), 'science', 'data', past, past, 'md5:', 'md5:' from part;
insert into caom2_ai.part_fingerprint (planeID, publisherID, artifactURI, part, mapID, fingerprint, nObjects,
    nDetected, sampledFraction, naxis1, naxis2)
select planeID, 'ivo://parts?' || n, 'file:' || n, '0', 1, array_fill(0, array[400]), 0, 0, 1, 9, 9 from part;
analyze caom2.Plane;
analyze caom2.Artifact;
analyze caom2_ai.part_fingerprint;
"""


def test_many_rows_are_expected_where_planes_and_files_meet(database: Database) -> None:
    """Who expects one row joins the rest by loops: a crossmatch with objects took a minute for a second."""
    with database.connect_administrator() as administrator:
        administrator.execute("set session_replication_role = replica")  # planes without observations
        administrator.execute(PARTS)
        lines = administrator.execute("explain select publisherID from caom2_ai_view.part_fingerprint")
        expected = re.search(r"rows=(\d+)", lines.fetchall()[0][0])
        administrator.rollback()
    assert expected
    assert int(expected[1]) > 10
