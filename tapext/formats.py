"""The formats of a result and how a client asks for them (TAP 1.1 sect. 2.7.3, DALI 1.1 sect. 3.4.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from caomai.errors import ParameterError
from tapext import votable
from tapext.binary import Binary, Binary2
from tapext.delimited import Csv, Tsv
from tapext.jsonrows import Json
from tapext.votable import TableData
from tapext.writer import Document, Writer

SERIALIZATION: Final = f"{votable.MEDIA_TYPE};serialization="
OUTPUT: Final = "ivo://ivoa.net/std/TAPRegExt#output-"


@dataclass(frozen=True)
class Format:
    """A format: its media type as answers name it, its short names and, where there is one, its IVOID."""

    media_type: str
    aliases: tuple[str, ...]
    writer: Callable[[Document], Writer]
    ivo_id: str | None = None

    @property
    def is_votable(self) -> bool:
        """Tell whether errors can be said inside the document."""
        return self.media_type.startswith(votable.MEDIA_TYPE)


FORMATS: Final = (
    Format(votable.MEDIA_TYPE, ("votable",), TableData, OUTPUT + "votable-td"),
    Format(SERIALIZATION + "TABLEDATA", ("votable/td",), TableData, OUTPUT + "votable-td"),
    Format(SERIALIZATION + "BINARY2", ("votable/b2",), Binary2, OUTPUT + "votable-binary2"),
    Format(SERIALIZATION + "BINARY", ("votable/b",), Binary, OUTPUT + "votable-binary"),
    Format("text/csv;header=present", ("csv", "text/csv"), Csv),
    Format("text/tab-separated-values", ("tsv",), Tsv),
    Format("application/json", ("json",), Json),
)
DEFAULT: Final = FORMATS[0]
XML_TYPES: Final = (votable.MEDIA_TYPE, "text/xml", "application/xml")


@dataclass(frozen=True)
class Wanted:
    """A format and the media type that the answer must carry."""

    format: Format
    media_type: str


def find_format(name: str | None) -> Wanted:
    """Find the format that a client named by media type or short name."""
    if name is None:
        return Wanted(DEFAULT, DEFAULT.media_type)
    # A plus sign that was not escaped in a URL arrives as a blank.
    kind, *parameters = [part.strip().replace("votable xml", "votable+xml") for part in name.split(";")]
    kind = kind.lower()
    if kind in XML_TYPES:
        return _find_votable(kind, parameters)
    for known in FORMATS:
        if kind in known.aliases or kind == known.media_type.partition(";")[0]:
            return Wanted(known, known.media_type)
    names = ", ".join(known.aliases[0] for known in FORMATS)
    raise ParameterError(f"The format {name[:80]!r} is not offered: ask for one of {names}.")


def _find_votable(kind: str, parameters: list[str]) -> Wanted:
    values = dict(parameter.lower().split("=", 1) for parameter in parameters if "=" in parameter)
    serialization = values.get("serialization", "").strip('" ')
    if not serialization:
        return Wanted(DEFAULT, kind)
    for known in FORMATS:
        if known.media_type.lower().endswith(f"serialization={serialization}"):
            return Wanted(known, kind + known.media_type.removeprefix(votable.MEDIA_TYPE))
    raise ParameterError(
        f"The serialization {serialization[:80]!r} is not offered: TABLEDATA, BINARY and BINARY2 are."
    )
