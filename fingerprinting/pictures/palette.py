"""Colours everybody can tell apart: Okabe & Ito (2008) for kinds, cividis (Nunez et al. 2018) for numbers."""

from __future__ import annotations

from typing import Final

import numpy as np

from fingerprinting.pictures.sheet import INK, PAPER, Colour
from fingerprinting.simulation import truth

SKY_BLUE: Final[Colour] = (86, 180, 233)
BLUE: Final[Colour] = (0, 114, 178)
PURPLE: Final[Colour] = (204, 121, 167)
ORANGE: Final[Colour] = (230, 159, 0)
VERMILLION: Final[Colour] = (213, 94, 0)
YELLOW: Final[Colour] = (240, 228, 66)
GREEN: Final[Colour] = (0, 158, 115)
GREY: Final[Colour] = (150, 150, 150)

# The colour tells the family; the letters, which stand in every cell, tell the kind.
SIGNS: Final[dict[str, tuple[str, Colour]]] = {
    truth.STAR: ("St", SKY_BLUE),
    truth.DOUBLE_STAR: ("Db", SKY_BLUE),
    truth.CLUSTER_STAR: ("Cl", BLUE),
    truth.SATURATED_STAR: ("Sa", BLUE),
    truth.TRAILED_STAR: ("Tr", PURPLE),
    truth.BLURRED_STAR: ("Bl", PURPLE),
    truth.DONUT: ("Do", PURPLE),
    truth.ELLIPTICAL: ("El", ORANGE),
    truth.DISK: ("Di", ORANGE),
    truth.SPIRAL: ("Sp", VERMILLION),
    truth.EDGE_ON: ("Eo", VERMILLION),
    truth.IRREGULAR: ("Ir", YELLOW),
    truth.MERGER: ("Me", YELLOW),
    truth.COSMIC_RAY: ("Cr", GREEN),
    truth.HOT_PIXEL: ("Hp", GREEN),
    truth.SATELLITE_TRAIL: ("Tl", GREY),
    truth.ARTEFACT: ("Ar", GREY),
}

# Every eighth of matplotlib's cividis (CC0).
CIVIDIS: Final = np.array([
    (0, 34, 78), (26, 56, 111), (67, 78, 108), (97, 101, 111), (125, 124, 120),
    (155, 148, 118), (188, 174, 108), (222, 201, 88), (254, 232, 56),
], float)  # fmt: skip


def sign_of(kind: str) -> tuple[str, Colour]:
    """Give two letters and a colour for a kind; those of other sets have grey and their first letters."""
    return SIGNS.get(kind, (kind[:2].capitalize(), GREY))


def cividis(value: float) -> Colour:
    """Give the colour of a value between 0 and 1."""
    place = float(np.clip(value, 0, 1)) * (len(CIVIDIS) - 1)
    return _mix([float(np.interp(place, np.arange(len(CIVIDIS)), column)) for column in CIVIDIS.T])


def blues(value: float) -> Colour:
    """Give the colour of a share between 0 and 1, from paper white to blue."""
    weight = float(np.clip(value, 0, 1)) ** 0.7
    return _mix([white + weight * (blue - white) for white, blue in zip(PAPER, BLUE, strict=True)])


def ink_on(colour: Colour) -> Colour:
    """Give the ink that can be read on a colour."""
    red, green, blue = colour
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else PAPER  # noqa: PLR2004  # luma


def _mix(channels: list[float]) -> Colour:
    red, green, blue = (round(channel) for channel in channels)
    return red, green, blue
