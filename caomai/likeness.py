"""The search for images of like content: one statement behind `caom-ai similar`, /similar and DataLink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from psycopg.sql import SQL, Composable, Composed
from psycopg.sql import Literal as Value

from caomai.database import read_queries

Exclude = Literal["plane", "observation", "field", "target", "none"]
Calibration = Literal["auto", "include", "exclude", "only"]

EXCLUDES: Final[tuple[Exclude, ...]] = ("plane", "observation", "field", "target", "none")
ExcludeObjects = Literal["object"] | Exclude
EXCLUDE_OBJECTS: Final[tuple[ExcludeObjects, ...]] = ("object", *EXCLUDES)
CALIBRATIONS: Final[tuple[Calibration, ...]] = ("auto", "include", "exclude", "only")
AXES: Final = 400  # numbers of a search vector
SIMILAR_IMAGES: Final = 10
SIMILAR_OBJECTS, MOST_SIMILAR_OBJECTS = 20, 1_000
MOST_SIMILAR: Final = 10_000
FARTHEST: Final = 2.0  # distance of opposite vectors
SHARE: Final = 0.5  # of the mean of what is not wanted, where that of what is wanted has 1
MOST_EXPLAINED: Final = 100  # of an answer: the likeness of others is not worth the time
AND: Final = SQL("\n            and ")


@dataclass(frozen=True)
class Search:
    """What an answer may hold: the k nearest images; `planes` is a query that gives the only ones.

    The likeness of the first images is explained, `explained` of them. An exact search uses no index.
    """

    k: int = SIMILAR_IMAGES
    max_distance: float | None = None
    exclude: Exclude = "observation"
    calibration: Calibration = "auto"
    collections: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    planes: Composable | None = None
    explained: int = MOST_EXPLAINED
    is_exact: bool = False

    @property
    def is_filtered(self) -> bool:
        """Tell whether some images are left out whatever is asked about, calibration frames aside."""
        return bool(
            self.collections or self.instruments or self.planes is not None or self.calibration == "only"
        )


def list_ids(ids: Sequence[str]) -> Composed:
    """List publisherIDs, in their order."""
    return compose("list_ids", ids=Value(list(ids)))


def ask_images(listed: Composable, map_id: int) -> Composed:
    """Ask for what is like images, each a question; `listed` gives their `id` and `number`."""
    return compose("ask_images", listed=listed, mapID=Value(map_id))


def list_vectors(ids: Sequence[str], vectors: Sequence[str]) -> Composed:
    """List search vectors, written as arrays of PostgreSQL, under names that the caller chooses."""
    return compose("list_vectors", ids=Value(list(ids)), vectors=Value(list(vectors)))


def ask_vectors(listed: Composable, axes: int = AXES) -> Composed:
    """Ask for what is like vectors; `listed` gives their `id`, `vector` and `number`."""
    return compose("ask_vectors", listed=listed, axes=Value(axes))


def ask_places(listed: Composable, covering: Composable, map_id: int) -> Composed:
    """Ask for what is like the images of places.

    `listed` gives the columns ra and dec, `covering` ra, dec, the planeID of an image that shows the place,
    and how far its centre is from it.
    """
    return compose("ask_places", listed=listed, covering=covering, mapID=Value(map_id))


def ask_examples(
    likes: Sequence[str], others: Sequence[str], vectors: Sequence[str], map_id: int
) -> Composed:
    """Ask for what is like some images and search vectors and unlike others, one question (Rocchio 1971)."""
    examples = compose("examples", **name_examples(likes, others), mapID=Value(map_id))
    return mix_examples(examples, compose("unknown_examples"), vectors, AXES)


def name_examples(likes: Sequence[str | int], others: Sequence[str | int]) -> dict[str, Composable]:
    """Give the parts of a query for examples: their identifiers, and which are like what is wanted."""
    are_like = [True] * len(likes) + [False] * len(others)
    return {"ids": Value([*likes, *others]), "areLike": Value(are_like)}


def mix_examples(examples: Composable, unknown: Composable, vectors: Sequence[str], axes: int) -> Composed:
    """Make one question of examples and of vectors of so many axes that are like what is wanted.

    `unknown` says in a sentence which of the examples cannot be compared, NULL if all can.
    """
    return compose(
        "ask_examples",
        examples=examples,
        unknown=unknown,
        vectors=Value(list(vectors)),
        share=Value(SHARE),
        axes=Value(axes),
    )


def find_similar(questions: Composable, search: Search, map_id: int) -> Composed:
    """Give the query for the images most like each question; its columns are those of the .sql file."""
    wanted = [*_want(search, map_id)]
    if search.exclude != "none":
        wanted.append(compose(f"exclude_{search.exclude}"))
    if search.calibration == "auto":
        wanted.append(compose("calibration_auto"))
    return compose(
        "find_similar",
        questions=questions,
        wanted=AND.join(wanted),
        nearness=compose("nearness_exactly" if search.is_exact else "nearness"),
        k=Value(search.k),
        mapID=Value(map_id),
        maxDistance=Value(search.max_distance),
        explanation=compose("explain", mapID=Value(map_id), explained=Value(search.explained)),
    )


def list_wanted(search: Search, map_id: int) -> Composed:
    """Give the query for the images that a search chooses from, whatever its questions."""
    return compose("list_wanted", wanted=AND.join(_want(search, map_id)))


def _want(search: Search, map_id: int) -> Iterator[Composable]:
    """Write the conditions on an image `f` of the answer."""
    yield compose(
        "wanted",
        mapID=Value(map_id),
        collections=Value(list(search.collections) or None),
        instruments=Value(list(search.instruments) or None),
    )
    if search.calibration in {"exclude", "only"}:
        yield compose(f"calibration_{search.calibration}")
    if search.planes is not None:
        yield SQL("f.planeID in ({})").format(search.planes)


def compose(name: str, **parts: Composable) -> Composed:
    """Put parts into a query of sql/queries/similar.sql, whose names stand in braces there."""
    return SQL(read_queries("similar")[name]).format(**parts)
