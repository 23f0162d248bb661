"""VOSI 1.1 and TAPRegExt 1.0: what the service can do, what can be asked for, and whether it is up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from caomai.settings import Settings
from tapext.adql.catalogue import Catalogue, Column, Key, Schema, Table
from tapext.adql.functions import Function
from tapext.adql.geometry import GEOMETRY
from tapext.formats import FORMATS, Format
from tapext.markup import DECLARATION, element, text_element

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES: Final = {
    "xmlns:xsi": XSI,
    "xmlns:vr": "http://www.ivoa.net/xml/VOResource/v1.0",
    "xmlns:vs": "http://www.ivoa.net/xml/VODataService/v1.1",
}
CAPABILITIES: Final = {
    **NAMESPACES,
    "xmlns:vosi": "http://www.ivoa.net/xml/VOSICapabilities/v1.0",
    "xmlns:tr": "http://www.ivoa.net/xml/TAPRegExt/v1.0",
}
TABLES: Final = {**NAMESPACES, "xmlns:vosi": "http://www.ivoa.net/xml/VOSITables/v1.0"}
AVAILABILITY: Final = {"xmlns": "http://www.ivoa.net/xml/VOSIAvailability/v1.0"}
DATALINK: Final = "ivo://ivoa.net/std/DataLink#links-1.1"
FEATURES: Final = "ivo://ivoa.net/std/TAPRegExt#features-"
# COALESCE works too: its group is younger than the validators, which take it for an error.
FORMS: Final = {
    "adqlgeo": tuple(sorted(GEOMETRY)),
    "adql-string": ("LOWER", "UPPER", "ILIKE"),
    "adql-common-table": ("WITH",),
    "adql-sets": ("UNION", "EXCEPT", "INTERSECT"),
    "adql-type": ("CAST",),
    "adql-unit": ("IN_UNIT",),
    "adql-offset": ("OFFSET",),
}
# Arrays have no names in ADQL's grammar, and validators want one word (TAPRegExt 1.0 sect. 2.3).
WORDS: Final = {"REAL[]": "VECTOR", "INTEGER[]": "HISTOGRAM"}


def write_capabilities(catalogue: Catalogue, settings: Settings, base_url: str) -> str:
    """Write the capabilities of the service."""
    tap = f"{base_url}/tap"
    return DECLARATION + element(
        "vosi:capabilities",
        CAPABILITIES,
        _table_access(catalogue, settings, tap),
        _capability("ivo://ivoa.net/std/VOSI#capabilities", f"{tap}/capabilities"),
        _capability("ivo://ivoa.net/std/VOSI#availability", f"{tap}/availability"),
        _capability("ivo://ivoa.net/std/VOSI#tables-1.1", f"{tap}/tables", version="1.1"),
        _capability(DATALINK, f"{base_url}/datalink/links", use="base", version="1.1"),
    )


def _capability(standard: str, url: str, *, use: str = "full", version: str | None = None) -> str:
    attributes = {"xsi:type": "vs:ParamHTTP", "role": "std", "version": version}
    access = text_element("accessURL", url, {"use": use})
    return element("capability", {"standardID": standard}, element("interface", attributes, access))


def _table_access(catalogue: Catalogue, settings: Settings, url: str) -> str:
    interface = {"xsi:type": "vs:ParamHTTP", "role": "std", "version": "1.1"}
    default = min(settings.default_rows, settings.max_rows)
    return element(
        "capability",
        {"standardID": "ivo://ivoa.net/std/TAP", "xsi:type": "tr:TableAccess"},
        element("interface", interface, text_element("accessURL", url, {"use": "base"})),
        _language(catalogue.functions),
        *(_output_format(known) for known in FORMATS),
        element(
            "outputLimit",
            None,
            text_element("default", str(default), {"unit": "row"}),
            text_element("hard", str(settings.max_rows), {"unit": "row"}),
        ),
    )


def write_signature(function: Function) -> str:
    """Write the signature of a function in words that validators take."""
    signature = function.signature
    for word, name in WORDS.items():
        signature = signature.replace(word, name)
    return signature


def _language(functions: Iterable[Function]) -> str:
    versions = [
        text_element("version", version, {"ivo-id": f"ivo://ivoa.net/std/ADQL#v{version}"})
        for version in ("2.0", "2.1")
    ]
    ours = [_feature(write_signature(known), known.description) for known in functions]
    groups = {"udf": ours} | {name: [_feature(form) for form in forms] for name, forms in FORMS.items()}
    features = [
        element("languageFeatures", {"type": f"{FEATURES}{name}"}, *group) for name, group in groups.items()
    ]
    return element("language", None, text_element("name", "ADQL"), *versions, *features)


def _feature(form: str, description: str | None = None) -> str:
    return element("feature", None, text_element("form", form), text_element("description", description))


def _output_format(known: Format) -> str:
    aliases = [text_element("alias", alias) for alias in known.aliases]
    return element("outputFormat", {"ivo-id": known.ivo_id}, text_element("mime", known.media_type), *aliases)


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


def write_availability(since: datetime, fault: str | None = None) -> str:
    """Say whether queries are answered, since when the service runs, and what is wrong if they are not."""
    return DECLARATION + element(
        "availability",
        AVAILABILITY,
        text_element("available", "true" if fault is None else "false"),
        text_element("upSince", since.strftime("%Y-%m-%dT%H:%M:%SZ")),
        text_element("note", fault),
    )
