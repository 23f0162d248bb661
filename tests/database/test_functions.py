"""The functions for ADQL give what numpy gives on the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest

from caomai.database import Database, sql_folder
from tests.database.conftest import Connection, Image, add_image, add_map

RANDOM = np.random.default_rng(7)
IMAGES = [
    Image(
        f"image-{number}",
        counts={int(node): int(RANDOM.integers(1, 500)) for node in RANDOM.choice(400, 30, replace=False)},
        vector=(RANDOM.normal(size=400) / 20).astype(np.float32),
        field_node=number % 3,
    )
    for number in range(12)
] + [Image("empty", counts={}, vector=None)]
LABELLED = [3, 101, 399]


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with database.connect("ingest") as ingest:
        old = add_map(ingest, "object", "old", current=False)
        current = add_map(ingest, "object", "new")
        field_map = add_map(ingest, "field", "new", of=current)
        for image in IMAGES:
            add_image(ingest, image, current, field_map)
        for map_id, nodes in ((current, LABELLED), (old, [0, 1, 2])):
            ingest.cursor().executemany(
                "insert into caom2_ai.label (mapID, node, label, author)"
                " values (%s, %s, 'satellite trail', 'me')",
                [(map_id, node) for node in nodes],
            )
        ingest.execute("select caom2_ai.refresh_nodes()")
        ingest.execute("select caom2_ai.refresh_distance_rank(%s)", [current])
    with database.connect("query", autocommit=True) as query:
        yield query


def values(connection: Connection, expression: str) -> list[object]:
    """Evaluate an expression over the columns of fingerprint f, in the order of IMAGES."""
    query = f"select f.publisherID, {expression} from caom2_ai_view.fingerprint f"
    found = dict(connection.execute(query.encode()).fetchall())
    return [found[image.publisher_id] for image in IMAGES]


def value(connection: Connection, expression: str) -> object:
    row = connection.execute(f"select {expression}".encode()).fetchone()
    assert row
    return row[0]


def test_distance_is_that_of_numpy_in_half_precision(connection: Connection) -> None:
    vectors = [
        None if image.vector is None else image.vector.astype(np.float16).astype(float) for image in IMAGES
    ]
    found = values(connection, f"caomai_distance(f.vector, caomai_vector('{IMAGES[0].publisher_id}'))")
    assert vectors[0] is not None
    expected = [None if vector is None else np.linalg.norm(vector - vectors[0]) for vector in vectors]
    assert found[-1] is None
    np.testing.assert_allclose(found[:-1], expected[:-1], rtol=1e-5)  # type: ignore[arg-type]


def test_vector_of_an_unknown_image_is_null(connection: Connection) -> None:
    assert value(connection, "caomai_vector('ivo://test.local/TEST?none/none')") is None


@pytest.mark.parametrize("node", [0, 3, 101, 399])
def test_counts_and_fractions_are_those_of_the_fingerprint(connection: Connection, node: int) -> None:
    counts = [image.counts.get(node, 0) for image in IMAGES]
    totals = [sum(image.counts.values()) for image in IMAGES]
    assert values(connection, f"caomai_count(f.fingerprint, {node})") == counts
    fractions = [count / total if total else None for count, total in zip(counts, totals, strict=True)]
    assert values(connection, f"caomai_fraction(f.fingerprint, {node})") == pytest.approx(fractions)
    estimates = [count / 0.25 for count in counts]
    assert values(connection, f"caomai_count_estimate(f.fingerprint, {node}, 0.25)") == estimates


def test_a_node_that_does_not_exist_has_no_count(connection: Connection) -> None:
    assert value(connection, "caomai_count(array_fill(1, array[400]), 400)") is None
    assert value(connection, "caomai_count(array_fill(1, array[400]), -1)") is None


def test_has_wants_objects_in_all_nodes_of_the_list(connection: Connection) -> None:
    nodes = list(IMAGES[4].counts)[:2]
    expected = [int(all(image.counts.get(node, 0) for node in nodes)) for image in IMAGES]
    assert values(connection, f"caomai_has(f.fingerprint, '{nodes[0]}, {nodes[1]}')") == expected
    assert sum(expected) >= 1


@pytest.mark.parametrize("nodes", ["", "101;144", "a", "-1", "1,,2", "400", "9999", "1.5", "1,"])
def test_what_is_no_list_of_nodes_is_refused(connection: Connection, nodes: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="nodes"):
        connection.execute("select caomai_has(array_fill(1, array[400]), %s)", [nodes])


def test_label_count_sums_the_labelled_nodes_of_the_current_map(connection: Connection) -> None:
    expected = [sum(image.counts.get(node, 0) for node in LABELLED) for image in IMAGES]
    assert sum(expected) > 0
    assert values(connection, "caomai_label_count(f.fingerprint, 'satellite trail')") == expected
    assert set(values(connection, "caomai_label_count(f.fingerprint, 'nobody gave this')")) == {0}
    assert value(connection, "caomai_label_count(null, 'satellite trail')") is None


def test_same_field_compares_the_nodes_of_map_2(connection: Connection) -> None:
    expected = [int(image.field_node == IMAGES[1].field_node) for image in IMAGES]
    assert values(connection, f"caomai_same_field(f.publisherID, '{IMAGES[1].publisher_id}')") == expected
    assert set(values(connection, "caomai_same_field(f.publisherID, 'ivo://none/X?x/y')")) == {None}


def test_rank_is_the_percentile_of_the_distance_among_all_pairs(connection: Connection) -> None:
    vectors = np.array([image.vector for image in IMAGES[:-1]]).astype(np.float16).astype(float)
    first, second = np.triu_indices(len(vectors), 1)
    distances = np.linalg.norm(vectors[first] - vectors[second], axis=1)
    for percentage in (0, 1, 37.5, 50, 99, 100):
        distance = np.percentile(distances, percentage)
        assert value(connection, f"caomai_rank({distance})") == pytest.approx(percentage, abs=0.6)
    assert value(connection, "caomai_rank(0)") == 0
    assert value(connection, "caomai_rank(2)") == 100
    assert value(connection, "caomai_rank(null)") is None
    ranks = [value(connection, f"caomai_rank({distance})") for distance in np.linspace(0, 2, 50)]
    assert ranks == sorted(ranks)  # type: ignore[type-var]


def test_node_counts_are_sums_over_images(connection: Connection) -> None:
    counts = np.array([image.fingerprint for image in IMAGES])
    rows = connection.execute(
        "select nObjects, nImages from caom2_ai_view.node join caom2_ai_view.map using (mapID)"
        " where kind = 'object' and isCurrent = 1 order by node"
    ).fetchall()
    np.testing.assert_array_equal(rows, np.stack([counts.sum(0), (counts > 0).sum(0)], axis=1))


@pytest.mark.parametrize(
    ("call", "comparison", "arguments"),
    [
        ("caomai_has", "= 1", ["f.fingerprint", "'{0}'"]),
        ("caomai_count", ">= 5", ["f.fingerprint", "{0}"]),
        ("caomai_fraction", "> 0", ["f.fingerprint", "{0}"]),
        ("caomai_count_estimate", ">= 1", ["f.fingerprint", "{0}", "0.5"]),
        ("caomai_label_count", ">= 1", ["f.fingerprint", "'satellite trail'"]),
        ("caomai_same_field", "= 1", ["f.publisherID", "'{1}'"]),
    ],
)
def test_the_predicate_of_a_header_holds_wherever_the_function_does(
    connection: Connection, call: str, comparison: str, arguments: list[str]
) -> None:
    text = (sql_folder() / "functions" / f"{call}.sql").read_text()
    found = re.search(r"^-- predicate: (.*)$", text, re.MULTILINE)
    assert found
    node, image = next(iter(IMAGES[2].counts)), IMAGES[2].publisher_id
    words = [argument.format(node, image) for argument in arguments]
    predicate = re.sub(r"\$(\d)", lambda place: words[int(place[1]) - 1], found[1])
    function = f"{call}({', '.join(words)}) {comparison}"
    base = "select count(*) from caom2_ai_view.fingerprint f where"
    alone, both = (
        value(connection, f"({base} {condition})") for condition in (function, f"{function} and {predicate}")
    )
    assert alone == both
    assert alone != 0


def test_every_header_names_the_function_that_its_file_makes(database: Database) -> None:
    with database.connect("query") as connection:
        made = {
            row[0]: row[1]
            for row in connection.execute(
                "select proname, pg_get_function_arguments(oid) from pg_proc where proname like 'caomai%'"
            )
        }
    declared = {}
    for path in (sql_folder() / "functions").glob("*.sql"):
        header = re.match(r"-- ADQL: (\w+)\((.*)\) -> (\w+(?:\[\])?)\n-- \S", path.read_text())
        assert header, path
        assert header[1] == path.stem
        declared[header[1]] = header[2]
    assert declared.keys() == made.keys()
    for name, arguments in declared.items():
        names = [argument.split()[0].lower() for argument in arguments.split(",")]
        assert [argument.split()[0] for argument in made[name].split(", ")] == names


def test_functions_of_columns_are_inlined(database: Database) -> None:
    calls = (
        "caomai_count(f.fingerprint, 7), caomai_fraction(f.fingerprint, 7), caomai_has(f.fingerprint, '7'),"
    )
    calls += (
        " caomai_count_estimate(f.fingerprint, 7, f.sampledFraction), caomai_distance(f.vector, f.vector)"
    )
    with database.connect("query") as connection:
        rows = connection.execute(
            f"explain (verbose, costs off) select {calls} from caom2_ai_view.fingerprint f".encode()
        ).fetchall()
    assert "caomai_" not in "\n".join(row[0] for row in rows)
