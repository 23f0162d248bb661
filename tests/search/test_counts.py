"""Counts that people see beside a map are those of its images."""

from __future__ import annotations

import numpy as np

from benchmarks.scale.content import Content
from caomai.database import Database
from fingerprinting.fieldmap import field_nodes
from fingerprinting.model import load_model
from tests.search.conftest import SIZE


def test_nodes_count_the_objects_and_images_of_all_cameras(archive: Database) -> None:
    model = load_model()
    images = Content.for_archive(model, SIZE.images, SIZE.seed).draw(0, SIZE.images)
    fields = field_nodes(images.vectors, model.fields)
    with archive.connect("ingest") as connection:
        connection.execute("select caom2_ai.refresh_nodes()")
        rows = connection.execute(
            "select mapID, nObjects, nImages from caom2_ai_view.node order by mapID, node"
        ).fetchall()
    counted = np.array([row[1:] for row in rows if row[0] == 1])
    np.testing.assert_array_equal(counted[:, 0], images.counts.sum(axis=0))
    np.testing.assert_array_equal(counted[:, 1], (images.counts > 0).sum(axis=0))
    counted = np.array([row[1:] for row in rows if row[0] == 2])
    np.testing.assert_array_equal(counted[:, 0], np.bincount(fields, images.counts.sum(axis=1), 144))
    np.testing.assert_array_equal(counted[:, 1], np.bincount(fields, minlength=144))
