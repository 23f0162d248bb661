"""What a client asks of /similar, read from its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

from caomai.errors import ParameterError
from caomai.likeness import CALIBRATIONS, EXCLUDES, MOST_SIMILAR, SIMILAR_IMAGES, Search
from tapext.formats.registry import Format, find_format
from tapext.formats.writer import Info
from tapext.parameters import Parameters
from tapext.similar.subjects import Images, Subject, read_vectors

FARTHEST: Final = 2.0
LONGEST_SHOWN: Final = 40
MOST_IDS: Final = 10_000

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class Question:
    """Images like which ones are wanted, and how they are to be written.

    `model` is what the client says its search vectors were made by. `is_cut` says that the client named the
    most rows that it takes, and is told whether there are more. `infos` are written into the answer.
    """

    subject: Subject
    search: Search
    format: Format
    media_type: str
    base_url: str
    model: str | None = None
    is_cut: bool = False
    runid: str | None = None
    infos: tuple[Info, ...] = ()


def read_question(parameters: Parameters, base_url: str, subject: Subject | None = None) -> Question:
    """Read and check the parameters of a search; they say what is asked about where `subject` does not."""
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT"))
    return Question(
        subject or read_subject(parameters),
        read_search(parameters),
        wanted.format,
        wanted.media_type,
        base_url,
        parameters.one("MODEL"),
        parameters.one("MAXREC") is not None,
        parameters.runid,
    )


def read_subject(parameters: Parameters) -> Subject:
    """Read what others are compared with."""
    ids = tuple(text for text in parameters.all("ID") if text.strip())
    vectors = [text for text in parameters.all("VECTOR") if text.strip()]
    if ids and vectors:
        raise ParameterError("ID and VECTOR cannot be given together: ask two questions.")
    if len(ids) > MOST_IDS:
        raise ParameterError(f"More than {MOST_IDS:,} images cannot be asked about at once.")
    if not ids and not vectors:
        raise ParameterError("Give the publisherID of an image by ID, or a search vector by VECTOR.")
    return Images(ids) if ids else read_vectors(vectors)


def read_search(parameters: Parameters) -> Search:
    """Read what an answer may hold."""
    return Search(
        k=read_number_of_images(parameters),
        max_distance=read_distance(parameters),
        exclude=choose(parameters, "EXCLUDE", EXCLUDES, "observation"),
        calibration=choose(parameters, "CALIBRATION", CALIBRATIONS, "auto"),
        collections=read_words(parameters, "COLLECTION"),
        instruments=read_words(parameters, "INSTRUMENT"),
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


def read_words(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Read a parameter that may be repeated: any of the words will do."""
    words = tuple(text.strip() for text in parameters.all(name) if text.strip())
    if any("\0" in word for word in words):
        raise ParameterError(f"{name} holds a character that no name has.")
    return words
