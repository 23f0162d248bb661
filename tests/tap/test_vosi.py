"""Capabilities, tables and availability as clients read them (VOSI 1.1, TAPRegExt 1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from caomai.database import Database, sql_folder
from caomai.settings import read_settings
from tapext.adql import Catalogue
from tapext.vosi.capabilities import write_capabilities
from tests.tap.client import ask, get
from tests.tap.visitor import visiting

TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def read(url: str) -> ET.Element:
    answer = get(url)
    assert (answer.status, answer.kind.partition(";")[0]) == (200, "text/xml")
    root: ET.Element = answer.root
    return root


@pytest.fixture(scope="module")
def capabilities(service: str) -> dict[str, ET.Element]:
    root = read(f"{service}/tap/capabilities")
    return {str(capability.get("standardID")): capability for capability in root}


@pytest.fixture(scope="module")
def client(service: str) -> Iterator[Any]:
    with visiting(service) as made:
        yield made


def test_ca_01_one_capability_is_tap(service: str, capabilities: dict[str, ET.Element]) -> None:
    tap = capabilities["ivo://ivoa.net/std/TAP"]
    interface = tap.find("interface")
    assert tap.get(TYPE) == "tr:TableAccess"
    assert interface is not None
    assert (interface.get(TYPE), interface.get("role"), interface.get("version")) == (
        "vs:ParamHTTP",
        "std",
        "1.1",
    )
    url = interface.find("accessURL")
    assert url is not None
    assert (url.text, url.get("use")) == (f"{service}/tap", "base")


def test_ca_03_other_resources_are_declared_and_answer(capabilities: dict[str, ET.Element]) -> None:
    others = [name for name in capabilities if name != "ivo://ivoa.net/std/TAP"]
    assert [name.removeprefix("ivo://ivoa.net/std/") for name in others] == [
        "VOSI#capabilities",
        "VOSI#availability",
        "VOSI#tables",
        "VOSI#tables-1.1",
        "DALI#examples",
        "DataLink#links-1.1",
        "https://caom-ai.github.io/similar",
        "https://caom-ai.github.io/object_search",
        "https://caom-ai.github.io/similar#the-objects-of-an-image",
    ]
    for name in others:
        answer = get(str(capabilities[name].findtext("interface/accessURL")))
        # Ours say what they want to be asked.
        assert answer.status == (200 if name.startswith("ivo:") else 400)


def test_services_beside_tap_are_declared(service: str, capabilities: dict[str, ET.Element]) -> None:
    described = capabilities["https://caom-ai.github.io/object_search"]
    assert described.findtext("interface/accessURL") == f"{service}/similar/objects"
    assert "look most like" in str(described.findtext("description"))


def test_ca_04_everybody_may_ask(capabilities: dict[str, ET.Element]) -> None:
    for capability in capabilities.values():
        assert not capability.findall(".//securityMethod")


def test_ca_06_both_versions_of_adql(capabilities: dict[str, ET.Element]) -> None:
    versions = capabilities["ivo://ivoa.net/std/TAP"].findall("language/version")
    assert [version.get("ivo-id") for version in versions] == [
        "ivo://ivoa.net/std/ADQL#v2.0",
        "ivo://ivoa.net/std/ADQL#v2.1",
    ]


def test_ca_07_every_function_is_declared_and_described(capabilities: dict[str, ET.Element]) -> None:
    features = declared(capabilities, "udf")
    assert {form.split("(")[0] for form in features} == {
        path.stem for path in (sql_folder() / "functions").glob("*.sql")
    }
    assert all(features.values())
    assert not [form for form in features if "[" in form]


def declared(capabilities: dict[str, ET.Element], group: str) -> dict[str, str | None]:
    (found,) = [
        part
        for part in capabilities["ivo://ivoa.net/std/TAP"].findall("language/languageFeatures")
        if part.get("type") == f"ivo://ivoa.net/std/TAPRegExt#features-{group}"
    ]
    return {str(feature.findtext("form")): feature.findtext("description") for feature in found}


FEATURES = {
    "adqlgeo": {
        "AREA": "SELECT AREA(CIRCLE(1, 2, 3)) AS x FROM caom2.Plane",
        "BOX": "SELECT BOX(1, 2, 3, 4) AS x FROM caom2.Plane",
        "CENTROID": "SELECT CENTROID(CIRCLE(1, 2, 3)) AS x FROM caom2.Plane",
        "CIRCLE": "SELECT CIRCLE('ICRS', 1, 2, 3) AS x FROM caom2.Plane",
        "CONTAINS": "SELECT ra FROM caom2_ai.fingerprint WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(1, 2, 3))",
        "COORD1": "SELECT COORD1(POINT(1, 2)) AS x FROM caom2.Plane",
        "COORD2": "SELECT COORD2(POINT(1, 2)) AS x FROM caom2.Plane",
        "COORDSYS": "SELECT COORDSYS(POINT(1, 2)) AS x FROM caom2.Plane",
        "DISTANCE": "SELECT DISTANCE(ra, dec, 1, 2) AS x FROM caom2_ai.fingerprint",
        "INTERSECTS": "SELECT ra FROM caom2_ai.fingerprint WHERE 1=INTERSECTS(POINT(1, 2), BOX(1,2,3,4))",
        "POINT": "SELECT POINT(1, 2) AS x FROM caom2.Plane",
        "POLYGON": "SELECT POLYGON(1, 2, 3, 4, 5, 0) AS x FROM caom2.Plane",
        "REGION": "SELECT REGION('CIRCLE ICRS 1 2 3') AS x FROM caom2.Plane",
    },
    "adql-string": {
        "LOWER": "SELECT LOWER(productID) AS x FROM caom2.Plane",
        "UPPER": "SELECT UPPER(productID) AS x FROM caom2.Plane",
        "ILIKE": "SELECT productID FROM caom2.Plane WHERE productID ILIKE 'IMAGE%'",
    },
    "adql-common-table": {"WITH": "WITH p AS (SELECT productID FROM caom2.Plane) SELECT * FROM p"},
    "adql-sets": {
        name: f"SELECT nObjects FROM caom2_ai.fingerprint {name} SELECT nDetected FROM caom2_ai.fingerprint"
        for name in ("UNION", "EXCEPT", "INTERSECT")
    },
    "adql-type": {"CAST": "SELECT CAST(calibrationLevel AS VARCHAR) AS x FROM caom2.Plane"},
    "adql-unit": {"IN_UNIT": "SELECT IN_UNIT(time_exposure, 'h') AS x FROM caom2.Plane"},
    "adql-offset": {"OFFSET": "SELECT productID FROM caom2.Plane ORDER BY productID OFFSET 3"},
}


@pytest.mark.parametrize("group", FEATURES)
def test_ca_07_every_declared_feature_works(
    service: str, capabilities: dict[str, ET.Element], group: str
) -> None:
    assert declared(capabilities, group).keys() == FEATURES[group].keys()
    for query in FEATURES[group].values():
        answer = ask(service, query, MAXREC=3)
        assert answer.status == 200, (query, answer.text)
        assert answer.table.fields


def test_ca_08_every_declared_format_works(service: str, capabilities: dict[str, ET.Element]) -> None:
    formats = capabilities["ivo://ivoa.net/std/TAP"].findall("outputFormat")
    names = [str(element.text) for known in formats for element in known]
    assert len(names) >= 14
    for name in names:
        words = {"QUERY": "SELECT table_name FROM tap_schema.tables", "RESPONSEFORMAT": name}
        assert get(f"{service}/tap/sync", words).status == 200, name


def test_ca_05_obscore_is_declared(capabilities: dict[str, ET.Element]) -> None:
    models = capabilities["ivo://ivoa.net/std/TAP"].findall("dataModel")
    assert [model.get("ivo-id") for model in models] == ["ivo://ivoa.net/std/ObsCore#core-1.1"]


def test_ca_09_uploads_may_come_in_every_mandatory_way(capabilities: dict[str, ET.Element]) -> None:
    methods = capabilities["ivo://ivoa.net/std/TAP"].findall("uploadMethod")
    assert [str(method.get("ivo-id")).partition("#")[2] for method in methods] == [
        "upload-inline",
        "upload-http",
        "upload-https",
    ]


def test_ca_10_limits_of_jobs_and_uploads_are_told(capabilities: dict[str, ET.Element]) -> None:
    tap = capabilities["ivo://ivoa.net/std/TAP"]
    found = {
        name: (tap.findtext(f"{name}/default"), tap.findtext(f"{name}/hard"))
        for name in ("retentionPeriod", "executionDuration", "uploadLimit")
    }
    assert found == {
        "retentionPeriod": ("604800", "2592000"),
        "executionDuration": ("3600", "21600"),
        "uploadLimit": ("1000000", "1000000"),
    }


def test_ca_10_limits_are_told(capabilities: dict[str, ET.Element]) -> None:
    limit = capabilities["ivo://ivoa.net/std/TAP"].find("outputLimit")
    assert limit is not None
    assert [(child.tag, child.text, child.get("unit")) for child in limit] == [
        ("default", "100000", "row"),
        ("hard", "1000000", "row"),
    ]


def test_ca_11_elements_stand_in_the_order_of_the_schema(capabilities: dict[str, ET.Element]) -> None:
    tags = [child.tag for child in capabilities["ivo://ivoa.net/std/TAP"]]
    assert list(dict.fromkeys(tags)) == [
        "interface",
        "dataModel",
        "language",
        "outputFormat",
        "uploadMethod",
        "retentionPeriod",
        "executionDuration",
        "outputLimit",
        "uploadLimit",
    ]


def test_ep_04_availability(service: str) -> None:
    root = read(f"{service}/tap/availability")
    space = "{http://www.ivoa.net/xml/VOSIAvailability/v1.0}"
    assert root.findtext(f"{space}available") == "true"
    assert str(root.findtext(f"{space}upSince")).endswith("Z")


def test_ep_05_tables_are_those_of_tap_schema(service: str, database: Database) -> None:
    with database.connect("query") as connection:
        known = connection.execute("select table_name, column_name from tap_schema.columns").fetchall()
    tables = read(f"{service}/tap/tables").findall("schema/table")
    names = [(table, column) for table in tables for column in table.findall("column")]
    assert {(table.findtext("name"), column.findtext("name")) for table, column in names} == set(known)


def test_ep_06_detail_min_leaves_columns_out(service: str) -> None:
    root = read(f"{service}/tap/tables?detail=min")
    assert root.findall("schema/table")
    assert not root.findall("schema/table/column")
    assert read(f"{service}/tap/tables?DETAIL=max").findall("schema/table/column")


def test_ep_07_one_table(service: str) -> None:
    root = read(f"{service}/tap/tables/caom2.Plane")
    assert root.findtext("name") == "caom2.Plane"
    column = next(column for column in root.findall("column") if column.findtext("name") == "time_exposure")
    kind = column.find("dataType")
    assert kind is not None
    assert (kind.text, kind.get(TYPE), column.findtext("unit")) == ("double", "vs:VOTableType", "s")
    assert "caom2.Observation" in [key.findtext("targetTable") for key in root.findall("foreignKey")]


def test_ep_07_names_of_tables_have_no_case(service: str) -> None:
    assert read(f"{service}/tap/tables/CAOM2.plane").findtext("name") == "caom2.Plane"


def test_ep_07_an_unknown_table_gets_a_sentence(service: str) -> None:
    answer = get(f"{service}/tap/tables/caom2.Plain")
    assert (answer.status, answer.statuses) == (404, ["ERROR"])
    assert answer.message == "There is no table 'caom2.Plain'; did you mean caom2.Plane?"
    assert "/tap/tables lists them" in get(f"{service}/tap/tables/x").message


@pytest.mark.parametrize("name", ["caom2.Nothing", "pg_class", "../capabilities", "%3Cx%3E"])
def test_ep_07_an_unknown_table_is_not_found(service: str, name: str) -> None:
    assert get(f"{service}/tap/tables/{name}").status == 404


def test_ep_09_the_root_is_for_people(service: str) -> None:
    answer = get(f"{service}/tap")
    assert answer.kind.startswith("text/html")
    assert f"{service}/tap" in answer.text


def test_pyvo_reads_tables(client: Any) -> None:
    assert client.tables["caom2_ai.fingerprint"].description
    columns = {column.name: column for column in client.tables["caom2_ai.fingerprint"].columns}
    column = columns["vector"]
    assert (column.datatype.content, column.datatype.arraysize) == ("float", "400")


def test_pyvo_reads_capabilities(client: Any) -> None:
    (tap,) = [known for known in client.capabilities if known.standardid == "ivo://ivoa.net/std/TAP"]
    language = tap.get_adql()
    assert language.get_udf("caomai_distance") is not None
    assert client.hardlimit == 1_000_000
    assert client.maxrec == 100_000


def test_where_no_host_is_allowed_tables_come_with_the_request_only() -> None:
    document = write_capabilities(Catalogue(()), read_settings(upload_hosts=" "), "http://example.org")
    assert re.findall("#upload-[a-z]+", document) == ["#upload-inline"]
