"""Which names a query sees: the sources of FROM, their columns, and those of the queries around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tapext.adql import tree
from tapext.adql.catalogue import Column, Table
from tapext.adql.typed import (
    NOTHING,
    About,
    CommonSource,
    Constant,
    DerivedSource,
    Infix,
    JoinSource,
    Output,
    Reference,
    Rows,
    Select,
    Source,
    TableSource,
    Value,
)
from tapext.adql.types import TEXT

# Columns by which a query chooses a map itself.
MAP_COLUMNS = ("mapid", "iscurrent")


def same(name: tree.Name, known: str) -> bool:
    """Compare an identifier with a name: a delimited one must be equal to the letter."""
    return name.text == known if name.delimited else name.text.lower() == known.lower()


class Item(ABC):
    """An item of FROM."""

    @abstractmethod
    def find(self, name: tree.Name) -> list[Value]:
        """Find the columns of a name."""

    @abstractmethod
    def columns(self) -> Iterator[tuple[str, Value]]:
        """Give all columns with their names, as * does."""

    @abstractmethod
    def leaves(self) -> Iterator[Leaf]:
        """Give the single sources."""

    @abstractmethod
    def source(self) -> Source:
        """Give the resolved source, once the whole SELECT is known."""


@dataclass
class Leaf(Item):
    """A table or query in FROM with its number and alias."""

    number: int
    alias: tree.Name | None

    def leaves(self) -> Iterator[Leaf]:
        """Give itself."""
        yield self

    @abstractmethod
    def answers(self, qualifier: tuple[tree.Name, ...]) -> bool:
        """Tell whether a qualifier means this source."""

    def is_alias(self, qualifier: tuple[tree.Name, ...]) -> bool:
        """Tell whether a qualifier is the alias."""
        return len(qualifier) == 1 and self.alias is not None and same(qualifier[0], self.alias.text)


@dataclass
class TableLeaf(Leaf):
    """A table of the catalogue."""

    table: Table
    map_id: int | None
    links_url: str
    _referred: dict[str, Value] = field(default_factory=dict)

    def answers(self, qualifier: tuple[tree.Name, ...]) -> bool:
        """Tell whether a qualifier is the alias, or the end of the table's name where there is no alias."""
        if self.alias is not None:
            return self.is_alias(qualifier)
        path = self.table.path[-len(qualifier) :]
        return len(path) == len(qualifier) and all(map(same, qualifier, path))

    def find(self, name: tree.Name) -> list[Value]:
        """Find the column of a name."""
        column = self.table.by_name.get(name.text.lower())
        if column is None or (name.delimited and name.text != column.bare):
            return []
        return [self._refer(column)]

    def columns(self) -> Iterator[tuple[str, Value]]:
        """Give all columns."""
        return ((column.bare, self._refer(column)) for column in self.table.columns)

    def source(self) -> Source:
        """Give the relation, limited to the current map unless the query asks for a map."""
        return TableSource(self.number, self.table.relation, self.map_id)

    def _refer(self, column: Column) -> Value:
        found = self._referred.get(column.stored)
        if found is None:
            found = Reference(column.type, column.about, self.number, column.stored)
            if column.is_link:
                start = Constant(TEXT, NOTHING, self.links_url + "?")
                found = Infix(column.type, column.about, (start, found), ("||",))
            self._referred[column.stored] = found
        return found


