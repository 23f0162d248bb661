"""The command `caom-ai similar`: the images whose content is most like that of an image or of a FITS file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg.abc import Query
from psycopg.rows import DictRow, dict_row

from caomai.database import open_database, translate_errors
from caomai.errors import CaomAiError, NotFoundError, ParameterError
from caomai.likeness import Search, ask_images, ask_vectors, compose, list_ids, list_vectors
from caomai.likeness import find_similar as find_similar_images
from caomai.settings import Settings

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Neighbour:
    """One image of the answer; distance 0 means the same content, sqrt(2) unrelated content."""

    rank: int
    distance: float
    publisher_id: str
    collection: str
    target: str | None
    instrument: str | None


@dataclass(frozen=True)
class Answer:
    """The nearest images first, and the map by which they were found."""

    query: str
    map_id: int
    model: str
    neighbours: tuple[Neighbour, ...]


def find_similar(settings: Settings, image: str, k: int) -> Answer:
    """Find the k images most like an image (its publisherID) or a FITS file, as anybody may see them."""
    with open_database(settings) as database, translate_errors(), database.connect("query") as connection:
        row = _run(connection, compose("find_current_map"))
        if not row:
            raise NotFoundError("The archive has no fingerprints yet: run caom-ai fingerprint first.")
        map_id, model = row[0]["mapid"], row[0]["modelhash"]
        search = Search(k=k)
        if image.startswith("ivo://"):
            questions = ask_images(list_ids([image]), map_id)
        else:
            vector = _describe(settings, Path(image), model)
            questions = ask_vectors(list_vectors([image], [vector]))
            search = replace(search, calibration="include")
        rows = _run(connection, find_similar_images(questions, search, map_id))
    if rows and rows[0]["error"]:
        raise NotFoundError(rows[0]["error"])
    return Answer(image, map_id, model, tuple(map(_read_neighbour, rows)))


def _describe(settings: Settings, path: Path, model_hash: str) -> str:
    """Make the search vector of a file, as PostgreSQL writes arrays; the model must be that of the map."""
    from fingerprinting.fingerprint import search_vector, sum_descriptions  # noqa: PLC0415
    from fingerprinting.model import load_model  # noqa: PLC0415
    from fingerprinting.pipeline import describe_file  # noqa: PLC0415

    if not path.exists():
        raise ParameterError(f"{path} is neither a file nor an identifier that begins with ivo://.")
    model = load_model(settings.model)
    if model.hash != model_hash:
        raise ParameterError(
            f"The archive was fingerprinted with the model {model_hash[:12]}, and this is {model.hash[:12]}: "
            "set CAOMAI_MODEL to the folder of that model."
        )
    counts, statistics = sum_descriptions(describe_file(path, model))
    vector = search_vector(counts, statistics, model)
    if vector is None:
        raise CaomAiError(
            f"{path.name} has no objects and is too small to measure: there is nothing to compare."
        )
    return f"{{{','.join(map(str, vector.tolist()))}}}"


def _read_neighbour(row: DictRow) -> Neighbour:
    return Neighbour(
        rank=row["rank"],
        distance=row["distance"],
        publisher_id=row["publisherid"],
        collection=row["collection"],
        target=row["target_name"],
        instrument=row["instrument_name"],
    )


def _run(connection: Connection, query: Query) -> list[DictRow]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchall()


def to_json(answer: Answer) -> dict[str, Any]:
    """Give an answer as JSON."""
    return {
        "query": answer.query,
        "mapID": answer.map_id,
        "model": answer.model,
        "images": [
            {
                "rank": one.rank,
                "distance": one.distance,
                "publisherID": one.publisher_id,
                "collection": one.collection,
                "target": one.target,
                "instrument": one.instrument,
            }
            for one in answer.neighbours
        ],
    }


def to_lines(answer: Answer) -> Sequence[str]:
    """Give an answer as a table for people, in columns as wide as their contents."""
    header = ("rank", "distance", "publisherID", "target", "instrument")
    rows = [header] + [
        (str(one.rank), f"{one.distance:.4f}", one.publisher_id, one.target or "-", one.instrument or "-")
        for one in answer.neighbours
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return [line.rstrip() for line in lines]
