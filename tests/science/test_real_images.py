"""All real images: each fingerprinted or refused with a reason, and found again when turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from caomai.errors import CaomAiError, ImageError, NotAnImageError
from fingerprinting.children import Children
from fingerprinting.description import PartDescription
from fingerprinting.fingerprint import search_vector, sum_descriptions
from fingerprinting.image import read_parts
from fingerprinting.model import Model, load_model

ENOUGH = 30  # objects: with fewer, a fingerprint is an anecdote


@dataclass(frozen=True)
class Sweep:
    """What became of each file, and the peak memory of each child process in bytes."""

    described: dict[Path, list[PartDescription]]
    refused: dict[Path, CaomAiError]
    memory: list[int]


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children(2, memory=2 << 30, seconds=60) as pool:
        yield pool


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


def describe(children: Children, files: list[Path]) -> Sweep:
    described, refused = {}, {}
    futures = [(path, children.submit(path)) for path in files]
    for path, future in futures:
        try:
            described[path] = future.result()
        except CaomAiError as error:
            refused[path] = error
    states = [Path(f"/proc/{child._process.pid}/status").read_text() for child in children._children]
    return Sweep(described, refused, [int(state.split("VmHWM:")[1].split()[0]) * 1024 for state in states])


@pytest.fixture(scope="module")
def sweep(children: Children, shared: Path) -> Sweep:
    files = sorted(path for path in (shared / "data" / "fits").rglob("*") if path.is_file())
    assert len(files) > 100
    return describe(children, files)


def test_every_image_is_fingerprinted_or_refused_with_a_reason(sweep: Sweep) -> None:
    assert len(sweep.described) >= 125
    for path, error in sweep.refused.items():
        assert isinstance(error, ImageError)
        assert str(error).startswith(path.name)
        assert str(error).endswith(".")
        assert "process" not in str(error)  # no child died, none took too long
    assert max(sweep.memory) < 1 << 30


def test_what_is_no_image_is_skipped(sweep: Sweep) -> None:
    skipped = {path.name for path, error in sweep.refused.items() if isinstance(error, NotAnImageError)}
    assert "python4astronomers__3c120_stis_orig.fits.gz" in skipped
    assert any(name.startswith("eso-midas-testdata__VISIR") for name in skipped)


def test_descriptions_are_sound(sweep: Sweep) -> None:
    for path, parts in sweep.described.items():
        for part in parts:
            where = f"{path.name}, part {part.name}"
            height, width = part.shape
            objects = part.objects
            assert part.fingerprint.sum() == len(objects) <= part.n_detected, where
            assert np.all((objects["x"] > 0) & (objects["x"] < width + 1)), where
            assert np.all((objects["y"] > 0) & (objects["y"] < height + 1)), where
            for name in ("a", "b", "flux", "snr", "confidence", "oddness"):
                assert np.isfinite(objects[name]).all(), where
            assert part.quality.noise > 0, where


def test_calibration_frames_have_few_objects_and_fields_have_many(sweep: Sweep) -> None:
    counts = {path.name: sum(part.n_detected for part in parts) for path, parts in sweep.described.items()}
    assert counts["PHY241__bias1.fit"] < 10
    assert counts["fits-data-reduction__bias_1.fits"] == 0
    assert counts["astropy-data__spitzer_example_image.fits"] > 2000


def turn(path: Path, target: Path) -> Path:
    """Write a copy of an image, turned by 90 degrees."""
    (part,) = read_parts(path)
    pixels = part.pixels.copy()
    if part.mask is not None:
        pixels[part.mask] = np.nan
    kind = "i4" if part.step == 1 and part.mask is None else "f4"
    fits.PrimaryHDU(np.rot90(pixels).astype(kind)).writeto(target)
    return target


def vector_of(parts: list[PartDescription], model: Model) -> NDArray[np.float32]:
    vector = search_vector(*sum_descriptions(parts), model)
    assert vector is not None
    return vector


def test_an_image_and_its_turned_copy_are_nearest_neighbours(
    sweep: Sweep, children: Children, model: Model, tmp_path: Path
) -> None:
    rich = {
        path: parts
        for path, parts in sweep.described.items()
        if sum(part.fingerprint.sum() for part in parts) >= ENOUGH
    }
    single = [path for path, parts in rich.items() if len(parts) == 1]
    copies = [turn(path, tmp_path / f"{number}.fits") for number, path in enumerate(single)]
    turned = describe(children, copies).described
    vectors = np.array([vector_of(parts, model) for parts in [*rich.values(), *turned.values()]])
    distance = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    places = [(list(rich).index(path), len(rich) + number) for number, path in enumerate(single)]
    found = [nearest[one] == other and nearest[other] == one for one, other in places]
    assert len(single) >= 60
    assert np.mean(found) >= 0.95
