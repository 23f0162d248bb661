"""Index twins: hidden columns that let an index find positions and regions (docs/decisions.md, TAP).

A view says by a COMMENT on a column that this column is the twin of what users see:

    comment on column caom2_ai_view.fingerprint.healpix is 'twin: healpix, place of ra, dec';
    comment on column caom2_ai_view.plane.position_bounds_healpix is 'twin: healpix, place of centroid(position_bounds)';
    comment on column caom2_ai_view.plane.position_bounds_ra is 'twin: ra of centroid(position_bounds)';
    comment on column caom2_ai_view.plane.position_bounds_dec is 'twin: dec of centroid(position_bounds)';
    comment on column caom2_ai_view.plane.position_bounds_box is 'twin: box of position_bounds';

A position is named by its two columns in degrees, or as the centroid of a region's column. The kinds are

    healpix  bigint, HEALPix order 29, NESTED, with a B-tree: for shapes of known numbers, since ranges of it give the
             planner good estimates
    place    there is a GiST index on the points of the position's columns on our chart of the sky (CHART); what the
             column itself holds does not matter: for shapes that columns make
    ra, dec  degrees: the stored centroid of a region, in the place of its computation
    box      a box with a GiST index that holds the region on the chart, as caom2_ai.chart_box makes it
    spoint   pgsphere's spoint with a GiST index
    spoly    pgsphere's spoly with a GiST index: a polygon around the region, or the region itself

A twin is NULL for what has no position. It only has to find every row that the exact condition beside it holds for.
"""  # noqa: E501 -- comments to be copied

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast, get_args

Kind: TypeAlias = Literal["healpix", "place", "ra", "dec", "box", "spoint", "spoly"]
# A position's point on the chart, as indexes have it: the stereographic projection from the south pole.
CHART = "point(least(tand(45 - {1} / 2), 1e9) * cosd({0}), least(tand(45 - {1} / 2), 1e9) * sind({0}))"
_COMMENT = re.compile(
    r"twin: (?P<kinds>\w+(?:, \w+)*) of (?P<what>centroid\((?P<region>\w+)\)|\w+(?:, \w+)*)"
)


@dataclass(frozen=True, slots=True)
class Twin:
    """A hidden column of a view and what it is the twin of.

    `of` are the names in the database of the position's two columns or of the region's one; `centroid` says
    that the position is that of the region's centre.
    """

    kind: Kind
    of: tuple[str, ...]
    centroid: bool
    column: str


@dataclass(frozen=True, slots=True)
class Twins:
    """The twins of a table."""

    known: Mapping[tuple[Kind, tuple[str, ...], bool], str] = field(default_factory=dict)

    def find(self, kind: Kind, of: tuple[str, ...], *, centroid: bool = False) -> str | None:
        """Give the column in the database that is the twin of a position or region."""
        return self.known.get((kind, of, centroid))


def read_twin(column: str, comment: str) -> list[Twin]:
    """Read the comment of a column; a text that is not about twins gives none."""
    match = _COMMENT.fullmatch(comment.strip().lower())
    if match is None:
        return []
    of = (match["region"],) if match["region"] else tuple(match["what"].split(", "))
    kinds = [kind for kind in match["kinds"].split(", ") if kind in get_args(Kind)]
    return [Twin(cast("Kind", kind), of, bool(match["region"]), column) for kind in kinds]


def collect(twins: Iterable[Twin]) -> Twins:
    """Make the twins of one table ready to be looked up; a stored centroid is a position like any other."""
    known: dict[tuple[Kind, tuple[str, ...], bool], str] = {}
    for twin in twins:
        known[twin.kind, twin.of, twin.centroid] = twin.column
    for (kind, of, centroid), column in list(known.items()):
        ra, dec = known.get(("ra", of, True)), known.get(("dec", of, True))
        if centroid and ra is not None and dec is not None:
            known[kind, (ra, dec), False] = column
    return Twins(known)
