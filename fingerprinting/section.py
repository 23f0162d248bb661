"""Rectangles of pixels and the section keywords of detectors (NOAO: DATASEC, TRIMSEC, BIASSEC)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from astropy.io import fits

from fingerprinting.fitsfile import read_card

AXIS: Final = r"\s*(?:(\d+)\s*:\s*(\d+)|:|\*)\s*"
NEARLY_WHOLE: Final = 0.9
SECTION: Final = re.compile(rf"^\s*\[{AXIS},{AXIS}\]\s*$")


@dataclass(frozen=True)
class Box:
    """A rectangle in 0-based pixels: x0 <= x < x1, y0 <= y < y1."""

    x0: int
    x1: int
    y0: int
    y1: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, (ny, nx)."""
        return self.y1 - self.y0, self.x1 - self.x0


def trim(header: fits.Header, width: int, height: int) -> Box:
    """Give the part of a frame that saw the sky: without prescan and overscan."""
    sides = [(0, width), (0, height)]
    for keyword in ("DATASEC", "TRIMSEC"):
        for axis, span in enumerate(_spans(header, keyword)):
            sides[axis] = _meet(sides[axis], span, (width, height)[axis])
    sides = _cut_bias(_spans(header, "BIASSEC"), sides, (width, height))
    return Box(*sides[0], *sides[1])


def _spans(header: fits.Header, keyword: str) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Read a section such as [33:2080,1:4612] as 0-based half-open spans of x and y; None is a whole axis."""
    found = SECTION.match(read_card(header, keyword, str) or "")
    if found is None:
        return None, None
    ends = [None if text is None else int(text) for text in found.groups()]
    spans = []
    for first, last in (ends[:2], ends[2:]):
        spans.append(None if first is None or last is None else (min(first, last) - 1, max(first, last)))
    return spans[0], spans[1]


def _meet(side: tuple[int, int], span: tuple[int, int] | None, length: int) -> tuple[int, int]:
    """Cut one axis; a span that does not fit was written before the frame was cut or binned: ignore it."""
    if span is None or span[0] < 0 or span[1] > length:
        return side
    both = max(side[0], span[0]), min(side[1], span[1])
    return both if both[0] < both[1] else side


def _cut_bias(
    spans: tuple[tuple[int, int] | None, tuple[int, int] | None],
    sides: list[tuple[int, int]],
    lengths: tuple[int, int],
) -> list[tuple[int, int]]:
    """Cut a bias section that still lies inside: a strip along one edge over the whole other axis."""
    for axis in (0, 1):
        span, other = spans[axis], spans[1 - axis]
        whole = other is None or other[1] - other[0] >= NEARLY_WHOLE * lengths[1 - axis]
        if span is None or not whole or span[0] < 0 or span[1] > lengths[axis]:
            continue
        first, last = sides[axis]
        if first <= span[0] and span[1] <= last and span[1] - span[0] < (last - first) // 2:
            near_start = span[0] - first <= last - span[1]
            sides[axis] = (span[1], last) if near_start else (first, span[0])
    return sides
