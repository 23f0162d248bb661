"""Child processes: one that dies, hangs or grows costs one image, and none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from caomai.errors import CaomAiError, NotAnImageError, TransientError, UnusableImageError
from fingerprinting.children import Children, describe_in_children
from tests.pixels.rendering import render, scatter, write
from tests.processes import is_alive
from tests.waiting import wait_until

SHAPE = (400, 500)


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Path:
    x, y = scatter(60, SHAPE)
    return write(tmp_path_factory.mktemp("frames") / "stars.fits", render(SHAPE, x, y, np.full(60, 5000.0)))


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frame that takes some seconds: so many objects that they are nearly everywhere."""
    rng = np.random.default_rng(1)
    noise = np.kron(rng.normal(0, 1, (1500, 1500)), np.ones((3, 3))).astype("f4")
    return write(tmp_path_factory.mktemp("frames") / "slow.fits", noise)


@pytest.fixture(scope="module")
def children(model_folder: Path) -> Iterator[Children]:
    with Children(1, model_folder) as pool:
        yield pool


def kill_when_busy(children: Children) -> None:
    """Kill the child of a pool of one, once it has used some processor time on its image."""
    (child,) = children._children
    pid = child._process.pid

    def used() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = used()
    while used() < before + 20:
        time.sleep(0.02)
    os.kill(pid, signal.SIGSEGV)


def test_refusals_come_back_as_their_own_errors(children: Children, tmp_path: Path) -> None:
    spectrum = write(tmp_path / "spectrum.fits", np.zeros(500, "f4"))
    with pytest.raises(NotAnImageError, match="one-dimensional"):
        children.submit(spectrum).result(60)


def test_a_child_that_dies_costs_one_image(model_folder: Path, frame: Path, slow: Path) -> None:
    with Children(1, model_folder) as pool:
        assert pool.submit(frame).result(60)[0].n_detected == 60
        doomed, following = pool.submit(slow), pool.submit(frame)
        kill_when_busy(pool)
        with pytest.raises(UnusableImageError, match=r"slow\.fits was given up: .* died \(Segmentation"):
            doomed.result(60)
        assert following.result(60)[0].n_detected == 60


def test_an_image_that_takes_too_long_is_refused(model_folder: Path, frame: Path, slow: Path) -> None:
    with Children(1, model_folder, seconds=5) as pool:
        assert pool.submit(frame).result(60)[0].n_detected == 60
        (child,) = pool._children
        os.kill(child._process.pid, signal.SIGSTOP)
        doomed, following = pool.submit(slow), pool.submit(frame)
        with pytest.raises(UnusableImageError, match=r"slow\.fits took more than 5 s to be described\."):
            doomed.result(60)
        assert following.result(60)[0].n_detected == 60


def test_memory_is_limited(model_folder: Path, frame: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.fits"
    header = write(large, np.zeros((20, 8000), "i2")).read_bytes()[:2880]
    large.write_bytes(header.replace(b"NAXIS2  =                   20", b"NAXIS2  =                 8000"))
    os.truncate(large, 2880 + 2 * 8000 * 8000)
    with Children(1, model_folder, memory=400 << 20) as pool:
        with pytest.raises(UnusableImageError, match=r"large\.fits needs more than 0\.4 GiB of memory"):
            pool.submit(large).result(60)
        assert pool.submit(frame).result(60)[0].n_detected == 60


def test_a_missing_model_is_no_fault_of_an_image(tmp_path: Path, frame: Path) -> None:
    with Children(1, tmp_path) as pool:
        for _ in range(2):
            with pytest.raises(CaomAiError, match="does not exist") as failure:
                pool.submit(frame).result(60)
            assert not isinstance(failure.value, UnusableImageError)


def test_closing_ends_the_work_in_hand(model_folder: Path, frame: Path, slow: Path) -> None:
    pool = Children(1, model_folder)
    pool.submit(frame).result(60)
    (child,) = pool._children
    future = pool.submit(slow)
    pool.close()
    assert child._process.poll() is not None
    with pytest.raises(TransientError, match="stopped"):
        future.result(60)


def test_children_die_with_their_parent(model_folder: Path, frame: Path) -> None:
    program = (
        "import sys, os, signal; from pathlib import Path; from fingerprinting.children import Children\n"
        "pool = Children(1, Path(sys.argv[1])); pool.submit(Path(sys.argv[2])).result()\n"
        "print(*[child._process.pid for child in pool._children], flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    arguments = [sys.executable, "-c", program, str(model_folder), str(frame)]
    parent = subprocess.run(arguments, stdout=subprocess.PIPE, check=False, timeout=60)
    assert parent.returncode == -signal.SIGKILL
    wait_until(lambda: not is_alive(int(parent.stdout)))


def test_results_come_in_order_with_their_errors(model_folder: Path, frame: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.fits"
    empty.touch()
    answers = list(describe_in_children([frame, empty, frame], 2, model_folder))
    assert [path.name for path, _ in answers] == ["stars.fits", "empty.fits", "stars.fits"]
    assert isinstance(answers[1][1], UnusableImageError)
    first, last = answers[0][1], answers[2][1]
    assert isinstance(first, list)
    assert isinstance(last, list)
    assert first[0].objects.tobytes() == last[0].objects.tobytes()
