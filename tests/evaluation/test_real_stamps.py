"""Labelled stamps: what is read, what is refused, and what methods get to see.

One test uses the EFIGI stamps beside the checkout (../shared): in CI always.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from caomai.errors import ParameterError
from fingerprinting.evaluation.figure import Context, Figure
from fingerprinting.evaluation.ours import Ours
from fingerprinting.evaluation.real import morphology
from fingerprinting.evaluation.real.montage import SIDE, find_stamps, lay_out
from fingerprinting.evaluation.real.morphology import (
    Answers,
    choose_classes,
    measure_area,
    score_answers,
    shape_of,
)
from fingerprinting.evaluation.real.stamps import (
    LARGEST_PICTURE,
    Pictures,
    Stamp,
    decode,
    find_sets,
    identify,
    read_labels,
)
from fingerprinting.evaluation.real.unstretch import GALAXIES, POINTS, Style, measure_extent, to_sigma
from fingerprinting.evaluation.split import choose_part
from fingerprinting.model import default_folder
from fingerprinting.training.collect import Source

Grey = NDArray[np.float64]


def draw_galaxy(side: int = 88, size: float = 16, axis_ratio: float = 1.0) -> Grey:
    """Draw an exponential disk on a faint sky, from 0 to 1."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    return np.asarray(0.02 + 0.9 * np.exp(-np.hypot(x, y / axis_ratio) / size * 2))


def encode(grey: Grey, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.uint8(np.clip(grey, 0, 1) * 255)).save(buffer, kind, quality=95)
    return buffer.getvalue()


def write_set(folder: Path, pictures: dict[str, bytes], labels: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "images.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in pictures.items():
            archive.writestr(name, data)
    rows = "".join(f"{name},galaxy\n" for name in pictures)
    (folder / "labels.csv").write_text(labels if labels is not None else f"file,label\n{rows}")
    return folder


def test_a_set_is_found_and_read(tmp_path: Path) -> None:
    folder = write_set(
        tmp_path / "mine", {"b.png": encode(draw_galaxy(), "PNG"), "a.jpg": encode(draw_galaxy())}
    )
    (tmp_path / "other").mkdir()
    assert find_sets([tmp_path]) == find_sets([folder]) == [folder]
    stamps = read_labels(folder)
    assert [stamp.name for stamp in stamps] == ["a.jpg", "b.png"]
    with Pictures(folder) as pictures:
        grey = pictures.read(stamps[1])
    assert grey.shape == (88, 88)
    assert 0.9 > grey.max() > 0.7


def test_a_changed_label_or_picture_has_another_identity(tmp_path: Path) -> None:
    pictures = {"a.png": encode(draw_galaxy(), "PNG")}
    first = identify(write_set(tmp_path / "a", pictures))
    assert identify(write_set(tmp_path / "b", pictures)) == first
    assert identify(write_set(tmp_path / "c", pictures, "file,label\na.png,star\n")) != first
    assert identify(write_set(tmp_path / "d", {"a.png": encode(draw_galaxy(64), "PNG")})) != first


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ("name,label\na.png,star\n", "columns file and label"),
        ("file,label\na.png,\n", "Row 1"),
        ("file,label\na.png,star\na.png,galaxy\n", "twice"),
        (f"file,label\na.png,{'x' * 2000}\n", "too long"),
        ("", "columns file and label"),
        ('file,label\n"a.png,star\n', "Row 1"),
    ],
)
def test_bad_labels_are_refused(tmp_path: Path, labels: str, reason: str) -> None:
    folder = write_set(tmp_path / "set", {"a.png": b""}, labels)
    with pytest.raises(ParameterError, match=reason):
        read_labels(folder)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no picture", "no sound JPEG or PNG"),
        (encode(draw_galaxy())[:600], "no sound JPEG or PNG"),
        (encode(draw_galaxy(8)), "sides"),
        (encode(np.zeros((4000, 4000)), "PNG"), "sides"),
        (encode(draw_galaxy(), "GIF"), "no sound JPEG or PNG"),
        (encode(draw_galaxy(), "TIFF"), "no sound JPEG or PNG"),
        (bytes(LARGEST_PICTURE + 1), "larger than 1 MB"),
    ],
)
def test_hostile_pictures_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    folder = write_set(tmp_path / "set", {"a.png": data})
    with Pictures(folder) as pictures, pytest.raises(ParameterError, match=f"a.png.*{reason}"):
        pictures.read(Stamp("a.png", "star", {}))


