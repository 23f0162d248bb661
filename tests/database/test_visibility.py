"""Rows whose release has not come are in no view, no function and no count (architecture sect. 4)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from caomai.database import Database
from tests.database.conftest import FUTURE, PAST, Image

ONES = np.ones(400, np.float32)
IMAGES = [
    Image("public", vector=ONES),
    Image("file-public-before-its-plane", data=FUTURE, content=PAST, vector=ONES),
    Image("metadata-hidden", meta=FUTURE, vector=-ONES),
    Image("metadata-without-date", meta=None, vector=-ONES),
    Image("data-hidden", data=FUTURE, vector=-ONES),
    Image("data-without-date", data=None, vector=-ONES),
    Image("file-hidden-longer-than-its-plane", content=FUTURE, vector=-ONES),
]
METADATA_PUBLIC = {image.name for image in IMAGES if not image.name.startswith("metadata")}
PIXELS_PUBLIC = {"public", "file-public-before-its-plane"}


@pytest.fixture(scope="module", autouse=True)
def maps(fill: Callable[[list[Image]], tuple[int, int]]) -> tuple[int, int]:
    return fill(IMAGES)


def names(database: Database, query: str) -> set[str]:
    """Give the last words of the identifiers that a query shows."""
    with database.connect("query") as connection:
        identifiers = [str(row[0]) for row in connection.execute(query.encode())]
    return {text.rpartition("/")[2].rpartition(":")[2].removesuffix(".fits") for text in identifiers}


@pytest.mark.parametrize(
    ("view", "query"),
    [
        ("observation", "select observationURI from caom2_ai_view.observation"),
        ("plane", "select publisherID from caom2_ai_view.plane"),
        ("artifact", "select uri from caom2_ai_view.artifact"),
        ("obscore", "select obs_publisher_did from caom2_ai_view.obscore"),
        ("part", "select uri from caom2_ai_view.part join caom2_ai_view.artifact using (artifactID)"),
    ],
)
def test_caom_rows_show_when_their_metadata_are_public(database: Database, view: str, query: str) -> None:
    assert names(database, query) == METADATA_PUBLIC
    with database.connect("query") as connection:
        row = connection.execute(f"select count(*) from caom2_ai_view.{view}".encode()).fetchone()
    assert row == (len(METADATA_PUBLIC),)


@pytest.mark.parametrize(
    "view", ["fingerprint", "part_fingerprint", "object_node", "object_vector", "field_node"]
)
def test_content_shows_when_metadata_and_pixels_are_public(database: Database, view: str) -> None:
    assert names(database, f"select publisherID from caom2_ai_view.{view}") == PIXELS_PUBLIC


def test_every_view_of_images_is_tested(database: Database) -> None:
    known = {"observation", "plane", "artifact", "part", "obscore"}
    known |= {"fingerprint", "part_fingerprint", "object_node", "object_vector"}
    without_images = {"map", "node", "node_axis", "node_match", "label", "distance_rank"}
    without_images |= {f"tap_{name}" for name in ("schemas", "tables", "columns", "keys", "key_columns")}
    shown = names(database, "select relname from pg_class where relnamespace = 'caom2_ai_view'::regnamespace")
    # Those of pictures are tested with them (tests/previews).
    pictured = {"picture", "map_picture", "pictured_object", "shown_file"}
    pictured |= {f"typical_{name}" for name in ("image", "object", "sprite")}
    assert shown == known | {"field_node"} | without_images | pictured


def test_functions_know_hidden_images_as_little_as_unknown_ones(database: Database) -> None:
    identifiers = [image.publisher_id for image in IMAGES] + ["ivo://test.local/TEST?nothing/nothing"]
    with database.connect("query") as connection:
        found = connection.execute(
            "select id from unnest(%s::text[]) id where caomai_vector(id) is not null"
            " and caomai_same_field(id, %s) = 1 and caomai_same_field(%s, id) = 1",
            [identifiers, IMAGES[0].publisher_id, IMAGES[0].publisher_id],
        ).fetchall()
        members = connection.execute("select caom2_ai.field_members(%s)", [IMAGES[0].publisher_id]).fetchall()
    visible = {image.publisher_id for image in IMAGES if image.name in PIXELS_PUBLIC}
    assert {row[0] for row in found} == visible
    assert {row[0] for row in members} == visible


def test_counts_and_distances_leave_hidden_images_out(database: Database, maps: tuple[int, int]) -> None:
    with database.connect("ingest") as connection:
        connection.execute("select caom2_ai.refresh_nodes()")
        connection.execute("select caom2_ai.refresh_distance_rank(%s)", [maps[0]])
    with database.connect("query") as connection:
        counts = connection.execute(
            "select mapID, node, nObjects, nImages from caom2_ai_view.node where nImages > 0 order by mapID"
        ).fetchall()
        pairs = connection.execute("select distinct dist from caom2_ai_view.distance_rank").fetchall()
    visible = len(PIXELS_PUBLIC)
    assert counts == [(maps[0], 0, visible, visible), (maps[1], 0, visible, visible)]
    assert pairs == [(0.0,)]
