"""Questions that come as a VOTable: a column of publisherIDs, of search vectors, or two of positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL, Composable, Identifier

from caomai.errors import ParameterError
from caomai.likeness import AXES, ask_images, ask_places, ask_vectors
from tapext.adql import parse
from tapext.adql.catalogue import Column, Table
from tapext.adql.translate import translate
from tapext.similar.subjects import Scene

PUBLISHER_UTYPES: Final = ("caom2:plane.publisherid", "obscore:curation.publisherdid")
PUBLISHER_UCD: Final = "meta.ref.ivoid"
PUBLISHER_NAMES: Final = ("publisherid", "obs_publisher_did", "id")
LONGITUDES: Final = ("ra", "s_ra", "raj2000", "ra_icrs")
LATITUDES: Final = ("dec", "s_dec", "dej2000", "de_icrs")
WHOLE: Final = ("short", "int", "long")
DEGREES: Final = ("", "deg", "degree", "degrees")
NUMBERS: Final = ("float", "double", *WHOLE)
COVERING: Final = (
    "SELECT t.{ra}, t.{dec}, p.planeID,"
    " DISTANCE(POINT('ICRS', t.{ra}, t.{dec}), POINT('ICRS', f.ra, f.dec))"
    " FROM {table} AS t"
    " JOIN caom2.Plane AS p ON 1 = CONTAINS(POINT('ICRS', t.{ra}, t.{dec}), p.position_bounds)"
    " JOIN caom2_ai.fingerprint AS f ON f.planeID = p.planeID"
    " WHERE f.vector IS NOT NULL"
)


@dataclass(frozen=True)
class TableOfQuestions:
    """A table that came with the request, each of its rows a question, by the place of its upload.

    Where a client names the model of its vectors, the vectors are meant, else the IDs, else the positions.
    """

    has_vectors: bool
    count: None = None

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the questions."""
        (opened,) = scene.uploads.tables
        table = opened.table
        ids = find_ids(table)
        if self.has_vectors:
            return ask_vectors(list_rows(table, id=ids, vector=find_vectors(table)))
        if ids is not None:
            return ask_images(list_rows(table, id=ids), scene.map_id)
        return ask_about_places(table, scene)


def list_rows(table: Table, **columns: Column | None) -> Composable:
    """Give the rows with their number, from 1, and some columns as text or numbers; None is the number."""
    listed = [
        SQL("{}{} as {}").format(
            SQL("row_number() over ()") if column is None else Identifier(column.stored),
            SQL("::real[]" if name == "vector" else "::bigint" if is_whole(column) else "::text"),
            Identifier(name),
        )
        for name, column in columns.items()
    ]
    return SQL("select row_number() over () as number, {} from {}").format(
        SQL(", ").join(listed), Identifier(*table.relation)
    )


def ask_about_places(table: Table, scene: Scene) -> Composable:
    """Ask for what is like the images of places."""
    ra = find_angle(table, "pos.eq.ra", LONGITUDES)
    dec = find_angle(table, "pos.eq.dec", LATITUDES)
    if ra is None or dec is None:
        raise ParameterError(
            f"The table {table.name} has no column publisherID, none of search vectors (with MODEL), and no "
            "ra and dec."
        )
    query = COVERING.format(ra=ra.name, dec=dec.name, table=table.name)
    covering = translate(parse(query), scene.uploads.join(scene.knowledge.catalogue)).sql
    listed = SQL("select {}, {} from {}").format(
        Identifier(ra.stored), Identifier(dec.stored), Identifier(*table.relation)
    )
    return ask_places(listed, covering, scene.map_id)


def find_ids(table: Table) -> Column | None:
    """Find the column of publisherIDs, by its utype, its UCD or its name."""
    texts = [column for column in table.columns if column.is_text]
    named = {column.bare.lower(): column for column in reversed(texts)}
    by_utype = [column for column in texts if (column.utype or "").lower() in PUBLISHER_UTYPES]
    by_ucd = [column for column in texts if column.ucd == PUBLISHER_UCD]
    by_name = [named[name] for name in PUBLISHER_NAMES if name in named]
    return next(iter([*by_utype, *by_ucd, *by_name]), None)


def is_whole(column: Column | None) -> bool:
    """Tell whether a column holds whole numbers."""
    return column is not None and column.datatype in WHOLE and not column.is_array


def find_vectors(table: Table, axes: int = AXES) -> Column:
    """Find the column of vectors: the one called vector, or else the only array of numbers."""
    arrays = [column for column in table.columns if column.is_array and column.datatype in NUMBERS]
    for column in arrays:
        if len(arrays) == 1 or column.bare.lower() == "vector":
            return column
    raise ParameterError(f"The table {table.name} has no column vector, of {axes} numbers a row.")


def find_angle(table: Table, ucd: str, names: tuple[str, ...]) -> Column | None:
    """Find a column of right ascensions or declinations, by its UCD or its name; other units are refused."""
    numbers = [column for column in table.columns if column.datatype in NUMBERS and not column.is_array]
    by_ucd = [column for column in numbers if (column.ucd or "").lower().startswith(ucd)]
    by_name = [column for column in numbers if column.bare.lower() in names]
    found = next(iter([*sorted(by_ucd, key=lambda one: ";meta.main" not in (one.ucd or "")), *by_name]), None)
    if found is not None and (found.unit or "").strip().lower() not in DEGREES:
        raise ParameterError(f"Positions are in degrees: the column {found.bare} is in {found.unit!r}.")
    return found
