"""Types of values: ADQL's (2.1 sect. 3), VOTable's, and how PostgreSQL stores them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, auto


class Kind(IntEnum):
    """What can be done with a value."""

    SMALLINT = auto()
    INTEGER = auto()
    BIGINT = auto()
    REAL = auto()
    DOUBLE = auto()
    TEXT = auto()
    TIMESTAMP = auto()
    UUID = auto()
    ARRAY = auto()
    POINT = auto()
    CIRCLE = auto()
    POLYGON = auto()
    REGION = auto()
    SHAPE = auto()
    OTHER = auto()
    NULL = auto()


NUMERIC = (Kind.SMALLINT, Kind.INTEGER, Kind.BIGINT, Kind.REAL, Kind.DOUBLE)
WHOLE = NUMERIC[:3]
TEXTUAL = (Kind.TEXT, Kind.UUID, Kind.NULL)
GEOMETRIC = (Kind.POINT, Kind.CIRCLE, Kind.POLYGON, Kind.REGION, Kind.SHAPE)


@dataclass(frozen=True, slots=True)
class Type:
    """A kind with its VOTable description; `storage` is PostgreSQL's type where the kind leaves a choice."""

    kind: Kind
    datatype: str
    arraysize: str | None = None
    xtype: str | None = None
    storage: str = ""

    @property
    def is_number(self) -> bool:
        """Tell whether one can calculate with it; NULL is of every type."""
        return self.kind in NUMERIC or self.kind is Kind.NULL

    @property
    def is_text(self) -> bool:
        """Tell whether it is one string, or can be written as one at once."""
        return self.kind in TEXTUAL

    @property
    def words(self) -> str:
        """Say the type to a user."""
        if self.kind is Kind.ARRAY:
            return f"an array ({self.datatype})"
        return _WORDS.get(self.kind, "a number")


_WORDS = {
    Kind.TEXT: "a text",
    Kind.TIMESTAMP: "a timestamp",
    Kind.UUID: "a UUID",
    Kind.POINT: "a point",
    Kind.CIRCLE: "a circle",
    Kind.POLYGON: "a polygon",
    Kind.REGION: "a region",
    Kind.SHAPE: "a shape",
    Kind.OTHER: "a value of another type",
    Kind.NULL: "NULL",
}

SMALLINT = Type(Kind.SMALLINT, "short", storage="smallint")
INTEGER = Type(Kind.INTEGER, "int", storage="integer")
BIGINT = Type(Kind.BIGINT, "long", storage="bigint")
REAL = Type(Kind.REAL, "float", storage="real")
DOUBLE = Type(Kind.DOUBLE, "double", storage="double precision")
TEXT = Type(Kind.TEXT, "char", "*", storage="text")
UNICODE = Type(Kind.TEXT, "unicodeChar", "*", storage="text")
TIMESTAMP = Type(Kind.TIMESTAMP, "char", "*", "timestamp", "timestamp")
# Of these xtypes DALI 1.1 knows none: those that a standard does not define carry a namespace (sect. 3.3).
UUID = Type(Kind.UUID, "char", "36", "caom2:uuid", "uuid")
POINT = Type(Kind.POINT, "double", "2", "point", "double precision[]")
CIRCLE = Type(Kind.CIRCLE, "double", "3", "circle", "double precision[]")
POLYGON = Type(Kind.POLYGON, "double", "*", "polygon", "double precision[]")
REGION = Type(Kind.REGION, "char", "*", "adql:REGION", "text")
# A column of nothing but NULL has to be something in a VOTable.
NULL = Type(Kind.NULL, "char", "*", storage="text")

