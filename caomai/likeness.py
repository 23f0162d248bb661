"""The search for images of like content: one statement behind `caom-ai similar`, /similar and DataLink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from psycopg.sql import SQL, Composable, Composed
from psycopg.sql import Literal as Value

from caomai.database import read_queries

Exclude = Literal["plane", "observation", "field", "target", "none"]
Calibration = Literal["auto", "include", "exclude", "only"]

EXCLUDES: Final[tuple[Exclude, ...]] = ("plane", "observation", "field", "target", "none")
CALIBRATIONS: Final[tuple[Calibration, ...]] = ("auto", "include", "exclude", "only")
SIMILAR_IMAGES: Final = 10
MOST_SIMILAR: Final = 10_000


@dataclass(frozen=True)
class Search:
    """What an answer may hold: the k nearest images; `planes` is a query that gives the only ones."""

    k: int = SIMILAR_IMAGES
    max_distance: float | None = None
    exclude: Exclude = "observation"
    calibration: Calibration = "auto"
    collections: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    planes: Composable | None = None


def ask_images(ids: Sequence[str], map_id: int) -> Composed:
    """Ask for what is like images, each a question; an unknown one is a question with an error."""
    return compose("ask_images", ids=Value(list(ids)), mapID=Value(map_id))


def ask_vectors(ids: Sequence[str], vectors: Sequence[str]) -> Composed:
    """Ask for what is like search vectors, written as pgvector does, under names that the caller chooses."""
    return compose("ask_vectors", ids=Value(list(ids)), vectors=Value(list(vectors)))


def find_similar(questions: Composable, search: Search, map_id: int) -> Composed:
    """Give the query for the images most like each question; its columns are those of the .sql file."""
    return compose(
        "find_similar",
        questions=questions,
        wanted=_want(search, map_id),
        k=Value(search.k),
        mapID=Value(map_id),
        maxDistance=Value(search.max_distance),
    )


def compose(name: str, **parts: Composable) -> Composed:
    """Put parts into a query of sql/queries/similar.sql, whose names stand in braces there."""
    return SQL(read_queries("similar")[name]).format(**parts)


def _want(search: Search, map_id: int) -> Composable:
    """Write the conditions on an image `f` of the answer to a question `q`."""
    conditions: list[Composable] = [
        compose(
            "wanted",
            mapID=Value(map_id),
            collections=Value(list(search.collections) or None),
            instruments=Value(list(search.instruments) or None),
        )
    ]
    if search.exclude != "none":
        conditions.append(compose(f"exclude_{search.exclude}"))
    if search.calibration != "include":
        conditions.append(compose(f"calibration_{search.calibration}"))
    if search.planes is not None:
        conditions.append(SQL("f.planeID in ({})").format(search.planes))
    return SQL("\n            and ").join(conditions)
