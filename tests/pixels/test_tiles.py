"""Tiles: every pixel in exactly one core, every object found exactly once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprinting.section import Box
from fingerprinting.tiles import MESH, OVERLAP, split


@given(
    width=st.integers(1, 60_000),
    height=st.integers(1, 60_000),
    x0=st.integers(0, 50),
    most=st.integers(1 << 20, 1 << 26),
)
def test_cores_cover_a_frame_once(width: int, height: int, x0: int, most: int) -> None:
    box = Box(x0, x0 + width, 3, 3 + height)
    tiles = split(box, most)
    assert sum(tile.core.shape[0] * tile.core.shape[1] for tile in tiles) == width * height
    for tile in tiles:
        outer, core = tile.outer, tile.core
        assert outer.shape[0] * outer.shape[1] <= most
        assert box.x0 <= outer.x0 <= core.x0 < core.x1 <= outer.x1 <= box.x1
        assert box.y0 <= outer.y0 <= core.y0 < core.y1 <= outer.y1 <= box.y1
        assert (outer.y0 - box.y0) % MESH == 0
        assert core.y0 == box.y0 or core.y0 - outer.y0 == OVERLAP
    corners = {(tile.core.x0, tile.core.y0) for tile in tiles}
    assert len(corners) == len(tiles)


def test_an_object_on_an_edge_has_one_owner() -> None:
    tiles = split(Box(0, 3000, 0, 5000), 1 << 21)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-0.5, 2999.5, 5000), rng.uniform(-0.5, 4999.5, 5000)
    edges = [tile.core.y0 - 0.5 for tile in tiles]
    x = np.concatenate([x, np.full(len(edges), 10.0)])
    y = np.concatenate([y, edges])
    owners = sum(tile.owns(x - tile.outer.x0, y - tile.outer.y0).astype(int) for tile in tiles)
    assert np.all(owners == 1)


@pytest.mark.parametrize("shape", [(4096, 8192), (20_000, 20_000)])
def test_strips_are_as_wide_as_the_frame(shape: tuple[int, int]) -> None:
    tiles = split(Box(0, shape[1], 0, shape[0]), 64 << 20)
    assert all(tile.outer.shape[1] == shape[1] for tile in tiles)
    assert len(tiles) == (1 if shape[0] == 4096 else 8)
