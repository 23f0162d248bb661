"""Patches, turned objects, splits and the files of a set."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from caomai.errors import ParameterError
from fingerprinting.baselines.pca import PcaKmeans
from fingerprinting.cutout import WINDOW, windows
from fingerprinting.detect import detect
from fingerprinting.evaluation.arrayfile import GrowingArray, map_array
from fingerprinting.evaluation.collecting import Rows, collect
from fingerprinting.evaluation.method import Method
from fingerprinting.evaluation.ours import Ours
from fingerprinting.evaluation.patches import crop_objects, cut_middle, cut_patches
from fingerprinting.evaluation.sets import ImageSet, SetPlan, identify_crop
from fingerprinting.evaluation.split import SEEDS, SHARES, choose_part
from fingerprinting.evaluation.thumbnail import make_thumbnail
from fingerprinting.evaluation.turning import turn
from fingerprinting.section import Box
from fingerprinting.simulation.fields import render
from fingerprinting.simulation.write import write_set
from fingerprinting.training.collect import Source, as_part, gather, look_at, see_simulated
from fingerprinting.training.spoiled import see_taught_frame


def ignore(*_: object) -> None:
    """Take a report and do nothing."""


def append_all(path: Path, pieces: list[np.ndarray]) -> None:
    """Write pieces into a growing array."""
    with GrowingArray(path) as file:
        for piece in pieces:
            file.append(piece)


def test_middle_of_a_patch_is_the_window_of_training() -> None:
    detection = detect(as_part(render("sparse", 4, (300, 260))))
    patches = cut_patches(detection, detection.objects)
    cut = windows(detection.sky_subtracted, detection.sigma, detection.objects["x"], detection.objects["y"])
    assert patches.shape == (len(cut), 192, 192)
    assert np.array_equal(cut_middle(patches, WINDOW), cut)


def test_crops_are_made_of_every_object_and_of_none() -> None:
    detection = detect(as_part(render("sparse", 4, (300, 260))))
    crops = {"sum": lambda patches, size: np.stack([patches.sum(axis=(1, 2)), size], axis=1)}
    some = crop_objects(detection, detection.objects, crops)["sum"]
    assert some.shape == (len(detection.objects), 2)
    assert np.array_equal(some[:, 1], np.maximum(detection.objects["a"], detection.objects["b"]))
    assert crop_objects(detection, detection.objects[:0], crops)["sum"].shape == (0, 2)


def test_turned_noise_is_white_and_of_sigma_one() -> None:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((6, 192, 192), dtype=np.float32)
    turned = turn(noise, rng.uniform(0, 2 * np.pi, 6), rng)
    assert turned.std() == pytest.approx(1, abs=0.01)
    assert turned[:, 60:130, 60:130].std() == pytest.approx(1, abs=0.01)


def test_turn_by_a_quarter_is_exact_and_other_turns_keep_the_light() -> None:
    y, x = np.mgrid[:192, :192] - 95.5
    light = (1e4 * np.exp(-((x - 20) ** 2 / 60 + y**2 / 20))).astype(np.float32)
    patches = np.stack([light] * 3)
    turned = turn(patches, np.array([0, np.pi / 2, 0.7]), np.random.default_rng(2))
    np.testing.assert_allclose(turned[0], light, atol=0.1)
    quarter = min(np.abs(turned[1] - np.rot90(light)).max(), np.abs(turned[1] - np.rot90(light, 3)).max())
    assert quarter < 8  # rounding of the cosine, and no noise: nothing of it was lost
    assert turned[2].sum() == pytest.approx(light.sum(), rel=0.01)
    at = np.unravel_index(turned[2].argmax(), turned[2].shape)
    assert np.hypot(at[0] - 95.5, at[1] - 95.5) == pytest.approx(20, abs=1)


def test_what_lies_beyond_the_frame_stays_blank() -> None:
    patch = np.random.default_rng(3).standard_normal((1, 192, 192), dtype=np.float32)
    patch[:, :, 120:] = 0
    turned = turn(patch, np.array([np.pi]), np.random.default_rng(4))
    assert not turned[0, :, :70].any()
    assert turned[0, :, 74:].std() == pytest.approx(1, abs=0.03)


def test_thumbnail_is_the_image_averaged_in_sigma() -> None:
    part = as_part(render("nebula", 5, (512, 768)))
    detection = detect(part)
    thumbnail = make_thumbnail(part, detection)
    pixels = (part.pixels - detection.background) / detection.noise
    expected = pixels.reshape(256, 2, 256, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(thumbnail, expected, rtol=1e-3, atol=1e-2)
    small = make_thumbnail(part, detection, Box(0, 128, 0, 64))
    np.testing.assert_allclose(small[::4, ::2], pixels[:64, :128], rtol=1e-3, atol=1e-2)
    masked = replace(part, mask=np.ones(part.shape, bool))
    assert not make_thumbnail(masked, detection).any()


def test_files_fall_into_disjoint_parts_by_their_names() -> None:
    parts = [choose_part(f"image-{i}.fits") for i in range(4000)]
    assert {part: parts.count(part) / 4000 for part in SHARES} == pytest.approx(SHARES, abs=0.03)
    assert choose_part("image-1.fits") == parts[1]
    assert len(set(SEEDS.values())) == 3


def test_array_grows_and_appears_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "rows.npy"
    rows = np.arange(30_000, dtype=np.float16).reshape(-1, 3)
    with GrowingArray(path) as file:
        for start in range(0, len(rows), 7):
            file.append(rows[start : start + 7])
        assert not path.exists()
    assert np.array_equal(map_array(path), rows)
    with pytest.raises(ValueError, match="do not go with"):
        append_all(tmp_path / "broken.npy", [rows, rows.astype(float)])
    assert list(tmp_path.iterdir()) == [path]


def test_frames_of_a_set_are_those_of_training_and_a_later_method_meets_the_same_objects(
    tmp_path: Path,
) -> None:
    folder = ImageSet(tmp_path / "train")
    plan = SetPlan("train", 3, most_simulated=40)
    collect(plan, folder, [Ours()], ignore)
    objects = folder.read_objects(Ours())
    training = gather(see_simulated(3, 40, SEEDS["train"]))
    assert np.array_equal(objects.crops, training.windows)
    assert np.array_equal(objects.kinds, training.kinds)
    assert np.array_equal(objects.weight, training.weight)
    lessons = folder.read_frames().lessons
    taught = gather(see_taught_frame(number, 40, SEEDS["train"]) for number in range(3)).lessons
    assert np.array_equal(lessons.kinds, taught.kinds)
    assert np.array_equal(lessons.statistics, taught.statistics, equal_nan=True)
    assert Counter(lessons.kinds)["clean"] >= 2
    before = {path: path.stat().st_mtime_ns for path in folder.folder.glob("crops-*")}
    collect(plan, folder, [Ours(), PcaKmeans()], ignore)
    assert len(folder.read_objects(PcaKmeans()).crops) == len(objects.crops)
    assert folder.read_frames().lessons.kinds.tolist() == lessons.kinds.tolist()
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    with pytest.raises(ParameterError, match="another working folder"):
        collect(SetPlan("train", 4), folder, [Ours()], ignore)


def test_real_images_of_the_part_join_with_their_halves(tmp_path: Path) -> None:
    images = tmp_path / "images"
    paths = list(write_set(images, 8, seed=3, types=("sparse",), shape=(300, 300)))
    (images / "broken.fits").write_text("no FITS file")
    parts = [choose_part(path.name) for path in paths]
    folder, said = ImageSet(tmp_path / "set"), list[str]()
    part = choose_part("broken.fits")
    plan = SetPlan(part, 1, (images,), most_simulated=20, most_real=30, stable=4)
    collect(plan, folder, [Ours()], said.append)
    frames, (halves, halved) = folder.read_frames(), folder.read_halves()
    real = [source.name for source in frames.sources if not source.field_type]
    assert real == [path.name for path, of in zip(sorted(paths), parts, strict=True) if of == part]
    assert any("refused" in line and "broken.fits" in line for line in said)
    assert list(halved) == list(range(1, 1 + len(real)))
    assert len(frames.lessons.kinds) == 0 or part == "train"
    assert halves.thumbnails.shape == (2 * len(real), 256, 256)
    assert frames.thumbnails.shape[0] == frames.statistics.shape[0] == 1 + len(real)
    objects = folder.read_objects(Ours())
    assert np.bincount(objects.image).max() <= 30
    assert set(objects.kinds[objects.image > 0]) <= {""}
    stable = folder.read_stable()
    assert stable.patches.shape == (4, 192, 192)
    assert set(stable.image) == {0}


def test_crops_are_known_by_what_they_are() -> None:
    class Wider(Ours):
        def crop(self, patches: np.ndarray, size: np.ndarray) -> np.ndarray:
            return super().crop(2 * patches, size)

    ours: Method = Ours()
    assert identify_crop(ours) == identify_crop(Ours()) != identify_crop(Wider())


def test_versions_of_an_image_with_a_defect_have_no_halves_to_be_found() -> None:
    part, rng = as_part(render("sparse", 4, (200, 260))), np.random.default_rng(1)
    rows, plan = Rows(), SetPlan("train", 0)
    numbers = []
    for name, defect in (("a.fits", ""), ("a.fits (ghost)", "ghost"), ("narrow.fits", "")):
        seen = look_at(part, Source(name, "camera", defect=defect), 9, rng)
        if name == "narrow.fits":
            seen = replace(seen, part=replace(part, pixels=part.pixels[:, :100]))
        rows.keep(seen, plan)
        numbers.append(len(rows.halve(seen)))
    assert numbers == [2, 0, 0]
    assert rows.halved == [0]
