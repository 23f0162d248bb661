"""Queries made at random: PostgreSQL takes the SQL of each, and none sees what is hidden (architecture"
" sect. 4)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caomai.database import Database
from tapext.adql import Catalogue, parse, translate
from tests.adql.archive import PLANES
from tests.adql.conftest import Rows
from tests.adql.questions import Questions

HIDDEN_NAMES = {plane.publisher_id for plane in PLANES if not plane.described}

seeds = st.integers(0, 2**40)
fixtures_stay = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@given(seeds)
@settings(fixtures_stay, max_examples=250)
def test_every_query_that_is_translated_runs(
    connection: psycopg.Connection[Any], catalogue: Catalogue, seed: int
) -> None:
    translation = translate(parse(Questions(seed).query()), catalogue, 100)
    # Any other error than one of the data would be a mistake of the translation.
    with contextlib.suppress(psycopg.DataError):
        rows = connection.execute(translation.sql).fetchall()
        assert len(rows) <= 101
        assert all(len(row) == len(translation.columns) for row in rows)


@pytest.fixture(scope="module")
def administrator(archive: Database) -> Iterator[psycopg.Connection[Any]]:
    """Connection that can hide rows and take the role of queries."""
    with archive.connect_administrator() as opened:
        opened.execute("set search_path = caom2_ai, public")
        yield opened


def answer(administrator: psycopg.Connection[Any], query: psycopg.sql.Composed) -> Rows | None:
    """Give the rows, or None where a value cannot be computed."""
    administrator.execute("set local role caomai_query")
    try:
        with administrator.transaction():
            return rounded(administrator.execute(query).fetchall())
    except psycopg.errors.DataError:
        return None
    finally:
        administrator.execute("reset role")


def rounded(rows: Rows) -> Rows:
    """Forget the last digits, which depend on the order of a sum."""
    return [
        tuple(float(f"{value:.9g}") if isinstance(value, float) else value for value in row) for row in rows
    ]


def delete_hidden(administrator: psycopg.Connection[Any]) -> None:
    administrator.execute("set local session_replication_role = replica")
    hidden = "(metaRelease is null or metaRelease > now())"
    content = f"({hidden} or dataRelease is null or dataRelease > now())"
    administrator.execute(
        f"delete from caom2_ai.field_node where planeID in (select planeID from caom2_ai.fingerprint"
        f" where {content})"
    )
    administrator.execute(f"delete from caom2_ai.fingerprint where {content}")
    administrator.execute(f"delete from caom2.Plane where {hidden}")
    administrator.execute(f"delete from caom2.Observation where {hidden}")


@given(seeds)
@settings(fixtures_stay, max_examples=100)
def test_no_query_is_influenced_by_hidden_rows(
    administrator: psycopg.Connection[Any], catalogue: Catalogue, seed: int
) -> None:
    query = translate(parse(Questions(seed).query()), catalogue).sql
    with administrator.transaction(force_rollback=True):
        before = answer(administrator, query)
        delete_hidden(administrator)
        after = answer(administrator, query)
    assert before == after
    assert not HIDDEN_NAMES & {value for row in before or () for value in row if isinstance(value, str)}