def test_names_in_archives_lead_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(encode(draw_galaxy(), "PNG"))
    folder = write_set(tmp_path / "set", {"a.png": b""})
    with Pictures(folder) as pictures:
        for name in ("../secret.png", str(tmp_path / "secret.png"), "b.png"):
            with pytest.raises(ParameterError, match="no such file"):
                pictures.read(Stamp(name, "star", {}))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and no more", b"x" * 10_000])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    folder = write_set(tmp_path / "set", {})
    (folder / "images.zip").write_bytes(data)
    with pytest.raises(ParameterError, match="no zip archive"):
        Pictures(folder)


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "set", {"a.png": encode(draw_galaxy(), "PNG")})
    data = bytearray((folder / "images.zip").read_bytes())
    data[60:200] = bytes(140)
    (folder / "images.zip").write_bytes(data)
    with Pictures(folder) as pictures, pytest.raises(ParameterError, match="cannot be unpacked"):
        pictures.read(Stamp("a.png", "star", {}))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_bound_is_refused(tmp_path: Path, compression: int) -> None:
    folder = write_set(tmp_path / "set", {"a.png": b""})
    with zipfile.ZipFile(folder / "images.zip", "w", compression) as archive:
        archive.writestr("a.png", encode(draw_galaxy(), "PNG"))
    with Pictures(folder) as pictures, pytest.raises(ParameterError, match=r"a\.png.*by deflate"):
        pictures.read(Stamp("a.png", "star", {}))


@pytest.mark.parametrize("style", [GALAXIES, POINTS])
def test_light_comes_with_noise_of_one_sigma(style: Style) -> None:
    rng = np.random.default_rng(1)
    grey = decode(encode(draw_galaxy(120, 5) + 0.02 * rng.standard_normal((120, 120)), "PNG"))
    light = to_sigma(grey, style, np.random.default_rng(2))
    edge = np.concatenate([light[:4].ravel(), light[-4:].ravel()])
    assert abs(edge.std() - 1) < 0.15
    assert abs(np.median(edge)) < 0.2
    assert light.max() > 10


def test_galaxies_get_the_sizes_of_detections() -> None:
    grey = decode(encode(draw_galaxy(88, 14), "PNG"))
    sizes = [measure_extent(to_sigma(grey, GALAXIES, np.random.default_rng(seed))) for seed in range(20)]
    assert GALAXIES.extent is not None
    assert GALAXIES.extent[0] * 0.6 < min(sizes)
    assert max(sizes) < GALAXIES.extent[1] * 1.3
    assert max(sizes) > 1.2 * min(sizes)


def test_each_stamp_is_found_at_its_place(tmp_path: Path) -> None:
    names = [f"{number:02d}.png" for number in range(7)]
    folder = write_set(tmp_path / "set", {name: encode(draw_galaxy(88, 14), "PNG") for name in names})
    stamps = read_labels(folder)
    with Pictures(folder) as pictures:
        part, again = lay_out(pictures, stamps, GALAXIES), lay_out(pictures, stamps, GALAXIES)
    assert np.array_equal(part.pixels, again.pixels)
    look = find_stamps(part, len(stamps), Source("page", ""))
    column, row = look.objects["x"] // 192, look.objects["y"] // 192
    assert (row * SIDE + column).tolist() == list(range(7))


@pytest.mark.parametrize(
    ("kind", "inclination", "shape"),
    [
        ("-5", "0.25", "elliptical"), ("-2", "0.25", "lenticular"), ("-2", "1", "edge_on"),
        ("3", "0", "spiral"),
        ("6", "1", "edge_on"), ("5", "0.75", ""), ("10", "0.5", "irregular"), ("8", "0", ""), ("11", "0", ""),
        ("", "0", ""), ("nan", "0", ""), ("many", "0", ""),
    ],
)  # fmt: skip
def test_shapes_follow_type_and_inclination(kind: str, inclination: str, shape: str) -> None:
    assert shape_of(Stamp("a", "x", {"T": kind, "Inclination": inclination})) == shape


