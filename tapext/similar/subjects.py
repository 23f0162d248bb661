"""What others are compared with: images of the archive, search vectors from elsewhere, or examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from psycopg.sql import Composable

from caomai.likeness import ask_examples, ask_images, ask_vectors, list_ids, list_vectors
from tapext.service import Knowledge
from tapext.uploads.tables import OpenTables


@dataclass(frozen=True)
class Scene:
    """What questions are asked in: a map, what is known of the archive, and the tables that came along."""

    map_id: int
    knowledge: Knowledge
    uploads: OpenTables


class Subject(Protocol):
    """Some questions, numbered from 1; `count` is None where only the database can tell."""

    @property
    def count(self) -> int | None:
        """Number of questions."""

    @property
    def has_vectors(self) -> bool:
        """Tell whether vectors are from elsewhere, so that their model must be known."""

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the questions, as find_similar takes it."""


@dataclass(frozen=True)
class Images:
    """Images, each a question, by their publisherIDs."""

    ids: tuple[str, ...]
    has_vectors: bool = False

    @property
    def count(self) -> int:
        """Number of questions."""
        return len(self.ids)

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the questions."""
        return ask_images(list_ids(self.ids), scene.map_id)


@dataclass(frozen=True)
class Vectors:
    """Search vectors, written as arrays of PostgreSQL, each a question, by the names they are given."""

    vectors: Mapping[str, str]
    has_vectors: bool = True

    @property
    def count(self) -> int:
        """Number of questions."""
        return len(self.vectors)

    def ask(self, scene: Scene) -> Composable:  # noqa: ARG002 -- they need no map
        """Give the query for the questions."""
        return ask_vectors(list_vectors(list(self.vectors), list(self.vectors.values())))


@dataclass(frozen=True)
class Examples:
    """One question by several images: those that are like what is wanted, and those that are not.

    `vectors`, as of Vectors, are of more images that are like it.
    """

    likes: tuple[str, ...]
    others: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()
    count: int = 1

    @property
    def has_vectors(self) -> bool:
        """Tell whether vectors are from elsewhere, so that their model must be known."""
        return bool(self.vectors)

    def ask(self, scene: Scene) -> Composable:
        """Give the query for the question."""
        return ask_examples(self.likes, self.others, self.vectors, scene.map_id)


def clean(text: str) -> str:
    """Replace the one character that PostgreSQL has no room for."""
    return text.replace("\0", "\ufffd")
