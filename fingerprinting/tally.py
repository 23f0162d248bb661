"""What a run of the worker has done: counts, rates, and why images were refused or skipped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from caomai.console import Bar, printable
from fingerprinting.store import Refusal
from fingerprinting.workshop import Outcome

LISTED: Final = 1000  # refusals that are kept by name; the rest are counted, and all are in caom2_ai.failure


@dataclass
class Tally:
    """The running account of one worker.

    `unreachable` counts artifacts by scheme without a place, `others` planes that are no images by type,
    `waiting` images that failed, now or before, and are tried again from `next_try` (UTC) on, `lacking` those
    whose objects have no vectors, or too few.
    """

    bar: Bar
    done: int = 0
    megapixels: float = 0.0
    failed: int = 0
    skipped: int = 0
    left: int = 0
    interrupted: bool = False
    refusals: list[Refusal] = field(default_factory=list)
    unreachable: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    next_try: datetime | None = None
    lacking: int = 0
    started: float = field(default_factory=time.monotonic)

    def add(self, outcome: Outcome) -> None:
        """Enter what became of one image."""
        if outcome.refusal is not None:
            self.failed += outcome.refusal.status == "failed"
            self.skipped += outcome.refusal.status == "skipped"
            if len(self.refusals) < LISTED:
                self.refusals.append(outcome.refusal)
        elif outcome.stored:
            self.done += 1
            self.megapixels += outcome.megapixels
        self.bar.advance(1, Mpix=outcome.megapixels)

    def expect(self, left: int, unreachable: dict[str, int]) -> None:
        """Enter how many images need work, those in hand here or elsewhere among them."""
        self.left, self.unreachable = left, unreachable
        self.bar.expect(self.done + self.failed + self.skipped + left)

    def to_json(self) -> dict[str, Any]:
        """Give the account as JSON."""
        seconds = time.monotonic() - self.started
        return {
            "fingerprinted": self.done,
            "failed": self.failed,
            "skipped": self.skipped,
            "left": self.left,
            "interrupted": self.interrupted,
            "unreachable": self.unreachable,
            "notImages": self.others,
            "waiting": self.waiting,
            "nextTry": self.next_try.isoformat(timespec="seconds") if self.next_try else None,
            "withoutVectors": self.lacking,
            "seconds": round(seconds, 3),
            "imagesPerSecond": round(self.done / seconds, 3),
            "mpixPerSecond": round(self.megapixels / seconds, 3),
            "refused": [
                {"status": one.status, "publisherID": one.publisher_id, "uri": one.uri, "reason": one.reason}
                for one in self.refusals
            ],
        }

    def list_refused(self) -> Iterator[str]:
        """Give a line for each image that was refused or skipped, with the reason."""
        for one in self.refusals:
            yield f"{one.status}: {printable(one.uri)}: {printable(one.reason)}"
        if self.failed + self.skipped > len(self.refusals):
            yield "More are listed in the table caom2_ai.failure."

    def to_lines(self) -> Iterator[str]:
        """Give the account as lines of text."""
        for scheme, count in self.unreachable.items():
            yield f"{count} images wait for a place of the scheme '{scheme}' in CAOMAI_ARTIFACTS."
        for kind, count in self.others.items():
            yield f"{count} of the archive's planes are no images: {kind}."
        if self.next_try:
            when = f"{self.next_try:%F %T} UTC"
            yield f"{self.waiting} images failed and are tried again, the first after {when}."
        if self.lacking:
            yield (
                f"The objects of {self.lacking} images have no vectors to be compared by, or fewer than "
                "CAOMAI_OBJECT_SHARE says: caom-ai fingerprint --missing-vectors gives them."
            )
        seconds = time.monotonic() - self.started
        yield (
            f"{self.done} images fingerprinted, {self.failed} failed, {self.skipped} skipped, "
            f"{self.left} left ({self.done / seconds:.1f} images/s, {self.megapixels / seconds:.1f} Mpix/s)."
        )