def test_nodes_that_are_classes_score_1_and_random_ones_chance() -> None:
    rng = np.random.default_rng(3)
    classes = np.repeat(np.array(["a", "b", "c"]), 100)
    trained = rng.random(300) < 0.5
    code = np.searchsorted(["a", "b", "c"], classes)
    clear = Answers(np.eye(3, dtype=np.float32)[code], code.astype(np.int16), classes, trained)
    noise = rng.standard_normal((300, 3)).astype(np.float32)
    blind = Answers(noise, rng.integers(0, 20, 300).astype(np.int16), classes, trained)
    good, bad = (score_answers(seen, "q", 50) for seen in (clear, blind))
    assert good["q_node_accuracy_balanced"].value == good["q_auc"].value == 1
    assert good["q_knn_accuracy_balanced"].value == 1
    assert abs(bad["q_auc"].value - 0.5) < 0.1
    assert bad["q_node_accuracy_balanced"].value < 0.5
    assert bad["q_auc"].low < bad["q_auc"].value < bad["q_auc"].high


def test_only_frequent_classes_are_compared() -> None:
    classes = np.array([*(f"{number:03d}" for number in range(100) for _ in range(60)), *["rare", ""] * 30])
    trained = np.arange(len(classes)) % 2 == 0
    classes[:100] = ""  # of the first there are few left, of the second half as many
    nothing = np.zeros((len(classes), 1), np.float32)
    chosen = choose_classes(Answers(nothing, np.zeros(len(classes), np.int16), classes, trained))
    assert chosen.tolist() == [f"{number:03d}" for number in range(2, 22)]


def test_validation_stamps_are_not_asked_about_in_the_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Answers] = []

    def score(answers: Answers, name: str, resamples: int) -> dict[str, Figure]:
        del name, resamples
        seen.append(answers)
        return {}

    monkeypatch.setattr(morphology, "score_answers", score)
    names = [f"{number:02d}.png" for number in range(25)]
    write_set(tmp_path / "set", {name: encode(draw_galaxy(88, 14), "PNG") for name in names})
    method, none = Ours(), cast("Any", None)
    context = Context(method, none, none, none, tmp_path, (), (tmp_path / "set",), 1, 10, lambda _: None)
    for part in ("test", "validation"):
        morphology.score_stamps(method.load(default_folder()), "", replace(context, part=part))
    number = Counter(choose_part(name) for name in names)
    assert [int((~answers.trained).sum()) for answers in seen] == [number["test"], number["validation"]]
    assert [len(answers.trained) for answers in seen] == [25, number["train"] + number["validation"]]


def test_the_area_counts_pairs_and_ties_half() -> None:
    score = np.array([3.0, 1.0, 2.0, 1.0])
    first = np.array([True, True, False, False])
    weights = np.array([[1.0, 1, 1, 1], [2, 0, 1, 0]])
    value, drawn = measure_area(score, first, ~first, weights)
    assert value == 0.625
    assert drawn.tolist() == [0.625, 1.0]


def test_galaxies_of_the_catalogue_are_found_on_their_montages(shared: Path) -> None:
    folder = shared / "data" / "labelled" / "efigi_morphology"
    stamps = read_labels(folder)
    assert len(stamps) > 3000
    style, questions = morphology.choose_questions(folder, stamps)
    assert style is GALAXIES
    classes = {questions[0].classify(stamp) for stamp in stamps}
    assert classes == {"", "spiral", "elliptical", "edge_on", "irregular"}
    with Pictures(folder) as pictures:
        part = lay_out(pictures, stamps[::125], style)
    found = find_stamps(part, 25, Source("page", "")).objects
    assert len(found) >= 24
    assert 3 < np.median(np.maximum(found["a"], found["b"])) < 10
