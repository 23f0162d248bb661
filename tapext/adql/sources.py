"""FROM: tables, derived tables and joins become the scope of a SELECT."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from tapext.adql import tree
from tapext.adql.catalogue import Catalogue, Table
from tapext.adql.conditions import ConditionResolver
from tapext.adql.convert import coalesce
from tapext.adql.meaning import common
from tapext.adql.scope import Item, JoinItem, Leaf, RowsLeaf, Scope, TableLeaf, shown_name
from tapext.adql.spelling import closest, nearest
from tapext.adql.typed import CONDITION, NOTHING, Infix, Output, Rows, Select, Value
from tapext.adql.types import joint_type
from tapext.adql.walk import references

LeafT = TypeVar("LeafT", bound=Leaf)

_NO_MAP = -1  # no map has this number: without a current map there is nothing to see


class SourceResolver(ConditionResolver):
    """Resolves FROM."""

    def __init__(self, query: tree.Query, catalogue: Catalogue) -> None:
        super().__init__(query, catalogue)
        self.count = 0
        self.commons: dict[str, tuple[int, Rows]] = {}
        self.hidden_columns: dict[int, list[Value]] = defaultdict(list)

    @abstractmethod
    def rows(self, query: tree.Selection, outer: Scope | None = None) -> Rows:
        """Resolve a query, inside the scope of another."""

    def from_clause(self, sources: tuple[tree.Source, ...], outer: Scope | None) -> Scope:
        """Resolve the sources of a SELECT."""
        scope = Scope([], outer)
        for source in sources:
            scope.items.append(self._item(source, outer))
        self._check_names(scope.leaves(), sources)
        return scope

    def select_all(self, rows: Rows) -> Select:
        """Wrap a query into another SELECT, to which another order or type can be given."""
        leaf = self.known(RowsLeaf(self._next(), None, rows))
        outputs = tuple(Output(name, value) for name, value in leaf.columns())
        return Select(outputs, (leaf.source(),))

    def starred(self, star: tree.Star) -> list[tuple[str, Value]]:
        """Give the columns that a * stands for."""
        scope = self.scope
        if not star.qualifier:
            return [column for item in scope.items for column in item.columns()]
        leaves = [leaf for leaf in scope.leaves() if leaf.answers(star.qualifier)]
        if len(leaves) != 1:
            written = ".".join(name.text for name in star.qualifier)
            known = [shown_name(leaf) for leaf in scope.leaves()]
            trouble = "is ambiguous" if leaves else f"is not in FROM{nearest(written, known)}"
            raise self.error(star, f"{written} {trouble}")
        return list(leaves[0].columns())

    def known(self, leaf: LeafT) -> LeafT:
        """Remember a source by its number."""
        self.leaves[leaf.number] = leaf
        return leaf

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _item(self, source: tree.Source, outer: Scope | None) -> Item:
        if isinstance(source, tree.Table):
            return self._table(source)
        if isinstance(source, tree.Derived):
            # A derived table sees nothing of the query around it: there is no LATERAL in ADQL.
            return self.known(RowsLeaf(self._next(), source.alias, self.apart(source.query, None)))
        item = self._item(source.first, outer)
        for join in source.joins:
            item = self._join(item, join, outer)
        return item

    def apart(self, query: tree.Selection, outer: Scope | None) -> Rows:
        """Resolve a query that stands in another, whose clause is nothing to it."""
        state = self.without_aggregates, self.aliases, self.under_not, self.in_having
        self.without_aggregates, self.aliases, self.under_not, self.in_having = "", {}, False, False
        rows = self.rows(query, outer)
        self.without_aggregates, self.aliases, self.under_not, self.in_having = state
        return rows

    def _table(self, source: tree.Table) -> Leaf:
        path = source.path
        common = self.commons.get(path[0].text.lower()) if len(path) == 1 else None
        if common is not None:
            index, rows = common
            hidden = self.hidden_columns[index]
            return self.known(RowsLeaf(self._next(), source.alias or path[0], rows, index, hidden=hidden))
        table = self._find_table(source)
        map_id = self.catalogue.maps.get(table.map_kind, _NO_MAP) if table.map_kind else None
        return self.known(TableLeaf(self._next(), source.alias, table, map_id, self.catalogue.links_url))

    def _find_table(self, source: tree.Table) -> Table:
        path = source.path
        written = ".".join(name.text for name in path)
        tables = [
            table
            for table in self.catalogue.find_tables(tuple(name.text for name in path))
            if all(
                not name.delimited or name.text == part
                for name, part in zip(path[::-1], table.path[::-1], strict=False)
            )
        ]
        if len(tables) == 1:
            return tables[0]
        if tables:
            names = " or ".join(table.name for table in tables)
            raise self.error(source, f"The table {written} is ambiguous: write {names}")
        known = [*(table.name for table in self.catalogue.tables), *self.commons]
        raise self.error(
            source, f"There is no table {written}{nearest(written, known) or self._nearest_table(path[-1])}"
        )

    def _nearest_table(self, name: tree.Name) -> str:
        names = {table.path[-1].lower(): table.name for table in self.catalogue.tables}
        best = closest(name.text, names)
        if best:
            return f"; did you mean {names[best]}?"
        return "; TAP_SCHEMA.tables lists what there is, UPLOAD brings your own"

    def _check_names(self, leaves: Iterable[Leaf], sources: tuple[tree.Source, ...]) -> None:
        seen: set[str] = set()
        for leaf in leaves:
            name = shown_name(leaf).lower()
            if name in seen:
                raise self.error(
                    leaf.alias or sources[-1],
                    f"The name {shown_name(leaf)} is used twice in FROM: give an alias",
                )
            seen.add(name)

    def _join(self, left: Item, join: tree.Join, outer: Scope | None) -> JoinItem:
        right = self._item(join.source, outer)
        kind = {"INNER": "join", "LEFT": "left join", "RIGHT": "right join", "FULL": "full join"}[join.kind]
        item = JoinItem(kind, left, right)
        if join.condition is not None:
            around, self.scope = self.scope, Scope([item], outer)
            outside, self.without_aggregates = self.without_aggregates, "ON"
            item.condition = self.condition(join.condition)
            if join.kind == "FULL" and not _has_equation(item.condition, _numbers(left), _numbers(right)):
                raise self.error(
                    join.condition, "FULL JOIN needs an equation of both sides, as in a.x = b.y AND the rest"
                )
            self.scope, self.without_aggregates = around, outside
            return item
        names = join.using or _shared_names(left, right)
        pairs = [self._shared(join, name, left, right) for name in names]
        item.merged = [(name, _merge(join.kind, one, other)) for name, one, other in pairs]
        item.condition = _equal(pairs)
        return item

    def _shared(self, join: tree.Join, name: tree.Name, left: Item, right: Item) -> tuple[str, Value, Value]:
        found = []
        for item, side in ((left, "left"), (right, "right")):
            values = item.find(name)
            if len(values) != 1:
                trouble = "is ambiguous" if values else "does not exist"
                at = name if join.using else join
                raise self.error(at, f"The column {name.text} {trouble} on the {side} of the join")
            found.append(values[0])
        one, other = self.comparable(found, name if join.using else join)
        return found[0].about.name or name.text, one, other


def _shared_names(left: Item, right: Item) -> tuple[tree.Name, ...]:
    others = {name.lower() for name, _ in right.columns()}
    shared = dict.fromkeys(name.lower() for name, _ in left.columns() if name.lower() in others)
    return tuple(map(tree.Name, shared))


def _numbers(item: Item) -> frozenset[int]:
    return frozenset(leaf.number for leaf in item.leaves())


def _has_equation(condition: Value, left: frozenset[int], right: frozenset[int]) -> bool:
    """Tell whether PostgreSQL can make a full join on a condition: by hashing, or in order."""
    if not any(references(condition)):
        return True
    if not isinstance(condition, Infix):
        return False
    if condition.operators[0] == "and":
        return any(_has_equation(operand, left, right) for operand in condition.operands)
    if condition.operators != ("=",):
        return False
    one, other = ({found.source for found in references(operand)} for operand in condition.operands)
    return any(a and b and a <= left and b <= right for a, b in ((one, other), (other, one)))


def _merge(kind: str, left: Value, right: Value) -> Value:
    if kind == "RIGHT":
        return right
    if kind == "FULL":
        # What can be compared has a joint type.
        joint = joint_type([left.type, right.type]) or left.type
        return coalesce([left, right], joint, common([left, right]))
    return left


def _equal(pairs: list[tuple[str, Value, Value]]) -> Value | None:
    conditions = tuple(Infix(CONDITION, NOTHING, (left, right), ("=",)) for _, left, right in pairs)
    if len(conditions) < 2:  # noqa: PLR2004
        return conditions[0] if conditions else None
    return Infix(CONDITION, NOTHING, conditions, ("and",) * (len(conditions) - 1))
