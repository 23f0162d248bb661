"""Ways through resolved values and queries: their parts, and the columns they are made from or are to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

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


def change(value: Value, column: Callable[[Reference], Value]) -> Value:
    """Give a value made from other columns than it was."""
    if isinstance(value, Reference):
        return column(value)
    if isinstance(value, Operation):
        return replace(value, operands=tuple(_change_part(part, column) for part in value.operands))
    if isinstance(value, Infix):
        return replace(value, operands=tuple(change(part, column) for part in value.operands))
    if isinstance(value, Choice):
        choices = tuple(change(part, column) for part in value.choices)
        return replace(value, operand=change(value.operand, column), choices=choices)
    if isinstance(value, Shape):
        return replace(value, parts=tuple(change(part, column) for part in value.parts))
    return value


def change_rows(rows: Rows, column: Callable[[Reference], Value]) -> Rows:
    """Give a query whose values are made from other columns; queries in its FROM see none of them."""
    order_by = tuple(
        order if isinstance(order.key, int) else replace(order, key=change(order.key, column))
        for order in rows.order_by
    )
    body = rows.body
    outputs = tuple(replace(output, value=change(output.value, column)) for output in body.outputs)
    if not isinstance(body, Select):
        operands = tuple(change_rows(operand, column) for operand in body.operands)
        return replace(rows, body=replace(body, outputs=outputs, operands=operands), order_by=order_by)
    select = replace(
        body,
        outputs=outputs,
        sources=tuple(_change_source(source, column) for source in body.sources),
        where=None if body.where is None else change(body.where, column),
        group_by=tuple(change(value, column) for value in body.group_by),
        having=None if body.having is None else change(body.having, column),
    )
    return replace(rows, body=select, order_by=order_by)


def _change_part(part: Value | Rows, column: Callable[[Reference], Value]) -> Value | Rows:
    return change_rows(part, column) if isinstance(part, Rows) else change(part, column)


def _change_source(source: Source, column: Callable[[Reference], Value]) -> Source:
    if not isinstance(source, JoinSource):
        return source
    left, right = (_change_source(side, column) for side in (source.left, source.right))
    condition = None if source.condition is None else change(source.condition, column)
    return replace(source, left=left, right=right, condition=condition)
