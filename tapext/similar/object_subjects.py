"""What objects are compared with: objects of the archive, one at a place, vectors, or examples."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL, Composable, Composed
from psycopg.sql import Literal as Value

from caomai.database import read_queries
from caomai.errors import ParameterError
from caomai.likeness import ask_vectors, list_vectors, mix_examples, name_examples
from tapext.adql.catalogue import Column, Table
from tapext.parameters import LONGEST_SHOWN, Parameters
from tapext.similar.question import check_number, list_values, read_examples, read_vector
from tapext.similar.subjects import Scene, Subject, clean
from tapext.similar.table import find_vectors, is_whole, list_rows
from tapext.uploads.parameter import Upload

AXES: Final = 64  # numbers of the vector of an object
LARGEST: Final = 2**63
OBJECT_UTYPES: Final = ("caom2_ai:objectvector.objectid", "caom2_ai:objectnode.objectid")
OBJECT_NAMES: Final = ("objectid", "id")
# How far the object may be from the place that is named, and how that is said.
DEGREES, PIXELS = 5 / 3600, 10.0


@dataclass(frozen=True)
class Objects:
    """Objects, each a question, by their objectIDs."""

    ids: tuple[int, ...]
    has_vectors: bool = False

    @property
    def count(self) -> int:
        """Number of questions."""
        return len(self.ids)

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the questions."""
        return _ask_objects(compose("list_ids", ids=Value(list(self.ids))), scene.map_id)


@dataclass(frozen=True)
class ObjectAt:
    """The object that is nearest to a place in an image: degrees, or a pixel (FITS, 1-based) of a part."""

    publisher_id: str
    first: float
    second: float
    part: str | None
    is_on_sky: bool
    count: int = 1
    has_vectors: bool = False

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the question."""
        name, reach, words, scale, unit = (
            ("apart_on_sky", DEGREES, '5" of the position', 3600, '"')
            if self.is_on_sky
            else ("apart_in_pixels", PIXELS, f"{PIXELS:g} pixels of the place", 1, " pixels")
        )
        return compose(
            "ask_place",
            id=Value(self.publisher_id),
            mapID=Value(scene.map_id),
            part=Value(self.part),
            reach=Value(reach),
            reachText=SQL(words),  # one of two texts of ours
            scale=Value(scale),
            unit=Value(unit),
            apart=compose(name, first=Value(self.first), second=Value(self.second)),
        )


@dataclass(frozen=True)
class ObjectVectors:
    """Vectors of objects, written as arrays of PostgreSQL, each a question."""

    vectors: tuple[str, ...]
    has_vectors: bool = True

    @property
    def count(self) -> int:
        """Number of questions."""
        return len(self.vectors)

    def ask(self, scene: Scene) -> Composable:  # noqa: ARG002 -- they need no map
        """Give the query for the questions."""
        names = [f"VECTOR {number}" for number in range(1, self.count + 1)]
        return ask_vectors(list_vectors(names, self.vectors), AXES)


@dataclass(frozen=True)
class ObjectExamples:
    """One question by several objects: those that are like what is wanted, and those that are not.

    `vectors`, as of ObjectVectors, are of more objects that are like it.
    """

    likes: tuple[int, ...]
    others: tuple[int, ...] = ()
    vectors: tuple[str, ...] = ()
    count: int = 1

    @property
    def has_vectors(self) -> bool:
        """Tell whether vectors are from elsewhere, so that their model must be known."""
        return bool(self.vectors)

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the question."""
        map_id = Value(scene.map_id)
        examples = compose("examples", **name_examples(self.likes, self.others), mapID=map_id)
        return mix_examples(examples, compose("unknown_examples", mapID=map_id), self.vectors, AXES)


