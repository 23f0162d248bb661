"""Training, validation and test images: disjoint by frame, and real ones by file."""

from __future__ import annotations

import hashlib
from typing import Final

TRAIN, VALIDATION, TEST = "train", "validation", "test"
# Seeds of the simulated frames. Tune on the validation set; who looks at the test set often, fits to it.
SEEDS: Final = {TRAIN: 1, VALIDATION: 7920, TEST: 104_730}
SHARES: Final = {TRAIN: 0.5, VALIDATION: 0.2, TEST: 0.3}


def choose_part(name: str) -> str:
    """Tell by the name of a file (without folder) which of the three it belongs to; the same everywhere."""
    place = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()[:8]) / 2**64
    if place < SHARES[TRAIN]:
        return TRAIN
    return VALIDATION if place < SHARES[TRAIN] + SHARES[VALIDATION] else TEST
