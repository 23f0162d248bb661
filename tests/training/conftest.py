"""One tiny training run through the real command, for all tests that look at what comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fingerprinting.simulation.write import write_set

TYPES = ("sparse", "crowded", "trailed", "galaxy_cluster")


@dataclass(frozen=True)
class Run:
    """A finished `caom-ai train`: its folder, its answer and what it said on the way."""

    folder: Path
    images: Path
    answer: dict[str, Any]
    said: str
    options: tuple[str, ...]


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of FITS files that stand for a user's own, and one that is none."""
    folder = tmp_path_factory.mktemp("images")
    list(write_set(folder, 4, seed=3, types=TYPES, shape=(320, 320)))
    (folder / "notes.fits").write_text("not a FITS file")
    return folder


@pytest.fixture(scope="session")
def run(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Train for two dozen steps on a few hundred objects."""
    folder = tmp_path_factory.mktemp("model") / "tiny"
    options = (
        "--images", str(images), "--simulated", "16", "--unseen", "16", "--steps", "24", "--batch", "32",
        "--seed", "2", "--json",
    )  # fmt: skip
    command = [sys.executable, "-m", "caomai", "train", "-o", str(folder), *options]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    return Run(folder, images, json.loads(done.stdout), done.stderr, options)
