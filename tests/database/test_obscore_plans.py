"""ivoa.ObsCore is as fast as the tables under it: filters of its columns reach their indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from caomai.database import Database
from tapext.adql import parse, translate
from tapext.adql.catalogue import read_catalogue

Explain = Callable[[str], str]
FILL = Path(__file__).with_name("obscore.sql")


@pytest.fixture(scope="module")
def explain(database: Database) -> Iterator[Explain]:
    """Give the plan of a query in ADQL."""
    with database.connect_administrator() as administrator:
        administrator.execute(FILL.read_bytes())
        administrator.execute("vacuum analyze")
    with database.connect("query") as connection:
        catalogue = read_catalogue(connection)
        yield lambda query: plan(connection, translate(parse(query), catalogue, 1000).sql)


def plan(connection: psycopg.Connection[tuple[object, ...]], statement: sql.Composed) -> str:
    return "\n".join(str(row[0]) for row in connection.execute(sql.SQL("explain ") + statement))


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("obs_publisher_did = 'ivo://x/X?7/p'", "plane_publisherid_key"),
        ("obs_id = 'obs-7'", "observation_observationid"),
        ("obs_collection = 'C7'", "observation_collection"),
        ("instrument_name = 'I7'", "observation_instrument_name"),
        ("proposal_id = 'P7'", "observation_proposal_id"),
        ("t_min BETWEEN 100 AND 102", "plane_time_bounds_lower"),
        ("t_min < 102 AND t_max > 101", "plane_time_bounds"),
        ("DISTANCE(s_ra, s_dec, 10, 20) < 0.5", "plane_position_healpix"),
        ("1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(10, 20, 0.5))", "plane_position_healpix"),
        ("1 = CONTAINS(POINT(10, 20), s_region)", "plane_position_extent"),
        ("1 = INTERSECTS(s_region, CIRCLE(10, 20, 0.5))", "plane_position_extent"),
    ],
)
def test_filters_use_indexes(explain: Explain, condition: str, index: str) -> None:
    text = explain(f"SELECT * FROM ivoa.ObsCore WHERE {condition}")
    assert index in text
    assert "Seq Scan on plane p" not in text


def test_what_is_not_asked_for_is_not_joined(explain: Explain) -> None:
    assert "plane_position" not in explain("SELECT obs_id, t_min FROM ivoa.ObsCore")


def test_content_is_joined_by_index(explain: Explain) -> None:
    text = explain(
        "SELECT i.access_url, f.nObjects FROM ivoa.ObsCore AS i JOIN caom2_ai.fingerprint AS f"
        " ON f.publisherID = i.obs_publisher_did WHERE i.obs_publisher_did = 'ivo://x/X?7/p'"
    )
    assert "Seq Scan on plane" not in text
    assert "plane_publisherid_key" in text
