"""Labels in the database: the current Map 1's, as everybody sees them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from caomai.database import open_database, read_queries, translate_errors
from caomai.errors import NotFoundError
from caomai.settings import Settings
from fingerprinting.labels.label import Carried, Check, Evidence, Label

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
    _execute(connection, "drop_suggestions_of_node", mapID=map_id, node=label.node, label=label.label)
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


def record_check(connection: Connection, map_id: int, nodes: Sequence[int], label: str, check: Check) -> None:
    """Store what was found for a label on the nodes that were sampled; all of them must still carry it."""
    names = {"mapID": map_id, "nodes": list(nodes), "label": label}
    found = _execute(connection, "record_check", **names, **_check_columns(check)).rowcount
    if found != len(nodes):
        raise NotFoundError(
            f"Only {found} of the {len(nodes)} nodes that were sampled still carry the label {label!a}: "
            "draw a new sample."
        )


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
        "carriedFrom": label.carried and label.carried.map_id,
        "carriedOverlap": label.carried and label.carried.overlap,
        **_check_columns(label.check),
    }


def _check_columns(check: Check | None) -> dict[str, object]:
    return {
        "checkedPrecision": check and check.precision,
        "checkedLow": check and check.low,
        "checkedHigh": check and check.high,
        "nChecked": check and check.seen,
        "nCheckedNodes": check and check.nodes,
        "checkedBy": check and check.author,
        "checkedTime": check and check.time,
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
    return Label(
        node=row["node"],
        label=row["label"],
        author=row["author"],
        created=row["created"],
        origin=row["origin"],
        evidence=evidence,
        carried=row["carriedfrom"] and Carried(row["carriedfrom"], row["carriedoverlap"]),
        check=_read_check(row),
    )


def _read_check(row: Mapping[str, Any]) -> Check | None:
    if row["nchecked"] is None:
        return None
    return Check(
        precision=row["checkedprecision"],
        low=row["checkedlow"],
        high=row["checkedhigh"],
        seen=row["nchecked"],
        nodes=row["ncheckednodes"],
        author=row["checkedby"],
        time=row["checkedtime"],
    )


def _execute(connection: Connection, query: str, **parameters: object) -> psycopg.Cursor[DictRow]:
    return connection.cursor(row_factory=dict_row).execute(read_queries("labels")[query], parameters)
