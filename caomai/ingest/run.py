"""One run of `caom-ai ingest`: files read ahead in threads, described, and stored in batches."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg

from caomai.console import Bar, Refusal
from caomai.database import open_database, translate_error, translate_errors
from caomai.errors import CaomAiError, ImageError, ParameterError
from caomai.ingest.content import Content, read_content
from caomai.ingest.description import Describer
from caomai.ingest.rows import Description
from caomai.ingest.store import Release, Store
from caomai.settings import Settings

BATCH: Final = 64
READERS: Final = 2
EXAMPLES: Final = 10


@dataclass
class Summary:
    """What a run did, in numbers of files.

    `outcomes` are new, changed and unchanged; `unreachable` are schemes without a place in the settings;
    `examples` names the first files of each remark.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    unreachable: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def remark(self, path: Path, remarks: Iterable[str]) -> None:
        """Count what is doubtful about a file."""
        for remark in remarks:
            self.remarks[remark] += 1
            if self.remarks[remark] <= EXAMPLES:
                self.examples.setdefault(remark, []).append(str(path))

    @property
    def taken(self) -> int:
        """Count the files that are in the database now."""
        return self.outcomes.total()


def parse_release(text: str | None) -> Release:
    """Read --release: an ISO date, now or never; None makes new files public and lets the others be."""
    if text is None or text == "now":
        return Release(utc_now(), "all" if text is None else "past")
    if text == "never":
        return Release(None, "none")
    try:
        date = datetime.fromisoformat(text)
    except ValueError as error:
        raise ParameterError(f"--release {text!r} is no date: write 2027-01-31, now or never.") from error
    return Release(date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date, "none")


def utc_now() -> datetime:
    """Give the time as CAOM writes it: UTC without a zone, in milliseconds."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def ingest_files(
    settings: Settings, describer: Describer, files: Sequence[Path], release: Release, bar: Bar
) -> Summary:
    """Bring the rows of files, absolute paths, up to date in the database of the settings."""
    start = time.monotonic()
    summary = Summary()
    with (
        open_database(settings) as database,
        closing(database.connect("ingest", autocommit=True)) as connection,
        ThreadPoolExecutor(READERS) as readers,
        translate_errors(),
    ):
        store = Store.open(connection, release, utc_now(), settings.artifacts)
        for first in range(0, len(files), BATCH):
            batch = files[first : first + BATCH]
            contents = zip(batch, readers.map(_read, batch), strict=True)
            described = _describe(describer, contents, summary, bar)
            _store(store, described, summary, settings)
    summary.seconds = time.monotonic() - start
    return summary


def _read(path: Path) -> Content | ImageError:
    try:
        return read_content(path)
    except ImageError as error:
        return error


def _describe(
    describer: Describer, contents: Iterable[tuple[Path, Content | ImageError]], summary: Summary, bar: Bar
) -> list[tuple[Path, Description]]:
    described = []
    for path, content in contents:
        try:
            if isinstance(content, ImageError):
                raise content
            described.append((path, describer.describe(path, content)))
        except (ImageError, ParameterError) as error:
            summary.refused.append(Refusal(str(path), str(error)))
        bar.advance()
    return described


def _store(
    store: Store, described: Sequence[tuple[Path, Description]], summary: Summary, settings: Settings
) -> None:
    """Store a batch in one transaction; a file that is refused leaves nothing of itself."""
    with store.connection.transaction():
        store.begin()
        for path, description in described:
            try:
                with store.connection.transaction():
                    outcome = store.put(description)
            except (CaomAiError, psycopg.DataError, psycopg.IntegrityError) as error:
                reason = translate_error(error) if isinstance(error, psycopg.Error) else error
                summary.refused.append(Refusal(str(path), str(reason)))
                continue
            summary.outcomes[outcome] += 1
            summary.remark(path, description.remarks)
            scheme = description.artifact.uri.partition(":")[0]
            summary.unreachable.update([scheme] if scheme not in settings.artifacts else [])
