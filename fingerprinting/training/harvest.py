"""Objects of many images in two growing files: however many there are, memory holds those of one image."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ParameterError
from fingerprinting.cutout import WINDOW
from fingerprinting.description import STATISTICS
from fingerprinting.training.checkpoint import explain_disk
from fingerprinting.training.collect import REAL_SHARE, Collection, Sightings, Source, weigh
from fingerprinting.training.lessons import Lessons

BYTES: Final = WINDOW * WINDOW * 2  # of one window, float16


class Harvest:
    """What was seen of a list of images, in their order; it may be closed and opened again at any time.

    A line of the index counts once it is whole, and is written after the windows that it speaks of.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index, self._windows = folder / "objects.jsonl", folder / "windows.f16"
        self._entries: list[dict[str, Any]] = []
        self._objects = 0
        self._repair()
        self._lines, self._pixels = (path.open("ab", buffering=0) for path in (self._index, self._windows))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._pixels.close()

    @property
    def images(self) -> int:
        """Give the number of images seen, refused ones among them."""
        return len(self._entries)

    @property
    def objects(self) -> int:
        """Give the number of objects."""
        return self._objects

    @property
    def refused(self) -> list[str]:
        """Give the reasons why images were refused."""
        return [entry["refused"] for entry in self._entries if entry["refused"] is not None]

    def add(self, seen: Iterable[Sightings], refused: str | None = None) -> None:
        """Add what was seen of the next image, or why it was refused."""
        entry: dict[str, Any] = {"refused": refused, "parts": []}
        try:
            for one in seen:
                _write(self._pixels, np.ascontiguousarray(one.windows, "<f2").tobytes())
                entry["parts"].append(_describe(one))
            os.fdatasync(self._pixels.fileno())
            _write(self._lines, json.dumps(entry).encode() + b"\n")
        except OSError as error:  # what is half written is cut off at the next start
            raise explain_disk(error, self._windows) from error
        self._entries.append(entry)
        self._objects += _count(entry)

    def gather(self, real_share: float = REAL_SHARE) -> Collection:
        """Give all of it as a collection whose windows stay in their file."""
        parts = [part for entry in self._entries for part in entry["parts"]]
        number = [len(part["x"]) for part in parts]
        if not sum(number):
            raise ParameterError("No object was found to train on; give more images or simulated frames.")
        image = np.repeat(np.arange(len(parts)), number)
        sources = [Source(*part["source"]) for part in parts]
        kinds = np.concatenate([_read_kinds(part) for part in parts])
        windows: NDArray[np.float16] = np.memmap(
            self._windows, "<f2", mode="r", shape=(sum(number), WINDOW, WINDOW)
        )
        return Collection(
            sources=sources,
            windows=windows,
            kinds=kinds,
            x=np.concatenate([part["x"] for part in parts]),
            image=image,
            weight=weigh(sources, image, kinds, real_share),
            statistics=np.stack([_read_statistics(part) for part in parts]),
            lessons=Lessons.join(_read_lessons(part["lessons"]) for part in parts),
        )

    def _repair(self) -> None:
        """Read what is whole, and cut off what a kill left behind it."""
        room = self._windows.stat().st_size if self._windows.exists() else 0
        good = used = 0
        if self._index.exists():
            with self._index.open("rb") as lines:
                for line in lines:
                    entry = _read_entry(line)
                    if entry is None or used + _count(entry) * BYTES > room:
                        break
                    good, used = good + len(line), used + _count(entry) * BYTES
                    self._entries.append(entry)
            os.truncate(self._index, good)
        self._objects = used // BYTES
        if room:
            os.truncate(self._windows, used)


def _write(file: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _describe(seen: Sightings) -> dict[str, Any]:
    source = seen.source
    kinds = seen.kinds.tolist() if (seen.kinds != "").any() else None
    return {
        "source": [source.name, source.instrument, source.field_type, source.defect],
        "x": [round(float(x), 6) for x in seen.x],
        "kinds": kinds,
        "statistics": _write_values(seen.statistics),
        "lessons": {
            "kinds": seen.lessons.kinds.tolist(),
            "statistics": [_write_values(values) for values in seen.lessons.statistics],
            "real": seen.lessons.real.tolist(),
        },
    }


def _write_values(values: NDArray[np.float32]) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


def _read_entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(entry, dict) and entry.keys() == {"refused", "parts"} and line.endswith(b"\n")
    return entry if whole else None


def _count(entry: dict[str, Any]) -> int:
    return sum(len(part["x"]) for part in entry["parts"])


def _read_statistics(part: dict[str, Any]) -> NDArray[np.float32]:
    return np.array(part["statistics"], np.float32)


def _read_lessons(part: dict[str, Any]) -> Lessons:
    statistics = np.array(part["statistics"], np.float32).reshape(-1, len(STATISTICS))
    return Lessons(np.array(part["kinds"], "U16"), statistics, np.array(part["real"], bool))


def _read_kinds(part: dict[str, Any]) -> NDArray[np.str_]:
    return np.array(part["kinds"] or [""] * len(part["x"]), "U16")
