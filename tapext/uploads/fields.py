"""The FIELDs of an uploaded VOTable (1.4 sect. 4.1): how their values are written, stored and given back.

The process that reads a table and the service that stores it both work from the same attributes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tapext.datatypes import TEXTS, Sized

ATTRIBUTES: Final = ("name", "datatype", "arraysize", "xtype", "unit", "ucd", "utype", "description", "null")
# Bytes of one element in the binary encodings, and how the module struct reads it; bits are packed (0).
SIZES: Final = {
    "boolean": (1, "c"),
    "bit": (0, ""),
    "unsignedByte": (1, "B"),
    "short": (2, "h"),
    "int": (4, "i"),
    "long": (8, "q"),
    "char": (1, "s"),
    "unicodeChar": (2, ""),
    "float": (4, "f"),
    "double": (8, "d"),
    "floatComplex": (8, ""),
    "doubleComplex": (16, ""),
}
WHOLE: Final = ("unsignedByte", "short", "int", "long")
COMPLEX: Final = {"floatComplex": "float", "doubleComplex": "double"}
LOGICAL: Final = ("boolean", "bit")
ARRAYSIZE: Final = re.compile(r"(?:\d+x)*(?:\d+|\d*\*)", re.ASCII)
MOST_ELEMENTS: Final = 1 << 24
STORAGES: Final = {
    "boolean": "integer",
    "bit": "integer",
    "unsignedByte": "smallint",
    "short": "smallint",
    "int": "integer",
    "long": "bigint",
    "float": "real",
    "double": "double precision",
}
TIMESTAMPS: Final = ("timestamp", "adql:TIMESTAMP")
# DALI 1.1 sect. 3.3: how many numbers a shape has; an odd number or fewer than six is no polygon.
NUMBERS: Final = {"point": "2", "circle": "3"}
GEOMETRIES: Final = (*NUMBERS, "polygon")
# xtypes of texts: on numbers they mean nothing.
REGIONS: Final = ("region", "adql:REGION")
SHAPES: Final = ("shape", "multishape", "adql:POINT", "moc")
WORDED: Final = (*TIMESTAMPS, *REGIONS, *SHAPES, "uuid", "uri", "json", "hms", "dms")


class FieldError(Exception):
    """A FIELD that cannot be served; the message says which and why."""


@dataclass(frozen=True)
class UploadField(Sized):
    """A FIELD with its attributes as they were sent; `null` is what VALUES says stands for NULL."""

    name: str
    datatype: str
    arraysize: str | None = None
    xtype: str | None = None
    unit: str | None = None
    ucd: str | None = None
    utype: str | None = None
    description: str | None = None
    null: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no value could be read by."""
        if self.datatype not in SIZES:
            raise FieldError(
                f"The column {self.name!r} has the datatype {self.datatype!r}, which is not VOTable's."
            )
        if self.arraysize is not None and not ARRAYSIZE.fullmatch(self.arraysize):
            raise FieldError(f"The column {self.name!r} has the arraysize {self.arraysize!r}, which is none.")
        if (self.length or 0) > MOST_ELEMENTS:
            raise FieldError(f"The column {self.name!r} has values of {self.length:,} elements: too many.")

    @property
    def numbers(self) -> int | None:
        """Give the number of numbers where each value has the same: two for each complex element."""
        return self.length * 2 if self.length is not None and self.datatype in COMPLEX else self.length

    @cached_property
    def null_number(self) -> float | None:
        """Give the number that stands for NULL, if one does."""
        text = (self.null or "").strip()
        try:
            return int(text, 16 if "x" in text.lower() else 10) if self.datatype in WHOLE else float(text)
        except ValueError:
            return None

    @cached_property
    def role(self) -> str | None:
        """Give the xtype that decides how values are stored, if datatype and arraysize fit it."""
        if self.is_text:
            if self.xtype in TIMESTAMPS:
                return "timestamp"
            return self.xtype if self.xtype in {"uuid", "shape", "adql:POINT", *REGIONS} else None
        if self.datatype not in ("float", "double") or self.xtype not in GEOMETRIES:
            return None
        if self.xtype == "polygon":
            return "polygon" if self.is_array and "x" not in (self.arraysize or "") else None
        return self.xtype if self.arraysize == NUMBERS[self.xtype] else None

    @cached_property
    def shown(self) -> tuple[str, str | None, str | None]:
        """Give datatype, arraysize and xtype of the column that queries see.

        Complex numbers become pairs, bits and logical arrays small integers, texts any length. Arrays of
        several dimensions and any length become flat: readers do not agree what is counted in BINARY2.
        """
        if self.role is not None and self.is_text:
            return {
                "timestamp": ("char", "*", "timestamp"),
                "uuid": ("char", "36", "uuid"),
                "adql:POINT": ("double", "2", "point"),
            }.get(self.role, ("char", "*", self.role))
        misplaced = self.xtype in (GEOMETRIES if self.is_text else (*GEOMETRIES, *WORDED))
        xtype = self.role or (None if misplaced else self.xtype)
        if self.is_text:
            return self.datatype, "*", xtype
        if self.datatype in COMPLEX:
            size = f"2x{self.arraysize}" if self.is_array else "2"
            return COMPLEX[self.datatype], "*" if size.endswith("*") else size, xtype
        if not self.is_array:
            return "boolean" if self.datatype == "bit" else self.datatype, None, xtype
        is_small = self.datatype in (*LOGICAL, "unsignedByte")
        is_flat = "x" in (self.arraysize or "") and self.length is None
        return "short" if is_small else self.datatype, "*" if is_flat else self.arraysize, xtype

    @cached_property
    def storage(self) -> str:
        """Give the type of PostgreSQL that holds the values."""
        if self.role is not None:
            return {"timestamp": "timestamp", "uuid": "uuid"}.get(self.role, "double precision[]")
        datatype = self.shown[0]
        if datatype in TEXTS:
            return "text"
        return f"{STORAGES[datatype]}[]" if self.shown[1] is not None else STORAGES[datatype]


def make_field(attributes: Mapping[str, object]) -> UploadField:
    """Make a FIELD of the attributes that a table was sent with."""
    known = {name: str(attributes[name]) for name in ATTRIBUTES if attributes.get(name) is not None}
    size = known.get("arraysize")
    if size is not None:
        known["arraysize"] = size.strip()
        if not known["arraysize"]:
            del known["arraysize"]
    return UploadField(**{"name": "", "datatype": "", **known})
