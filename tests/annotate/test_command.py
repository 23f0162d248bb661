"""`caom-ai annotate`: one file, offline, with no database; the drawing itself."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits, votable
from PIL import Image as Picture
from regions import Regions
from scipy import ndimage

from caomai.annotation import COLOURS, OTHERS
from fingerprinting.annotation.backdrop import DEAD, Backdrop, draw_backdrop, stretch
from fingerprinting.annotation.drawing import MOST_CAPTIONS, draw_annotated, place_marks, write_captions
from fingerprinting.annotation.names import Names, group
from fingerprinting.description import DESCRIBED
from fingerprinting.fitsfile import open_fits
from fingerprinting.labels.label import Evidence, Label, now
from fingerprinting.labels.table import write_table
from fingerprinting.model import load_model
from fingerprinting.pictures.sheet import Sheet
from fingerprinting.pipeline import describe_file
from fingerprinting.planes import choose_planes
from fingerprinting.simulation.fields import render

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("frames") / "frame.fits"
    fits.writeto(path, render("sparse", 5, (200, 240)).pixels)
    return path


@pytest.fixture
def annotate(frame: Path, tmp_path: Path) -> Command:
    def run(name: str, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "caomai", "annotate", str(frame), "-o", str(tmp_path / name), *arguments],
            env=os.environ | {"XDG_DATA_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stderr
        assert not (tmp_path / "home").exists()  # no database was made for it
        return done

    return run


@pytest.fixture
def labels(frame: Path, tmp_path: Path) -> tuple[int, Path]:
    """A table that names the node of the first object of the frame."""
    model = load_model()
    node = int(describe_file(frame, model)[0].objects["node"][0])
    path = tmp_path / "labels.csv"
    with path.open("w", newline="") as file:
        write_table([Label(node, "galaxy", "me", now())], model.hash, file)
    return node, path


def test_the_table_and_the_regions_hold_what_describe_tells(
    annotate: Command, frame: Path, labels: tuple[int, Path], tmp_path: Path
) -> None:
    (part,) = describe_file(frame, load_model())
    node, path = labels
    annotate("objects.xml", "--labels", str(path))
    table = votable.parse(io.BytesIO((tmp_path / "objects.xml").read_bytes()), verify="exception")
    rows = table.get_first_table().array
    assert rows["x"].tolist() == pytest.approx(part.objects["x"].tolist(), rel=1e-6)
    assert rows["node"].tolist() == part.objects["node"].tolist()
    assert set(rows["label"][rows["node"] == node]) == {"galaxy"}
    assert set(rows["label"][rows["node"] != node]) <= {""}
    assert {field.name: field.ucd for field in table.iter_fields_and_params()}["ra"] == "pos.eq.ra;meta.main"
    annotate("objects.reg", "--labels", str(path))
    found = Regions.read(tmp_path / "objects.reg", format="ds9")
    assert [one.center.y + 1 for one in found] == pytest.approx(part.objects["y"].tolist(), abs=0.006)
    assert sum("galaxy" in one.meta["tag"] for one in found) == (part.objects["node"] == node).sum()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["labels.csv", "objects.reg", "objects.xml"]


def test_stilts_reads_the_table(annotate: Command, stilts: str, tmp_path: Path) -> None:
    annotate("objects.vot")
    path = str(tmp_path / "objects.vot")
    lint = subprocess.run([stilts, "votlint", path], capture_output=True, text=True, check=True)
    assert not [line for line in lint.stdout.splitlines() if line.startswith(("ERROR", "WARNING"))]


def test_the_picture_is_a_png_that_says_what_it_is(annotate: Command, tmp_path: Path) -> None:
    annotate("objects.png")
    with Picture.open(tmp_path / "objects.png") as picture:
        assert picture.info["Title"] == "Objects of frame.fits"
        assert picture.size > (5 * 240, 5 * 200)


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("objects.gif", (), "must end in .png, .reg, .xml or .vot"),
        ("no/objects.reg", (), "cannot be written"),
        ("objects.png", ("--part", "3"), "no image '3'; it has 0"),
        ("objects.xml", ("--labels", "nowhere.csv"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_left(
    annotate: Command, tmp_path: Path, name: str, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in annotate(name, *arguments, code=2).stderr
    assert not list(tmp_path.iterdir())


def make_objects(places: list[tuple[float, float]], nodes: list[int], oddness: float = 0.5) -> np.ndarray:
    objects = np.zeros(len(places), DESCRIBED)
    objects["x"], objects["y"] = np.array(places).T
    objects["a"], objects["b"], objects["node"], objects["oddness"] = 4, 2, nodes, oddness
    return objects


def test_marks_lie_on_the_light_of_their_objects(tmp_path: Path) -> None:
    """Also where overscan is cut off and the frame is shrunk; y runs upward."""
    pixels = np.random.default_rng(1).normal(100, 1, (3000, 2200)).astype(np.float32)
    pixels[2399:2402, 599:602] += 5000  # FITS x 601, y 2401
    pixels[:, :100] = 0
    path = tmp_path / "frame.fits"
    fits.writeto(path, pixels, fits.Header({"DATASEC": "[101:2200,1:3000]"}))
    with open_fits(path) as file:
        backdrop = draw_backdrop(file, choose_planes(file)[0])
    assert backdrop.grey.shape == (1000, 700)
    row, column = np.unravel_index(backdrop.grey.argmax(), backdrop.grey.shape)
    marks = place_marks(backdrop, make_objects([(601, 2401)], [5]))
    assert (marks.x[0], marks.y[0]) == pytest.approx((column + 0.5, row + 0.5), abs=0.8)
    assert row < 300  # far up in the file, far up on the picture
    corners = np.array(marks.corners(0)) / 2
    assert np.ptp(corners[:, 0]) == pytest.approx(max(2 * 3 * 4 / 3, 10), rel=0.01)


def test_an_ellipse_turns_from_x_towards_y() -> None:
    backdrop = Backdrop(np.zeros((100, 100), np.uint8), (0, 0), 1.0)
    objects = make_objects([(50, 50)], [5])
    objects["theta_deg"] = 45
    corners = np.array(place_marks(backdrop, objects).corners(0)) / 2
    far = corners[np.hypot(*(corners - (49.5, 50.5)).T).argmax()]
    assert (far[0] - 49.5) * (far[1] - 50.5) < 0  # right and up, or left and down


def test_pixels_that_cannot_be_used_are_flat_and_noise_stays_dark() -> None:
    small = np.random.default_rng(2).normal(0, 1, (200, 200)).astype(np.float32)
    small[:20] = np.nan
    grey = stretch(small)
    assert set(grey[:20].ravel()) == {DEAD}
    assert np.median(grey[20:]) < 60
    assert set(stretch(np.full((10, 10), np.nan, np.float32)).ravel()) == {DEAD}
    assert stretch(np.zeros((10, 10), np.float32)).shape == (10, 10)


def test_groups_are_labels_first_then_the_most_frequent_nodes() -> None:
    nodes = np.array([7, 7, 7, 7, 1, 2, 2, *range(20, 30)])
    evidence = Evidence(0.9, 0.7, 0.97, 3.5, 40, "a set", "f")
    labels = [
        Label(1, "merger", "me", now()),
        Label(2, "trail", "a set", now(), "suggested", evidence),
        Label(20, "merger", "me", now()),
    ]
    groups = group(nodes, Names.join(labels))
    assert [one.name for one in groups][:3] == ["merger", "trail (suggested)", "node 7"]
    assert [len(one.members) for one in groups][:3] == [2, 2, 4]
    assert [one.colour for one in groups] == [*COLOURS, OTHERS]
    assert sum(len(one.members) for one in groups) == len(nodes)
    assert groups[-1].name == "5 other nodes"


def test_a_crowd_has_few_captions_each_of_its_own_place() -> None:
    rng = np.random.default_rng(3)
    objects = make_objects(list(zip(*rng.uniform(20, 780, (2, 2000)), strict=True)), [5] * 2000)
    objects["node"], objects["oddness"] = rng.integers(0, 400, 2000), rng.uniform(0, 1, 2000)
    backdrop = Backdrop(np.zeros((800, 800), np.uint8), (0, 0), 1.0)
    picture = Sheet.make(800, 800, (0, 0, 0))
    groups = group(objects["node"], Names())
    write_captions(picture, place_marks(backdrop, objects), objects, Names(), groups)
    written = np.asarray(picture.image).max(axis=2) > 0
    words, number = ndimage.label(ndimage.binary_dilation(written, np.ones((1, 9))))
    assert MOST_CAPTIONS - 4 <= number <= MOST_CAPTIONS  # neighbours may touch
    assert all(box[1].stop - box[1].start < 80 for box in ndimage.find_objects(words))
    whole = draw_annotated(backdrop, objects, Names(), "A crowd", []).image
    assert (np.asarray(whole)[80:800, 24:824].max(axis=2) > 0).mean() < 0.5
