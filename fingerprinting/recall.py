"""How many of the nearest images the index of search vectors finds, against comparing all of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Literal

from caomai.console import Bar
from caomai.database import Database, open_database, read_queries, translate_errors
from caomai.errors import NotFoundError
from caomai.settings import Settings
from fingerprinting.distances import square_distances
from fingerprinting.maps import decode_vector

GOAL: Final = 0.99
LINKS, BREADTH_OF_BUILD = 32, 200  # of caom2_ai.make_map_index
BREADTHS: Final = (1.5, 2, 3, 4, 6)  # times ef_search, tried where the recall is too low
MOST_BREADTH: Final = 1000  # of pgvector
DEAD: Final = 0.2  # share of dead rows beyond which an index should be vacuumed
SAME: Final = 1e-5  # distances that differ by less are one: the database calculates with single precision
FEWEST: Final = 2  # images that a search is possible among
SET: Final = "select set_config(%s, %s, false)"
BLOCK: Final = 4096  # vectors that are compared at a time

Floats = NDArray[np.float32]
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Trial:
    """How recall is measured: the number of searches, the images each asks for, and who asks."""

    queries: int
    k: int
    seed: int = 0


@dataclass(frozen=True)
class Truth:
    """Search vectors (q, 400), and how far the k-th nearest image lies from each of them."""

    vectors: Floats
    farthest: Floats
    k: int


@dataclass(frozen=True)
class Index:
    """The index of a map's search vectors."""

    name: str
    m: int
    ef_construction: int
    bytes: int
    valid: bool
    dead: float  # share of the table's rows
    buffers: int  # of the server, bytes


@dataclass(frozen=True)
class Measurement:
    """What searches of one breadth found."""

    ef_search: int
    recall: float  # mean over the searches
    worst: float  # of the searches
    milliseconds: float  # median of a search, without the service


@dataclass(frozen=True)
class Report:
    """Recall of the index, first as the service searches, then wider where that was not enough."""

    map_id: int
    images: int
    queries: int
    k: int
    index: Index | None
    measured: tuple[Measurement, ...]
    advice: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        """Tell whether people find what there is."""
        return self.measured[0].recall >= GOAL

    def to_json(self) -> dict[str, Any]:
        """Give the report as a JSON object."""
        index = asdict(self.index) if self.index else None
        return asdict(self) | {"index": index, "goal": GOAL, "ok": self.is_enough}


def report_recall(settings: Settings, trial: Trial, bar: Bar) -> Report:
    """Measure the recall of the database of the settings."""
    with open_database(settings) as database, translate_errors():
        return measure_recall(database, settings, trial, bar)


def to_lines(report: Report) -> list[str]:
    """Give the report for people."""
    lines = [f"{report.queries} searches for {report.k} of {report.images:,} images of map {report.map_id}:"]
    lines += [
        f"  ef_search {one.ef_search:4}: recall {one.recall:.4f}, worst {one.worst:.2f}, "
        f"{one.milliseconds:.1f} ms"
        for one in report.measured
    ]
    return lines + list(report.advice or ("Enough are found: nothing is to be changed.",))


def measure_recall(database: Database, settings: Settings, trial: Trial, bar: Bar) -> Report:
    """Compare searches by the index with all search vectors that people see, in one pass over them."""
    with database.connect("query", autocommit=True) as connection:
        map_id = _find_map(connection)
        vectors = _choose(connection, map_id, trial)
        if len(vectors) < FEWEST:
            raise NotFoundError("The archive has too few fingerprints: run caom-ai fingerprint first.")
        images, farthest = find_farthest(_blocks(connection, map_id), vectors, trial.k)
        truth = Truth(vectors, farthest, min(trial.k, images))
        connection.execute(SET, ["hnsw.max_scan_tuples", str(settings.scan_rows)])
        measured = _measure(connection, map_id, truth, settings.ef_search, bar)
        index = _find_index(connection, map_id)
    return Report(map_id, images, len(vectors), trial.k, index, measured, tuple(advise(index, measured)))


def _measure(
    connection: Connection, map_id: int, truth: Truth, breadth: int, bar: Bar
) -> tuple[Measurement, ...]:
    measured: list[Measurement] = []
    for factor in (1.0, *BREADTHS):
        ef = min(round(breadth * factor), MOST_BREADTH)
        if measured and (measured[-1].recall >= GOAL or ef == measured[-1].ef_search):
            break
        bar.expect(len(truth.vectors) * (len(measured) + 1))
        connection.execute(SET, ["hnsw.ef_search", str(ef)])
        measured.append(_search_all(connection, map_id, truth, ef, bar))
    return tuple(measured)


