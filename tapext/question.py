"""What a client asks, read from the parameters of TAP 1.1 (sect. 2.7): the same for /sync and /async."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caomai.errors import ParameterError
from caomai.settings import Settings
from tapext.formats.registry import Format, find_format
from tapext.parameters import Parameters
from tapext.uploads.parameter import Upload, read_uploads

LANGUAGES: Final = ("ADQL", "ADQL-2.0", "ADQL-2.1")


@dataclass(frozen=True)
class Question:
    """What a client wants to know, in which format, and of how many rows at most."""

    text: str
    maxrec: int
    format: Format
    media_type: str
    base_url: str
    runid: str | None = None
    uploads: tuple[Upload, ...] = ()


def read_question(parameters: Parameters, settings: Settings, base_url: str) -> Question:
    """Read and check the parameters of a query."""
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT"))
    check_request(parameters)
    maxrec = parameters.count("MAXREC", settings.default_rows, settings.max_rows)
    query, uploads = read_query(parameters), read_uploads(parameters)
    return Question(query, maxrec, wanted.format, wanted.media_type, base_url, parameters.runid, uploads)


def check_request(parameters: Parameters) -> None:
    """Refuse what this resource does not do."""
    request = parameters.one("REQUEST")
    if request is not None and request.lower() != "doquery":
        raise ParameterError(f"REQUEST must be doQuery, not {request[:40]!r}; see also /tap/capabilities.")
    language = parameters.one("LANG")
    if language is not None and language.upper() not in LANGUAGES:
        raise ParameterError(f"LANG must be one of {', '.join(LANGUAGES)}, not {language[:40]!r}.")


def read_query(parameters: Parameters) -> str:
    """Give the query, as the client wrote it."""
    query = parameters.one("QUERY")
    if query is None:
        raise ParameterError("QUERY is missing: give a query in ADQL.")
    return query