_SCALARS = {
    "boolean": SMALLINT,
    "unsignedByte": SMALLINT,
    "short": SMALLINT,
    "int": INTEGER,
    "long": BIGINT,
    "float": REAL,
    "double": DOUBLE,
}
_XTYPES = {
    "timestamp": Kind.TIMESTAMP,
    "adql:TIMESTAMP": Kind.TIMESTAMP,
    "uuid": Kind.UUID,
    "caom2:uuid": Kind.UUID,
    "point": Kind.POINT,
    "adql:POINT": Kind.POINT,
    "circle": Kind.CIRCLE,
    "polygon": Kind.POLYGON,
    "shape": Kind.SHAPE,
    "multishape": Kind.SHAPE,
    "caom2:shape": Kind.SHAPE,
    "caom2:multishape": Kind.SHAPE,
    "region": Kind.REGION,
    "adql:REGION": Kind.REGION,
}
_STORAGES = {
    Kind.TIMESTAMP: "timestamp",
    Kind.UUID: "uuid",
    Kind.POINT: "double precision[]",
    Kind.CIRCLE: "double precision[]",
    Kind.POLYGON: "double precision[]",
    Kind.REGION: "text",
    Kind.SHAPE: "double precision[]",
}
# Words of function signatures and of CAST.
NAMED = {
    "SMALLINT": SMALLINT,
    "INTEGER": INTEGER,
    "BIGINT": BIGINT,
    "REAL": REAL,
    "DOUBLE": DOUBLE,
    "DOUBLE PRECISION": DOUBLE,
    "CHAR": TEXT,
    "VARCHAR": TEXT,
    "TEXT": TEXT,
    "TIMESTAMP": TIMESTAMP,
    "UUID": UUID,
    "POINT": POINT,
    "CIRCLE": CIRCLE,
    "POLYGON": POLYGON,
    "REGION": REGION,
    # The arrays of reals that functions take are search vectors.
    "REAL[]": Type(Kind.ARRAY, "float", "*", storage="halfvec"),
    "DOUBLE[]": Type(Kind.ARRAY, "double", "*", storage="double precision[]"),
    "INTEGER[]": Type(Kind.ARRAY, "int", "*", storage="integer[]"),
    "SMALLINT[]": Type(Kind.ARRAY, "short", "*", storage="smallint[]"),
}


def declared_type(
    datatype: str, arraysize: str | None, xtype: str | None, storage: str | None = None
) -> Type:
    """Give the type of a column by its VOTable description and PostgreSQL's name of its type."""
    kind = _kind_of(xtype, storage)
    if kind is not None:
        return Type(kind, datatype, arraysize, xtype, storage or _STORAGES[kind])
    if datatype in ("char", "unicodeChar"):
        return Type(Kind.TEXT, datatype, arraysize, xtype, storage or "text")
    scalar = _SCALARS.get(datatype)
    if scalar is None:
        return Type(Kind.OTHER, datatype, arraysize, xtype, storage or "text")
    if arraysize not in (None, "1"):
        return Type(Kind.ARRAY, datatype, arraysize, xtype, storage or f"{scalar.storage}[]")
    return replace(scalar, datatype=datatype, xtype=xtype, storage=storage or scalar.storage)


def _kind_of(xtype: str | None, storage: str | None) -> Kind | None:
    if storage is not None and storage.startswith(("uuid", "timestamp")):
        return Kind.UUID if storage == "uuid" else Kind.TIMESTAMP
    kind = _XTYPES.get(xtype or "")
    if kind is Kind.REGION and storage is not None and storage.endswith("[]"):
        return Kind.SHAPE
    # A text is no shape, whatever it says; nor is it a date or a UUID where it is stored as one.
    if storage is not None and (kind in (Kind.UUID, Kind.TIMESTAMP) or storage == "text"):
        return None
    return kind


def number_type(value: int | float) -> Type:  # noqa: PYI041  (an int here is no float)
    """Give the type of a number as it stands in a query."""
    if isinstance(value, float):
        return DOUBLE
    return INTEGER if value < 2**31 else BIGINT


def joint_number(types: list[Type]) -> Type:
    """Give the type of a calculation with numbers, as PostgreSQL has it."""
    kinds = [kind for kind in (found.kind for found in types) if kind is not Kind.NULL] or [Kind.INTEGER]
    if Kind.DOUBLE in kinds or (Kind.REAL in kinds and set(kinds) != {Kind.REAL}):
        return DOUBLE
    return (SMALLINT, INTEGER, BIGINT, REAL)[max(NUMERIC.index(kind) for kind in kinds)]


def text_type(types: Iterable[Type]) -> Type:
    """Give the type of a text made of others: letters beyond ASCII must not get lost on the way."""
    return UNICODE if any(found.datatype == "unicodeChar" for found in types) else TEXT


def joint_type(types: list[Type]) -> Type | None:
    """Give the type that holds values of all types (COALESCE, UNION); None where there is none."""
    known = [found for found in types if found.kind is not Kind.NULL]
    if not known:
        return NULL
    kinds = {found.kind for found in known}
    if kinds <= set(NUMERIC):
        # Of one kind are also unsignedByte and short, of which only one holds all values.
        return known[0] if len({found.datatype for found in known}) == 1 else joint_number(known)
    if kinds <= {Kind.TEXT, Kind.UUID}:
        return known[0] if len(set(known)) == 1 else text_type(known)
    if len(kinds) > 1 or len({found.datatype for found in known}) > 1:
        return None
    return known[0] if len(set(known)) == 1 else replace(known[0], arraysize="*")
