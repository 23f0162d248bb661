"""The model that tests describe files with."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerprinting.encoder import Encoder
from fingerprinting.model import Model, default_folder, load_model


@pytest.fixture(scope="session")
def model_folder() -> Path:
    return default_folder()


@pytest.fixture(scope="session")
def model(model_folder: Path) -> Model:
    return load_model(model_folder)


@pytest.fixture(scope="session")
def encoder(model: Model) -> Encoder:
    return Encoder(model.encoder)
