"""Defects put into frames: seen where they should be, and scored without the frame's own source.

Some tests use the real images beside the checkout (../shared): in CI always.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from caomai.errors import ParameterError, UnusableImageError
from fingerprinting.detect import Detection, detect
from fingerprinting.evaluation.ours import Ours
from fingerprinting.evaluation.real.bases import LEAST_OBJECTS, Base, find_bases, read_base, read_bases
from fingerprinting.evaluation.real.content import Content, read_contents
from fingerprinting.evaluation.real.gallery import Gallery, Recipe, plan_part
from fingerprinting.evaluation.real.spoiled import plan_versions, rank_foreign, score_versions
from fingerprinting.evaluation.real.spoiling import CLEAN, DEFECTS, SKY, make_version
from fingerprinting.image import Part
from fingerprinting.model import default_folder
from fingerprinting.simulation.fields import render
from fingerprinting.simulation.write import write_frame
from fingerprinting.training.collect import Look, Source, as_part, look_at
from fingerprinting.training.spoiled import share_pieces, teach


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    path = tmp_path_factory.mktemp("frame") / "sparse.fits"
    write_frame(render("sparse", 12, (420, 460)), path)
    found = read_base(path)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def clean(base: Base) -> Detection:
    return detect(make_version(base, CLEAN, 1))


def brightest(detection: Detection, number: int = 25) -> NDArray[np.void]:
    return detection.objects[np.argsort(-detection.objects["flux"])[:number]]


def spoil(base: Base, defect: str, seed: int = 1) -> tuple[Part, Detection]:
    part = make_version(base, defect, seed)
    return part, detect(part)


def cut_edges(pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Cut the lower, upper, left and right third."""
    height, width = (side // 3 for side in pixels.shape)
    return [pixels[:height], pixels[-height:], pixels[:, :width], pixels[:, -width:]]


@pytest.mark.parametrize("defect", [CLEAN, *DEFECTS])
def test_a_seed_gives_the_same_version_and_another_one_another(base: Base, defect: str) -> None:
    first, again, other = (make_version(base, defect, seed).pixels for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


@pytest.mark.parametrize("defect", [CLEAN, "trailed", "defocused", "bad_seeing", "ghost", "satellite_trail"])
def test_the_noise_is_never_blurred(base: Base, defect: str) -> None:
    pixels = make_version(base, defect, 3).pixels
    steps = np.diff(pixels, axis=1)
    noise = 1.4826 * np.median(np.abs(steps)) / np.sqrt(2)
    assert 0.85 < noise < 1.15


def test_trailed_stars_are_long_and_parallel(base: Base, clean: Detection) -> None:
    long, round_ = brightest(spoil(base, "trailed")[1]), brightest(clean)
    assert np.median(long["a"] / long["b"]) > 1.5 * np.median(round_["a"] / round_["b"])
    assert abs(np.mean(np.exp(2j * long["theta"]))) > 0.7


@pytest.mark.parametrize("defect", ["defocused", "bad_seeing"])
def test_blurred_stars_are_wide_and_keep_their_light(base: Base, clean: Detection, defect: str) -> None:
    wide = spoil(base, defect)[1]
    assert np.median(brightest(wide)["b"]) > 1.3 * np.median(brightest(clean)["b"])
    assert brightest(wide, 5)["flux"].sum() == pytest.approx(brightest(clean, 5)["flux"].sum(), rel=0.5)


def test_cosmic_rays_are_sharp(base: Base, clean: Detection) -> None:
    rays = spoil(base, "cosmic_rays")[1]
    assert len(rays.objects) > 1.3 * len(clean.objects)
    assert np.percentile(rays.objects["b"], 20) < 0.8 * np.percentile(clean.objects["b"], 20)


def test_a_dead_half_has_less_noise_and_no_objects(base: Base) -> None:
    pixels = spoil(base, "half_dead")[0].pixels
    deadest = min(cut_edges(pixels), key=np.median)
    assert np.median(deadest) < SKY - 9
    assert deadest.std() < 0.7


def test_a_gain_jump_is_a_step_in_level_and_noise(base: Base) -> None:
    pixels = spoil(base, "gain_jump")[0].pixels
    bottom, top, left, right = (float(np.median(edge)) for edge in cut_edges(pixels))
    step = max(abs(top - bottom), abs(right - left))
    assert step > 4.5


def test_a_frame_without_stars_or_with_too_few_is_no_base(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    fits.PrimaryHDU(rng.normal(100, 3, (300, 300)).astype(np.float32)).writeto(tmp_path / "empty.fits")
    (tmp_path / "broken.fits").write_bytes(b"SIMPLE  = no")
    assert read_base(tmp_path / "empty.fits") is None
    assert read_base(tmp_path / "broken.fits") is None


def test_a_frame_whose_stars_are_trailed_already_is_no_base(tmp_path: Path) -> None:
    frame = render("trailed", 5, (700, 700))
    write_frame(frame, tmp_path / "trailed.fits")
    assert len(detect(as_part(frame)).objects) >= LEAST_OBJECTS
    assert read_base(tmp_path / "trailed.fits") is None


def test_pieces_of_a_frame_differ_and_the_first_is_the_base(tmp_path: Path) -> None:
    path = tmp_path / "cluster.fits"
    write_frame(render("galaxy_cluster", 5, (900, 900)), path)
    first, *others = read_bases(path, 3)
    base = read_base(path)
    assert base is not None
    assert np.array_equal(first.sky, base.sky)
    assert len(others) == 2
    assert len({first.name, *(other.name for other in others)}) == 3
    assert not np.array_equal(others[0].sky, others[1].sky)


def test_a_real_frame_teaches_all_defects_and_a_spoiled_one_none() -> None:
    part = as_part(render("sparse", 12, (420, 460)))
    rng = np.random.default_rng(1)
    lessons = teach(look_at(part, Source("a.fits", "camera"), 9, rng), 1)
    assert set(lessons.kinds) == {CLEAN, *DEFECTS}
    assert lessons.real.all()
    assert np.isfinite(lessons.statistics).any(axis=1).all()
    assert len(teach(look_at(part, Source("a (ghost)", "camera", defect="ghost"), 9, rng), 1).kinds) == 0
    assert len(teach(look_at(part, Source("t-1", "simulated", "trailed"), 9, rng), 1).kinds) == 0


def test_lessons_are_fewer_of_each_frame_of_a_large_archive() -> None:
    assert share_pieces(0) == share_pieces(20) == 5
    assert share_pieces(200) == 2
    assert share_pieces(100_000) == 1


def test_words_of_the_list_keep_spoiled_images_away(tmp_path: Path) -> None:
    for name in ("a.fits", "b.fits", "c.fits"):
        (tmp_path / name).write_bytes(b"")
    text = 'path,instrument,shows\na.fits,"CCD, x",star field\nb.fits,CCD,raw 300 s dark\n'
    (tmp_path / "MANIFEST.csv").write_text(text)
    assert [path.name for path in find_bases([tmp_path])] == ["a.fits", "c.fits"]
    assert Content("SAAO", "very crowded star field").classes == {"crowded", "star field"}
    (tmp_path / "MANIFEST.csv").write_text("file,label\na,b\n")
    with pytest.raises(ParameterError, match="lacks a column"):
        read_contents([tmp_path])


def lay_out_versions() -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    kinds = np.array([CLEAN, CLEAN, *DEFECTS, *DEFECTS] * 12)
    return np.repeat([f"frame-{number}" for number in range(12)], 18), kinds


def test_neighbours_never_come_from_the_own_source() -> None:
    names, kinds = lay_out_versions()
    by_source = np.repeat(np.random.default_rng(1).random((12, 5)), 18, axis=0).astype(np.float32)
    order = rank_foreign(by_source, names)
    assert not (names[order[:, :-18]] == names[:, None]).any()
    asked = np.ones(len(names), bool)
    field_alone = score_versions(by_source, names, kinds, asked, 20)
    assert field_alone["real_defects_p10"].value < 0.3


def test_vectors_of_the_defect_alone_score_1() -> None:
    names, kinds = lay_out_versions()
    code = np.unique(kinds, return_inverse=True)[1]
    asked = np.isin(names, ["frame-1", "frame-2", "frame-3"])
    figures = score_versions(np.eye(9, dtype=np.float32)[code], names, kinds, asked, 20)
    assert figures["real_defects_p10"].value == figures["real_usable_agreement"].value == 1
    assert figures["real_defect_sources"].value == 3


def test_precision_is_of_the_versions_that_can_be_found() -> None:
    names, kinds = lay_out_versions()
    few = np.isin(names, ["frame-1", "frame-2", "frame-3"])
    code = np.unique(kinds[few], return_inverse=True)[1]
    vectors, asked = np.eye(9, dtype=np.float32)[code], np.ones(int(few.sum()), bool)
    assert score_versions(vectors, names[few], kinds[few], asked, 20)["real_defects_p10"].value == 1


def test_files_of_one_name_in_two_folders_are_two_images(tmp_path: Path) -> None:
    recipes, _ = plan_versions([tmp_path / "a" / "1.fits", tmp_path / "b" / "1.fits"], "test")
    assert len({recipe.name for recipe in recipes}) == len(recipes)


def test_a_gallery_makes_each_image_once_and_goes_on_after_a_kill(base: Base, tmp_path: Path) -> None:
    made = []

    def plan(kind: str) -> Recipe:
        def make() -> Part:
            made.append(kind)
            if kind == "ghost":
                raise UnusableImageError("too bad")
            return make_version(base, kind, 1)

        return plan_part(kind, Source(base.name, ""), make)

    recipes = [plan(kind) for kind in (CLEAN, "trailed", "ghost")]
    Gallery(tmp_path, recipes[:1]).fill(lambda _: None)
    (tmp_path / "trailed.part.npz").write_bytes(b"half")
    gallery = Gallery(tmp_path, recipes)
    gallery.fill(lambda _: None)
    assert made == [CLEAN, "trailed", "ghost"]
    method = Ours()
    view = gallery.view(method, method.load(default_folder()))
    assert view.seen.tolist() == [True, True, False]
    assert view.counts.sum() == len(view.node) == len(view.embeddings) == len(view.x)
    assert np.array_equal(np.bincount(view.image, minlength=3), view.counts.sum(axis=1))


def test_versions_of_test_frames_are_more_than_those_of_others(tmp_path: Path) -> None:
    recipes, kinds = plan_versions([tmp_path / f"{number}.fits" for number in range(30)], "test")
    assert len({recipe.name for recipe in recipes}) == len(recipes) == len(kinds)
    number = {recipe.source.name: 0 for recipe in recipes}
    for recipe in recipes:
        number[recipe.source.name] += 1
    assert set(number.values()) == {10, 20}


def test_real_frames_become_bases_with_noise_of_their_own(shared: Path) -> None:
    folder = shared / "data" / "fits"
    names = {path.name for path in find_bases([folder])}
    assert 60 < len(names) < 100
    assert "PHY241__dark2.fit" not in names
    found = read_base(folder / "SDSS" / "blast__2010H_SDSS_i.fits")
    assert found is not None
    assert max(found.sky.shape) <= 640
    noise = found.draw_noise(np.random.default_rng(1))
    dark = found.lit < 0.1

    def correlate(pixels: NDArray[np.float32]) -> float:
        return float(np.mean((pixels[:, 1:] * pixels[:, :-1])[dark[:, 1:] & dark[:, :-1]]))

    assert noise.std() == pytest.approx(1, abs=0.01)
    assert abs(correlate(noise) - correlate(np.clip(found.sky, -4, 4)) / found.sky[dark].var()) < 0.1


def test_the_look_of_a_version_is_that_of_any_frame(base: Base) -> None:
    recipe = plan_part("one", Source(base.name, ""), lambda: make_version(base, CLEAN, 5))
    look = recipe.look()
    assert isinstance(look, Look)
    assert len(look.objects) > 20
