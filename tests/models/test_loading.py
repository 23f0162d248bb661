"""A model folder that is broken, foreign or hostile is refused with a sentence; nothing of it is run."""

from __future__ import annotations

import io
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from caomai.errors import CaomAiError, NotFoundError
from fingerprinting.description import STATISTICS
from fingerprinting.encoder import Encoder
from fingerprinting.model import MAPS, default_folder, load_model
from tests.models.sealing import reseal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_folder(), tmp_path / "model"))


def write_maps(folder: Path, **changed: object) -> None:
    with np.load(folder / "maps.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=True, **(arrays | changed))
    (folder / "maps.npz").write_bytes(buffer.getvalue())


def test_a_copy_is_the_same_model(folder: Path) -> None:
    assert load_model(folder).hash == load_model().hash


def test_resealing_an_unchanged_model_keeps_its_hash(folder: Path) -> None:
    reseal(folder)
    assert load_model(folder).hash == load_model().hash


@pytest.mark.parametrize("name", ["encoder.onnx", "maps.npz", "card.toml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(NotFoundError, match=re.escape(name)):
        load_model(folder)


@pytest.mark.parametrize("name", ["encoder.onnx", "maps.npz"])
def test_a_changed_byte_is_noticed(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(CaomAiError, match="is not the file"):
        load_model(folder)


def test_changed_parameters_are_noticed(folder: Path) -> None:
    text = (folder / "card.toml").read_text()
    (folder / "card.toml").write_text(text.replace("threshold = 2.0", "threshold = 9.0", 1))
    with pytest.raises(CaomAiError, match="has been changed"):
        load_model(folder)


@pytest.mark.parametrize(
    "text",
    ["", "id = 1", "not toml [", "id = 'x'\nhash = 'y'\nfiles = 3\n[parameters]\n", "a = " + "[" * 5000],
)
def test_what_is_no_card_is_refused(folder: Path, text: str) -> None:
    (folder / "card.toml").write_text(text)
    with pytest.raises(CaomAiError, match="no model card"):
        load_model(folder)


def test_a_card_with_a_date_among_its_parameters_is_refused(folder: Path) -> None:
    text = (folder / "card.toml").read_text()
    (folder / "card.toml").write_text(text.replace("threshold = 2.0", "threshold = 2020-01-01", 1))
    with pytest.raises(CaomAiError, match="has been changed"):
        load_model(folder)


@pytest.mark.parametrize(
    ("group", "name", "value", "difference"),
    [
        ("detection", "threshold", 9.0, "detection.threshold is 9.0, here 2.0"),
        ("fovea", "window", 96, "fovea.window is 96, here 64"),
        ("maps", "statistics", ["sky_gradient", "beauty"], "'beauty' at place 2, here 'sky_curvature'"),
        ("maps", "statistics", [*STATISTICS, "beauty"], "'beauty' at place {}, here None"),
        ("maps", "statistics", list(STATISTICS[:-1]), "None at place {}, here '{}'"),
        ("maps", "statistics", 3, "maps.statistics is 3, here"),
        ("maps", "pseudo_counts", None, "maps.pseudo_counts is missing"),
    ],
)
def test_a_model_of_other_parameters_is_refused(
    folder: Path, group: str, name: str, value: object, difference: str
) -> None:
    """Its nodes would mean something else for the objects that this version finds and cuts out."""
    parameters = deepcopy(load_model().card["parameters"])
    parameters[group][name] = value
    if value is None:
        del parameters[group][name]
    reseal(folder, parameters)
    with pytest.raises(CaomAiError, match=r"of another version of caom-ai .*: use the version") as refusal:
        load_model(folder)
    place = len(STATISTICS) + (isinstance(value, list) and len(value) > len(STATISTICS))
    assert difference.format(place, STATISTICS[-1]) in str(refusal.value)


@pytest.mark.parametrize("group", ["detection", "fovea", "maps"])
def test_a_model_without_a_group_of_parameters_is_refused(folder: Path, group: str) -> None:
    parameters = {name: values for name, values in load_model().card["parameters"].items() if name != group}
    reseal(folder, parameters)
    with pytest.raises(CaomAiError, match=rf"\({group}\.\w+ is missing\)"):
        load_model(folder)


def test_a_card_may_say_more_than_this_version_knows(folder: Path) -> None:
    parameters = deepcopy(load_model().card["parameters"]) | {"note": "mine"}
    parameters["detection"]["filter"] = "conv"
    reseal(folder, parameters)
    assert load_model(folder).card["parameters"] == parameters


def test_a_pickle_in_the_maps_is_not_opened(folder: Path, tmp_path: Path) -> None:
    opened = tmp_path / "opened"

    class Trap:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
            return Path.touch, (opened,)

    write_maps(folder, prior=np.array([Trap()], dtype=object))
    assert pickle.dumps(Trap())
    reseal(folder)
    with pytest.raises(CaomAiError, match="holds no maps"):
        load_model(folder)
    assert not opened.exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"prior": np.zeros(399, np.float32)}, "array prior is"),
        ({"kernel": np.zeros((400, 400), np.int32)}, "array kernel is"),
        ({"vector_mean": np.full(400, np.nan, np.float32)}, "not finite"),
        ({"extra": np.zeros(3)}, "arrays instead of"),
        ({"fields": np.zeros((9000, 400), np.float32)}, "larger than it can be"),
    ],
)
def test_arrays_of_another_shape_are_refused(folder: Path, changed: dict[str, object], reason: str) -> None:
    write_maps(folder, **changed)
    reseal(folder)
    with pytest.raises(CaomAiError, match=reason):
        load_model(folder)


def test_an_archive_that_swells_is_refused_before_it_is_unpacked(folder: Path) -> None:
    with zipfile.ZipFile(folder / "maps.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MAPS:
            archive.writestr(f"{name}.npy", bytes(8 << 20))
    reseal(folder)
    with pytest.raises(CaomAiError, match="larger than it can be"):
        load_model(folder)


def test_a_file_of_zip_rubbish_is_refused(folder: Path) -> None:
    (folder / "maps.npz").write_bytes(b"PK\x03\x04" + bytes(200))
    reseal(folder)
    with pytest.raises(CaomAiError, match="holds no maps"):
        load_model(folder)


def test_a_file_too_large_for_a_card_is_not_read_whole(folder: Path) -> None:
    with (folder / "card.toml").open("ab") as file:
        file.truncate(3 << 20)
    with pytest.raises(CaomAiError, match="larger than a model's file can be"):
        load_model(folder)


@pytest.mark.parametrize("data", [b"", b"not onnx", bytes(1000)])
def test_an_encoder_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(CaomAiError, match="broken or of another kind"):
        Encoder(data)
