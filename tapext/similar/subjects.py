"""What others are compared with: images that are known here, or search vectors that were made elsewhere."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from psycopg.sql import Composable

from caomai.errors import ParameterError
from caomai.likeness import ask_images, ask_vectors

AXES: Final = 400
LONGEST_VECTOR: Final = 16_384
SEPARATORS: Final = re.compile(r"[\s,\[\]]+")


class Subject(Protocol):
    """Some questions, numbered from 1."""

    @property
    def count(self) -> int:
        """Number of questions."""

    def ask(self, map_id: int) -> Composable:
        """Give the query for the questions of an object map, as find_similar takes it."""


@dataclass(frozen=True)
class Images:
    """Images, each a question, by their publisherIDs."""

    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of questions."""
        return len(self.ids)

    def ask(self, map_id: int) -> Composable:
        """Give the query for the questions."""
        return ask_images([clean(text) for text in self.ids], map_id)


@dataclass(frozen=True)
class Vectors:
    """Search vectors of unit length, as pgvector writes them, each a question under a name."""

    names: tuple[str, ...]
    vectors: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of questions."""
        return len(self.vectors)

    def ask(self, map_id: int) -> Composable:  # noqa: ARG002 -- they are of the map already
        """Give the query for the questions."""
        return ask_vectors([clean(name) for name in self.names], self.vectors)


def clean(text: str) -> str:
    """Replace the one character that PostgreSQL has no room for."""
    return text.replace("\0", "\ufffd")


def read_vectors(texts: Sequence[str]) -> Vectors:
    """Read search vectors that `caom-ai describe --json` wrote."""
    return Vectors(
        tuple(f"VECTOR {number}" for number in range(1, len(texts) + 1)), tuple(map(read_vector, texts))
    )


def read_vector(text: str) -> str:
    """Read a search vector, its numbers between blanks or commas or as JSON; it is made to be of length 1."""
    try:
        values = [float(word) for word in SEPARATORS.split(text[:LONGEST_VECTOR]) if word]
    except ValueError:
        raise ParameterError("VECTOR holds something that is no number.") from None
    length = math.hypot(*values)
    if len(values) != AXES or not 0 < length < math.inf:
        raise ParameterError(
            f"VECTOR must be {AXES} finite numbers, not all of them 0; it has {len(values)}."
        )
    return f"[{','.join(f'{value / length:.7g}' for value in values)}]"
