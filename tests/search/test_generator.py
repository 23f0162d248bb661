"""The generator of large archives: what it writes past the product is what the product would have written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest

from benchmarks.scale.content import Content
from benchmarks.scale.rows import exposure
from caomai.database import Database
from fingerprinting.fieldmap import field_nodes
from fingerprinting.maps import decode_vector
from fingerprinting.model import load_model
from tests.search.conftest import SIZE


@pytest.fixture(scope="module")
def owner(archive: Database) -> Iterator[psycopg.Connection[Any]]:
    with archive.connect("owner", autocommit=True) as opened:
        yield opened


def count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("fingerprint", SIZE.images),
        ("part_fingerprint", SIZE.images),
        ("plane", SIZE.images),
        ("artifact", SIZE.images),
        ("obscore", SIZE.images),
        ("field_node", SIZE.images),
        ("observation", SIZE.images * 5 // 6),
        ("object_node", SIZE.images * SIZE.objects_per_image),
    ],
)
def test_everything_is_there_for_all_to_see(archive: Database, table: str, rows: int) -> None:
    with archive.connect("query") as connection:
        assert count(connection, f"select count(*) from caom2_ai_view.{table} where visible") == rows


@pytest.mark.parametrize(
    "wrong",
    [
        """caom2_ai.plane_position s join caom2.Plane p using (planeID)
        where not (s.extent ~= caom2_ai.chart_box(p.position_bounds))
            or s.healpix <> caom2_ai.healpix(s.ra, s.dec) or s.modified <> p.lastModified""",
        "caom2.Plane p left join caom2.Observation o using (obsID) where o.obsID is null",
        """caom2_ai.fingerprint f join caom2.Plane p using (planeID)
        join caom2.Observation o on o.obsID = p.obsID
        where (f.obsID, f.publisherID, f.collection, f.instrument_name, f.bandpassName)
            is distinct from
            (p.obsID, p.publisherID, o.collection, o.instrument_name, p.energy_bandpassName)""",
        "caom2_ai.fingerprint f where nObjects <> (select sum(n) from unnest(fingerprint) n)",
        """caom2_ai.object_node o join caom2_ai.part_fingerprint p using (imageID)
        where p.fingerprint[o.node + 1] = 0 or o.healpix is distinct from caom2_ai.healpix(o.ra, o.dec)""",
    ],
)
def test_tables_agree_with_each_other(owner: psycopg.Connection[Any], wrong: str) -> None:
    assert count(owner, f"select count(*) from {wrong}") == 0


def test_all_indexes_are_back(owner: psycopg.Connection[Any]) -> None:
    made = owner.execute("select indexrelid::regclass::text from pg_index where indisvalid").fetchall()
    assert {
        "fingerprint_vector_1",
        "fingerprint_nodes",
        "object_node_node",
        "object_node_default_mapid_node_healpix_idx",
        "caom2.plane_obsid",
    } <= {name for (name,) in made}


def test_vectors_and_fields_are_those_of_the_model(archive: Database) -> None:
    model = load_model()
    images = Content.for_archive(model, SIZE.images, SIZE.seed).draw(0, SIZE.images)
    np.testing.assert_allclose(np.linalg.norm(images.vectors, axis=1), 1, rtol=1e-5)
    with archive.connect("query") as connection:
        cursor = connection.cursor(binary=True).execute(
            "select f.vector, f.fingerprint, f.fieldNode"
            " from caom2_ai_view.fingerprint f order by f.publisherID"
        )
        rows = cursor.fetchall()
    np.testing.assert_array_equal([decode_vector(row[0]) for row in rows], np.float16(images.vectors))
    np.testing.assert_array_equal([row[1] for row in rows], images.counts)
    assert [row[2] for row in rows] == field_nodes(images.vectors, model.fields).tolist()


def test_images_are_clustered_as_real_ones_are() -> None:
    """130 real images of 41 cameras: the nearest at 0.55 and the tenth at 0.78 of the median distance."""
    images = Content.for_archive(load_model(), 1_000_000, 1).draw(0, 4_000)
    rare = np.argsort(images.camera, kind="stable")[::-1]
    chosen = [n for camera in np.unique(images.camera)[:41] for n in rare[images.camera[rare] == camera][:4]]
    vectors = images.vectors[chosen[:130]]
    distances = np.sqrt(np.maximum(2 - 2 * vectors @ vectors.T, 0))
    np.fill_diagonal(distances, np.inf)
    usual = np.median(distances[np.isfinite(distances)])
    assert np.median(distances.min(axis=1)) / usual == pytest.approx(0.55, abs=0.1)
    assert np.median(np.sort(distances, axis=1)[:, 9]) / usual == pytest.approx(0.78, abs=0.1)
    widths = np.linalg.eigvalsh(np.cov(vectors.T))
    assert widths.sum() ** 2 / (widths**2).sum() == pytest.approx(17, abs=5)


def test_conditions_keep_known_shares() -> None:
    times, shares = np.unique(exposure(np.arange(1_000_000)), return_counts=True)
    assert dict(zip(times.tolist(), shares.tolist(), strict=True)) == {
        10.0: 100,
        20.0: 1_000,
        30.0: 10_000,
        100.0: 988_900,
    }
