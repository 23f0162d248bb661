"""What objects look like: for the most significant ones, the same whichever way they are turned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from fingerprinting.description import OBJECT_VECTOR
from fingerprinting.encoder import Encoder
from fingerprinting.looks import choose, embed_turned
from fingerprinting.model import Model
from fingerprinting.pipeline import Limits, describe_file
from tests.pixels.rendering import render, scatter, write

SHAPE = (300, 400)


@pytest.mark.parametrize(
    ("share", "chosen"), [(0, []), (0.01, [2]), (0.4, [0, 2]), (0.5, [0, 2, 3]), (1, [0, 1, 2, 3, 4])]
)
def test_the_most_significant_objects_are_chosen(share: float, chosen: list[int]) -> None:
    snr = np.array([7.0, 5.0, 9.0, 7.0, 6.0])
    assert np.flatnonzero(choose(snr, share)).tolist() == chosen


def test_a_share_of_nothing_is_nothing(encoder: Encoder) -> None:
    assert choose(np.zeros(0), 1).tolist() == []
    nothing = embed_turned(np.zeros((0, 2, 32, 32), np.float32), np.zeros((0, 128), np.float32), encoder)
    assert nothing.shape == (0, OBJECT_VECTOR)


def test_a_quarter_turn_changes_no_look(encoder: Encoder) -> None:
    foveae = np.random.default_rng(4).random((6, 2, 32, 32), dtype=np.float32)
    turned = np.ascontiguousarray(np.rot90(foveae, axes=(2, 3)))
    first, second = (
        embed_turned(some, encoder.embed(some), encoder).astype(float) for some in (foveae, turned)
    )
    np.testing.assert_allclose(first, second, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=2e-3)
    assert np.linalg.norm(first[0] - first[1]) > 0.05


def test_a_share_of_a_file_has_looks(tmp_path: Path, model: Model, encoder: Encoder) -> None:
    x, y = scatter(40, SHAPE)
    frame = render(SHAPE, x, y, np.linspace(3000, 60_000, 40))
    path = write(tmp_path / "a.fits", fits.PrimaryHDU(frame))
    (plain,) = describe_file(path, model, encoder=encoder)
    (some,) = describe_file(path, model, encoder=encoder, limits=Limits(looks=0.25))
    assert len(plain.looks) == 0
    assert plain.objects.tobytes() == some.objects.tobytes()
    numbers = some.looks["number"]
    assert len(numbers) == -(-len(some.objects) // 4)
    assert some.objects["snr"][numbers].min() >= np.delete(some.objects["snr"], numbers).max()
    assert np.array_equal(some.fingerprint, plain.fingerprint)
