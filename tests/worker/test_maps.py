"""Maps in the database: entered once, made current, fitted on an archive's own images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from caomai.errors import UsageError
from fingerprinting.fieldmap import field_node
from fingerprinting.maps import decode_vector, fit_here, refresh, register_maps
from fingerprinting.model import Model
from fingerprinting.store import store
from fingerprinting.succession import make_current, show_fields
from tests.worker.archives import Archive
from tests.worker.planes import describe, insert_plane

CURRENT = "select kind, mapID from caom2_ai.map where isCurrent order by kind"


def test_maps_are_entered_once(archive: Archive, model: Model) -> None:
    maps = register_maps(archive.connection, model)
    again = register_maps(archive.connection, model)
    assert (maps.object_map, maps.field_map) == (again.object_map, again.field_map)
    assert archive.fetch(CURRENT) == [("field", maps.field_map), ("object", maps.object_map)]
    for number, side in ((maps.object_map, 20), (maps.field_map, 12)):
        nodes = archive.fetch(f"select node, gridX, gridY from node where mapID = {number} order by node")
        assert nodes == [(node, node % side, node // side) for node in range(side**2)]
    index = f"select indexdef from pg_indexes where indexname = 'fingerprint_vector_{maps.object_map}'"
    assert "hnsw" in archive.fetch(index)[0][0]


def test_another_model_becomes_current_once_the_images_are_on_its_map(archive: Archive, model: Model) -> None:
    first = register_maps(archive.connection, model)
    artifact = insert_plane(archive.connection, "a")
    store(archive.connection, artifact, [describe(1)], first)
    second = register_maps(archive.connection, replace(model, hash="another"))
    assert not make_current(archive.connection, second)
    assert archive.fetch(CURRENT) == [("field", first.field_map), ("object", first.object_map)]
    store(archive.connection, artifact, [describe(2)], second)
    assert make_current(archive.connection, second)
    assert archive.fetch(CURRENT) == [("field", second.field_map), ("object", second.object_map)]
    assert not make_current(archive.connection, second)
    assert archive.count("caom2_ai.fingerprint") == 2  # maps live side by side


def test_fields_are_fitted_on_the_archives_own_images(archive: Archive, model: Model) -> None:
    maps = register_maps(archive.connection, model)
    rng = np.random.default_rng(5)
    with pytest.raises(UsageError, match="at least"):
        fit_here(archive.connection, maps)
    with archive.connection.transaction():
        for number in range(160):
            nodes = rng.integers(0, 400, 30)
            store(
                archive.connection, insert_plane(archive.connection, f"p{number}"), [describe(*nodes)], maps
            )
    fitted, images = fit_here(archive.connection, maps)
    assert images == 160
    assert archive.fetch(CURRENT)[0] == ("field", maps.field_map)
    assert show_fields(archive.connection, fitted)
    assert archive.fetch(CURRENT)[0] == ("field", fitted.field_map) != ("field", maps.field_map)
    with archive.connection.cursor(binary=True) as cursor:
        cursor.execute(
            "select f.vector, n.node from caom2_ai.fingerprint f join caom2_ai.field_node n using (planeID)"
            " where n.mapID = %s",
            [fitted.field_map],
        )
        rows = cursor.fetchall()
    assert [field_node(decode_vector(vector), fitted.fields) for vector, _ in rows] == [
        node for _, node in rows
    ]
    assert len(rows) == 160
    assert len({node for _, node in rows}) > 100
    found = register_maps(archive.connection, model)  # as the next worker does
    assert found.field_map == fitted.field_map
    assert np.array_equal(found.fields.centroids, fitted.fields.centroids)
    later = insert_plane(archive.connection, "later")
    store(archive.connection, later, [describe(1, 2, 3)], maps)  # by a worker that does not know yet
    refresh(archive.connection, fitted)
    query = f"select count(*), sum(nImages) from caom2_ai.node where mapID = {fitted.field_map}"
    assert archive.fetch(query) == [(144, 161)]
