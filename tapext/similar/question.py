"""What a client asks of /similar, read from its parameters."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from caomai.errors import ParameterError
from caomai.likeness import CALIBRATIONS, EXCLUDES, FARTHEST, MOST_SIMILAR, SIMILAR_IMAGES, Search
from tapext.formats.registry import Format, find_format
from tapext.formats.writer import Info
from tapext.parameters import Parameters
from tapext.similar.places import choose_planes
from tapext.similar.subjects import Examples, Images, Subject, Vectors, clean
from tapext.similar.table import AXES, TableOfQuestions
from tapext.uploads.parameter import Upload, read_uploads

LONGEST_SHOWN: Final = 40
MOST_IDS: Final = 10_000
LONGEST_VECTOR: Final = 16_384
SEPARATORS: Final = re.compile(r"[\s,\[\]]+")

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class Question:
    """Images like which ones are wanted, and how they are to be written.

    `planes` is an ADQL query for those that an answer may hold. `model` is what the client says its search
    vectors were made by. `is_cut` says that the client named the most rows that it takes, and is told whether
    there are more. `infos` are written into the answer.
    """

    subject: Subject
    search: Search
    format: Format
    media_type: str
    base_url: str
    planes: str | None = None
    model: str | None = None
    is_cut: bool = False
    runid: str | None = None
    uploads: tuple[Upload, ...] = ()
    infos: tuple[Info, ...] = ()


def read_question(parameters: Parameters, base_url: str, subject: Subject | None = None) -> Question:
    """Read and check the parameters of a search; `subject` is asked about where they do not name it."""
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT"))
    uploads = () if subject else read_uploads(parameters)
    return Question(
        subject or read_subject(parameters, uploads),
        read_search(parameters),
        wanted.format,
        wanted.media_type,
        base_url,
        choose_planes(list_values(parameters, "POS"), list_values(parameters, "TIME")),
        parameters.one("MODEL"),
        parameters.one("MAXREC") is not None,
        parameters.runid,
        uploads,
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


def check_number(named: Sequence[str]) -> None:
    """Refuse more images than can be named."""
    if len(named) > MOST_IDS:
        raise ParameterError(
            f"More than {MOST_IDS:,} images cannot be named at once: upload a table of them."
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
        k=read_number_of_images(parameters),
        max_distance=read_distance(parameters),
        exclude=choose(parameters, "EXCLUDE", EXCLUDES, "observation"),
        calibration=choose(parameters, "CALIBRATION", CALIBRATIONS, "auto"),
        collections=list_values(parameters, "COLLECTION"),
        instruments=list_values(parameters, "INSTRUMENT"),
    )


def read_number_of_images(parameters: Parameters) -> int:
    """Read MAXREC, or K: how many images are wanted for each question."""
    names = [name for name in ("MAXREC", "K") if parameters.one(name) is not None]
    if len(names) > 1:
        raise ParameterError("MAXREC and K are the same; give one of them.")
    return parameters.count(names[0] if names else "K", SIMILAR_IMAGES, MOST_SIMILAR)


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


def choose(parameters: Parameters, name: str, options: tuple[Word, ...], default: Word) -> Word:
    """Read a parameter that is one of some words."""
    text = parameters.one(name)
    if text is None:
        return default
    for option in options:
        if text.strip().lower() == option:
            return option
    raise ParameterError(f"{name} must be one of {', '.join(options)}, not {text[:LONGEST_SHOWN]!r}.")


def list_values(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Give the values of a parameter that may be repeated: any of them will do."""
    return tuple(clean(text.strip()) for text in parameters.all(name) if text.strip())
