"""What comes back of a file that is handed to a worker by way of the database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from caomai.database import Database
from fingerprinting.answer import make_answer
from fingerprinting.model import load_model
from fingerprinting.pipeline import describe_file
from tapext.descriptions import Description
from tests.descriptions.conftest import MODEL, count_left, descriptions_of

pytestmark = pytest.mark.usefixtures("worker")


def describe(database: Database, path: Path, name: str = "m51.fits") -> Description:
    """Have a file described as the service does."""

    async def ask() -> Description:
        async with descriptions_of(database) as descriptions:
            return await descriptions.describe(path, name, MODEL)

    return asyncio.run(ask())


def test_a_worker_answers_what_describe_says(database: Database, frame: Path) -> None:
    model = load_model()
    expected = make_answer(describe_file(frame, model), model, [])
    found = describe(database, frame)
    assert found.vector == expected["vector"]
    assert found.fingerprint == expected["fingerprint"]
    assert sum(found.fingerprint) > 0
    assert (found.field_node, found.model, found.remarks) == (expected["field_node"], MODEL, [])
    (part,) = expected["hdus"]
    del part["objects"]
    assert found.hdus == [part]
    assert not count_left(database)


def test_the_objects_come_one_after_the_other(database: Database, frame: Path) -> None:
    model = load_model()
    (part,) = make_answer(describe_file(frame, model), model, [])["hdus"]

    async def ask() -> list[dict[str, Any]]:
        async with (
            descriptions_of(database) as descriptions,
            descriptions.describing(frame, "m51.fits", MODEL) as (_, objects),
        ):
            return [found async for found in objects]

    assert asyncio.run(ask()) == [{"part": part["part"], **found} for found in part["objects"]]
    assert not count_left(database)


def test_who_wants_no_more_objects_costs_no_connection(
    database: Database, frame: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask() -> dict[str, Any]:
        async with (
            descriptions_of(database) as descriptions,
            descriptions.describing(frame, "m51.fits", MODEL) as (_, objects),
        ):
            return await anext(objects)

    with caplog.at_level("WARNING", "psycopg.pool"):
        assert asyncio.run(ask())["part"] == "0"
    assert caplog.messages == []
    assert not count_left(database)
