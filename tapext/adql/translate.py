"""A query to SQL and the columns of its result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from psycopg import sql

from tapext.adql import tree
from tapext.adql.catalogue import Catalogue
from tapext.adql.lexer import error_at
from tapext.adql.resolve import resolve
from tapext.adql.typed import Operation, Output, Rows, Select
from tapext.adql.types import Kind
from tapext.adql.write import write_sql
from tapext.votype import Field

# Three numbers are a circle, more are the corners of a polygon.
_SHAPE = "case cardinality({0}) when 3 then 'circle ' else 'polygon ' end || array_to_string({0}, ' ')"
_STC_S = (
    "case cardinality({0}) when 3 then 'CIRCLE ICRS ' else 'POLYGON ICRS ' end || array_to_string({0}, ' ')"
)


@dataclass(frozen=True)
class Translation:
    """A query in SQL, complete with its literals: it is run without parameters. Its columns are c1, c2, ...

    `vector_ids` are the images whose search vectors it uses: one that is not found is the user's mistake.
    `limit` is the number of rows after which it stops: TOP, or one more than `maxrec` to show an overflow.
    """

    sql: sql.Composed
    columns: tuple[Field, ...]
    vector_ids: tuple[str, ...] = ()
    limit: int | None = None


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
    written = write_sql(replace(resolved, rows=write_shapes(resolved.rows)), limit)
    return Translation(written, describe(resolved.rows.outputs), resolved.vector_ids, limit)


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
    uses: dict[str, int] = {}
    columns = []
    for output in outputs:
        name = output.name
        while name.lower() in uses:
            uses[output.name.lower()] += 1
            name = f"{output.name}_{uses[output.name.lower()]}"
        uses[name.lower()] = 1
        kind, about = output.value.type, output.value.about
        columns.append(
            Field(
                name,
                kind.datatype,
                kind.arraysize,
                kind.xtype,
                about.unit,
                about.ucd,
                about.utype,
                about.description,
            )
        )
    return tuple(columns)
