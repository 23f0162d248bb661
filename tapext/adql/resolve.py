"""Queries: FROM, select list, grouping, order and set operations, resolved against the catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from tapext.adql import tree
from tapext.adql.catalogue import Catalogue
from tapext.adql.convert import as_type
from tapext.adql.grouping import ungrouped
from tapext.adql.guards import has_aggregate
from tapext.adql.maps import find_foreign_map
from tapext.adql.meaning import common
from tapext.adql.scope import RowsLeaf, Scope, same, with_hidden
from tapext.adql.sources import SourceResolver
from tapext.adql.typed import (
    Order,
    Output,
    Query,
    Rows,
    Select,
    SetOperation,
    Value,
)
from tapext.adql.types import Type, joint_type

# PostgreSQL's own limit is 1,664.
_MAX_COLUMNS = 1_600
# It plans 1,000 operands for several seconds.
_MAX_QUERIES = 1_000


def resolve(query: tree.Query, catalogue: Catalogue) -> Query:
    """Look up all names and types of a query; a QueryError says what is not known or does not fit."""
    return _Resolver(query, catalogue).query(query)


class _Body(NamedTuple):
    """A resolved SELECT or set operation, and the scope that its ORDER BY sees."""

    body: Select | SetOperation
    scope: Scope | None = None
    limit: int | None = None
    grouped: bool = False


class _Resolver(SourceResolver):
    def query(self, query: tree.Query) -> Query:
        withs = []
        for index, item in enumerate(query.withs):
            if any(item.name.text.lower() == name for name in self.commons):
                raise self.error(item.name, f"The name {item.name.text} is given twice in WITH")
            rows = self.rows(item.query)
            self.commons[item.name.text.lower()] = (index, rows)
            withs.append(rows)
        rows = self.rows(query.selection)
        withs = [with_hidden(made, self.hidden_columns[index]) for index, made in enumerate(withs)]
        fenced = (leaf.common for leaf in self.leaves.values() if isinstance(leaf, RowsLeaf) and leaf.fenced)
        fenced_withs = frozenset(index for index in fenced if index is not None)
        images, objects = tuple(dict.fromkeys(self.vector_ids)), tuple(dict.fromkeys(self.object_ids))
        return Query(rows, tuple(withs), fenced_withs, images, objects)

    def nested_rows(self, query: tree.Selection) -> Rows:
        return self.apart(query, self.scope)

    def rows(self, query: tree.Selection, outer: Scope | None = None) -> Rows:
        """Resolve a query with its order and offset, inside the scope of another."""
        found = self._body(query.body, outer)
        order_by = tuple([self._order(order, found, outer) for order in query.order_by])
        if not found.grouped and found.scope is not None:
            self._check_ordered_aggregates(query, found.body, order_by, found.scope)
        rows = Rows(found.body, order_by, query.offset, found.limit)
        self._refuse_two_maps(query, rows)
        return rows

    def _refuse_two_maps(self, query: tree.Selection, rows: Rows) -> None:
        other = find_foreign_map(rows, self.catalogue.maps.get("object"))
        if other is not None:
            raise self.error(
                query, f"Vectors of map {other} cannot be compared with those of the current map, looked up"
            )

    def _body(self, node: tree.Select | tree.SetOperation | tree.Selection, outer: Scope | None) -> _Body:
        if isinstance(node, tree.Select):
            return self._select(node, outer)
        if isinstance(node, tree.SetOperation):
            return _Body(self._set_operation(node, outer))
        return _Body(self.select_all(self.rows(node, outer)))

    def _operand(self, node: tree.Select | tree.SetOperation | tree.Selection, outer: Scope | None) -> Rows:
        if isinstance(node, tree.Selection):
            return self.rows(node, outer)
        found = self._body(node, outer)
        return Rows(found.body, limit=found.limit)

    def _set_operation(self, node: tree.SetOperation, outer: Scope | None) -> SetOperation:
        if len(node.operands) > _MAX_QUERIES:
            raise self.error(node, f"At most {_MAX_QUERIES:,} queries can be joined by {node.operators[0]}")
        operands = [self._operand(operand, outer) for operand in node.operands]
        first = operands[0].outputs
        for part, operand in zip(node.operands, operands, strict=True):
            if len(operand.outputs) != len(first):
                counts = f"{len(first)} and {len(operand.outputs)}"
                raise self.error(
                    part,
                    f"The queries of a {node.operators[0]} have {counts} columns: they must have the same",
                )
        types = [self._joint(node, place, operands) for place in range(len(first))]
        columns = zip(*(operand.outputs for operand in operands), strict=True)
        operands = [self.retyped(operand, types) for operand in operands]
        outputs = tuple(
            Output(
                alike[0].name, replace(alike[0].value, type=found, about=common(one.value for one in alike))
            )
            for alike, found in zip(columns, types, strict=True)
        )
        pairs = zip(node.operators, node.all, strict=True)
        words = (f"{word.lower()} all" if every else word.lower() for word, every in pairs)
        return SetOperation(outputs, tuple(operands), tuple(words))

    def _joint(self, node: tree.SetOperation, place: int, operands: list[Rows]) -> Type:
        types = [operand.outputs[place].value.type for operand in operands]
        joint = joint_type(types)
        if joint is None:
            words = " and ".join(dict.fromkeys(found.words for found in types))
            raise self.error(
                node, f"Column {place + 1} of this {node.operators[0]} is of different types: {words}"
            )
        return joint

    def retyped(self, rows: Rows, types: list[Type]) -> Rows:
        """Give the outputs of a query other types, where they differ in kind."""
        outputs = rows.outputs
        if all(
            output.value.type.storage == wanted.storage for output, wanted in zip(outputs, types, strict=True)
        ):
            return rows
        if isinstance(rows.body, SetOperation):
            rows = Rows(self.select_all(rows))
        assert isinstance(rows.body, Select)
        changed = tuple(
            Output(output.name, as_type(output.value, wanted))
            for output, wanted in zip(rows.outputs, types, strict=True)
        )
        if rows.body.distinct or rows.body.group_by:
            inner = self.select_all(rows)
            changed = tuple(
                Output(output.name, as_type(output.value, wanted))
                for output, wanted in zip(inner.outputs, types, strict=True)
            )
            return Rows(replace(inner, outputs=changed))
        return replace(rows, body=replace(rows.body, outputs=changed))

    def _select(self, node: tree.Select, outer: Scope | None) -> _Body:
        state = self.scope, self.aggregates_met, self.output_names
        self.aggregates_met = 0
        self.output_names = {
            item.alias.text.lower() for item in node.items if isinstance(item, tree.Item) and item.alias
        }
        scope = self.scope = self.from_clause(node.sources, outer)
        where = self._where(node.where, scope) if node.where is not None else None
        self.without_aggregates = "GROUP BY"
        group_by = tuple([self.value(term) for term in node.group_by])
        self.without_aggregates = ""
        self.indexes.grouped.update(group_by)
        outputs = self._outputs(node)
        self.in_having = True
        having = self.condition(node.having) if node.having is not None else None
        self.in_having = False
        select = Select(
            outputs, tuple(item.source() for item in scope.items), node.distinct, where, group_by, having
        )
        grouped = bool(group_by or self.aggregates_met or having is not None)
        if grouped:
            self._check_grouping(node, select, scope)
        self.scope, self.aggregates_met, self.output_names = state
        return _Body(select, scope, node.top, grouped)

    def _where(self, node: tree.Condition, scope: Scope) -> Value:
        self.without_aggregates = "WHERE"
        scope.in_where = True
        where = self.condition(node)
        scope.in_where = False
        self.without_aggregates = ""
        return where

    def _outputs(self, node: tree.Select) -> tuple[Output, ...]:
        outputs: list[Output] = []
        for item in node.items:
            if isinstance(item, tree.Star):
                outputs.extend(Output(name, value) for name, value in self.starred(item))
            else:
                value = self.value(item.value)
                outputs.append(Output(_name(item, value, len(outputs) + 1), value))
            if len(outputs) > _MAX_COLUMNS:
                raise self.error(item, f"A query gives at most {_MAX_COLUMNS:,} columns")
        return tuple(outputs)

    def _check_grouping(self, node: tree.Select, select: Select, scope: Scope) -> None:
        sources = frozenset(leaf.number for leaf in scope.leaves())
        for output, item in zip(select.outputs, _items(node, select), strict=True):
            self._refuse_ungrouped(output.value, select, sources, item)
        if select.having is not None and node.having is not None:
            self._refuse_ungrouped(select.having, select, sources, node.having)

    def _refuse_ungrouped(
        self, value: Value, select: Select, sources: frozenset[int], node: tree.Node
    ) -> None:
        found = ungrouped(value, select.group_by, sources)
        if found is not None:
            name = found.about.name
            raise self.error(
                node, f"The column {name} must stand in GROUP BY or in an aggregate such as MAX({name})"
            )

    def _check_ordered_aggregates(
        self, query: tree.Selection, body: Select | SetOperation, order_by: tuple[Order, ...], scope: Scope
    ) -> None:
        """Refuse columns beside an aggregate that stands in ORDER BY alone: it groups all rows."""
        keys = [(order, found.key) for order, found in zip(query.order_by, order_by, strict=True)]
        values = [(node, key) for node, key in keys if not isinstance(key, int)]
        node = next((node for node, key in values if has_aggregate(key)), None)
        if node is None or not isinstance(body, Select):
            return
        sources = frozenset(leaf.number for leaf in scope.leaves())
        for value in (*(output.value for output in body.outputs), *(key for _, key in values)):
            self._refuse_ungrouped(value, body, sources, node)

    def _order(self, order: tree.Order, found: _Body, outer: Scope | None) -> Order:
        outputs = found.body.outputs
        if isinstance(order.key, int):
            if not 1 <= order.key <= len(outputs):
                raise self.error(order, f"ORDER BY {order.key}: there is no such column among {len(outputs)}")
            return Order(order.key, order.descending)
        places = _find_outputs(order.key, outputs)
        if places:
            if any(outputs[place - 1].value != outputs[places[0] - 1].value for place in places):
                name = outputs[places[0] - 1].name
                raise self.error(
                    order, f"ORDER BY {name} is ambiguous: write its table before it, or its position"
                )
            return Order(places[0], order.descending)
        if found.scope is None:
            raise self.error(
                order, "After a set operation, ORDER BY takes names and positions of its columns only"
            )
        value = self._order_value(order.key, found, outer)
        equal = [place for place, output in enumerate(outputs, 1) if output.value == value]
        if equal:
            return Order(equal[0], order.descending)
        select = found.body
        assert isinstance(select, Select)
        if select.distinct:
            raise self.error(order, "With DISTINCT, ORDER BY takes only what is selected")
        if found.grouped:
            sources = frozenset(leaf.number for leaf in found.scope.leaves())
            self._refuse_ungrouped(value, select, sources, order)
        return Order(value, order.descending)

    def _order_value(self, key: tree.Value, found: _Body, outer: Scope | None) -> Value:
        around, self.scope = self.scope, found.scope or Scope([], outer)
        self.aliases = {output.name.lower(): output.value for output in found.body.outputs}
        value = self.value(key)
        self.scope, self.aliases = around, {}
        return value


def _items(node: tree.Select, select: Select) -> list[tree.Node]:
    if any(isinstance(item, tree.Star) for item in node.items):
        return [node.items[0]] * len(select.outputs)
    return list(node.items)


def _name(item: tree.Item, value: Value, place: int) -> str:
    if item.alias is not None:
        return item.alias.text
    if isinstance(item.value, tree.Column):
        return value.about.name or item.value.path[-1].text
    if isinstance(item.value, tree.Call | tree.Aggregate):
        return item.value.name.lower()
    return f"col{place}"


def _find_outputs(key: tree.Value, outputs: tuple[Output, ...]) -> list[int]:
    if not isinstance(key, tree.Column) or len(key.path) != 1:
        return []
    return [place for place, output in enumerate(outputs, 1) if same(key.path[0], output.name)]
