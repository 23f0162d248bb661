"""Real frames with defects put into them: defects of real cameras are to look like the simulated ones."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from caomai.errors import ImageError
from fingerprinting.evaluation.real.bases import read_base
from fingerprinting.evaluation.real.spoiling import DEFECTS, make_version
from fingerprinting.training.collect import Look, Source, look_at

VERSIONS: Final = 3  # of each sound frame
MOST: Final = 200  # objects of each


def look_at_spoiled(path: Path, seed: int, most: int = MOST) -> Iterator[Look]:
    """Look at versions of a sound frame, each with another defect and at most `most` objects.

    There are none of any other kind of image.
    """
    base = read_base(path)
    if base is None:
        return
    name = path.name.encode(errors="surrogateescape")
    rng = np.random.default_rng([seed, 6, zlib.crc32(name)])
    for defect in rng.choice(sorted(DEFECTS), VERSIONS, replace=False).tolist():
        source = Source(f"{path.name} ({defect})", base.instrument, defect=defect)
        try:
            yield look_at(make_version(base, defect, seed), source, min(most, MOST), rng)
        except ImageError:
            continue  # too dark or too bright to be searched
