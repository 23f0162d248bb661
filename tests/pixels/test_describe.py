"""The command describe: the JSON of the contract, a summary for people, a sentence for every bad file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from tests.pixels.rendering import match, render, scatter, tan_header, write

SHAPE = (300, 400)
Run = Callable[..., subprocess.CompletedProcess[str]]
OBJECT_KEYS = {
    "x", "y", "ra", "dec", "node", "confidence", "oddness", "a", "b", "theta", "flux", "snr", "flags"
}  # fmt: skip


@pytest.fixture(scope="module")
def run(model_folder: Path) -> Run:
    def describe(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [Path(sys.executable).with_name("caom-ai"), "describe", *arguments, "--model", model_folder]
        words = [str(word) for word in command]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)

    return describe


def refuse_constants(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")


def test_json_is_that_of_the_contract(run: Run, tmp_path: Path) -> None:
    x, y = scatter(40, SHAPE)
    stars = fits.ImageHDU(render(SHAPE, x, y, np.full(40, 9000.0)), tan_header(10, 20, SHAPE), name="SCI")
    blank = fits.ImageHDU(render(SHAPE, x[:0], y[:0], x[:0]), name="SCI")
    path = write(tmp_path / "a.fits", stars, blank, fits.ImageHDU(np.zeros(SHAPE, "i2"), name="DQ"))
    answer = run(path, "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    document = json.loads(answer.stdout, parse_constant=refuse_constants)
    assert set(document) == {"model", "hdus"}
    assert len(document["model"]) == 64
    first, second = document["hdus"]
    assert (first["hdu"], first["part"], first["shape"], first["n_detected"]) == (1, "1", [300, 400], 40)
    assert len(first["fingerprint"]) == 400
    assert sum(first["fingerprint"]) == len(first["objects"]) == 40
    assert np.linalg.norm(first["vector"]) == pytest.approx(1, abs=1e-5)
    assert 0 <= first["field_node"] < 144
    assert all(set(one) == OBJECT_KEYS for one in first["objects"])
    columns = {key: np.array([one[key] for one in first["objects"]]) for key in OBJECT_KEYS}
    assert match(x + 1, y + 1, columns["x"], columns["y"])[1].max() < 0.2
    assert np.bincount(columns["node"], minlength=400).tolist() == first["fingerprint"]
    assert np.all((columns["confidence"] > 0) & (columns["confidence"] <= 1))
    looks = json.loads(run(path, "--vectors").stdout)["hdus"][0]["objects"]
    assert [{key: one[key] for key in OBJECT_KEYS} for one in looks] == first["objects"]
    lengths = np.linalg.norm([one["vector"] for one in looks], axis=1)
    assert lengths == pytest.approx(np.ones(40), abs=2e-3)
    assert (second["hdu"], second["objects"], sum(second["fingerprint"])) == (2, [], 0)
    assert np.linalg.norm(second["vector"]) == pytest.approx(1, abs=1e-5)  # of its looks alone
    assert 0 <= second["field_node"] < 144


def test_coordinates_that_do_not_exist_are_null(run: Run, tmp_path: Path) -> None:
    x, y = scatter(5, SHAPE)
    answer = run(write(tmp_path / "a.fits", render(SHAPE, x, y, np.full(5, 9000.0))), "--json")
    (part,) = json.loads(answer.stdout, parse_constant=refuse_constants)["hdus"]
    assert {(one["ra"], one["dec"]) for one in part["objects"]} == {(None, None)}
    assert part["quality"]["saturatedFraction"] is None


def test_two_runs_say_the_same(run: Run, tmp_path: Path) -> None:
    x, y = scatter(40, SHAPE)
    path = write(tmp_path / "a.fits", render(SHAPE, x, y, np.full(40, 3000.0)))
    assert run(path, "--json").stdout == run(path, "--json").stdout


def test_a_summary_for_people(run: Run, tmp_path: Path) -> None:
    x, y = scatter(40, SHAPE)
    path = write(tmp_path / "stars.fits", render(SHAPE, x, y, np.full(40, 9000.0)))
    answer = run(path)
    assert answer.returncode == 0
    assert "stars.fits" in answer.stdout
    assert "400 x 300" in answer.stdout
    assert "Looks like field" in answer.stdout
    nothing = run(write(tmp_path / "sky.fits", render(SHAPE, x[:0], y[:0], x[:0])))
    assert "No objects" in nothing.stdout


BAD_FILES = {
    "truncated.fits": (1, "truncated: HDU 0 declares 480,000 bytes of data, 1,000 are there."),
    "text.fits": (1, "is not a FITS file: it does not begin with SIMPLE."),
    "nan.fits": (1, "The image has no usable pixel"),
    "one.fits": (1, "is too small: 1 x 1 pixels"),
    "cube.fits": (1, "is a cube of 40 slices; at most 16 are taken as images."),
    "table.fits": (1, "holds tables only, no image."),
    "spectrum.fits": (1, "one-dimensional spectrum"),
    "slit.fits": (1, "two-dimensional spectrum"),
    "constant.fits": (1, "The image is constant: every usable pixel is 7."),
    "empty.fits": (1, "is empty (0 bytes)."),
    "missing.fits": (2, "There is no file"),
    "folder.fits": (2, "There is no file"),
}


@pytest.fixture(scope="module")
def answers(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, subprocess.CompletedProcess[str]]:
    """Describe all bad files, two at a time."""
    folder = tmp_path_factory.mktemp("bad")
    make_bad_files(folder)
    with ThreadPoolExecutor(2) as threads:
        return dict(
            zip(BAD_FILES, threads.map(lambda name: run(folder / name, "--json"), BAD_FILES), strict=True)
        )


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_sentence(answers: dict[str, subprocess.CompletedProcess[str]], name: str) -> None:
    answer, (code, reason) = answers[name], BAD_FILES[name]
    assert (answer.returncode, answer.stdout) == (code, "")
    assert answer.stderr.startswith("caom-ai: ")
    assert answer.stderr.count("\n") == 1
    assert reason in answer.stderr
    assert name in answer.stderr


def make_bad_files(folder: Path) -> None:
    frame = render(SHAPE, *scatter(0, SHAPE), np.zeros(0))
    whole = write(folder / "truncated.fits", frame).read_bytes()
    (folder / "truncated.fits").write_bytes(whole[: 2880 + 1000])
    (folder / "text.fits").write_text("Observing log of a cloudy night\n" * 99)
    write(folder / "nan.fits", np.full(SHAPE, np.nan, "f4"))
    write(folder / "one.fits", np.ones((1, 1), "f4"))
    write(folder / "cube.fits", np.ones((40, 30, 30), "f4"))
    column = fits.Column("flux", "E", array=np.arange(9.0))
    write(folder / "table.fits", fits.BinTableHDU.from_columns([column]))
    write(folder / "spectrum.fits", np.arange(3000, dtype="f4"))
    write(folder / "slit.fits", fits.PrimaryHDU(frame, fits.Header({"CTYPE1": "WAVE", "CTYPE2": "ANGLE"})))
    write(folder / "constant.fits", np.full(SHAPE, 7, "i2"))
    (folder / "empty.fits").touch()
    (folder / "folder.fits").mkdir()


def test_wrong_use_is_exit_code_2(run: Run) -> None:
    assert run().returncode == 2
    assert run("--nonsense").returncode == 2