@dataclass
class RowsLeaf(Leaf):
    """A query under a name: a derived table, or a use of a common table expression."""

    rows: Rows
    common: int | None = None
    fenced: bool = False
    # Columns behind those that users see, for indexes; all uses of a common table expression share theirs.
    hidden: list[Value] = field(default_factory=list)
    _closed: bool = False

    def answers(self, qualifier: tuple[tree.Name, ...]) -> bool:
        """Tell whether a qualifier is its name."""
        return self.is_alias(qualifier)

    def find(self, name: tree.Name) -> list[Value]:
        """Find the outputs of a name."""
        outputs = enumerate(self.rows.outputs, 1)
        return [self._refer(place, output) for place, output in outputs if same(name, output.name)]

    def columns(self) -> Iterator[tuple[str, Value]]:
        """Give all outputs."""
        return (
            (output.name, self._refer(place, output)) for place, output in enumerate(self.rows.outputs, 1)
        )

    def source(self) -> Source:
        """Give the query."""
        if self.common is not None:
            return CommonSource(self.number, self.common)
        self._closed = True
        return DerivedSource(self.number, with_hidden(self.rows, self.hidden), self.fenced)

    def carry(self, inner: Value) -> Reference | None:
        """Refer to a value inside, behind those that users see; None if the query is written already."""
        if inner not in self.hidden:
            if self._closed:
                return None
            self.hidden.append(inner)
        place = len(self.rows.outputs) + 1 + self.hidden.index(inner)
        return Reference(inner.type, NOTHING, self.number, f"c{place}")

    def _refer(self, place: int, output: Output) -> Reference:
        about = output.value.about
        named = About(output.name, about.unit, about.ucd, about.utype, about.description)
        return Reference(output.value.type, named, self.number, f"c{place}")


@dataclass
class JoinItem(Item):
    """Two items joined; `merged` holds the columns of NATURAL and USING, which both sides share."""

    kind: str
    left: Item
    right: Item
    merged: list[tuple[str, Value]] = field(default_factory=list)
    condition: Value | None = None

    def find(self, name: tree.Name) -> list[Value]:
        """Find the columns of a name."""
        shared = [value for known, value in self.merged if same(name, known)]
        return shared or self.left.find(name) + self.right.find(name)

    def columns(self) -> Iterator[tuple[str, Value]]:
        """Give shared columns first, then those of the left and of the right."""
        yield from self.merged
        shared = {name.lower() for name, _ in self.merged}
        for side in (self.left, self.right):
            yield from ((name, value) for name, value in side.columns() if name.lower() not in shared)

    def leaves(self) -> Iterator[Leaf]:
        """Give the single sources."""
        yield from self.left.leaves()
        yield from self.right.leaves()

    def source(self) -> Source:
        """Give the join."""
        return JoinSource(self.kind, self.left.source(), self.right.source(), self.condition)


@dataclass
class Scope:
    """The items of one FROM, inside the scope of the query around it."""

    items: list[Item]
    outer: Scope | None = None
    in_where: bool = False

    def leaves(self) -> Iterable[Leaf]:
        """Give the single sources of this FROM."""
        return (leaf for item in self.items for leaf in item.leaves())

    def numbers(self) -> frozenset[int]:
        """Give the numbers of the sources of this FROM and of those around it."""
        around = frozenset[int]() if self.outer is None else self.outer.numbers()
        return around.union(leaf.number for leaf in self.leaves())

    def find(self, path: tuple[tree.Name, ...]) -> list[Value]:
        """Find the columns of a path in this FROM alone."""
        *qualifier, name = path
        if not qualifier:
            found = [value for item in self.items for value in item.find(name)]
        else:
            found = [
                value for leaf in self.leaves() if leaf.answers(tuple(qualifier)) for value in leaf.find(name)
            ]
        if self.in_where and found:
            self._note_map(found[0])
        return found

    def _note_map(self, value: Value) -> None:
        if isinstance(value, Reference) and value.column in MAP_COLUMNS:
            for leaf in self.leaves():
                if isinstance(leaf, TableLeaf) and leaf.number == value.source:
                    leaf.map_id = None


def with_hidden(rows: Rows, hidden: list[Value]) -> Rows:
    """Add columns to a SELECT behind its own."""
    if not hidden:
        return rows
    assert isinstance(rows.body, Select)
    added = tuple(Output("", column) for column in hidden)
    return replace(rows, body=replace(rows.body, outputs=rows.outputs + added))


def shown_name(leaf: Leaf) -> str:
    """Give the name by which a source is known in its FROM."""
    if leaf.alias is not None:
        return leaf.alias.text
    return leaf.table.name if isinstance(leaf, TableLeaf) else f"query {leaf.number}"
