"""The way that PostgreSQL goes: by the index, image by image where few match, and never with too few rows."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.sql import SQL, Composed

from caomai.database import Database
from caomai.likeness import Search, ask_images, find_similar, list_ids
from tests.similar.archive import ARCHIVE, MAP, nearest
from tests.similar.asking import same

INDEX = f"fingerprint_vector_{MAP}"
IMAGE = ARCHIVE[0]


def statement(search: Search) -> Composed:
    return find_similar(ask_images(list_ids([IMAGE.publisher_id]), MAP), search, MAP)


def run(connection: psycopg.Connection, query: Composed) -> list[tuple[str, float]]:
    rows = connection.execute(query).fetchall()
    return [(row[4], row[3]) for row in rows]


def expected(k: int) -> list[tuple[str, float]]:
    return nearest(
        IMAGE.vector,
        lambda image: image.intent == "science" and image.observation != IMAGE.observation,
        k,
    )


def explain(connection: psycopg.Connection, query: Composed) -> str:
    lines = connection.execute(SQL("explain {}").format(query)).fetchall()
    return "\n".join(line for (line,) in lines)


@pytest.mark.parametrize("is_exact", [False, True])
def test_the_index_is_used_unless_all_are_to_be_compared(database: Database, *, is_exact: bool) -> None:
    with database.connect("query") as connection:
        connection.execute("set local enable_seqscan = off")
        plan = explain(connection, statement(Search(is_exact=is_exact)))
        assert (INDEX in plan) is not is_exact
        assert same(run(connection, statement(Search(is_exact=is_exact))), expected(10))


def test_an_index_that_gives_up_early_costs_no_rows(database: Database) -> None:
    with database.connect("query") as connection:
        connection.execute("set local enable_seqscan = off")
        connection.execute("set local hnsw.ef_search = 1")
        connection.execute("set local hnsw.iterative_scan = off")
        query = statement(Search(k=20))
        assert INDEX in explain(connection, query)
        assert same(run(connection, query), expected(20))
