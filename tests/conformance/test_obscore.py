"""ivoa.ObsCore: what it holds, of whom, and where its rows lead (ObsCore 1.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from caomai.database import Database
from tests.tap.archive import ARCHIVE, EMBARGOED, HIDDEN
from tests.tap.client import ask, get

# Sect. 3 of the standard: the columns that must be there, in its order.
MANDATORY = [
    "dataproduct_type",
    "calib_level",
    "obs_collection",
    "obs_id",
    "obs_publisher_did",
    "access_url",
    "access_format",
    "access_estsize",
    "target_name",
    "s_ra",
    "s_dec",
    "s_fov",
    "s_region",
    "s_resolution",
    "s_xel1",
    "s_xel2",
    "t_min",
    "t_max",
    "t_exptime",
    "t_resolution",
    "t_xel",
    "em_min",
    "em_max",
    "em_res_power",
    "em_xel",
    "o_ucd",
    "pol_states",
    "pol_xel",
    "facility_name",
    "instrument_name",
]
CATALOGUES = {31, 32}  # no products of ObsCore


@pytest.fixture(scope="module")
def table(service: str) -> Any:
    return ask(service, "SELECT * FROM ivoa.ObsCore ORDER BY obs_publisher_did").table


def test_all_mandatory_columns_are_there_and_standard(table: Any, database: Database) -> None:
    """Section 10."""
    assert [field.name for field in table.fields[:30]] == MANDATORY
    assert all(field.utype.startswith("obscore:") for field in table.fields)
    with database.connect("query") as connection:
        query = "select distinct std from caom2_ai_view.tap_columns where table_name = 'ivoa.ObsCore'"
        assert connection.execute(query).fetchall() == [(1,)]


def test_rows_are_the_science_products_with_public_metadata(table: Any) -> None:
    expected = {
        image.publisher_id
        for image in ARCHIVE
        if image.intent == "science" and image not in HIDDEN and image.number not in CATALOGUES
    }
    assert set(map(str, table.array["obs_publisher_did"])) == expected
    rights = dict(zip(table.array["obs_publisher_did"], table.array["data_rights"], strict=True))
    assert {name: right for name, right in rights.items() if right != "public"} == {
        EMBARGOED.publisher_id: "proprietary"
    }


def test_an_observation_that_is_hidden_hides_its_products(service: str, database: Database) -> None:
    image = ARCHIVE[24]
    query = f"SELECT obs_id FROM ivoa.ObsCore WHERE obs_publisher_did = '{image.publisher_id}'"
    assert len(ask(service, query).table.array) == 1
    for release in (None, "2999-01-01"):
        with database.connect("ingest") as connection:
            connection.execute(
                "update caom2.Observation set metaRelease = %s where obsID = %s", [release, image.obs_id]
            )
        assert len(ask(service, query).table.array) == 0
    with database.connect("ingest") as connection:
        connection.execute(
            "update caom2.Observation set metaRelease = %s where obsID = %s",
            [image.meta_release, image.obs_id],
        )


def test_what_is_only_planned_is_no_product(service: str, database: Database) -> None:
    """CAOM counts plans as level -1, which ObsCore does not know."""
    image = ARCHIVE[24]
    query = f"SELECT calib_level FROM ivoa.ObsCore WHERE obs_publisher_did = '{image.publisher_id}'"
    change = "update caom2.Plane set calibrationLevel = %s where publisherID = %s"
    (level,) = ask(service, query).table.array["calib_level"]
    for planned, expected in ((-1, []), (4, [4]), (int(level), [level])):
        with database.connect("ingest") as connection:
            connection.execute(change, [planned, image.publisher_id])
        assert list(ask(service, query).table.array["calib_level"]) == expected


def test_values_are_those_of_caom_in_the_units_of_obscore(table: Any) -> None:
    row = next(row for row in table.array if row["obs_id"] == "obs-03")
    assert (row["s_ra"], row["s_dec"], row["s_fov"], row["s_pixel_scale"]) == (27, -17, 1, 0.3)
    assert (row["s_xel1"], row["s_xel2"], row["pol_xel"]) == (4096, 2048, 4)
    assert (row["t_min"], row["t_exptime"], round(row["t_resolution"], 6)) == (60003, 10.5, 864)
    assert (row["em_min"], row["em_max"], row["pol_states"]) == (5e-7, 6e-7, "/I/Q/U/V/")
    assert row["s_region"] == "POLYGON ICRS 26.5 -17.5 27.5 -17.5 27.5 -16.5 26.5 -16.5"
    unknown = next(row for row in table.array if row["obs_id"] == "obs-33")
    assert (row["calib_level"], unknown["calib_level"]) == (3, 1)
    circle = next(row for row in table.array if row["obs_id"] == "obs-04")
    assert circle["s_region"] == "CIRCLE ICRS 36 -16 0.5"


def test_dl_11_access_url_leads_to_the_links(service: str, table: Any) -> None:
    row = table.array[3]
    assert row["access_format"] == "application/x-votable+xml;content=datalink"
    assert row["access_url"].startswith(f"{service}/datalink/links?ID=")
    links = get(row["access_url"]).table.array
    assert set(links["ID"]) == {row["obs_publisher_did"]}
    assert "#this" in links["semantics"]


def test_access_url_names_the_service_as_the_client_does(service: str) -> None:
    query = "SELECT TOP 1 access_url FROM ivoa.ObsCore"
    here = service.replace("127.0.0.1", "localhost")
    (url,) = ask(here, query).table.array["access_url"]
    assert url.startswith(f"{here}/datalink/links?ID=ivo://")


def test_access_url_holds_whatever_stands_in_an_identifier(service: str, database: Database) -> None:
    image = ARCHIVE[24]
    odd = "ivo://example.org/C?a+b&c=d#e%20f g/p"
    rename = "update caom2.Plane set publisherID = %s where publisherID = %s"
    with database.connect("ingest") as connection:
        connection.execute(rename, [odd, image.publisher_id])
    query = f"SELECT access_url FROM ivoa.ObsCore WHERE obs_publisher_did = '{odd}'"
    (url,) = ask(service, query).table.array["access_url"]
    assert parse_qs(urlsplit(url).query) == {"ID": [odd]}
    with database.connect("ingest") as connection:
        connection.execute(rename, [image.publisher_id, odd])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT access_url, COUNT(*) AS n FROM ivoa.ObsCore GROUP BY access_url ORDER BY access_url",
        "SELECT DISTINCT access_url FROM ivoa.ObsCore",
        "SELECT u FROM (SELECT access_url AS u FROM ivoa.ObsCore) AS o ORDER BY u",
        "SELECT access_url FROM ivoa.ObsCore UNION SELECT publisherID FROM caom2.Plane",
        "SELECT access_url FROM caom2.Plane LEFT JOIN ivoa.ObsCore ON obs_publisher_did = publisherID",
        "SELECT obs_id FROM ivoa.ObsCore WHERE access_url LIKE 'http://127.0.0.1:%links?ID=ivo://%'",
    ],
)
def test_access_url_is_a_column_like_any_other(service: str, query: str) -> None:
    assert len(ask(service, query).table.array) > 20


def test_dl_10_the_links_service_is_described_with_obscore(service: str) -> None:
    for query in ("SELECT * FROM ivoa.ObsCore", "SELECT obs_publisher_did AS x FROM ivoa.ObsCore"):
        assert 'utype="adhoc:service"' in ask(service, query).text
    assert "adhoc:service" not in ask(service, "SELECT obs_id FROM ivoa.ObsCore").text


def test_content_is_joined_by_the_keys_of_tap_schema(service: str) -> None:
    query = (
        "SELECT i.obs_id, f.nObjects, o.node FROM ivoa.ObsCore AS i"
        " JOIN caom2_ai.fingerprint AS f ON f.publisherID = i.obs_publisher_did"
        " JOIN caom2_ai.object_node AS o ON o.publisherID = i.obs_publisher_did"
    )
    assert len(ask(service, query).table.array) > 50
    keys = (
        "SELECT target_table, target_column FROM tap_schema.keys AS k JOIN tap_schema.key_columns AS c"
        " ON c.key_id = k.key_id WHERE from_table = 'ivoa.ObsCore' AND from_column = 'obs_publisher_did'"
    )
    found = ask(service, keys).table.array
    assert {(str(row[0]), str(row[1])) for row in found} == {
        ("caom2.Plane", "publisherID"),
        ("caom2_ai.fingerprint", "publisherID"),
        ("caom2_ai.object_node", "publisherID"),
    }
