"""A training that is killed, stopped or out of room goes on where it was, and gives the same model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from caomai.errors import CaomAiError, ParameterError, UsageError
from fingerprinting.description import STATISTICS
from fingerprinting.training.checkpoint import read_checkpoint, write_checkpoint
from fingerprinting.training.collect import Sightings, Source, gather
from fingerprinting.training.harvest import BYTES, Harvest
from fingerprinting.training.lessons import Lessons
from fingerprinting.training.plan import Plan
from fingerprinting.training.run import train_model
from fingerprinting.training.teller import Teller, write_time
from fingerprinting.training.workfolder import name_work_folder, open_work_folder
from tests.training.conftest import Run


def start(run: Run, folder: Path) -> subprocess.Popen[str]:
    """Start the command of the unbroken run for another folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "caomai", "train", "-o", str(folder), "--checkpoint", "0", *run.options],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], number: int, when: Callable[[], bool]) -> str:
    """Send a signal once something is so; give what was said."""
    limit = time.monotonic() + 200
    while not when():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.005)
    process.send_signal(number)
    return process.communicate()[1]


def test_a_killed_training_gives_the_model_of_an_unbroken_one(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    work = name_work_folder(folder)

    def seen() -> int:
        index = work / "objects" / "objects.jsonl"
        return index.read_bytes().count(b"\n") if index.exists() else 0

    def step() -> int:
        kept = read_checkpoint(work / "checkpoint.safetensors")
        return int(kept[1]["step"]) if kept else 0

    end(start(run, folder), signal.SIGKILL, lambda: seen() > 6)
    images = seen()
    end(start(run, folder), signal.SIGKILL, lambda: step() > 4)
    assert seen() > images
    reached = step()
    process = start(run, folder)
    said = end(process, signal.SIGTERM, lambda: step() > reached)
    assert process.returncode == 128 + signal.SIGTERM
    assert "the same command goes on from there" in said
    assert not folder.exists()
    process = start(run, folder)
    out, said = process.communicate()
    assert process.returncode == 0, said
    assert json.loads(out) == run.answer  # hash and figures
    assert not work.exists()
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".onnx", ".npz"}}
    assert files == {name: (run.folder / name).read_bytes() for name in files}
    process = start(run, folder)  # once more: it is there already
    out, said = process.communicate()
    assert json.loads(out) == run.answer
    assert "already" in said


def test_an_unfinished_training_is_not_mixed_with_another(tmp_path: Path) -> None:
    output = tmp_path / "model"
    with open_work_folder(output, {"seed": 1, "steps": 5}, restart=False) as folder:
        (folder / "objects").mkdir()
        with (
            pytest.raises(UsageError, match="Another caom-ai train is at work"),
            open_work_folder(output, {"seed": 1, "steps": 5}, restart=False),
        ):
            pass
    with (
        pytest.raises(UsageError, match=r"begun with steps 5, not 6: .*--restart"),
        open_work_folder(output, {"seed": 1, "steps": 6}, restart=False),
    ):
        pass
    with open_work_folder(output, {"seed": 1, "steps": 6}, restart=True) as folder:
        assert sorted(path.name for path in folder.iterdir()) == ["lock", "plan.json"]


def test_a_folder_that_holds_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="is no model: name a new folder"):
        train_model(Plan(tmp_path), Teller())
    with pytest.raises(UsageError, match=r"holds the model .* already"):
        train_model(Plan(run.folder), Teller())
    assert not name_work_folder(tmp_path).exists()


