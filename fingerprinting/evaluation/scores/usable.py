"""Whether frames that no one can use are told from the others (after Teimoorinia et al. 2020)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.scores.bootstrap import Weights, mean, share
from fingerprinting.evaluation.scores.neighbours import find_nearest, vote

# What spoils a whole exposure: tracking, focus, seeing, the detector, stray light; the classes of 2020. A
# satellite's trail or a saturated star spoils a part that is masked, and a calibration frame has its use.
SPOILED: Final = frozenset({"trailed", "defocused", "bad_seeing", "half_dead", "ghost"})
NEIGHBOURS: Final = 5


def score_usable(
    vectors: NDArray[np.floating], types: NDArray[np.str_], weights: Weights
) -> dict[str, Figure]:
    """Let the 5 nearest other images (m, k) say whether an image is usable, and which type it is of."""
    usable = np.array([kind not in SPOILED for kind in types], np.intp)
    names, code = np.unique(types, return_inverse=True)
    near = find_nearest(*(np.asarray(vectors, np.float32),) * 2, min(NEIGHBOURS, len(types) - 1), itself=True)
    agreed = vote(usable[near], np.ones(2)) == usable
    return {
        "usable_agreement": mean(agreed.astype(np.float64), weights),
        "usable_spoiled_found": share(agreed * (1 - usable), 1 - usable, weights),
        "field_type_agreement": mean((vote(code[near], np.ones(len(names))) == code).astype(float), weights),
    }
