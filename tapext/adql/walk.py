"""Ways through resolved values and queries: their parts, and the columns they are made from."""

from __future__ import annotations

from collections.abc import Iterator

from tapext.adql.typed import (
    Choice,
    DerivedSource,
    Infix,
    JoinSource,
    Operation,
    Reference,
    Rows,
    Select,
    Shape,
    Source,
    Value,
)


def parts(value: Value) -> tuple[Value | Rows, ...]:
    """Give what a value is made from: values and sub-queries."""
    if isinstance(value, Operation | Infix):
        return value.operands
    if isinstance(value, Choice):
        return (value.operand, *value.choices)
    return value.parts if isinstance(value, Shape) else ()


def values_of(rows: Rows) -> Iterator[Value]:
    """Give the values of all clauses of a query, and of the queries in its FROM."""
    yield from (order.key for order in rows.order_by if not isinstance(order.key, int))
    if not isinstance(rows.body, Select):
        for operand in rows.body.operands:
            yield from values_of(operand)
        return
    select = rows.body
    yield from (output.value for output in select.outputs)
    for source in select.sources:
        yield from _values_of_source(source)
    yield from select.group_by
    yield from (condition for condition in (select.where, select.having) if condition is not None)


def _values_of_source(source: Source) -> Iterator[Value]:
    if isinstance(source, DerivedSource):
        yield from values_of(source.rows)
    elif isinstance(source, JoinSource):
        yield from _values_of_source(source.left)
        yield from _values_of_source(source.right)
        if source.condition is not None:
            yield source.condition


def references(value: Value | Rows) -> Iterator[Reference]:
    """Give the columns that a value or a query reads, those in its sub-queries too."""
    if isinstance(value, Reference):
        yield value
    for part in values_of(value) if isinstance(value, Rows) else parts(value):
        yield from references(part)