def test_missing_images_leave_a_sentence_and_nothing_else_to_do(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is no folder"):
        train_model(Plan(tmp_path / "model", images=(tmp_path / "missing",)), Teller())


def test_a_full_disk_leaves_the_last_checkpoint_good(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    arrays: dict[str, NDArray[np.float32]] = {"a": np.arange(9, dtype=np.float32)}
    write_checkpoint(path, arrays, {"step": 1})
    (tmp_path / "checkpoint.part").symlink_to("/dev/full")
    with pytest.raises(CaomAiError, match="No room is left on the disk"):
        write_checkpoint(path, {"a": np.zeros(100_000)}, {"step": 2})
    kept = read_checkpoint(path)
    assert kept is not None
    assert kept[1] == {"step": 1}
    assert np.array_equal(kept[0]["a"], arrays["a"])
    write_checkpoint(path, arrays, {"step": 3})  # there is room again


def sighting(number: int, objects: int) -> Sightings:
    rng = np.random.default_rng(number)
    windows = rng.standard_normal((objects, 64, 64)).astype(np.float16)
    kinds = np.full(objects, "star" if number % 2 else "", "U16")
    statistics = np.where(np.arange(len(STATISTICS)) % 3, rng.standard_normal(len(STATISTICS)), np.nan)
    source = Source(f"s{number}", f"camera {number % 2}", "sparse" if number % 2 else "")
    known = statistics.astype(np.float32)
    lessons = Lessons.collect([("ghost", known), ("clean", 2 * known)][: number % 3], real=number % 2 > 0)
    return Sightings(source, windows, kinds, rng.random(objects).round(6), known, lessons)


def test_a_harvest_is_what_was_seen(tmp_path: Path) -> None:
    seen = [sighting(number, 3 + number) for number in range(4)]
    with Harvest(tmp_path) as harvest:
        harvest.add(seen[:2])
        harvest.add([], "broken: it is")
    with Harvest(tmp_path) as harvest:  # as the next process does
        assert (harvest.images, harvest.objects, harvest.refused) == (2, 7, ["broken: it is"])
        harvest.add(seen[2:])
        collection = harvest.gather()
    wanted = gather(seen)
    assert collection.sources == wanted.sources
    assert isinstance(collection.windows, np.memmap)  # not in memory
    for name in ("windows", "kinds", "x", "image", "weight", "statistics"):
        assert np.array_equal(
            getattr(collection, name), getattr(wanted, name), equal_nan=name == "statistics"
        )
    assert collection.lessons.kinds.tolist() == ["ghost", "ghost", "clean"]
    assert collection.lessons.real.tolist() == wanted.lessons.real.tolist()
    assert np.array_equal(collection.lessons.statistics, wanted.lessons.statistics, equal_nan=True)


@pytest.mark.parametrize("tail", [b'{"refused": null, "parts": [{"x"', b"\x00\x00\n", b'"text"\n', b"{}\n"])
def test_what_a_kill_left_of_a_harvest_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    with Harvest(tmp_path) as harvest:
        harvest.add([sighting(1, 5)])
    for name, data in (("objects.jsonl", tail), ("windows.f16", b"half a window")):
        with (tmp_path / name).open("ab") as file:
            file.write(data)
    with Harvest(tmp_path) as harvest:
        assert harvest.objects == 5
        harvest.add([sighting(2, 2)])
        assert np.array_equal(harvest.gather().windows[5:], sighting(2, 2).windows)
    os.truncate(tmp_path / "windows.f16", 6 * BYTES)  # a loss of power
    with Harvest(tmp_path) as harvest:
        assert harvest.objects == 5


def test_a_full_disk_ends_a_harvest_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "windows.f16").symlink_to("/dev/full")
    with Harvest(tmp_path) as harvest, pytest.raises(CaomAiError, match="No room is left"):
        harvest.add([sighting(1, 5)])


def test_many_images_share_the_objects_that_there_is_room_for() -> None:
    plan = Plan(Path("model"), most_objects=100_000)
    assert [plan.share(number) for number in (0, 1, 100, 1000, 100_000)] == [1000, 1000, 500, 50, 10]


def test_times_are_written_for_people() -> None:
    assert [write_time(seconds) for seconds in (40, 600, 9000)] == ["40 s", "10.0 min", "2.5 h"]


def test_a_plan_is_known_by_what_the_model_depends_on(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "a", images=(Path("images"),))
    same = Plan(tmp_path / "b", images=(Path("images").absolute(),), checkpoint_seconds=1, restart=True)
    assert plan.hash == same.hash
    assert plan.hash != Plan(tmp_path / "a", images=(Path("images"),), seed=2).hash
    assert json.loads(json.dumps(plan.to_json()))["augmentation"]["shift"] >= 0
