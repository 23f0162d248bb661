"""The formats of a result and how a client asks for them (TAP 1.1 sect. 2.7.3, DALI 1.1 sect. 3.4.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Final

from caomai.errors import ParameterError
from tapext.formats import hypertext, votable
from tapext.formats.binary import Binary, Binary2
from tapext.formats.delimited import Csv, CsvRows, Tsv
from tapext.formats.hypertext import Html
from tapext.formats.jsonrows import Json
from tapext.formats.packed import Packed, PackedLists
from tapext.formats.plaintext import Text
from tapext.formats.votable import TableData
from tapext.formats.writer import Document, Writer

SERIALIZATION: Final = f"{votable.MEDIA_TYPE};serialization="
OUTPUT: Final = "ivo://ivoa.net/std/TAPRegExt#output-"


@dataclass(frozen=True)
class Format:
    """A format: its media type as answers name it, its other names and, where there is one, its IVOID.

    `file` names the kind of file that `tablefiles` makes of what the writer writes, `needs` the package
    without which it cannot.
    """

    media_type: str
    aliases: tuple[str, ...]
    writer: Callable[[Document], Writer]
    ivo_id: str | None = None
    file: str | None = None
    needs: str | None = None

    @property
    def is_votable(self) -> bool:
        """Tell whether errors can be said inside the document."""
        return self.media_type.startswith(votable.MEDIA_TYPE)


PARQUET: Final = "application/vnd.apache.parquet"
# What Parquet was called before it had a media type.
SYNONYMS: Final = ("application/x-parquet",)
ALL: Final = (
    Format(votable.MEDIA_TYPE, ("votable",), TableData, OUTPUT + "votable-td"),
    Format(SERIALIZATION + "TABLEDATA", ("votable/td",), TableData, OUTPUT + "votable-td"),
    Format(SERIALIZATION + "BINARY2", ("votable/b2",), Binary2, OUTPUT + "votable-binary2"),
    Format(SERIALIZATION + "BINARY", ("votable/b",), Binary, OUTPUT + "votable-binary"),
    Format("text/csv;header=present", ("csv", "text/csv"), Csv),
    Format("text/csv;header=absent", (), CsvRows),
    Format("text/tab-separated-values", ("tsv",), Tsv),
    Format("application/fits", ("fits",), Packed, file="fits"),
    Format(PARQUET, ("parquet", *SYNONYMS), PackedLists, file="parquet", needs="pyarrow"),
    Format("application/json", ("json",), Json),
    Format("text/html", ("html",), Html),
    Format("text/plain", ("text",), Text),
)
DEFAULT: Final = ALL[0]
# How the names of files end; what is not here is VOTable.
ENDINGS: Final = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/fits": "fits",
    PARQUET: "parquet",
    **dict.fromkeys(SYNONYMS, "parquet"),
    "application/json": "json",
    "image/png": "png",
    "text/html": "html",
    "text/plain": "txt",
    "text/x-ds9-region": "reg",
}
XML_TYPES: Final = (votable.MEDIA_TYPE, "text/xml", "application/xml")


@dataclass(frozen=True)
class Wanted:
    """A format and the media type that the answer must carry."""

    format: Format
    media_type: str


@cache
def list_formats() -> tuple[Format, ...]:
    """List the formats that this installation can write."""
    return tuple(known for known in ALL if known.needs is None or find_spec(known.needs) is not None)


def find_format(name: str | None) -> Wanted:
    """Find the format that a client named by media type or short name."""
    if name is None:
        return Wanted(DEFAULT, DEFAULT.media_type)
    # A plus sign that was not escaped in a URL arrives as a blank.
    kind, *parameters = [part.strip().replace("votable xml", "votable+xml") for part in name.split(";")]
    kind = kind.lower()
    values = dict(map(_read_value, parameters))
    if kind in XML_TYPES:
        return _find_votable(kind, values.get("serialization", ""))
    for known in list_formats():
        base, _, parameter = known.media_type.partition(";")
        key, value = _read_value(parameter)
        if kind in (base, *known.aliases) and values.get(key, value) == value:
            return Wanted(known, kind if kind in SYNONYMS else known.media_type)
    names = ", ".join(known.aliases[0] for known in list_formats() if known.aliases)
    raise ParameterError(f"The format {name[:80]!r} is not offered: ask for one of {names}.")


def _read_value(parameter: str) -> tuple[str, str]:
    key, _, value = parameter.lower().partition("=")
    return key.strip(), value.strip('" ')


def _find_votable(kind: str, serialization: str) -> Wanted:
    if not serialization:
        return Wanted(DEFAULT, kind)
    for known in ALL:
        if known.media_type.lower().endswith(f"serialization={serialization}"):
            return Wanted(known, kind + known.media_type.removeprefix(votable.MEDIA_TYPE))
    raise ParameterError(
        f"The serialization {serialization[:80]!r} is not offered: TABLEDATA, BINARY and BINARY2 are."
    )


def headers_of(media_type: str) -> dict[str, str]:
    """Give what else to say with a result of this type: its file's name; a page of data runs nothing."""
    ending = ENDINGS.get(media_type.partition(";")[0], "vot")
    headers = {"Content-Disposition": f'inline; filename="result.{ending}"'}
    return headers | ({"Content-Security-Policy": hypertext.POLICY} if ending == "html" else {})
