"""Which files to ingest: paths as they were given, folders walked through."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from caomai.console import Refusal, printable
from caomai.errors import ParameterError
from caomai.ingest.naming import SUFFIX


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[Refusal]]:
    """Find the FITS files of paths, absolute and each once, and what could not be looked into."""
    files: dict[Path, None] = {}
    refused: list[Refusal] = []
    entered: set[tuple[int, int]] = set()
    for path in [_check(path) for path in paths]:
        if not path.is_dir():
            files[path] = None
        elif _identify(path) not in entered:
            found = list(_walk(path, entered, refused))
            files.update(dict.fromkeys(found))
            if not found:
                refused.append(Refusal(str(path), "The folder holds no FITS files."))
    return list(files), refused


def _check(path: Path) -> Path:
    # Not resolve(): people know their files by the names they gave, not by where links lead.
    absolute = Path(os.path.abspath(path))  # noqa: PTH100
    try:
        absolute.stat()
    except (OSError, ValueError) as error:
        raise ParameterError(f"There is nothing at {printable(str(path))}: check the path.") from error
    return absolute


def _identify(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _walk(top: Path, entered: set[tuple[int, int]], refused: list[Refusal]) -> Iterator[Path]:
    """Give the FITS files below a folder, sorted by name; links never lead into a folder twice."""
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            identity = _identify(folder)
            entries = list(os.scandir(folder))
        except OSError as error:
            reason = (error.strerror or "unknown error").lower()
            refused.append(Refusal(str(folder), f"The folder cannot be opened: {reason}."))
            continue
        if identity in entered:
            continue
        entered.add(identity)
        inner = {entry.name for entry in entries if _is_folder(entry)}
        names = sorted({entry.name for entry in entries} - inner)
        yield from (folder / name for name in names if SUFFIX.search(name))
        folders += [folder / name for name in sorted(inner, reverse=True)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
