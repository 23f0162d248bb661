"""DALI parameters (DALI 1.1 sect. 2.1): names without case, values that may be repeated or may not."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from caomai.errors import ParameterError

LONGEST_RUNID: Final = 64
LONGEST_SHOWN: Final = 40
LONGEST_TITLE: Final = 150  # bytes; a name in a folder may have 255

Word = TypeVar("Word", bound=str)


class Parameters:
    """The parameters of a request; unknown ones are never looked at.

    `files` are the files of a form by the names of their parts; they are gone when the request has been
    answered, unless `take_files` moves them.
    """

    def __init__(
        self, pairs: Iterable[tuple[str, str]] = (), files: Mapping[str, Path] | None = None
    ) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.upper(), []).append(value)
        self.files = dict(files or {})

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give every name, in upper case, with each of its values."""
        return tuple((name, value) for name, values in self._values.items() for value in values)

    def after(self, pairs: Iterable[tuple[str, str]]) -> Parameters:
        """Give parameters in which others come before these."""
        joined = Parameters(pairs, self.files)
        for name, values in self._values.items():
            joined._values.setdefault(name, []).extend(values)
        return joined

    def take_files(self, folder: Path) -> dict[str, Path]:
        """Move the files into a folder of the caller's, who removes them; gives them by part name."""
        for name, path in self.files.items():
            kept = name_file(secrets.token_hex(8), read_title(path))
            self.files[name] = Path(shutil.move(path, folder / kept))
        return self.files

    @property
    def runid(self) -> str | None:
        """Give the client's own name for what it asks (DALI 1.1), as much as is kept of it."""
        runid = self.one("RUNID")
        return None if runid is None else runid.replace("\0", "")[:LONGEST_RUNID]

    def all(self, name: str) -> list[str]:
        """Give every value of a parameter that may be repeated."""
        return self._values.get(name, [])

    def one(self, *names: str) -> str | None:
        """Give the value of a parameter under the first of its names that was used; two are an error."""
        for name in names:
            values = self.all(name)
            if len(values) > 1:
                raise ParameterError(f"{name} is given {len(values)} times; give it once.")
            if values and values[0].strip():
                return values[0]
        return None

    def choose(self, name: str, options: tuple[Word, ...], default: Word) -> Word:
        """Give a parameter that is one of some words, in any case."""
        text = self.one(name)
        if text is None:
            return default
        for option in options:
            if text.strip().lower() == option:
                return option
        raise ParameterError(f"{name} must be one of {', '.join(options)}, not {text[:LONGEST_SHOWN]!r}.")

    def count(self, name: str, default: int, most: int) -> int:
        """Give a parameter that is a number from 0, trimmed to the service's own limit."""
        value = self.one(name)
        if value is None:
            return min(default, most)
        if not re.fullmatch(r"\s*\+?[0-9]{1,18}\s*", value, re.ASCII):
            raise ParameterError(f"{name} must be a whole number from 0, not {value[:40]!r}.")
        return min(int(value), most)


def name_file(token: str, title: str) -> str:
    """Name a file that is kept: a token that no other has, and what its sender calls it, for `read_title`."""
    plain = re.sub(r"[^\w.+ -]", "_", re.split(r"[/\\]", title)[-1]).strip()
    return f"{token}-{plain.encode()[-LONGEST_TITLE:].decode(errors='ignore')}"


def read_title(path: Path) -> str:
    """Give what the sender of a file calls it, '' if that is not known."""
    return path.name.partition("-")[2]
