"""One table with every type and every trap, as Python has it: what each format must say to each reader."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL, Identifier

NAN, INF = math.nan, math.inf
TEXT = "a <b>&\"c\", 'd' ]]>"
TRAPS = "tab\tline\nback\\slash \\N Infinity NaN \\."
WIDE = "äöü € 𝄞 e\u0301 \u4e2d\u6587"
CONTROLS = "\x01bell\x07 \x1b[31m\x7f"
LATEST = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 -- times of CAOM have no zone
TIMES = [datetime(2020, 1, 2, 3, 4, 5, 678000), None, datetime(1, 1, 1), LATEST, None]  # noqa: DTZ001
URL = "http://x.org/?a=1&b=<2>"
TRIANGLE = [1, 1, 2, 1, 2, 2]
COUNTS = list(range(400))
ZEROS = [0] * 400
MOST = [2**31 - 1] * 400


@dataclass(frozen=True)
class Column:
    """A column: its VOTable type, its PostgreSQL type, and its values from the first row to the last."""

    name: str
    datatype: str
    storage: str
    values: list[object]
    arraysize: str | None = None
    xtype: str | None = None
    unit: str | None = None
    ucd: str | None = None
    description: str | None = None

    @property
    def is_text(self) -> bool:
        return self.datatype in {"char", "unicodeChar"}

    @property
    def is_float(self) -> bool:
        return self.datatype in {"float", "double"}

    @property
    def is_array(self) -> bool:
        return self.arraysize is not None and not self.is_text

    @property
    def stored(self) -> list[object]:
        """The values as the database takes them: all elements of an array are of one type."""
        if not (self.is_array and self.is_float):
            return self.values
        return [None if value is None else as_floats(value) for value in self.values]

    @property
    def truth(self) -> list[object]:
        """The values as results show them: times and identifiers are text."""
        return [shown(value) for value in self.values]


def as_floats(value: Any) -> list[float | None]:
    return [None if one is None else float(one) for one in value]


def shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").removesuffix(".000")
    return str(value) if isinstance(value, UUID) else value


DOUBLES = "double precision[]"
VECTORS = [[0.5] * 400, None, [NAN, *[1.0] * 399], [INF, *[-INF] * 399], [None, *[2.5] * 399]]
COLUMNS = [
    Column("n", "int", "integer", [1, 2, 3, 4, 5], ucd="meta.id", description="number of a row"),
    Column("flag", "boolean", "boolean", [True, None, False, True, None]),
    Column("b", "unsignedByte", "smallint", [0, None, 254, 127, 255]),
    Column("s", "short", "smallint", [1, None, -32768, 32767, 0]),
    Column("i", "int", "integer", [-1, None, -(2**31), 2**31 - 1, 0]),
    Column("l", "long", "bigint", [2**53 + 1, None, -(2**63), 2**63 - 1, 0]),
    Column("f", "float", "real", [1.5, None, NAN, INF, -INF], unit="arcsec", description='a <"width">'),
    Column("d", "double", "double precision", [0.1, None, -INF, 1.7976931348623157e308, 5e-324]),
    Column("text", "char", "text", [TEXT, None, "", TRAPS, WIDE], "*"),
    Column("words", "unicodeChar", "text", [WIDE, None, TRAPS, CONTROLS, " "], "*"),
    Column("fixed", "char", "text", ["ABCD", None, "ab", "", "a,b"], "4"),
    Column("at", "char", "timestamp", list(TIMES), "*", "timestamp"),
    Column("id", "char", "uuid", [UUID(int=1), None, UUID(int=2**128 - 1), UUID(int=0), None], "36", "uuid"),
    Column("uri", "char", "text", ["ivo://a/b?c d", None, URL, "", "x:y"], "*", "caom2:uri"),
    Column("point", "double", DOUBLES, [[1.5, -2.5], None, [0, 90], [359.9, -90], None], "2", "point"),
    Column("circle", "double", DOUBLES, [[1, 2, 0.1], None, [0, 0, 180], None, [3, 4, 5]], "3", "circle"),
    Column("polygon", "double", DOUBLES, [TRIANGLE, None, None, [*TRIANGLE, 1, 2], None], "*", "polygon"),
    Column("shape", "char", "text", ["circle 1 2 3", None, "polygon 1 1 2 1 2 2", "", None], "*", "shape"),
    Column("span", "double", DOUBLES, [[-INF, 5], None, [1, 2], [-INF, INF], [0, INF]], "2", "interval"),
    Column("counts", "int", "integer[]", [COUNTS, None, ZEROS, MOST, [None, *COUNTS[1:]]], "400"),
    Column("vector", "float", "real[]", list(VECTORS), "400"),
    Column("samples", "double", DOUBLES, [[0.25], None, [], [NAN, INF, -INF, None], [1e-300, -0.5]], "*"),
    Column("longs", "long", "bigint[]", [[2**53 + 1, -1], None, [], [None, 2**63 - 1], [0]], "*"),
    Column("shorts", "short", "smallint[]", [[1, -32767], None, [], [32767, None, 0], [0]], "*"),
]
MANY = """
create table caom2_ai_view.many as select n, 'row ' || n as words from generate_series(1, 200000) n;
grant select on caom2_ai_view.truth, caom2_ai_view.many to caomai_query;
"""
QUERY = "SELECT * FROM caom2_ai.truth ORDER BY n"


def fill(connection: Connection) -> None:
    """Make the table, and another with many rows, and describe them."""
    columns = SQL(", ").join(
        SQL("{} " + column.storage).format(Identifier(column.name)) for column in COLUMNS
    )
    connection.execute("set role caomai_owner")
    connection.execute(SQL("create table caom2_ai_view.truth ({})").format(columns))
    marks = SQL(", ").join(SQL("%s::" + column.storage) for column in COLUMNS)
    connection.cursor().executemany(
        SQL("insert into caom2_ai_view.truth values ({})").format(marks),
        list(zip(*(column.stored for column in COLUMNS), strict=True)),
    )
    connection.execute(MANY)
    describe(connection, "caom2_ai.truth", COLUMNS)
    words = Column("words", "unicodeChar", "text", [], "*")
    describe(connection, "caom2_ai.many", [Column("n", "int", "integer", []), words])


def describe(connection: Connection, table: str, columns: list[Column]) -> None:
    connection.execute(
        "insert into tap_schema.tables (schema_name, table_name, table_type)"
        " values ('caom2_ai', %s, 'table')",
        [table],
    )
    connection.cursor().executemany(
        "insert into tap_schema.columns (table_name, column_index, column_name, datatype, arraysize, xtype,"
        " unit, ucd, description, indexed, principal, std)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 1, 0)",
        [
            (table, index, c.name, c.datatype, c.arraysize, c.xtype, c.unit, c.ucd, c.description)
            for index, c in enumerate(columns, 1)
        ],
    )
