"""What an index can answer of a condition on positions and regions: it stands beside the exact condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tapext.adql import pgsphere
from tapext.adql.covers import Ranges, cover_circle, cover_polygon, radius_around
from tapext.adql.guards import has_aggregate
from tapext.adql.scope import Leaf, RowsLeaf, TableLeaf
from tapext.adql.shapes import HEMISPHERE, constant, known_number, known_numbers
from tapext.adql.twins import CHART, Twins
from tapext.adql.twins import Kind as TwinKind
from tapext.adql.typed import (
    CONDITION,
    NOTHING,
    Constant,
    Infix,
    Operation,
    Reference,
    Rows,
    Select,
    Shape,
    Value,
)
from tapext.adql.types import BIGINT, CIRCLE, DOUBLE, POINT, Kind
from tapext.adql.walk import references

_PLACE = f"({CHART} <@ caom2_ai.chart_box({{2}}))"
_OVERLAP = "({0} && caom2_ai.chart_box({1}))"
_HOLDS = "({0} @> box(caom2_ai.chart_point({1}, {2})))"
# PostgreSQL takes 0.5 % of all rows to overlap with whatever box, and 0.1 % to be held: right for shapes
# of 8 degrees. Said twice, it is right for half a degree, and no other index looks better.
_USUAL = 3.0
# A larger circle is a large part of the sky: an index would only add to the work.
_LARGEST = HEMISPHERE / 3


class Indexes:
    """Finds the index twins of values among the sources of a query."""

    def __init__(self, leaves: Mapping[int, Leaf]) -> None:
        self.leaves = leaves
        # Columns of GROUP BY: their twins are not grouped.
        self.grouped: set[Value] = set()

    def beside(self, exact: Value, one: Value, other: Value) -> Value:
        """Give a condition with what indexes can answer: that two geometries have something in common."""
        if other.type.kind is Kind.POINT:
            one, other = other, one
        found = [self._condition(self.as_kept(one), other), self._condition(self.as_kept(other), one)]
        if one.type.kind is Kind.POINT and isinstance(other, Shape) and other.type.kind is Kind.CIRCLE:
            # The centre lies as near to the point.
            *centre, radius = other.parts
            found.append(self._condition(Shape(POINT, NOTHING, tuple(centre)), circle(one, radius)))
        conditions = [condition for condition in found if condition is not None]
        if not conditions:
            return exact
        return Infix(CONDITION, NOTHING, (*conditions, exact), ("and",) * len(conditions))

    def as_kept(self, region: Value) -> Value:
        """Give the spoly that an archive keeps of a region's column: that is what conditions mean there."""
        if region in self.grouped or not self._is_of_table(region):
            return region
        twins, names = self._twins(region)
        spoly = self._column("spoly", twins, names, region)
        return region if spoly is None else replace(spoly, type=replace(region.type, storage="spoly"))

    def find_centroid(self, region: Value) -> Value | None:
        """Give the centroid of a region's column where the archive keeps it."""
        if not isinstance(region, Reference) or region in self.grouped or not self._is_of_table(region):
            return None
        twins, names = self._twins(region)
        ra, dec = (twins.find(kind, names, centroid=True) for kind in ("ra", "dec"))
        if ra is None or dec is None:
            return None
        parts = (Reference(DOUBLE, NOTHING, region.source, column) for column in (ra, dec))
        return Shape(POINT, NOTHING, tuple(parts))

    def _condition(self, value: Value, shape: Value) -> Value | None:
        """Tell that `value` may have something in common with a shape, if there is an index for it."""
        sources = {reference.source for reference in references(value)}
        if sources & {reference.source for reference in references(shape)} or _is_large(shape):
            return None
        if value.type.kind is Kind.POINT:
            return self._condition_of_point(value, shape)
        return self._condition_of_region(value, shape)

    def _condition_of_point(self, point: Value, shape: Value) -> Value | None:
        if not isinstance(point, Shape) or shape.type.kind is Kind.POINT:
            return None
        twins, names = self._twins(*point.parts)
        spoint = self._column("spoint", twins, names, point.parts[0])
        if spoint is not None:
            return pgsphere.place_predicate(spoint, shape)
        ranges = _cover(shape)
        healpix = self._column("healpix", twins, names, point.parts[0])
        if healpix is not None and ranges is not None:
            return _among(healpix, ranges)
        if twins.find("place", names) is None:
            return None
        return _condition(_usual(_PLACE, shape), *point.parts, shape)

    def _condition_of_region(self, region: Value, shape: Value) -> Value | None:
        if region.type.storage == "spoly":
            return pgsphere.meets_predicate(region, shape)
        twins, names = self._twins(region)
        extent = self._column("box", twins, names, region)
        if extent is None:
            return None
        if shape.type.kind is not Kind.POINT:
            return _condition(_usual(_OVERLAP, shape), extent, shape)
        return _condition(_usual(_HOLDS, shape), extent, *parts_of_point(shape))

    def _column(self, kind: TwinKind, twins: Twins, names: tuple[str, ...], value: Value) -> Value | None:
        """Refer to a twin of a column."""
        column = twins.find(kind, names)
        return (
            self._beside_column(value, column)
            if column is not None and isinstance(value, Reference)
            else None
        )

    def _beside_column(self, value: Reference, column: str) -> Reference | None:
        """Refer to another column of the table that a column comes from, through the queries between."""
        leaf = self.leaves[value.source]
        if isinstance(leaf, TableLeaf):
            return Reference(BIGINT, NOTHING, value.source, column)
        if not isinstance(leaf, RowsLeaf) or not gives_single_rows(leaf.rows):
            return None
        within = leaf.rows.outputs[int(value.column[1:]) - 1].value
        found = self._beside_column(within, column) if isinstance(within, Reference) else None
        return None if found is None else leaf.carry(found)

    def _is_of_table(self, value: Value) -> bool:
        return isinstance(value, Reference) and isinstance(self.leaves.get(value.source), TableLeaf)

    def _twins(self, *values: Value) -> tuple[Twins, tuple[str, ...]]:
        """Give the twins of the table whose columns some values are, and the names of the columns."""
        nothing: tuple[Twins, tuple[str, ...]] = Twins(), ()
        columns = [value for value in values if isinstance(value, Reference)]
        if len(columns) < len(values) or len({column.source for column in columns}) != 1:
            return nothing
        leaf = self.leaves.get(columns[0].source)
        if isinstance(leaf, TableLeaf):
            return leaf.table.twins, tuple(column.column for column in columns)
        if isinstance(leaf, RowsLeaf) and isinstance(leaf.rows.body, Select):
            outputs = leaf.rows.outputs
            return self._twins(*(outputs[int(column.column[1:]) - 1].value for column in columns))
        return nothing


