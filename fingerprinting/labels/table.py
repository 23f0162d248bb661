"""Labels as CSV (RFC 4180), for people's spreadsheets and for other archives with the same model."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO, TypeVar

from caomai.errors import ParameterError
from caomai.labels import FORMULA, HEADER, check_author, check_label, check_node
from fingerprinting.labels.label import Carried, Check, Evidence, Label

MOST_ROWS: Final = 100_000
LONGEST_SET: Final = 256  # characters
MOST: Final = 2**31 - 1

T = TypeVar("T")


def write_table(labels: Iterable[Label], model: str, stream: TextIO) -> None:
    """Write the labels of a model's Map 1; no cell begins as a formula does."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    for one in labels:
        row = [model, str(one.node), one.label, one.author, one.created.isoformat(), one.origin]
        row += _write_evidence(one.evidence) + _write_carried(one.carried) + _write_check(one.check)
        writer.writerow([disarm(cell) for cell in row])


def _write_evidence(seen: Evidence | None) -> list[str]:
    if seen is None:
        return [""] * 7
    numbers = (seen.precision, seen.low, seen.high, seen.lift)
    return [*map(_write_number, numbers), str(seen.seen), seen.labelled_set, seen.model]


def _write_carried(carried: Carried | None) -> list[str]:
    return ["", ""] if carried is None else [str(carried.map_id), _write_number(carried.overlap)]


def _write_check(check: Check | None) -> list[str]:
    if check is None:
        return [""] * 7
    numbers = (check.precision, check.low, check.high)
    counts = (str(check.seen), str(check.nodes))
    return [*map(_write_number, numbers), *counts, check.author, check.time.isoformat()]


def _write_number(value: float) -> str:
    return f"{value:.6g}"


def disarm(cell: str) -> str:
    """Put an apostrophe, which reading drops, before what a spreadsheet would run and before another one."""
    return f"'{cell}" if cell.startswith((*FORMULA, "'", "\t", "\r")) else cell


def read_file(path: Path, model: str) -> list[Label]:
    """Read the labels of a file."""
    return open_table(path, lambda stream: read_table(stream, model))


def open_table(path: Path, read: Callable[[TextIO], T]) -> T:
    """Read a file of comma-separated values, with the byte order mark of a spreadsheet or without."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return read(stream)
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}.") from error


def read_table(stream: TextIO, model: str) -> list[Label]:
    """Read labels that write_table wrote; one wrong row and none is taken."""
    return read_rows(stream, {"model", "node", "label", "author"}, lambda row: _read_row(row, model))


def read_rows(stream: TextIO, needed: set[str], read: Callable[[Mapping[str, str]], T]) -> list[T]:
    """Read the rows of a table that has some columns at least; an error names the line."""
    reader = csv.DictReader(stream)
    try:
        missing = needed - set(reader.fieldnames or ())
        if missing:
            raise ParameterError(f"The first line must name the columns {', '.join(sorted(missing))} too.")
        return [_read_numbered(row, reader.line_num, read) for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise ParameterError(f"This is no table of comma-separated values in UTF-8: {error}.") from error


def _read_numbered(row: Mapping[str, Any], line: int, read: Callable[[Mapping[str, str]], T]) -> T:
    if line > MOST_ROWS:
        raise ParameterError(f"The table has more than {MOST_ROWS:,} lines.")
    try:
        return read({name: value or "" for name, value in row.items()})
    except (ParameterError, ValueError, TypeError) as error:
        reason = str(error) if isinstance(error, ParameterError) else "A number or time cannot be read."
        raise ParameterError(f"Line {line}: {reason}") from error


def check_model(row: Mapping[str, str], model: str) -> None:
    """Refuse a row about the nodes of another model."""
    if row["model"] != model:
        raise ParameterError(
            f"The label is for the model {row['model'][:12]!a}, and the current one is {model[:12]}."
        )


def _read_row(row: Mapping[str, str], model: str) -> Label:
    check_model(row, model)
    if row.get("origin") not in {"person", "suggested"}:
        raise ParameterError("The origin must be person or suggested.")
    evidence = _read_evidence(row) if row.get("labelledSet") else None
    if row["origin"] == "suggested" and evidence is None:
        raise ParameterError("A suggestion must name the set of labelled objects that made it.")
    return Label(
        node=check_node(int(row["node"])),
        label=check_label(row["label"].removeprefix("'")),
        author=check_author(row["author"].removeprefix("'")),
        created=_read_time(row.get("created", "")),
        origin="suggested" if row["origin"] == "suggested" else "person",
        evidence=evidence,
        carried=_read_carried(row) if row.get("carriedFrom") else None,
        check=_read_check(row) if row.get("nChecked") else None,
    )


def _read_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is not None:
        raise ParameterError("The time must be UTC without a zone.")
    return time


def _read_evidence(row: Mapping[str, str]) -> Evidence:
    precision, low, high, lift = (float(row[name]) for name in ("precision", "low", "high", "lift"))
    seen, name, model = int(row["seen"]), row["labelledSet"].removeprefix("'"), row.get("setModel", "")
    sound = 0 <= low <= precision <= high <= 1 and 0 <= lift < math.inf and 0 < seen <= MOST
    plain = len(name) <= LONGEST_SET and name.isprintable() and model.isalnum() and len(model) <= LONGEST_SET
    if not (sound and plain):
        raise ParameterError(
            "The evidence is not possible: precision in its interval within 0 to 1, and a set."
        )
    return Evidence(precision, low, high, lift, seen, name, model)


def _read_carried(row: Mapping[str, str]) -> Carried:
    carried = Carried(int(row["carriedFrom"]), float(row.get("carriedOverlap", "")))
    if not (0 < carried.map_id <= MOST and 0 <= carried.overlap <= 1):
        raise ParameterError("A label cannot be carried so: from the number of a map, by a share up to 1.")
    return carried


def _read_check(row: Mapping[str, str]) -> Check:
    names = ("checkedPrecision", "checkedLow", "checkedHigh")
    precision, low, high = (float(row.get(name, "")) for name in names)
    seen, nodes = int(row["nChecked"]), int(row.get("nCheckedNodes", ""))
    if not (0 <= low <= precision <= high <= 1 and 0 < seen <= MOST and 0 < nodes <= MOST):
        raise ParameterError("The check is not possible: precision in its interval within 0 to 1.")
    author, time = row.get("checkedBy", "").removeprefix("'"), _read_time(row.get("checkedTime", ""))
    return Check(precision, low, high, seen, nodes, check_author(author), time)