@dataclass(frozen=True)
class TableOfObjects:
    """A table that came with the request, each of its rows a question: a column of objectIDs or of vectors.

    Where a client names the model of its vectors, the vectors are meant, else the objectIDs.
    """

    has_vectors: bool
    count: None = None

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the questions."""
        (opened,) = scene.uploads.tables
        table = opened.table
        ids = find_object_ids(table)
        if self.has_vectors:
            return ask_vectors(list_rows(table, id=ids, vector=find_vectors(table, AXES)), AXES)
        if ids is None:
            raise ParameterError(
                f"The table {table.name} has no column objectID of whole numbers, and none of vectors "
                "(with MODEL)."
            )
        return _ask_objects(list_rows(table, id=ids), scene.map_id)


def find_object_ids(table: Table) -> Column | None:
    """Find the column of objectIDs, by its utype or its name."""
    whole = [column for column in table.columns if is_whole(column)]
    named = {column.bare.lower(): column for column in reversed(whole)}
    by_utype = [column for column in whole if (column.utype or "").lower() in OBJECT_UTYPES]
    by_name = [named[name] for name in OBJECT_NAMES if name in named]
    return next(iter([*by_utype, *by_name]), None)


def read_object_subject(parameters: Parameters, uploads: Sequence[Upload]) -> Subject:
    """Read what objects are compared with."""
    ids, vectors = list_values(parameters, "ID"), list_values(parameters, "VECTOR")
    examples = read_examples(parameters)
    given = [bool(ids), bool(vectors or examples.likes or examples.others), bool(uploads)]
    if sum(given) != 1 or len(uploads) > 1:
        raise ParameterError(
            "Give one of these: ID (an objectID, or many; or a publisherID with RA and DEC or X and Y), "
            "LIKE (objectIDs, with UNLIKE where that helps), VECTOR (with MODEL), or UPLOAD (one table)."
        )
    check_number(ids, "objects")
    check_number(vectors, "objects")
    if uploads:
        return TableOfObjects(has_vectors=parameters.one("MODEL") is not None)
    if ids:
        return read_objects(ids, parameters)
    read = tuple(read_vector(text, AXES) for text in vectors)
    if not examples.likes and not examples.others:
        return ObjectVectors(read)
    if not examples.likes and not vectors:
        raise ParameterError("UNLIKE needs LIKE: an object that is like what is wanted.")
    return ObjectExamples(read_numbers("LIKE", examples.likes), read_numbers("UNLIKE", examples.others), read)


def read_objects(ids: Sequence[str], parameters: Parameters) -> Subject:
    """Read objectIDs, or the place of one object in an image."""
    if all(map(is_object_id, ids)):
        return Objects(tuple(map(int, ids)))
    if len(ids) > 1:
        raise ParameterError("Of several objects ID must be the numbers (objectID) of all.")
    return read_place(ids[0], parameters)


def read_numbers(name: str, texts: Sequence[str]) -> tuple[int, ...]:
    """Read a parameter whose values are objectIDs."""
    for text in texts:
        if not is_object_id(text):
            raise ParameterError(
                f"{name} takes the number (objectID) of an object, not {text[:LONGEST_SHOWN]!r}."
            )
    return tuple(map(int, texts))


def is_object_id(text: str) -> bool:
    """Tell whether a text can be an objectID."""
    return bool(re.fullmatch(r"[0-9]{1,19}", text, re.ASCII)) and int(text) < LARGEST


def read_place(publisher_id: str, parameters: Parameters) -> ObjectAt:
    """Read the position or the pixel of an object of an image."""
    on_sky, on_chip = (
        [read_number(parameters, name) for name in names] for names in (("RA", "DEC"), ("X", "Y"))
    )
    for numbers, is_on_sky in ((on_sky, True), (on_chip, False)):
        first, second = numbers
        others = on_chip if is_on_sky else on_sky
        if first is not None and second is not None and others == [None, None]:
            return ObjectAt(clean(publisher_id), first, second, parameters.one("PART"), is_on_sky)
    raise ParameterError(
        "With a publisherID give RA and DEC (degrees, ICRS), or X and Y (FITS pixels, with PART where the "
        "file has several): the object nearest to the place is asked about."
    )


def read_number(parameters: Parameters, name: str) -> float | None:
    """Read a parameter that is a finite number."""
    text = parameters.one(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ParameterError(f"{name} must be a number, not {text[:LONGEST_SHOWN]!r}.")
    return number


def compose(name: str, **parts: Composable) -> Composed:
    """Put parts into a query of sql/queries/similar_objects.sql, whose names stand in braces there."""
    return SQL(read_queries("similar_objects")[name]).format(**parts)


def _ask_objects(listed: Composable, map_id: int) -> Composed:
    return compose("ask_objects", listed=listed, mapID=Value(map_id))
