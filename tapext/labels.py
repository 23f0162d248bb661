"""/labels: what the nodes of the current Map 1 are called, and words that visitors may add."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from psycopg import AsyncConnection
from psycopg.sql import SQL, Literal

from caomai.database import translate_errors
from caomai.errors import AuthorizationError, CaomAiError, NotFoundError, ParameterError, TransientError
from caomai.labels import HEADER, check_author, check_label, check_node
from caomai.settings import Settings
from tapext.formats.registry import Format
from tapext.formats.writer import Document, Info
from tapext.query import write_empty
from tapext.service import SOFTWARE, Service
from tapext.stream import copy_blocks, copy_statement, write_blocks
from tapext.votype import Field

INTEGERS: Final = ("node", "seen", "carriedFrom", "nChecked", "nCheckedNodes")
TEXTS: Final = ("model", "label", "author", "origin", "labelledSet", "setModel", "checkedBy")
TIMES: Final = ("created", "checkedTime")
OFF: Final = "This service takes no labels; its operator may allow it by CAOMAI_LABELLING."
FOREIGN: Final = "A page of another site may not give labels here."
NOT_LOCAL: Final = "Labels are taken from programs and pages of the service's own machine only."
UNPROVEN: Final = "Labels are taken with the token of the operator only: Authorization: Bearer TOKEN."
REFUSALS: Final[Mapping[str, CaomAiError]] = {
    "no map": NotFoundError("The archive has no map yet whose nodes could be named."),
    "busy": TransientError("Too many labels have come in the last minute; try again."),
    "full": ParameterError("The node has as many labels as it may have."),
}


def _field(name: str) -> Field:
    if name in TIMES:
        return Field(name, "char", "*", "timestamp")
    if name in TEXTS:
        return Field(name, "unicodeChar", "*")
    return Field(name, "int" if name in INTEGERS else "float")


FIELDS: Final = tuple(_field(name) for name in HEADER)


@dataclass(frozen=True)
class Word:
    """What somebody calls a node."""

    node: int
    label: str
    author: str


@dataclass(frozen=True)
class Visitor:
    """Who asks to give a label: his address, the host that he speaks to, and the headers he sends."""

    address: str | None
    host: str
    headers: Mapping[str, str]


async def list_labels(service: Service, form: Format, maxrec: int) -> AsyncGenerator[bytes]:
    """Give the chunks of a table of all labels."""
    writer = form.writer(Document(FIELDS, (Info("server_software", SOFTWARE),)))
    if maxrec == 0:
        return write_empty(writer)
    query = SQL(service.queries["select_labels"].removesuffix(";")).format(limit=Literal(maxrec + 1))
    blocks = copy_blocks(service.pool, copy_statement(query, FIELDS, writer), service.settings.query_seconds)
    return write_blocks(await anext(blocks), blocks, writer, maxrec)


def check_visitor(settings: Settings, visitor: Visitor) -> None:
    """Refuse who may not give labels.

    A browser says where the page comes from that asks; a name that was made to lead to this machine (DNS
    rebinding) is no name of it.
    """
    if settings.labelling == "off":
        raise AuthorizationError(OFF)
    origin = visitor.headers.get("origin")
    if visitor.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"} or (
        origin is not None and urlsplit(origin).netloc != visitor.host
    ):
        raise AuthorizationError(FOREIGN)
    if settings.labelling == "local":
        own = settings.base_url is None or is_local(settings.base_url.host)
        if not (own and is_local(visitor.address) and is_local(urlsplit(f"//{visitor.host}").hostname)):
            raise AuthorizationError(NOT_LOCAL)
    elif not _has_token(settings, visitor.headers.get("authorization", "")):
        raise AuthorizationError(UNPROVEN)


def is_local(host: str | None) -> bool:
    """Tell whether a host is this machine, as it calls itself."""
    if host is None or host == "localhost":
        return host is not None
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _has_token(settings: Settings, authorization: str) -> bool:
    kind, _, token = authorization.partition(" ")
    wanted = settings.label_token
    return (
        wanted is not None
        and kind.lower() == "bearer"
        and secrets.compare_digest(token.strip().encode(), wanted.get_secret_value().encode())
    )


def read_word(document: Any) -> Word:
    """Read a label from {"node": 144, "label": "...", "author": "..."}."""
    if not isinstance(document, dict):
        raise ParameterError('Send a JSON object: {"node": 144, "label": "merger", "author": "your name"}.')
    node, label, author = (document.get(name) for name in ("node", "label", "author"))
    if type(node) is not int or not isinstance(label, str) or not isinstance(author, str):
        raise ParameterError("node must be a whole number, label and author must be texts.")
    return Word(check_node(node), check_label(label), check_author(author))


async def give_label(service: Service, word: Word) -> bool:
    """Add a label to the current map; tell whether it is new. Everybody sees it at once."""
    values = {"node": word.node, "label": word.label, "author": word.author}
    values |= {"most": service.settings.labels_per_minute}
    conninfo = service.database.conninfo("service")
    with translate_errors():
        # Rare: no connection is kept for it.
        async with await AsyncConnection.connect(conninfo, connect_timeout=5) as connection:
            cursor = await connection.execute(service.queries["give_label"], values)
            (outcome,) = await cursor.fetchone() or ("",)
    if outcome in REFUSALS:
        raise type(REFUSALS[outcome])(*REFUSALS[outcome].args)
    return bool(outcome == "added")
