"""A query to SQL and the columns of its result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from psycopg import sql

from tapext.adql import tree
from tapext.adql.catalogue import Catalogue
from tapext.adql.lexer import error_at
from tapext.adql.resolve import resolve
from tapext.adql.typed import Operation, Output, Query, Rows, Select
from tapext.adql.types import Kind
from tapext.adql.write import Search, write_sql
from tapext.markup import FORBIDDEN
from tapext.votype import Field

# Three numbers are a circle, more are the corners of a polygon.
_SHAPE = "case cardinality({0}) when 3 then 'circle ' else 'polygon ' end || array_to_string({0}, ' ')"
_STC_S = (
    "case cardinality({0}) when 3 then 'CIRCLE ICRS ' else 'POLYGON ICRS ' end || array_to_string({0}, ' ')"
)


@dataclass(frozen=True)
class Translation:
    """A query in SQL, complete with its literals: it is run without parameters. Its columns are c1, c2, ...

    `vector_ids` are the images and `object_ids` the objects whose vectors it uses: one that is not found is
    the user's mistake.
    `limit` is the number of rows after which it stops: TOP, or one more than `maxrec` to show an overflow.
    `searches` are those for nearest vectors under conditions: where few rows match, say so by `exactly`.
    """

    sql: sql.Composed
    columns: tuple[Field, ...]
    query: Query
    vector_ids: tuple[str, ...] = ()
    object_ids: tuple[int, ...] = ()
    limit: int | None = None
    searches: tuple[Search, ...] = ()

    def exactly(self, numbers: Iterable[int]) -> Translation:
        """Give the translation that compares all matching images in some of its searches."""
        written = write_sql(self.query, self.limit, frozenset(numbers))
        return replace(self, sql=written.sql, searches=())


def translate(query: tree.Query, catalogue: Catalogue, maxrec: int | None = None) -> Translation:
    """Resolve a query and write it in SQL, stopping one row after `maxrec`."""
    try:
        return _translate(query, catalogue, maxrec)
    except RecursionError:
        # The caller's own stack was deep already.
        raise error_at(query.text, query.at, "The query is nested too deeply") from None


def _translate(query: tree.Query, catalogue: Catalogue, maxrec: int | None) -> Translation:
    resolved = resolve(query, catalogue)
    limits = [resolved.rows.limit, None if maxrec is None else maxrec + 1]
    limit = min((limit for limit in limits if limit is not None), default=None)
    shown = replace(resolved, rows=write_shapes(resolved.rows))
    written = write_sql(shown, limit)
    columns = describe(resolved.rows.outputs)
    return Translation(
        written.sql, columns, shown, resolved.vector_ids, resolved.object_ids, limit, written.searches
    )


def write_shapes(rows: Rows) -> Rows:
    """Write the shapes among the outputs as DALI 1.2 has them, `circle 1 2 3`, or as adql:REGION in STC-S."""
    outputs = tuple(_write_shape(output) for output in rows.outputs)
    if outputs == rows.outputs:
        return rows
    if isinstance(rows.body, Select):
        return replace(rows, body=replace(rows.body, outputs=outputs))
    operands = tuple(write_shapes(operand) for operand in rows.body.operands)
    return replace(rows, body=replace(rows.body, operands=operands, outputs=outputs))


def _write_shape(output: Output) -> Output:
    value = output.value
    if value.type.kind is not Kind.SHAPE or not value.type.storage.endswith("[]"):
        return output
    template = _STC_S if value.type.xtype == "adql:REGION" else _SHAPE
    return replace(output, value=Operation(value.type, value.about, template, (value,)))


def describe(outputs: tuple[Output, ...]) -> tuple[Field, ...]:
    """Describe the columns of a result under names that are all different."""
    return tuple(
        Field(
            name,
            output.value.type.datatype,
            output.value.type.arraysize,
            output.value.type.xtype,
            output.value.about.unit,
            output.value.about.ucd,
            output.value.about.utype,
            output.value.about.description,
        )
        for name, output in zip(_name_all(outputs), outputs, strict=True)
    )


def _name_all(outputs: tuple[Output, ...]) -> list[str]:
    """Number the names that come again, past those that were written."""
    written = [_write_name(output.name) or f"col{place}" for place, output in enumerate(outputs, 1)]
    taken = {name.lower() for name in written}
    if len(taken) == len(written):
        return written
    uses: dict[str, int] = {}
    names = []
    for name in written:
        count = uses[name.lower()] = uses.get(name.lower(), 0) + 1
        unique = name if count == 1 else f"{name}_{count}"
        while count > 1 and unique.lower() in taken:
            count = uses[name.lower()] = count + 1
            unique = f"{name}_{count}"
        taken.add(unique.lower())
        names.append(unique)
    return names


def _write_name(name: str) -> str:
    """Write a name as a token of XML: no character that XML forbids, blanks only between words."""
    return name if name.isidentifier() else " ".join(FORBIDDEN.sub(" ", name).split())
