"""The answer to a search for images of like content: written while the database finds them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Final

from psycopg.sql import SQL, Composable

from caomai.errors import NotFoundError, ParameterError
from caomai.likeness import find_similar
from tapext.datalink import describe_links
from tapext.formats.conversion import convert
from tapext.formats.writer import Document, Info
from tapext.pools import Pool, lend
from tapext.service import SOFTWARE, Knowledge, Service
from tapext.similar.columns import describe_columns
from tapext.similar.question import Question
from tapext.similar.subjects import Images
from tapext.stream import copy_blocks, copy_statement, write_blocks

PUBLISHER_ID: Final = "publisherID"
LEAST_HASH: Final = 8


async def answer(
    service: Service, question: Question, pool: Pool | None = None, *, whole: bool = False
) -> AsyncGenerator[bytes]:
    """Give the chunks of the answer; what is wrong before the first row is raised.

    With `whole`, which says that nobody reads yet, also what is wrong later.
    """
    pool = pool or service.pool
    if question.format.file is None:
        return await _begin(service, question, pool, whole=whole)
    async with pool.conversions:
        packed = await _begin(service, question, pool, whole=True)
        return await convert(packed, question.format.file, service.settings.result_bytes)


async def _begin(service: Service, question: Question, pool: Pool, *, whole: bool) -> AsyncGenerator[bytes]:
    knowledge = await service.renew(await service.know(), pool)
    map_id = find_map(knowledge, question)
    questions = question.subject.ask(map_id)
    if question.subject.count == 1:
        await check_question(pool, questions)
    document = describe_answer(question, knowledge)
    writer = question.format.writer(document)
    rows = question.search.k * question.subject.count
    # One more tells whether there are more.
    search = replace(question.search, k=question.search.k + 1) if question.is_cut else question.search
    statement = copy_statement(find_similar(questions, search, map_id), document.fields, writer)
    blocks = copy_blocks(pool, statement, service.settings.query_seconds)
    first = await anext(blocks)
    return write_blocks(first, blocks, writer, rows, whole=whole)


def find_map(knowledge: Knowledge, question: Question) -> int:
    """Give the number of the current map, to whose model search vectors must belong."""
    map_id = knowledge.catalogue.maps.get("object")
    if map_id is None:
        raise NotFoundError("The archive has no fingerprints yet: nothing can be compared.")
    if isinstance(question.subject, Images) and question.model is None:
        return map_id
    model = next(info.value for info in knowledge.maps if info.name == "modelHash")
    if question.model is None:
        raise ParameterError("VECTOR needs MODEL, the hash that `caom-ai describe --json` gives as model.")
    said = question.model.strip().lower()
    if len(said) < LEAST_HASH or not model.lower().startswith(said):
        raise ParameterError(
            f"The images here are described by the model {model}, not by {said[:64]!r}: "
            "vectors of two models cannot be compared."
        )
    return map_id


async def check_question(pool: Pool, questions: Composable) -> None:
    """Refuse a single question that has no answer; hidden images are not known either."""
    async with lend(pool) as connection:
        cursor = await connection.execute(SQL("select q.error from ({}) q").format(questions))
        row = await cursor.fetchone()
    if row is not None and row[0] is not None:
        raise NotFoundError(row[0])


def describe_answer(question: Question, knowledge: Knowledge) -> Document:
    """Say what surrounds the rows."""
    fields = tuple(
        replace(field, id=PUBLISHER_ID) if field.name == PUBLISHER_ID else field
        for field in describe_columns(knowledge.catalogue)
    )
    infos = (Info("server_software", SOFTWARE), *knowledge.maps, *question.infos)
    return Document(fields, infos, describe_links(question.base_url, PUBLISHER_ID))
