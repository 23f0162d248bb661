"""The scores of this package, by name."""

from __future__ import annotations

from typing import Final

from fingerprinting.evaluation.figure import Score
from fingerprinting.evaluation.real.archive import score_archive
from fingerprinting.evaluation.real.beyond import score_beyond
from fingerprinting.evaluation.real.morphology import score_stamps
from fingerprinting.evaluation.real.spoiled import score_spoiled

REAL_SCORES: Final[dict[str, Score]] = {
    "beyond": score_beyond,
    "spoiled": score_spoiled,
    "stamps": score_stamps,
    "archive": score_archive,
}
