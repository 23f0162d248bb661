"""Real images that Python packages carry as test data: small, few, and enough for a first look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """One image inside an installed package; the package's code is never run."""

    name: str
    package: str
    path: str


SAMPLES = (
    Sample("m13-dss.fits", "astropy", "io/fits/hdu/compressed/tests/data/m13.fits"),
    Sample("galactic-plane-magpis.fits", "astroquery", "magpis/tests/data/image.fits"),
    Sample("taurus-ukidss.fits", "astroquery", "ukidss/tests/data/image.fits"),
    Sample("field-saao.fits", "ccdproc", "tests/data/a8280271.fits"),
    Sample("field-gmos.fits", "astroscrappy", "tests/data/gmos.fits"),
)


def find_samples() -> Iterator[tuple[Sample, Path]]:
    """Find the sample images of the packages that are installed."""
    for sample in SAMPLES:
        spec = find_spec(sample.package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            path = Path(folder) / sample.path
            if path.is_file():
                yield sample, path


def copy_samples(folder: Path) -> int:
    """Copy the samples into a folder under readable names and count them."""
    folder.mkdir(parents=True, exist_ok=True)
    found = list(find_samples())
    for sample, path in found:
        shutil.copyfile(path, folder / sample.name)
    return len(found)
