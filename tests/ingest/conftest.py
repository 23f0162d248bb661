"""FITS files made for a test, by astropy: an independent writer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits


@pytest.fixture(scope="session")
def real_files(shared: Path) -> list[Path]:
    """All real images, of some 50 instruments."""
    files = sorted(path for path in (shared / "data" / "fits").rglob("*") if path.is_file())
    assert len(files) > 100
    return files


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a FITS file below tmp_path: its cards, further HDUs, and the shape of its primary image."""

    def write_file(
        name: str, cards: dict[str, Any] | None = None, *more: Any, shape: tuple[int, ...] = (4, 6)
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        primary = fits.PrimaryHDU(np.zeros(shape, np.int16) if shape else None)
        primary.header.update(cards or {})
        fits.HDUList([primary, *more]).writeto(path, overwrite=True)
        return path

    return write_file
