"""Queries made at random: PostgreSQL takes the SQL of each that is translated, and runs it."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st

from caomai.errors import QueryError
from tapext.adql import Catalogue, parse, translate
from tests.adql.mutations import mutate
from tests.adql.questions import Questions

seeds = st.integers(0, 2**40)


@given(seeds)
@settings(max_examples=250)
def test_every_query_that_is_translated_runs(
    connection: psycopg.Connection[Any], catalogue: Catalogue, seed: int
) -> None:
    translation = translate(parse(Questions(seed).query()), catalogue, 100)
    # Any other error than one of the data would be a mistake of the translation.
    with contextlib.suppress(psycopg.DataError):
        rows = connection.execute(translation.sql).fetchall()
        assert len(rows) <= 101
        assert all(len(row) == len(translation.columns) for row in rows)


@given(seeds)
@settings(max_examples=1_000)
def test_what_is_not_refused_is_taken_by_postgresql(
    connection: psycopg.Connection[Any], catalogue: Catalogue, seed: int
) -> None:
    text = mutate(Questions(seed).query(), seed)
    # Constants are computed while it plans: they may have no value.
    with contextlib.suppress(QueryError, psycopg.DataError):
        connection.execute(psycopg.sql.SQL("explain ") + translate(parse(text), catalogue).sql)
