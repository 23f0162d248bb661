"""What may be asked for: the tables, columns, keys and functions of TAP_SCHEMA (TAP 1.1 sect. 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import psycopg

from caomai.database import read_queries, sql_folder
from tapext.adql.functions import Function, read_functions
from tapext.adql.twins import Twin, Twins, collect, read_twin
from tapext.adql.typed import About
from tapext.adql.types import Type, declared_type
from tapext.votype import Field

VIEWS = "caom2_ai_view"
# The schema of tables that come with a query.
UPLOADS = "TAP_UPLOAD"
# A column of views that users do not see.
VISIBLE = "visible"
# A column that holds the query of a URL: what stands before it depends on how the service is reached.
LINKS = (VIEWS, "obscore"), "access_url"

# PostgreSQL's names of types by relation and column.
Storages = dict[tuple[tuple[str, ...], str], str]
MapKind = Literal["object", "field"]
MAP_KINDS: dict[str, MapKind] = {
    "caom2_ai.fingerprint": "object",
    "caom2_ai.part_fingerprint": "object",
    "caom2_ai.object_node": "object",
    "caom2_ai.object_vector": "object",
    "caom2_ai.field_node": "field",
}


@dataclass(frozen=True)
class Column(Field):
    """A column as TAP_SCHEMA describes it; `storage` is PostgreSQL's name of its type.

    `stored_as` is its name in the database where that is not the same without capitals.
    """

    indexed: bool = False
    principal: bool = False
    std: bool = False
    storage: str | None = None
    is_link: bool = False
    stored_as: str | None = None

    @cached_property
    def stored(self) -> str:
        """Give the name in the database, which has no capitals; TAP_SCHEMA quotes what must be delimited."""
        return self.stored_as or self.bare.lower()

    @cached_property
    def bare(self) -> str:
        """Give the name without the quotes that TAP_SCHEMA may put around it."""
        return unquote(self.name)

    @cached_property
    def about(self) -> About:
        """Give what is said of its values."""
        return About(self.bare, self.unit, self.ucd, self.utype, self.description)

    @cached_property
    def type(self) -> Type:
        """Give the type of its values."""
        return declared_type(self.datatype, self.arraysize, self.xtype, self.storage)


@dataclass(frozen=True)
class Table:
    """A table under its full name, such as caom2.Plane, and the relation that holds its visible rows.

    `map_kind` says that it holds rows of several maps: without a mapID in WHERE the current map is meant.
    `has_hidden` says that its relation hides rows, and tells by a column `visible` which it does not.
    `twins` are its hidden columns with indexes on positions and regions.
    """

    name: str
    relation: tuple[str, ...]
    columns: tuple[Column, ...]
    kind: str = "table"
    description: str | None = None
    utype: str | None = None
    map_kind: MapKind | None = None
    has_hidden: bool = False
    twins: Twins = field(default_factory=Twins)

    @cached_property
    def path(self) -> tuple[str, ...]:
        """Give the parts of the name: schema and table."""
        return tuple(unquote(part) for part in self.name.split("."))

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Give the columns by their names in lower case."""
        return {column.bare.lower(): column for column in self.columns}


@dataclass(frozen=True)
class Key:
    """A foreign key: pairs of columns of `source` and `target`."""

    id: str
    source: str
    target: str
    columns: tuple[tuple[str, str], ...]
    description: str | None = None
    utype: str | None = None


