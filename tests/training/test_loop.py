"""A training that is interrupted goes on bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from caomai.errors import CaomAiError, UsageError
from fingerprinting.training.checkpoint import read_checkpoint, write_checkpoint
from fingerprinting.training.collect import Collection, Source
from fingerprinting.training.contrast import Recipe, begin
from fingerprinting.training.interruption import Interruption, StopRequest
from fingerprinting.training.loop import Keeping, Progress, train_encoder
from fingerprinting.training.network import EncoderNetwork

RECIPE = Recipe(steps=9, batch=16)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def collection() -> Collection:
    rng = np.random.default_rng(3)
    windows = rng.standard_normal((90, 64, 64)).astype(np.float16)
    image = np.repeat(np.arange(3), 30)
    sources = [Source(f"s{number}", "camera") for number in range(3)]
    return Collection(sources, windows, np.full(90, ""), rng.random(90), image, np.full(90, 1 / 90))


class Stop:
    """Asks to stop when a step is reached."""

    def __init__(self, step: int) -> None:
        self.step, self.interruption = step, Interruption()

    def __call__(self, now: Progress) -> None:
        if now.step == self.step:
            self.interruption._number = 2


def train(
    collection: Collection, path: Path, stop_at: int = 0, recipe: Recipe = RECIPE
) -> tuple[EncoderNetwork, Progress]:
    stop = Stop(stop_at)
    keeping = Keeping(path, seconds=1e9, interruption=stop.interruption)
    return train_encoder(collection, recipe, 4, stop, keeping)


def test_a_run_stopped_twice_ends_with_the_weights_of_an_unbroken_one(
    collection: Collection, tmp_path: Path
) -> None:
    whole, standing = train_encoder(collection, RECIPE, 4, lambda _: None)
    broken = tmp_path / "broken"
    for step in (3, 7):
        with pytest.raises(StopRequest):
            train(collection, broken, step)
        kept = read_checkpoint(broken)
        assert kept is not None
        assert kept[1]["step"] == step
    again, end = train(collection, broken)
    wanted, got = whole.state_dict(), again.state_dict()
    assert all(torch.equal(wanted[name], got[name]) for name in wanted)
    assert (end.step, end.loss) == (standing.step, standing.loss)
    finished, _ = train(collection, broken)  # nothing is left to do
    assert all(torch.equal(wanted[name], value) for name, value in finished.state_dict().items())


def test_minutes_become_steps_only_once(collection: Collection, tmp_path: Path) -> None:
    recipe = Recipe(minutes=0.02, batch=16)
    with pytest.raises(StopRequest):
        train(collection, tmp_path / "kept", 2, recipe)
    kept = read_checkpoint(tmp_path / "kept")
    assert kept is not None
    _, standing = train(collection, tmp_path / "kept", recipe=recipe)
    assert standing.step == standing.steps == kept[1]["steps"]


def test_a_state_is_all_that_its_arrays_say() -> None:
    first, second = (begin(RECIPE, 50, seed, torch.device("cpu")) for seed in (1, 2))
    first.rng.integers(9, dtype=np.uint32)  # half a word is left over
    torch.rand(7, generator=first.generator)
    second.from_arrays(first.to_arrays())
    assert np.array_equal(first.rng.integers(1 << 30, size=9), second.rng.integers(1 << 30, size=9))
    assert torch.equal(torch.rand(9, generator=first.generator), torch.rand(9, generator=second.generator))


def test_a_checkpoint_of_another_network_is_refused(collection: Collection, tmp_path: Path) -> None:
    arrays: dict[str, NDArray[Any]] = {"network.encoder.first": np.zeros(3, np.float32)}
    write_checkpoint(tmp_path / "kept", arrays, {"steps": 9, "seconds": 0, "device": "cpu"})
    with pytest.raises(UsageError, match="another network"):
        train(collection, tmp_path / "kept")


@pytest.mark.parametrize("data", [b"", b"\x80\x04\x95 a pickle", bytes(64), b"\xff" * 200])
def test_what_is_no_checkpoint_is_refused(collection: Collection, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "kept").write_bytes(data)
    with pytest.raises(CaomAiError, match="is no checkpoint"):
        train(collection, tmp_path / "kept")
