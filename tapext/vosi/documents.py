"""VOSI 1.1: what can be asked for, and whether the service is up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tapext.adql.catalogue import Catalogue, Column, Key, Schema, Table
from tapext.markup import DECLARATION, element, text_element

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES: Final = {
    "xmlns:xsi": XSI,
    "xmlns:vr": "http://www.ivoa.net/xml/VOResource/v1.0",
    "xmlns:vs": "http://www.ivoa.net/xml/VODataService/v1.1",
}
TABLES: Final = {**NAMESPACES, "xmlns:vosi": "http://www.ivoa.net/xml/VOSITables/v1.0"}
AVAILABILITY: Final = {"xmlns": "http://www.ivoa.net/xml/VOSIAvailability/v1.0"}


def write_tables(catalogue: Catalogue, detail: str | None) -> str:
    """Write all tables, with their columns unless `detail` is min."""
    columns = detail != "min"
    schemas = (_schema(schema, catalogue, columns=columns) for schema in catalogue.schemas)
    return DECLARATION + element("vosi:tableset", TABLES, *schemas)


def write_table(table: Table, catalogue: Catalogue) -> str:
    """Write one table with its columns and keys."""
    attributes = {**TABLES, "type": table.kind}
    return DECLARATION + element("vosi:table", attributes, *_table_content(table, catalogue, columns=True))


def _schema(schema: Schema, catalogue: Catalogue, *, columns: bool) -> str:
    return element(
        "schema",
        None,
        text_element("name", schema.name),
        text_element("description", schema.description),
        text_element("utype", schema.utype),
        *(
            element("table", {"type": table.kind}, *_table_content(table, catalogue, columns=columns))
            for table in schema.tables
        ),
    )


def _table_content(table: Table, catalogue: Catalogue, *, columns: bool) -> list[str]:
    head = [
        text_element("name", table.name),
        text_element("description", table.description),
        text_element("utype", table.utype),
    ]
    if not columns:
        return head
    keys = [_key(key) for key in catalogue.keys if key.source == table.name]
    return [*head, *(_column(column) for column in table.columns), *keys]


def _column(column: Column) -> str:
    kind = {
        "xsi:type": "vs:VOTableType",
        "arraysize": column.arraysize,
        "extendedType": column.xtype,
    }
    flags = [name for name in ("indexed", "principal") if getattr(column, name)]
    return element(
        "column",
        {"std": "true" if column.std else "false"},
        text_element("name", column.name),
        text_element("description", column.description),
        text_element("unit", column.unit),
        text_element("ucd", column.ucd),
        text_element("utype", column.utype),
        text_element("dataType", column.datatype, kind),
        *(text_element("flag", flag) for flag in flags),
    )


def _key(key: Key) -> str:
    pairs = (
        element("fkColumn", None, text_element("fromColumn", source), text_element("targetColumn", target))
        for source, target in key.columns
    )
    return element(
        "foreignKey",
        None,
        text_element("targetTable", key.target),
        *pairs,
        text_element("description", key.description),
        text_element("utype", key.utype),
    )


def write_availability(since: datetime, notes: Sequence[str], *, available: bool) -> str:
    """Say whether queries are answered, since when the service runs, and what else a person should know."""
    return DECLARATION + element(
        "availability",
        AVAILABILITY,
        text_element("available", "true" if available else "false"),
        text_element("upSince", since.strftime("%Y-%m-%dT%H:%M:%SZ")),
        *(text_element("note", note) for note in notes),
    )