def gives_single_rows(rows: Rows) -> bool:
    """Tell whether a query gives rows as they are, so that each can have a further column."""
    body = rows.body
    if not isinstance(body, Select) or body.distinct or body.group_by or body.having is not None:
        return False
    return not any(has_aggregate(output.value) for output in body.outputs)


def parts_of_point(point: Value) -> tuple[Value, ...]:
    """Give right ascension and declination of a point; one in a column is an array."""
    if isinstance(point, Shape):
        return point.parts
    return tuple(_operation(f"({{0}})[{n}]", point) for n in (1, 2))


def circle(centre: Value, radius: Value) -> Shape:
    """Make the circle of a DISTANCE that is less than a radius; none is more than 180 degrees."""
    known = known_number(radius)
    limit = (
        _operation("least({0}::double precision, 180)", radius)
        if known is None
        else constant(min(known, HEMISPHERE))
    )
    return Shape(CIRCLE, NOTHING, (*parts_of_point(centre), limit))


def _operation(template: str, *operands: Value) -> Value:
    return Operation(DOUBLE, NOTHING, template, operands, total=True)


def _condition(template: str, *operands: Value) -> Value:
    return Operation(CONDITION, NOTHING, template, operands, total=True)


def _is_large(shape: Value) -> bool:
    if not isinstance(shape, Shape) or shape.type.kind is not Kind.CIRCLE:
        return False
    radius = known_number(shape.parts[2])
    return radius is not None and not 0 <= radius <= _LARGEST


def _usual(template: str, shape: Value) -> str:
    """Tell the planner that a shape is of a usual size, unless it is known to be larger."""
    numbers = known_numbers(shape)
    if numbers is not None and shape.type.kind is not Kind.POINT and radius_around(numbers) > _USUAL:
        return template
    return f"({template} and {template})"


def _cover(shape: Value) -> Ranges | None:
    numbers = known_numbers(shape)
    if numbers is None:
        return None
    if shape.type.kind is Kind.CIRCLE:
        return cover_circle(*numbers)
    return cover_polygon(list(zip(numbers[::2], numbers[1::2], strict=True)))


def _among(healpix: Value, ranges: Ranges) -> Value:
    places = range(1, 2 * len(ranges), 2)
    template = " or ".join(f"{{0}} between {{{place}}} and {{{place + 1}}}" for place in places)
    limits = (Constant(BIGINT, NOTHING, limit) for pair in ranges for limit in pair)
    return _condition(f"({template})", healpix, *limits)