@dataclass(frozen=True)
class Schema:
    """A schema of TAP_SCHEMA and its tables."""

    name: str
    tables: tuple[Table, ...]
    description: str | None = None
    utype: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """All that a query may name, the current maps (kind -> mapID), and where the links service is."""

    schemas: tuple[Schema, ...]
    functions: tuple[Function, ...] = ()
    keys: tuple[Key, ...] = ()
    maps: Mapping[str, int] = field(default_factory=dict)
    links_url: str = ""

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Give the tables of all schemas."""
        return tuple(table for schema in self.schemas for table in schema.tables)

    def with_tables(self, tables: Iterable[Table]) -> Catalogue:
        """Give a catalogue that knows more tables, such as those of TAP_UPLOAD."""
        return replace(self, schemas=(*self.schemas, Schema(UPLOADS, tuple(tables))))

    def at(self, links_url: str) -> Catalogue:
        """Give a catalogue whose links lead to an address of the links service."""
        return replace(self, links_url=links_url)

    def find_tables(self, path: tuple[str, ...]) -> list[Table]:
        """Find tables by schema and name, or by a name alone, without regard to case."""
        return self._by_path.get(tuple(part.lower() for part in path), [])

    def find_function(self, name: str) -> Function | None:
        """Find a user defined function without regard to case."""
        return self._by_function.get(name.lower())

    @cached_property
    def _by_path(self) -> dict[tuple[str, ...], list[Table]]:
        found: dict[tuple[str, ...], list[Table]] = {}
        for table in self.tables:
            path = tuple(part.lower() for part in table.path)
            # An uploaded table never stands for one of the archive's: it is named in full.
            for start in range(1 if path[0] == UPLOADS.lower() else len(path)):
                found.setdefault(path[start:], []).append(table)
        return found

    @cached_property
    def _by_function(self) -> dict[str, Function]:
        return {function.name.lower(): function for function in self.functions}


def unquote(name: str) -> str:
    """Take the double quotes off a delimited name."""
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name


def relation_of(table: str) -> tuple[str, ...]:
    """Give the view that shows those rows of a table that one may see."""
    schema, _, name = table.lower().rpartition(".")
    return VIEWS, f"tap_{name}" if schema == "tap_schema" else name


def read_catalogue(connection: psycopg.Connection[Any]) -> Catalogue:
    """Read TAP_SCHEMA, the types of its columns in the database, and the headers of our functions."""
    queries = read_queries("catalogue")
    tables = _read_tables(connection)
    schemas = tuple(
        Schema(name, tuple(tables.get(name, ())), description, utype)
        for name, description, utype in connection.execute(queries["read_schemas"]).fetchall()
    )
    keys = tuple(
        Key(name, source, target, tuple(zip(sources, targets, strict=True)), description, utype)
        for name, source, target, sources, targets, description, utype in connection.execute(
            queries["read_keys"]
        ).fetchall()
    )
    return Catalogue(schemas, read_functions(sql_folder() / "functions"), keys, read_maps(connection))


def _read_tables(connection: psycopg.Connection[Any]) -> dict[str, list[Table]]:
    queries = read_queries("catalogue")
    stored: Storages = {
        ((schema, relation), column): storage
        for schema, relation, column, storage in connection.execute(queries["read_storage"]).fetchall()
    }
    columns, twins = _read_columns(connection, stored), _read_twins(connection)
    tables: dict[str, list[Table]] = {}
    for schema, name, kind, utype, description in connection.execute(queries["read_tables"]).fetchall():
        relation = relation_of(name)
        found = Table(
            name,
            relation,
            tuple(columns.get(name, ())),
            kind,
            description,
            utype,
            MAP_KINDS.get(name.lower()),
            has_hidden=(relation, VISIBLE) in stored,
            twins=collect(twins.get(relation[-1], ())),
        )
        tables.setdefault(schema, []).append(found)
    return tables


def _read_columns(connection: psycopg.Connection[Any], stored: Storages) -> dict[str, list[Column]]:
    columns: dict[str, list[Column]] = {}
    for table, *facts in connection.execute(read_queries("catalogue")["read_columns"]).fetchall():
        column = Column(*facts)
        place = relation_of(table), column.stored
        known = replace(column, storage=stored.get(place), is_link=place == LINKS)
        columns.setdefault(table, []).append(known)
    return columns


def _read_twins(connection: psycopg.Connection[Any]) -> dict[str, list[Twin]]:
    found: dict[str, list[Twin]] = {}
    for relation, column, comment in connection.execute(read_queries("catalogue")["read_twins"]).fetchall():
        found.setdefault(relation, []).extend(read_twin(column, comment))
    return found


def read_maps(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Read the current maps: they may change while a catalogue is kept, so compare before a query runs."""
    return dict(connection.execute(read_queries("catalogue")["read_maps"]).fetchall())
