"""The columns of answers: CAOM's as TAP_SCHEMA describes them, and how near each image or object is."""

from __future__ import annotations

from typing import Final

from tapext.adql.catalogue import Catalogue
from tapext.votype import Field

FINGERPRINT: Final = "caom2_ai.fingerprint"
OBSERVATION: Final = "caom2.observation"
PLANE: Final = "caom2.plane"
OBJECT: Final = "caom2_ai.object_vector"
# In the order of the query find_similar; of each column of an archive its table.
Columns = tuple[Field | tuple[str, str], ...]
ANSWER: Final = (
    Field("queryNumber", "int", ucd="meta.number", description="Which question this answers, from 1"),
    Field("queryID", "char", "*", ucd="meta.id", description="What was asked about"),
    Field("rank", "int", ucd="meta.number", description="Place in the answer: 1 is the nearest"),
)
ERROR: Final = Field(
    "error_message", "char", "*", ucd="meta.code.error", description="Why there is no answer"
)
COLUMNS: Final[Columns] = (
    *ANSWER,
    Field("distance", "double", ucd="stat.param", description="0 is the same content, 1.41 unrelated"),
    (FINGERPRINT, "publisherID"),
    (FINGERPRINT, "collection"),
    (OBSERVATION, "observationID"),
    (FINGERPRINT, "instrument_name"),
    (OBSERVATION, "target_name"),
    (FINGERPRINT, "bandpassName"),
    (FINGERPRINT, "intent"),
    (PLANE, "calibrationLevel"),
    (FINGERPRINT, "ra"),
    (FINGERPRINT, "dec"),
    (FINGERPRINT, "timeMid"),
    (PLANE, "time_exposure"),
    (FINGERPRINT, "nObjects"),
    (FINGERPRINT, "fwhm"),
    (FINGERPRINT, "fieldNode"),
    Field(
        "explanation",
        "unicodeChar",
        "*",
        ucd="meta.note",
        description="Why they are alike: shares of the whole image and of nodes of Map 1, labels in brackets",
    ),
    Field(
        "imageShare",
        "double",
        ucd="stat.param;arith.ratio",
        description="Share of the likeness that is of the whole image, not of its objects",
    ),
    ERROR,
)
# In the order of the query of objects.
OBJECT_COLUMNS: Final[Columns] = (
    *ANSWER,
    Field("distance", "double", ucd="stat.param", description="0 is the same look, 1.41 unrelated"),
    (OBJECT, "objectID"),
    (OBJECT, "publisherID"),
    (OBJECT, "artifactURI"),
    (OBJECT, "part"),
    (OBJECT, "node"),
    Field(
        "label", "unicodeChar", "*", ucd="meta.note", description="What the node is called; ? is a suggestion"
    ),
    (OBJECT, "x"),
    (OBJECT, "y"),
    (OBJECT, "ra"),
    (OBJECT, "dec"),
    (OBJECT, "snr"),
    (OBJECT, "collection"),
    (OBJECT, "instrument_name"),
    ERROR,
)


def describe_columns(catalogue: Catalogue, columns: Columns = COLUMNS) -> tuple[Field, ...]:
    """Describe the columns of an answer."""
    return tuple(
        column if isinstance(column, Field) else describe_column(catalogue, *column) for column in columns
    )


def describe_column(catalogue: Catalogue, table: str, name: str) -> Field:
    """Describe a column of the archive without what TAP alone needs to know."""
    found = catalogue.find_tables(tuple(table.split(".")))[0].by_name[name.lower()]
    return Field(
        name,
        found.datatype,
        found.arraysize,
        found.xtype,
        found.unit,
        found.ucd,
        found.utype,
        found.description,
    )
