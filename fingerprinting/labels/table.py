"""Labels as CSV (RFC 4180), for people's spreadsheets and for other archives with the same model."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from caomai.errors import ParameterError
from fingerprinting.labels.label import FORMULA, Evidence, Label, check_author, check_label, check_node

HEADER: Final = (
    "model", "node", "label", "author", "created", "origin", "precision", "low", "high", "lift", "seen",
    "labelledSet", "setModel",
)  # fmt: skip
MOST_ROWS: Final = 100_000
LONGEST_SET: Final = 256  # characters


def write_table(labels: Iterable[Label], model: str, stream: TextIO) -> None:
    """Write the labels of a model's Map 1; no cell begins as a formula does."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    for one in labels:
        seen = one.evidence
        measured = [""] * 7
        if seen:
            numbers = [f"{value:.6g}" for value in (seen.precision, seen.low, seen.high, seen.lift)]
            measured = [*numbers, str(seen.seen), seen.labelled_set, seen.model]
        row = [model, str(one.node), one.label, one.author, one.created.isoformat(), one.origin, *measured]
        writer.writerow([_disarm(cell) for cell in row])


def _disarm(cell: str) -> str:
    """Put an apostrophe, which reading drops, before what a spreadsheet would run and before another one."""
    return f"'{cell}" if cell.startswith((*FORMULA, "'", "\t", "\r")) else cell


def read_table(stream: TextIO, model: str) -> list[Label]:
    """Read labels that write_table wrote; one wrong row and none is taken."""
    reader = csv.DictReader(stream)
    try:
        missing = {"model", "node", "label", "author"} - set(reader.fieldnames or ())
        if missing:
            raise ParameterError(f"The first line must name the columns {', '.join(sorted(missing))} too.")
        return [_read_numbered(row, reader.line_num, model) for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise ParameterError(f"This is no table of comma-separated values in UTF-8: {error}.") from error


def read_file(path: Path, model: str) -> list[Label]:
    """Read the labels of a file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return read_table(stream, model)
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}.") from error


def _read_numbered(row: Mapping[str, Any], line: int, model: str) -> Label:
    if line > MOST_ROWS:
        raise ParameterError(f"The table has more than {MOST_ROWS:,} lines.")
    try:
        return _read_row({name: value or "" for name, value in row.items()}, model)
    except (ParameterError, ValueError, TypeError) as error:
        reason = str(error) if isinstance(error, ParameterError) else "A number or time cannot be read."
        raise ParameterError(f"Line {line}: {reason}") from error


def _read_row(row: Mapping[str, str], model: str) -> Label:
    if row["model"] != model:
        raise ParameterError(
            f"The label is for the model {row['model'][:12]!a}, and the current one is {model[:12]}."
        )
    created = datetime.fromisoformat(row.get("created", ""))
    if created.tzinfo is not None or row.get("origin") not in {"person", "suggested"}:
        raise ParameterError("The time must be UTC without a zone, and the origin person or suggested.")
    evidence = _read_evidence(row) if row.get("labelledSet") else None
    if row["origin"] == "suggested" and evidence is None:
        raise ParameterError("A suggestion must name the set of labelled objects that made it.")
    return Label(
        node=check_node(int(row["node"])),
        label=check_label(row["label"].removeprefix("'")),
        author=check_author(row["author"].removeprefix("'")),
        created=created,
        origin="suggested" if row["origin"] == "suggested" else "person",
        evidence=evidence,
    )


def _read_evidence(row: Mapping[str, str]) -> Evidence:
    precision, low, high, lift = (float(row[name]) for name in ("precision", "low", "high", "lift"))
    seen, name, model = int(row["seen"]), row["labelledSet"].removeprefix("'"), row.get("setModel", "")
    sound = 0 <= low <= precision <= high <= 1 and 0 <= lift < float("inf") and 0 < seen < 2**31
    plain = len(name) <= LONGEST_SET and name.isprintable() and model.isalnum() and len(model) <= LONGEST_SET
    if not (sound and plain):
        raise ParameterError(
            "The evidence is not possible: precision in its interval within 0 to 1, and a set."
        )
    return Evidence(precision, low, high, lift, seen, name, model)
