"""The parameter UPLOAD (TAP 1.1 sect. 2.7.3): pairs of a table's name and where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caomai.errors import ParameterError
from tapext.adql.words import RESERVED
from tapext.parameters import Parameters

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}", re.ASCII)
# TAP 1.0 joins pairs by semicolons, which URLs may hold as well.
SEPARATOR: Final = re.compile(r";(?=[^;,]*,)")
MOST_UPLOADS: Final = 10


@dataclass(frozen=True)
class Upload:
    """A table that comes with a query: TAP_UPLOAD.`name`, a VOTable in a file or at a URL."""

    name: str
    source: Path | str


def read_uploads(parameters: Parameters) -> tuple[Upload, ...]:
    """Read the tables that come with a query, whether the parameter is repeated, joined or both."""
    uploads: dict[str, Upload] = {}
    for name, uri in split_pairs(parameters.all("UPLOAD")):
        check_name(name)
        if name.lower() in uploads:
            raise ParameterError(f"UPLOAD names the table {name} twice.")
        if len(uploads) >= MOST_UPLOADS:
            raise ParameterError(f"UPLOAD names more than {MOST_UPLOADS} tables.")
        uploads[name.lower()] = Upload(name, find_source(uri, parameters))
    return tuple(uploads.values())


def split_pairs(values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Take pairs of name and URI apart."""
    for value in values:
        for pair in SEPARATOR.split(value.strip().rstrip(";")):
            name, comma, uri = (part.strip() for part in pair.partition(","))
            if comma and uri:
                yield name, uri
            elif pair:
                raise ParameterError(
                    f"UPLOAD takes name,URI such as t,param:file; this is none: {pair[:80]!r}."
                )


def check_name(name: str) -> None:
    """Refuse what a query could not name TAP_UPLOAD.name."""
    if not NAME.fullmatch(name):
        raise ParameterError(
            f"UPLOAD cannot name a table {name[:80]!r}: a letter, then letters, digits and _ (at most 128)."
        )
    if name.upper() in RESERVED:
        raise ParameterError(f"UPLOAD cannot name a table {name}: that is a reserved word of ADQL.")


def find_source(uri: str, parameters: Parameters) -> Path | str:
    """Give the file or the URL that a URI of UPLOAD means."""
    scheme, _, rest = uri.partition(":")
    match scheme.lower():
        case "param":
            if rest not in parameters.files:
                raise ParameterError(
                    f"UPLOAD names the part {rest[:80]!r}, but the request has no such file."
                )
            return parameters.files[rest]
        case "http" | "https":
            return uri
    raise ParameterError(f"UPLOAD takes param:, http: and https:, not {uri[:80]!r}.")
