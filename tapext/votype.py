"""VOTable datatypes of result columns (VOTable 1.4 sect. 2.1) and how PostgreSQL writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from psycopg import sql

from caomai.errors import CaomAiError
from tapext.datatypes import Sized

POSTGRES: Final = {
    "boolean": sql.SQL("boolean"),
    "unsignedByte": sql.SQL("smallint"),
    "short": sql.SQL("smallint"),
    "int": sql.SQL("integer"),
    "long": sql.SQL("bigint"),
    "float": sql.SQL("real"),
    "double": sql.SQL("double precision"),
    "char": sql.SQL("text"),
    "unicodeChar": sql.SQL("text"),
}
FLOATS: Final = ("float", "double")
INTEGERS: Final = ("unsignedByte", "short", "int", "long")
NUMBERS: Final = (*INTEGERS, *FLOATS)
ARRAYS: Final = ("short", "int", "long", *FLOATS)
# What stands for NULL where an encoding has no other way to say it, declared in FIELD.
MAGIC: Final = {"short": str(-(2**15)), "int": str(-(2**31)), "long": str(-(2**63))}


@dataclass(frozen=True)
class Field(Sized):
    """A column of a result or table, as a VOTable FIELD describes it."""

    name: str
    datatype: str
    arraysize: str | None = None
    xtype: str | None = None
    unit: str | None = None
    ucd: str | None = None
    utype: str | None = None
    description: str | None = None
    id: str | None = field(default=None, kw_only=True)

    @property
    def is_float(self) -> bool:
        """Tell whether a value is a floating-point number or an array of them."""
        return self.datatype in FLOATS


def cast(field: Field, column: sql.Composable) -> sql.Composable:
    """Give a column the type of its VOTable datatype; timestamps become ISO 8601 text with milliseconds."""
    if field.xtype == "timestamp":
        return sql.SQL("replace({}::timestamp(3)::text, ' ', 'T')").format(column)
    if field.datatype not in (ARRAYS if field.is_array else POSTGRES):
        kind = f"{field.datatype} {field.arraysize or ''}".strip()
        raise CaomAiError(f"The column {field.name} is of a type that is not served: {kind}.")
    form = sql.SQL("{}::{}[]") if field.is_array else sql.SQL("{}::{}")
    return form.format(column, POSTGRES[field.datatype])


def write_text(field: Field, value: sql.Composable, null: str = "null") -> sql.Composable:
    """Write a value that was cast as text: numbers of an array are separated by blanks, NULL is `null`."""
    if field.datatype == "boolean":
        return sql.SQL("({})::text").format(value)  # true, not t
    if not field.is_array:
        return value
    missing = sql.Literal("NaN" if field.is_float else null)
    return sql.SQL("array_to_string({}, ' ', {})").format(value, missing)
