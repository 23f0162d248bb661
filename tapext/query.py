"""One ADQL query: read it, translate it, and begin to stream its result (TAP 1.1 sect. 2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from psycopg.sql import Identifier

from caomai.errors import NotFoundError, UsageError
from tapext.adql import parse
from tapext.adql.catalogue import VIEWS
from tapext.adql.translate import Translation, translate
from tapext.datalink import links_url
from tapext.descriptors import lead_on
from tapext.formats.conversion import convert
from tapext.formats.writer import Document, Info, Writer
from tapext.plans import estimate_rows
from tapext.pools import Pool, lend
from tapext.question import Question
from tapext.service import SOFTWARE, Knowledge, Service
from tapext.stream import copy_blocks, copy_statement, write_blocks
from tapext.uploads.tables import OpenTables, open_tables

STANDARD: Final = "ivo://ivoa.net/std/TAP"
CAOM_RELATIONS: Final = {
    Identifier(VIEWS, name).as_string() for name in ("observation", "plane", "artifact", "part", "obscore")
}
UNKNOWN: Final = {
    "image": "take a publisherID from caom2_ai.fingerprint",
    "object": "take an objectID from caom2_ai.object_vector",
}
MOST_CHARACTERS: Final = 1 << 20
LONG: Final = 1 << 14


async def ask(
    service: Service,
    question: Question,
    *,
    pool: Pool | None = None,
    seconds: float | None = None,
    whole: bool = False,
) -> AsyncGenerator[bytes]:
    """Give the chunks of the answer; what is wrong before the first row is raised.

    `pool` lends the connection, `seconds` is the time until the first row; else they are those of /sync.
    With `whole`, what breaks midway is raised even where the document could say it. FITS and Parquet are
    whole files before their first chunk, which comes from FileChunks.
    """
    pool = pool or service.pool
    if len(question.text) > MOST_CHARACTERS:
        raise UsageError(f"The query is longer than {MOST_CHARACTERS:,} characters; upload a table instead.")
    seconds = seconds or service.settings.query_seconds
    if question.format.file is None:
        return await _begin(service, question, pool, seconds, whole=whole)
    async with pool.conversions:
        packed = await _begin(service, question, pool, seconds, whole=True)
        return await convert(packed, question.format.file, service.settings.result_bytes)


async def _begin(
    service: Service, question: Question, pool: Pool, seconds: float, *, whole: bool
) -> AsyncGenerator[bytes]:
    async with open_tables(question.uploads, service.settings, pool.uploads) as uploads:
        return await _begin_with(uploads, service, question, pool, seconds, whole=whole)


async def _begin_with(
    uploads: OpenTables, service: Service, question: Question, pool: Pool, seconds: float, *, whole: bool
) -> AsyncGenerator[bytes]:
    knowledge = await service.know()
    translation = await understand(question, knowledge, uploads)
    if uses_content(translation):
        # The current map stands in the translation; vectors of two maps must never be compared.
        fresh = await service.match(knowledge, await look_up(service, translation, pool))
        if fresh is not knowledge:
            knowledge, translation = fresh, await understand(question, fresh, uploads)
    document = describe_result(question, translation, knowledge)
    writer = question.format.writer(document)
    if question.maxrec == 0:
        return write_empty(writer)
    if translation.searches and not uploads.tables:
        # Uploaded tables exist in the transaction of their query alone.
        translation = await choose_ways(translation, service.settings.exact_matches, pool)
    statement = copy_statement(translation.sql, document.fields, writer)
    blocks = copy_blocks(pool, statement, seconds, uploads.store if uploads.tables else None)
    first = await anext(blocks)
    return write_blocks(first, blocks, writer, question.maxrec, whole=whole)


async def understand(question: Question, knowledge: Knowledge, uploads: OpenTables) -> Translation:
    """Translate a query; a very long one beside the others, not before them."""

    def work() -> Translation:
        catalogue = uploads.join(knowledge.catalogue.at(links_url(question.base_url)))
        return translate(parse(question.text), catalogue, question.maxrec)

    return await asyncio.to_thread(work) if len(question.text) > LONG else work()


async def choose_ways(translation: Translation, most: int, pool: Pool) -> Translation:
    """Have all images compared that match the conditions of a search, where that are `most` or fewer.

    So says the planner, from what ANALYZE found. Where it errs, a search by the index is repeated.
    """
    few = [
        search.number for search in translation.searches if await estimate_rows(pool, search.matches) <= most
    ]
    return translation.exactly(few) if few else translation


async def look_up(service: Service, translation: Translation, pool: Pool) -> dict[str, int]:
    """Give the current maps; refuse a query about the content of images or objects that are not known.

    Hidden ones are not known either. It is one statement, because each costs as much as a small query.
    """
    images, objects = list(translation.vector_ids), list(translation.object_ids)
    async with lend(pool) as connection:
        if not images and not objects:
            cursor = await connection.execute(service.queries["read_maps"])
        else:
            cursor = await connection.execute(
                service.queries["look_up"], {"images": images, "objects": objects}
            )
        rows = await cursor.fetchall()
    for sentence in (name for kind, name in rows if kind == "no vector"):
        raise NotFoundError(sentence)
    for what, advice in UNKNOWN.items():
        unknown = [str(name) for kind, name in rows if kind == f"unknown {what}"]
        if unknown:
            raise NotFoundError(
                f"No {what} is known here that can be compared as {', '.join(unknown[:10])}: {advice}."
            )
    return {kind: int(name) for kind, name in rows}


async def write_empty(writer: Writer) -> AsyncGenerator[bytes]:
    """Write the columns alone."""
    # MAXREC=0 asks for the columns alone, and is always an overflow (TAP 1.1 sect. 2.7.4).
    yield writer.head() + writer.tail(overflow=True)


def describe_result(question: Question, translation: Translation, knowledge: Knowledge) -> Document:
    """Say what surrounds the rows: the columns, the query as it was sent, and where content comes from."""
    fields, services = lead_on(translation.columns, question.base_url)
    infos = (
        Info("standardID", STANDARD),
        Info("server_software", SOFTWARE),
        Info("query", question.text),
        *(knowledge.maps if uses_content(translation) else ()),
    )
    return Document(fields, infos, services)


def uses_content(translation: Translation) -> bool:
    """Tell whether a query reads more than what CAOM and TAP_SCHEMA say."""
    relations = {part.as_string() for part in translation.sql if isinstance(part, Identifier)}
    content = {name for name in relations if name.startswith(f'"{VIEWS}".')} - CAOM_RELATIONS
    content = {name for name in content if not name.startswith(f'"{VIEWS}"."tap_')}
    return bool(content or translation.vector_ids or translation.object_ids)
