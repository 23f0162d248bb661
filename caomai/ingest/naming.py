"""The rules that make observationID and productID from file names and keywords."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from caomai.errors import ParameterError, UnusableImageError
from caomai.ingest.cards import Keywords

SUFFIX: Final = re.compile(r"\.(fits|fit|fts)(\.(gz|fz|bz2))?$", re.IGNORECASE)
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_KEYWORD: Final = re.compile(r"[A-Z0-9_-]{1,8}|[A-Z0-9_-]+( [A-Z0-9_-]+)+")
# What neither a CAOM id (no space, slash or percent) nor the query of an IVOID may hold is replaced.
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9._~:@,+-]+")
_DIGEST: Final = 8


@dataclass(frozen=True)
class Rule:
    """A template such as '{folder}.{OBSID|stem}': of the names in braces the first that says something."""

    name: str
    template: str
    longest: int

    @classmethod
    def parse(cls, name: str, template: str, longest: int) -> Self:
        """Read a rule, or say what is wrong with it; `name` is observationID or productID."""
        holes: list[str] = _HOLE.findall(template)
        if not holes or set(_HOLE.sub("", template)) & {"{", "}"}:
            raise ParameterError(f"The rule for {name}, {template!r}, needs a name in braces, as {{stem}}.")
        for option in (option for hole in holes for option in hole.split("|")):
            if option not in {"folder", "stem"} and not _KEYWORD.fullmatch(option):
                raise ParameterError(
                    f"The rule for {name} asks for {option!r}: use folder, stem or KEYWORDs in capitals."
                )
        return cls(name, template, longest)

    def fill(self, path: Path, keywords: Keywords) -> str:
        """Make the ID of one file."""
        filled = _HOLE.sub(lambda hole: self._choose(hole[1], path, keywords), self.template)
        cleaned = clean(filled, self.longest)
        if not cleaned:
            raise UnusableImageError(f"The rule for {self.name} gives nothing for this file.")
        return cleaned

    def _choose(self, hole: str, path: Path, keywords: Keywords) -> str:
        for option in hole.split("|"):
            special = {"folder": path.parent.name, "stem": find_stem(path)}
            found = special[option] if option in special else keywords.text(option)
            if found is not None:
                return found
        raise UnusableImageError(
            f"The header has no {hole.replace('|', ' or ')}, which the rule for {self.name} needs: "
            f"give it another choice, as in {{{hole}|stem}}."
        )


def find_stem(path: Path) -> str:
    """Give the name of a file without the suffixes of FITS and of compression."""
    stem = SUFFIX.sub("", path.name)
    return stem if stem != path.name else path.stem


def clean(text: str, longest: int) -> str:
    """Replace what does not belong in an ID; one that is too long is cut and ends in a digest of it all."""
    letters = (mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    cleaned = _FOREIGN.sub("_", "".join(letters)).lstrip(".")
    if len(cleaned) <= longest:
        return cleaned
    digest = hashlib.sha256(cleaned.encode()).hexdigest()[:_DIGEST]
    return f"{cleaned[: longest - _DIGEST - 1]}~{digest}"
