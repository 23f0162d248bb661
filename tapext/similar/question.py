"""What a client asks of /similar, read from its parameters."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from psycopg.sql import Composable

from caomai.errors import ParameterError
from caomai.likeness import (
    AXES,
    CALIBRATIONS,
    EXCLUDES,
    FARTHEST,
    MOST_SIMILAR,
    SIMILAR_IMAGES,
    Search,
    find_similar,
    list_wanted,
)
from tapext.adql import parse
from tapext.adql.catalogue import Catalogue
from tapext.adql.translate import translate
from tapext.formats.registry import find_format
from tapext.parameters import LONGEST_SHOWN, Parameters
from tapext.similar.columns import describe_columns
from tapext.similar.inquiry import Inquiry
from tapext.similar.places import choose_planes
from tapext.similar.subjects import Examples, Images, Subject, Vectors, clean
from tapext.similar.table import TableOfQuestions
from tapext.uploads.parameter import Upload, read_uploads
from tapext.votype import Field

MOST_IDS: Final = 10_000
LONGEST_VECTOR: Final = 16_384
SEPARATORS: Final = re.compile(r"[\s,\[\]]+")


@dataclass(frozen=True, kw_only=True)
class Question(Inquiry):
    """Images like which ones are wanted; `planes` is an ADQL query for those that an answer may hold."""

    search: Search
    planes: str | None = None

    describer = "caom-ai describe --json"

    @property
    def k(self) -> int:
        """Number of images for each question."""
        return self.search.k

    def describe_columns(self, catalogue: Catalogue) -> tuple[Field, ...]:
        """Describe the columns of the answer."""
        return describe_columns(catalogue)

    def list_wanted(self, map_id: int, catalogue: Catalogue) -> Composable | None:
        """Give the query for the images that an answer may hold, None where none is left out."""
        search = self._complete(catalogue)
        return list_wanted(search, map_id) if search.is_filtered else None

    def find(self, questions: Composable, map_id: int, catalogue: Catalogue, *, is_exact: bool) -> Composable:
        """Give the query for the images most like each question; an exact one uses no index."""
        search = replace(self._complete(catalogue), k=self.k + self.may_overflow, is_exact=is_exact)
        return find_similar(questions, search, map_id)

    def _complete(self, catalogue: Catalogue) -> Search:
        if self.planes is None:
            return self.search
        return replace(self.search, planes=translate(parse(self.planes), catalogue).sql)


def read_question(parameters: Parameters, base_url: str, subject: Subject | None = None) -> Question:
    """Read and check the parameters of a search; `subject` is asked about where they do not name it."""
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT"))
    uploads = () if subject else read_uploads(parameters)
    return Question(
        subject=subject or read_subject(parameters, uploads),
        search=read_search(parameters),
        format=wanted.format,
        media_type=wanted.media_type,
        base_url=base_url,
        planes=choose_planes(list_values(parameters, "POS"), list_values(parameters, "TIME")),
        model=parameters.one("MODEL"),
        is_cut=parameters.one("MAXREC") is not None,
        runid=parameters.runid,
        uploads=uploads,
    )


def read_subject(parameters: Parameters, uploads: Sequence[Upload]) -> Subject:
    """Read what others are compared with."""
    ids, vectors = list_values(parameters, "ID"), list_values(parameters, "VECTOR")
    examples = read_examples(parameters)
    given = [bool(ids), bool(vectors or examples.likes or examples.others), bool(uploads)]
    if sum(given) != 1 or len(uploads) > 1:
        raise ParameterError(
            "Give one of these: ID (a publisherID, or many), LIKE (with UNLIKE where that helps), "
            "VECTOR (with MODEL), IMAGE (a file of a form), or UPLOAD (one table)."
        )
    check_number(ids)
    check_number(vectors)
    if uploads:
        return TableOfQuestions(has_vectors=parameters.one("MODEL") is not None)
    if ids:
        return Images(ids)
    read = {f"VECTOR {number}": read_vector(text) for number, text in enumerate(vectors, 1)}
    if not examples.likes and not examples.others:
        return Vectors(read)
    if not examples.likes and not vectors:
        raise ParameterError("UNLIKE needs LIKE: an image that is like what is wanted.")
    return replace(examples, vectors=tuple(read.values()))


def read_examples(parameters: Parameters) -> Examples:
    """Read the images that what is wanted is like, and those that it is not."""
    likes, others = list_values(parameters, "LIKE"), list_values(parameters, "UNLIKE")
    check_number((*likes, *others))
    return Examples(likes, others)


def check_number(named: Sequence[str], things: str = "images") -> None:
    """Refuse more than can be named."""
    if len(named) > MOST_IDS:
        raise ParameterError(
            f"More than {MOST_IDS:,} {things} cannot be named at once: upload a table of them."
        )


def read_vector(text: str, axes: int = AXES) -> str:
    """Read a vector, its numbers between blanks or commas or as JSON, as an array of PostgreSQL."""
    try:
        values = [float(word) for word in SEPARATORS.split(text[:LONGEST_VECTOR]) if word]
    except ValueError:
        raise ParameterError("VECTOR holds something that is no number.") from None
    length = math.hypot(*values)
    if len(values) != axes or not 0 < length < math.inf:
        raise ParameterError(
            f"VECTOR must be {axes} finite numbers, not all of them 0; it has {len(values)}."
        )
    return "{{{}}}".format(",".join(f"{value / length:.7g}" for value in values))


def read_search(parameters: Parameters) -> Search:
    """Read what an answer may hold."""
    return Search(
        k=read_k(parameters, SIMILAR_IMAGES, MOST_SIMILAR),
        max_distance=read_distance(parameters),
        exclude=parameters.choose("EXCLUDE", EXCLUDES, "observation"),
        calibration=parameters.choose("CALIBRATION", CALIBRATIONS, "auto"),
        collections=list_values(parameters, "COLLECTION"),
        instruments=list_values(parameters, "INSTRUMENT"),
    )


def read_k(parameters: Parameters, usual: int, most: int) -> int:
    """Read MAXREC, or K: how many images or objects are wanted for each question."""
    names = [name for name in ("MAXREC", "K") if parameters.one(name) is not None]
    if len(names) > 1:
        raise ParameterError("MAXREC and K are the same; give one of them.")
    return parameters.count(names[0] if names else "K", usual, most)


def read_distance(parameters: Parameters) -> float | None:
    """Read MAXDIST."""
    text = parameters.one("MAXDIST")
    if text is None:
        return None
    try:
        distance = float(text)
    except ValueError:
        distance = -1
    if not 0 <= distance <= FARTHEST:
        raise ParameterError(
            f"MAXDIST must be a distance from 0 to {FARTHEST:g}, not {text[:LONGEST_SHOWN]!r}."
        )
    return distance


def list_values(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Give the values of a parameter that may be repeated: any of them will do."""
    return tuple(clean(text.strip()) for text in parameters.all(name) if text.strip())
