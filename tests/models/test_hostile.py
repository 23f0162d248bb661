"""Model folders that are damaged, foreign or hostile: one sentence each, and exit code 1."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from caomai.errors import CaomAiError
from fingerprinting.arrays import Layout, read_arrays
from fingerprinting.encoder import INPUT_SHAPE, Encoder
from fingerprinting.model import EMBEDDING, default_folder, load_model
from fingerprinting.onnxfile import check_graph
from tests.models.sealing import reseal

Arrays = dict[str, NDArray[np.float32]]
SIZE = int(np.prod(INPUT_SHAPE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_folder(), tmp_path / "model"))


def make_encoder(
    weight: NDArray[np.float32] | None = None, extra: list[onnx.NodeProto] | None = None, out: str = "flat"
) -> onnx.ModelProto:
    """Make a network of the right shapes: flatten and multiply; `extra` operators may follow."""
    if weight is None:
        weight = np.full((SIZE, EMBEDDING), 1e-6, np.float32)
    nodes = [helper.make_node("Flatten", ["x"], ["all"]), helper.make_node("MatMul", ["all", "w"], ["flat"])]
    graph = helper.make_graph(
        nodes + (extra or []),
        "foreign",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *INPUT_SHAPE])],
        [helper.make_tensor_value_info(out, TensorProto.FLOAT, ["n", EMBEDDING])],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def refuse(model: onnx.ModelProto, reason: str) -> None:
    with pytest.raises(CaomAiError, match=reason):
        Encoder(model.SerializeToString())


def test_a_small_network_of_the_right_shapes_is_taken() -> None:
    assert Encoder(make_encoder().SerializeToString()).embed(
        np.ones((3, *INPUT_SHAPE), np.float32)
    ).shape == (
        3,
        EMBEDDING,
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_an_encoder_that_is_broken_off_is_refused(share: float) -> None:
    data = load_model().encoder
    with pytest.raises(CaomAiError, match="broken or of another kind"):
        Encoder(data[: int(share * len(data))])


def test_every_place_where_a_file_can_break_off_is_noticed() -> None:
    data = make_encoder(np.ones((SIZE, EMBEDDING), np.float32)).SerializeToString()[:600]
    for length in range(len(data)):
        with pytest.raises(ValueError, match=r"broken|operators"):
            check_graph(data[:length])


def test_random_bytes_are_refused_quickly() -> None:
    rng = np.random.default_rng(1)
    for _ in range(300):
        with pytest.raises(ValueError, match=r"\w"):
            check_graph(rng.bytes(int(rng.integers(1, 2000))))


def test_arrays_of_other_shapes_are_refused() -> None:
    refuse(make_encoder(np.full((SIZE, EMBEDDING + 1), 1e-6, np.float32)), "of another")


@pytest.mark.parametrize(
    "operator", ["Loop", "If", "ConstantOfShape", "Expand", "Tile", "Resize", "RandomNormal"]
)
def test_operators_that_a_network_does_not_need_are_refused(operator: str) -> None:
    node = helper.make_node(operator, ["flat"], ["more"])
    refuse(make_encoder(extra=[node]), f"uses the operator {operator}")


def test_operators_of_other_domains_are_refused() -> None:
    node = helper.make_node("Relu", ["flat"], ["more"], domain="evil.example")
    refuse(make_encoder(extra=[node]), "uses the operator evil.example.Relu")


def test_functions_that_hide_operators_are_refused() -> None:
    model = make_encoder()
    body = [helper.make_node("Loop", ["a"], ["b"])]
    function = helper.make_function("", "Relu", ["a"], ["b"], body, [helper.make_opsetid("", 17)])
    model.functions.append(function)
    refuse(model, "more than a network")


def test_data_in_other_files_are_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_bytes(np.ones(SIZE * EMBEDDING, np.float32).tobytes())
    monkeypatch.chdir(tmp_path)
    model = make_encoder()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="secret")
    refuse(model, "data in other files")


def test_huge_tensors_are_refused_before_they_are_made() -> None:
    model = make_encoder()
    model.graph.initializer[0].dims[:] = [1 << 40, 1 << 40]
    refuse(model, "tensor that is too large")
    model.graph.initializer[0].dims[:] = [-1, 5]
    refuse(model, "tensor that is too large")


def test_huge_parameters_are_refused() -> None:
    pool = helper.make_node("AveragePool", ["x"], ["wide"], kernel_shape=[3, 3], pads=[1 << 20] * 4)
    refuse(make_encoder(extra=[pool]), "parameter of that size")


def test_what_flows_cannot_be_doubled_without_end() -> None:
    names = [f"j{number}" for number in range(40)]
    joins = [
        helper.make_node("Concat", [before, before], [name], axis=1)
        for before, name in zip(["flat", *names], names, strict=False)
    ]
    refuse(make_encoder(extra=joins), "operators")


def test_many_tensors_that_are_large_together_are_refused() -> None:
    model = make_encoder()
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.dims[:] = [1 << 11, 1 << 11]
    model.graph.initializer.extend([weight] * 2)
    refuse(model, "12,582,912 numbers")


def wide(channels: int, kernel: int, pad: int) -> onnx.ModelProto:
    """Convolve to many channels of many pixels, and end in the right shape."""
    model = make_encoder(out="narrow", extra=[
        helper.make_node("Conv", ["x", "kernel"], ["wide"], kernel_shape=[kernel] * 2, pads=[pad] * 4),
        helper.make_node("GlobalAveragePool", ["wide"], ["mean"]),
        helper.make_node("ReduceMean", ["mean"], ["one"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["one", "second"], ["column"]),
        helper.make_node("Mul", ["flat", "column"], ["narrow"]),
    ])  # fmt: skip
    weight = np.full((channels, 2, kernel, kernel), 1e-6, np.float32)
    second = np.array([1], np.int64)
    model.graph.initializer.extend(
        [
            numpy_helper.from_array(weight, "kernel"),
            numpy_helper.from_array(second, "second"),
        ]
    )
    return model


def test_a_convolution_of_common_width_is_taken() -> None:
    assert Encoder(wide(128, 3, 1).SerializeToString())


@pytest.mark.parametrize(("channels", "kernel", "pad"), [(1 << 20, 1, 0), (1024, 3, 1), (8, 1, 4000)])
def test_a_convolution_whose_results_would_fill_the_memory_is_refused(
    channels: int, kernel: int, pad: int
) -> None:
    refuse(wide(channels, kernel, pad), "needs room for")


def test_a_convolution_that_would_take_hours_is_refused() -> None:
    refuse(wide(8, 511, 255), "multiplications")


def test_means_over_wide_surroundings_are_refused() -> None:
    pool = helper.make_node("AveragePool", ["x"], ["wide"], kernel_shape=[4095] * 2, pads=[2047] * 4)
    refuse(make_encoder(extra=[pool]), "multiplications")


def test_many_products_of_large_matrices_are_refused() -> None:
    products = [helper.make_node("MatMul", ["square", "square"], [f"m{number}"]) for number in range(9)]
    model = make_encoder(extra=products)
    model.graph.initializer.append(numpy_helper.from_array(np.ones((2048, 2048), np.float32), "square"))
    refuse(model, "multiplications")


def test_results_of_many_columns_and_many_rows_are_refused() -> None:
    """Broadcast, two short tensors make a large one, which a runtime would compute as it opens the file."""
    model = make_encoder(extra=[helper.make_node("Add", ["row", "column"], ["all_pairs"])])
    for name, shape in (("row", (1, 1 << 18)), ("column", (1 << 18, 1))):
        model.graph.initializer.append(numpy_helper.from_array(np.ones(shape, np.float32), name))
    refuse(model, "needs room for")


def test_what_a_file_says_of_its_shapes_is_not_believed() -> None:
    model = wide(1 << 20, 1, 0)
    model.graph.value_info.append(helper.make_tensor_value_info("wide", TensorProto.FLOAT, ["n", 1, 1, 1]))
    model.graph.output.append(helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["n", 1, 1, 1]))
    refuse(model, "needs room for")


def test_results_of_unknown_shape_are_refused() -> None:
    model = make_encoder(extra=[
        helper.make_node("ReduceMax", ["flat"], ["highest"], axes=[0], keepdims=0),
        helper.make_node("Cast", ["highest"], ["sides"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["flat", "sides"], ["any"]),
    ])  # fmt: skip
    refuse(model, "cannot be told")


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e3])
def test_embeddings_that_are_no_unit_vectors_are_refused(value: float) -> None:
    refuse(make_encoder(np.full((SIZE, EMBEDDING), value, np.float32)), "no unit vectors")


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("centroids", lambda a: a * 2, "centroids are no unit vectors"),
        ("centroids", lambda a: np.where(np.arange(len(a))[:, None] == 7, 0, a), "no unit vectors"),
        ("fields", lambda a: a * 0.9, "fields are no unit vectors"),
        ("kernel", lambda a: a * 1.1, "kernel holds no shares"),
        ("kernel", lambda a: a - 0.01 + np.eye(len(a), dtype=np.float32) * 0.01 * len(a), "kernel holds no"),
        ("prior", lambda a: a * 0, "prior holds no shares"),
        ("prior", lambda a: np.full_like(a, np.inf), "not finite"),
        ("vector_mean", lambda a: np.full_like(a, np.nan), "not finite"),
    ],
)
def test_values_that_maps_cannot_have_are_refused(
    folder: Path, name: str, change: Callable[[NDArray[np.float32]], NDArray[np.float32]], reason: str
) -> None:
    with np.load(folder / "maps.npz") as archive:
        arrays: Arrays = {key: archive[key] for key in archive.files}
    arrays[name] = change(arrays[name]).astype(np.float32)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    (folder / "maps.npz").write_bytes(buffer.getvalue())
    reseal(folder)
    with pytest.raises(CaomAiError, match=reason):
        load_model(folder)


def test_any_damage_of_an_archive_is_a_value_error() -> None:
    layouts: dict[str, Layout] = {"a": (np.float32, (30,)), "b": (np.float32, (4, 4))}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=np.arange(30, dtype=np.float32), b=np.eye(4, dtype=np.float32))
    rng = np.random.default_rng(1)
    refused = 0
    for _ in range(2000):
        data = np.frombuffer(buffer.getvalue(), np.uint8).copy()
        data[rng.integers(len(data), size=3)] = rng.integers(256, size=3)
        try:
            read_arrays(data.tobytes(), layouts)
        except ValueError:
            refused += 1
    assert refused > 1000


@pytest.mark.parametrize("length", [10**12, 10**30])
def test_an_array_that_claims_to_be_huge_is_refused(length: int) -> None:
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({length},), }}".ljust(117) + "\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
    with pytest.raises(ValueError, match="cannot be read"):
        read_arrays(buffer.getvalue(), {"a": (np.float32, (30,))})


def test_an_archive_that_names_files_elsewhere_writes_nothing(folder: Path) -> None:
    with zipfile.ZipFile(folder / "maps.npz", "a") as archive:
        archive.writestr("../../outside.npy", b"x")
    reseal(folder)
    with pytest.raises(CaomAiError, match="arrays instead of"):
        load_model(folder)
    assert not (folder.parent.parent / "outside.npy").exists()


def test_a_card_of_a_newer_format_asks_for_a_newer_program(folder: Path) -> None:
    text = (folder / "card.toml").read_text()
    (folder / "card.toml").write_text("format = 2\n" + text.replace("format = 1\n", "", 1))
    with pytest.raises(CaomAiError, match=r"made by a newer caom-ai \(format 2, here 1\): upgrade caom-ai"):
        load_model(folder)


@pytest.mark.parametrize("word", ['"1"', "0", "1.5", "[1]", "2020-01-01"])
def test_a_format_that_never_was_is_refused(folder: Path, word: str) -> None:
    text = (folder / "card.toml").read_text()
    (folder / "card.toml").write_text(f"format = {word}\n" + text.replace("format = 1\n", "", 1))
    with pytest.raises(CaomAiError, match="is no model card"):
        load_model(folder)


@pytest.mark.parametrize("key", ["id", "hash"])
def test_a_card_without_a_key_is_refused(folder: Path, key: str) -> None:
    lines = (folder / "card.toml").read_text().splitlines()
    (folder / "card.toml").write_text("\n".join(line for line in lines if not line.startswith(f"{key} =")))
    with pytest.raises(CaomAiError, match="lacks id, hash, files or parameters"):
        load_model(folder)


@pytest.mark.parametrize("name", ["encoder.onnx", "maps.npz", "card.toml"])
def test_links_out_of_the_folder_are_not_followed(folder: Path, name: str) -> None:
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(folder.parent / name)
    with pytest.raises(CaomAiError, match="is no plain file of that folder"):
        load_model(folder)


def test_a_link_to_a_whole_model_is_followed(folder: Path) -> None:
    (folder.parent / "newest").symlink_to(folder)
    assert load_model(folder.parent / "newest").hash == load_model(folder).hash


def test_links_in_a_ring_a_pipe_and_a_folder_are_refused(folder: Path) -> None:
    path = folder / "maps.npz"
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(CaomAiError, match=r"cannot be read|no plain file"):
        load_model(folder)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(CaomAiError, match="no plain file"):
        load_model(folder)
    path.unlink()
    path.mkdir()
    with pytest.raises(CaomAiError, match=r"cannot be read|no plain file"):
        load_model(folder)


def test_a_file_instead_of_a_folder_is_named(folder: Path) -> None:
    with pytest.raises(CaomAiError, match="is a file: a model is a folder"):
        load_model(folder / "card.toml")


def test_the_command_says_one_sentence_and_fails(folder: Path, tmp_path: Path) -> None:
    (folder / "encoder.onnx").write_bytes(
        make_encoder(extra=[helper.make_node("Loop", ["flat"], ["more"])]).SerializeToString()
    )
    reseal(folder)
    image = tmp_path / "image.fits"
    image.write_bytes(b"")
    for model in (folder, folder / "card.toml"):
        done = subprocess.run(
            [sys.executable, "-m", "caomai", "describe", str(image), "--model", str(model)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("caom-ai: ")
