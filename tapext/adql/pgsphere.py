"""Index predicates on pgsphere's columns, for archives that keep their positions and regions as such.

Each function gives a condition that holds for every row for which the exact condition beside it holds, and
that an index on the twin can answer; more rows may pass. None says that there is no such condition (a circle
larger than what pgsphere takes, say): the exact condition then stands alone. The condition may raise no error
for any row, as rows that are hidden are computed too: a value that pgsphere refuses must become NULL.

`twin` is the hidden column. A `region` is a value of a geometric type in degrees ICRS: a `typed.Shape`, whose
parts are literals (`shapes.known_number` gives their numbers) or made from columns (2 parts: a point, 3: a
circle, more: the corners of a polygon), or any other value, which then is a double precision[] with the same
numbers in SQL, such as a column of footprints.
"""

from __future__ import annotations

from tapext.adql.typed import Value


def place_predicate(twin: Value, region: Value) -> Value | None:
    """Tell that the spoint `twin` may lie in a circle or polygon."""
    del twin, region
    return None


def region_predicate(twin: Value, region: Value) -> Value | None:
    """Tell that the spoly `twin` may have something in common with a point, circle or polygon.

    It serves INTERSECTS, and CONTAINS both ways: what contains or is contained has something in common.
    """
    del twin, region
    return None
