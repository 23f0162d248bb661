"""The answer to a search for what is alike: written while the database finds it."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from typing import Final

from psycopg.sql import SQL, Composable

from caomai.errors import NotFoundError, ParameterError
from tapext.descriptors import lead_on
from tapext.formats.conversion import convert
from tapext.formats.writer import Document, Info
from tapext.plans import estimate_rows
from tapext.pools import Pool, lend
from tapext.service import SOFTWARE, Knowledge, Service
from tapext.similar.inquiry import Inquiry
from tapext.similar.subjects import Scene
from tapext.stream import copy_blocks, copy_statement, write_blocks
from tapext.uploads.tables import open_tables

LEAST_HASH: Final = 8


async def answer(
    service: Service, question: Inquiry, pool: Pool | None = None, *, whole: bool = False
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


async def _begin(service: Service, question: Inquiry, pool: Pool, *, whole: bool) -> AsyncGenerator[bytes]:
    async with open_tables(question.uploads, service.settings, pool.uploads) as uploads:
        knowledge = await service.renew(await service.know(), pool)
        map_id = find_map(knowledge, question)
        questions = question.subject.ask(Scene(map_id, knowledge, uploads))
        if question.subject.count == 1:
            await check_question(pool, questions)
        document = describe_answer(question, knowledge)
        writer = question.format.writer(document)
        wanted = question.list_wanted(map_id, knowledge.catalogue)
        is_exact = wanted is not None and await estimate_rows(pool, wanted) <= service.settings.exact_matches
        query = question.find(questions, map_id, knowledge.catalogue, is_exact=is_exact)
        statement = copy_statement(query, document.fields, writer)
        prepare = uploads.store if uploads.tables else None
        blocks = copy_blocks(pool, statement, service.settings.query_seconds, prepare)
        first = await anext(blocks)
        most = question.k if question.may_overflow else sys.maxsize
        return write_blocks(first, blocks, writer, most, whole=whole)


def find_map(knowledge: Knowledge, question: Inquiry) -> int:
    """Give the number of the current map, to whose model search vectors must belong."""
    map_id = knowledge.catalogue.maps.get("object")
    if map_id is None:
        raise NotFoundError("The archive has no fingerprints yet: nothing can be compared.")
    model = next(info.value for info in knowledge.maps if info.name == "modelHash")
    if question.model is not None:
        check_model(question.model, model)
    elif question.subject.has_vectors:
        raise ParameterError(f"VECTOR needs MODEL, the hash that `{question.describer}` gives as model.")
    return map_id


def check_model(said: str, model: str) -> None:
    """Refuse vectors of another model; the beginning of its hash will do."""
    if len(said.strip()) < LEAST_HASH or not model.lower().startswith(said.strip().lower()):
        raise ParameterError(
            f"The images here are described by the model {model}, not by {said[:64]!r}: "
            "vectors of two models cannot be compared."
        )


async def check_question(pool: Pool, questions: Composable) -> None:
    """Refuse a single question that has no answer; what is hidden is not known either."""
    async with lend(pool) as connection:
        cursor = await connection.execute(SQL("select q.error from ({}) q").format(questions))
        row = await cursor.fetchone()
    if row is not None and row[0] is not None:
        raise NotFoundError(row[0])


def describe_answer(question: Inquiry, knowledge: Knowledge) -> Document:
    """Say what surrounds the rows."""
    fields, services = lead_on(question.describe_columns(knowledge.catalogue), question.base_url)
    infos = (Info("server_software", SOFTWARE), *knowledge.maps, *question.infos)
    return Document(fields, infos, services)