def _search_all(connection: Connection, map_id: int, truth: Truth, ef: int, bar: Bar) -> Measurement:
    found, took = [], []
    query = read_queries("recall")["find_nearest"]
    for vector, limit in zip(truth.vectors, truth.farthest, strict=True):
        names = {"mapID": map_id, "vector": str(vector.tolist()), "k": truth.k}
        began = time.perf_counter()
        rows = connection.execute(query, names).fetchall()
        took.append(1000 * (time.perf_counter() - began))
        found.append(sum(row[0] <= limit + SAME for row in rows) / truth.k)
        bar.advance()
    return Measurement(ef, float(np.mean(found)), min(found), median(took))


def find_farthest(blocks: Iterator[Floats], vectors: Floats, k: int) -> tuple[int, Floats]:
    """Give how many vectors are in blocks (n, 400), and how far the k-th nearest lies from each of `vectors`.

    Where there are fewer than k, that is the farthest of all.
    """
    least = np.full((len(vectors), k), np.inf, np.float32)
    seen = 0
    for block in blocks:
        seen += len(block)
        squared = square_distances(vectors, block)
        least = np.partition(np.concatenate([least, squared], axis=1), k - 1, axis=1)[:, :k]
    farthest = np.where(np.isfinite(least), least, 0).max(axis=1)
    return seen, np.sqrt(np.maximum(farthest, 0))


def advise(index: Index | None, measured: tuple[Measurement, ...]) -> Iterator[str]:
    """Say what to change, in the order in which to do it."""
    if index is None:
        yield "There is no index: all images are compared. caom-ai fingerprint makes one."
        return
    if not index.valid:
        yield f"The index was left half-made: REINDEX INDEX caom2_ai.{index.name}."
    if index.dead > DEAD:
        yield f"{index.dead:.0%} of the rows are dead: VACUUM caom2_ai.fingerprint."
    if measured[0].recall < GOAL:
        yield _mend(index, measured)
    if index.bytes > index.buffers:
        yield (
            f"The index has {index.bytes >> 20} MiB and shared_buffers {index.buffers >> 20}: "
            "searches are steady where it fits into memory."
        )


def _mend(index: Index, measured: tuple[Measurement, ...]) -> str:
    enough = next((one for one in measured if one.recall >= GOAL), None)
    if enough is not None:
        return (
            f"Set CAOMAI_EF_SEARCH={enough.ef_search}: recall {enough.recall:.3f}, "
            f"{enough.milliseconds:.1f} ms instead of {measured[0].milliseconds:.1f}."
        )
    if index.m < LINKS or index.ef_construction < BREADTH_OF_BUILD:
        return (
            f"The index has m = {index.m} and ef_construction = {index.ef_construction}: "
            f"DROP INDEX caom2_ai.{index.name}; SELECT caom2_ai.make_map_index(MAP) makes it with 32 and 200."
        )
    return f"No breadth is enough: REINDEX INDEX CONCURRENTLY caom2_ai.{index.name}, and measure again."


def _find_map(connection: Connection) -> int:
    row = connection.execute(read_queries("recall")["find_map"]).fetchone()
    if row is None:
        raise NotFoundError("The archive has no fingerprints yet: run caom-ai fingerprint first.")
    return int(row[0])


def _choose(connection: Connection, map_id: int, trial: Trial) -> Floats:
    names = {"mapID": map_id, "queries": trial.queries, "seed": trial.seed}
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(read_queries("recall")["choose_images"], names).fetchall()
    return np.stack([decode_vector(row[0]) for row in rows]) if rows else np.zeros((0, 400), np.float32)


def _find_index(connection: Connection, map_id: int) -> Index | None:
    cursor: psycopg.Cursor[DictRow] = connection.cursor(row_factory=dict_row)
    row = cursor.execute(read_queries("recall")["find_index"], {"mapID": map_id}).fetchone()
    if row is None:
        return None
    options = dict(option.split("=") for option in row.pop("options") or [])
    return Index(m=int(options.get("m", 16)), ef_construction=int(options.get("ef_construction", 64)), **row)


def _blocks(connection: Connection, map_id: int) -> Iterator[Floats]:
    """Read all search vectors, some thousand at a time."""
    statement = SQL(read_queries("recall")["copy_vectors"]).format(mapID=Literal(map_id))
    block: list[Floats] = []
    with connection.cursor().copy(statement) as copy:
        copy.set_types(["bytea"])
        for row in copy.rows():
            block.append(decode_vector(row[0]))
            if len(block) == BLOCK:
                yield np.stack(block)
                block.clear()
    if block:
        yield np.stack(block)
