"""Labels in the database: the current Map 1's, as everybody sees them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from caomai.database import open_database, read_queries, translate_errors
from caomai.errors import NotFoundError
from caomai.settings import Settings
from fingerprinting.labels.label import Evidence, Label

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class CurrentMap:
    """The Map 1 that people search, and the hash of its model."""

    number: int
    model: str


@contextmanager
def open_labels(settings: Settings) -> Iterator[tuple[Connection, CurrentMap]]:
    """Open the archive's labels in one transaction."""
    with open_database(settings) as database, translate_errors(), database.connect("ingest") as connection:
        row = _execute(connection, "find_map").fetchone()
        if row is None:
            raise NotFoundError("The archive has no map yet: run caom-ai fingerprint first.")
        yield connection, CurrentMap(row["mapid"], row["modelhash"])


def list_labels(connection: Connection, map_id: int) -> list[Label]:
    """List all labels of a map, in the order of its nodes."""
    return [_read(row) for row in _execute(connection, "list_labels", mapID=map_id)]


def set_label(connection: Connection, map_id: int, label: Label) -> None:
    """Let a person name a node: his word replaces what was suggested for it."""
    _execute(connection, "lock_labels")
    _execute(connection, "drop_suggestions_of_node", mapID=map_id, node=label.node)
    _execute(connection, "set_label", **_columns(map_id, label))


def remove_label(connection: Connection, map_id: int, node: int, text: str) -> bool:
    """Remove a label, whoever gave it; tell whether it was there."""
    return _execute(connection, "remove_label", mapID=map_id, node=node, label=text).rowcount > 0


def add_labels(connection: Connection, map_id: int, labels: Iterable[Label]) -> int:
    """Add labels that somebody exported; those that are there stay as they are. Gives how many were new."""
    _execute(connection, "lock_labels")
    added = 0
    for label in labels:
        query = "add_suggestion" if label.origin == "suggested" else "add_label"
        added += _execute(connection, query, **_columns(map_id, label)).rowcount
    return added


def replace_suggestions(
    connection: Connection, map_id: int, labelled_set: str, labels: Iterable[Label]
) -> int:
    """Store what a set suggests instead of what it suggested before; gives how many were taken.

    A node that a person named gets no suggestion. Where two sets suggest the same, the better measured stays.
    """
    _execute(connection, "lock_labels")
    _execute(connection, "drop_suggestions", mapID=map_id, labelledSet=labelled_set)
    return sum(_execute(connection, "add_suggestion", **_columns(map_id, label)).rowcount for label in labels)


def _columns(map_id: int, label: Label) -> dict[str, object]:
    evidence = label.evidence
    return {
        "mapID": map_id,
        "node": label.node,
        "label": label.label,
        "author": label.author,
        "created": label.created,
        "origin": label.origin,
        "labelPrecision": evidence and evidence.precision,
        "precisionLow": evidence and evidence.low,
        "precisionHigh": evidence and evidence.high,
        "lift": evidence and evidence.lift,
        "nSeen": evidence and evidence.seen,
        "labelledSet": evidence and evidence.labelled_set,
        "modelHash": evidence and evidence.model,
    }


def _read(row: Mapping[str, Any]) -> Label:
    evidence = None
    if row["labelledset"] is not None:
        evidence = Evidence(
            precision=row["labelprecision"],
            low=row["precisionlow"],
            high=row["precisionhigh"],
            lift=row["lift"],
            seen=row["nseen"],
            labelled_set=row["labelledset"],
            model=row["modelhash"],
        )
    return Label(row["node"], row["label"], row["author"], row["created"], row["origin"], evidence)


def _execute(connection: Connection, query: str, **parameters: object) -> psycopg.Cursor[DictRow]:
    return connection.cursor(row_factory=dict_row).execute(read_queries("labels")[query], parameters)
