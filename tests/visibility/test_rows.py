"""Which rows are seen, by all combinations of release dates: past, future, NULL (architecture sect. 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import psycopg
import pytest

from tests.visibility.archive import DESCRIBED, FIELD_MAP, HIDDEN, MAP, PLANES, VISIBLE, Plane, artifact_of
from tests.visibility.conftest import Archive, Ask

OBSERVED = [plane for plane in PLANES if plane.observation_visible]


def test_all_combinations_of_dates_are_there() -> None:
    assert len({plane.releases for plane in PLANES}) == 3**4
    assert len(PLANES) > len(DESCRIBED) > len(VISIBLE) > 20


@pytest.mark.parametrize(
    ("column", "table", "planes", "value"),
    [
        ("obsID", "caom2.Observation", OBSERVED, lambda plane: plane.uuid("obs")),
        ("planeID", "caom2.Plane", DESCRIBED, lambda plane: plane.uuid("plane")),
        ("uri", "caom2.Artifact", DESCRIBED, lambda plane: artifact_of(plane)["uri"]),
        ("partID", "caom2.Part", DESCRIBED, lambda plane: plane.uuid("part")),
        ("planeID", "caom2_ai.fingerprint", VISIBLE, lambda plane: plane.uuid("plane")),
        ("planeID", "caom2_ai.part_fingerprint", VISIBLE, lambda plane: plane.uuid("plane")),
        ("planeID", "caom2_ai.field_node", VISIBLE, lambda plane: plane.uuid("plane")),
        ("publisherID", "caom2_ai.object_node", 2 * VISIBLE, lambda plane: plane.publisher_id),
        ("publisherID", "caom2_ai.object_vector", 2 * VISIBLE, lambda plane: plane.publisher_id),
        (
            "obs_publisher_did",
            "ivoa.ObsCore",
            [plane for plane in DESCRIBED if plane.observation_visible],
            lambda plane: plane.publisher_id,
        ),
    ],
)
def test_rows_whose_dates_have_passed_are_seen(
    ask: Ask, column: str, table: str, planes: list[Plane], value: Callable[[Plane], object]
) -> None:
    found = ask(f"SELECT {column} FROM {table}")
    assert found.rows == Counter((value(plane),) for plane in planes)
    assert ask(f"SELECT COUNT(*) FROM {table}").rows == Counter([(len(planes),)])


def test_no_column_of_any_table_tells_of_hidden_rows(whole: Archive, ask: Ask) -> None:
    for table in whole.catalogue.tables:
        ask(f"SELECT * FROM {table.name}")


def test_maps_count_visible_images_only(ask: Ask) -> None:
    nodes = ask(f"SELECT node, nObjects, nImages FROM caom2_ai.node WHERE mapID = {MAP}")
    objects, images = Counter[int](), Counter[int]()
    for plane in VISIBLE:
        for node, count in enumerate(plane.counts):
            objects[node] += count
            images[node] += count > 0
    assert nodes.rows == Counter((node, objects[node], images[node]) for node in range(400))
    fields = ask(f"SELECT node, nImages FROM caom2_ai.node WHERE mapID = {FIELD_MAP} AND nImages > 0")
    assert fields.rows == Counter(Counter(plane.number % 5 for plane in VISIBLE).items())


def test_hidden_rows_would_make_a_calculation_fail(whole: Archive) -> None:
    with whole.database.connect_administrator() as administrator:
        for query in (
            "select 1 / time_exposure from caom2.Plane",
            "select productID::integer from caom2.Plane",
            "select sqrt(snr) from caom2_ai.object_node",
            "select contentLength / contentLength from caom2.Artifact",
        ):
            with pytest.raises(psycopg.DataError):
                administrator.execute(query.encode())


def test_statistics_of_the_planner_are_not_shown(whole: Archive) -> None:
    count = "select count(*) from pg_stats where schemaname in ('caom2', 'caom2_ai')"
    assert whole.connection.execute(count).fetchone() == (0,)
    for text in (
        "SELECT * FROM pg_stats",
        "SELECT reltuples FROM pg_catalog.pg_class",
        "SELECT * FROM caom2_ai.failure",
        "SELECT * FROM caom2_ai.plane_position",
        "EXPLAIN SELECT 1 FROM caom2.Plane",
        "EXPLAIN ANALYZE SELECT 1 FROM caom2.Plane",
    ):
        assert "line 1" in (whole.ask(text).error or "")


def test_hidden_planes_are_of_every_kind() -> None:
    assert len({plane.releases for plane in HIDDEN}) == 3**4 - 3 * (1 + 3)
