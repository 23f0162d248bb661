"""What nodes and fingerprints depend on besides the files of a model; a part of the model's hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any, Final

from fingerprinting import cutout
from fingerprinting.defects import KINDS
from fingerprinting.description import STATISTICS
from fingerprinting.fieldmap import SIDE as FIELD_SIDE
from fingerprinting.fingerprint import DEFECT_WEIGHT, KERNEL_WIDTH, LIMIT, PSEUDO_COUNTS, SIDE, WEIGHT
from fingerprinting.nodes import TEMPERATURE


@dataclass(frozen=True)
class DetectionParameters:
    """The recipe; a part of the model's identity, because nodes depend on what is detected."""

    threshold: float = 2.0  # sigma, where the noise of neighbouring pixels is independent
    resampled_threshold: float = 2.5  # at least, where WHT, CTX or CON tell of a drizzled frame
    highest_threshold: float = 3.0  # for the most correlated noise
    kernel_threshold: float = 4.5  # at least, in sigma of the noise that the detection kernel leaves
    area: int = 5  # connected pixels
    deblending: int = 16  # levels; 32 take 1.4 times as long in crowded fields and split 1 % more
    crowded: int = 600_000  # bright pixels, of about 15,000 objects; beyond, false objects in wings stay
    mesh: int = 128  # background box, pixels
    sub_objects: int = 4096
    retry_factor: float = 1.6
    retries: int = 12


RECIPE: Final = DetectionParameters()


def describe_parameters() -> dict[str, dict[str, Any]]:
    """Give the parameters of this version in groups, as a model card has them."""
    return {
        "detection": asdict(RECIPE),
        "fovea": {
            "window": cutout.WINDOW,
            "fovea": cutout.FOVEA,
            "softening": cutout.SOFTENING,
            "brightest": cutout.BRIGHTEST,
            "core": cutout.CORE,
            "least_peak": cutout.LEAST_PEAK,
            "lowest": cutout.LOWEST,
            "highest": cutout.HIGHEST,
            "grain": cutout.GRAIN,
        },
        "maps": {
            "object_side": SIDE,
            "field_side": FIELD_SIDE,
            "pseudo_counts": PSEUDO_COUNTS,
            "kernel_width": KERNEL_WIDTH,
            "confidence_temperature": TEMPERATURE,
            "statistics": list(STATISTICS),
            "statistics_limit": LIMIT,
            "statistics_weight": WEIGHT,
            "defects": list(KINDS),
            "defect_weight": DEFECT_WEIGHT,
        },
    }


def find_difference(parameters: Mapping[str, Any]) -> str | None:
    """Say which of a card's parameters is not that of this version; a card may hold further ones."""
    for group, wanted in describe_parameters().items():
        given = parameters.get(group)
        for name, value in wanted.items():
            if not isinstance(given, Mapping) or name not in given:
                return f"{group}.{name} is missing"
            if given[name] != value:
                return f"{group}.{name} is {_shorten(given[name], value)}"
    return None


def _shorten(given: Any, wanted: Any) -> str:
    """Write two values; of long lists only the first place where they differ."""
    if isinstance(given, list) and isinstance(wanted, list):
        pairs = enumerate(zip_longest(given, wanted), 1)
        place, (given, wanted) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
        return f"{given!r:.40} at place {place}, here {wanted!r}"
    return f"{given!r:.40}, here {wanted!r}"
