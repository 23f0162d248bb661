"""AD-02, AD-05, AD-07, AD-10, RE-03: names, types and columns of results, and what is wrong with a query."""

from __future__ import annotations

import pytest

from caomai.errors import QueryError
from tapext.adql import Catalogue, parse, translate
from tapext.adql.catalogue import Column, Table
from tapext.votype import Field

FROM = "FROM caom2_ai.fingerprint AS f"


def columns(catalogue: Catalogue, query: str) -> tuple[Field, ...]:
    return translate(parse(query), catalogue).columns


def test_columns_are_described_as_in_tap_schema(catalogue: Catalogue) -> None:
    query = f"SELECT PUBLISHERid, f.ra AS alpha, vector, fingerprint, planeID, dataRelease {FROM}"
    publisher, ra, vector, counts, plane, release = columns(catalogue, query)
    assert (publisher.name, publisher.datatype, publisher.ucd) == ("publisherID", "char", "meta.ref.ivoid")
    assert (ra.name, ra.datatype, ra.arraysize, ra.unit, ra.ucd) == (
        "alpha",
        "double",
        None,
        "deg",
        "pos.eq.ra;meta.main",
    )
    assert ra.description == "right ascension of the centre (ICRS)"
    assert (vector.datatype, vector.arraysize) == ("float", "400")
    assert (counts.datatype, counts.arraysize) == ("int", "400")
    assert (plane.datatype, plane.arraysize, plane.xtype) == ("char", "36", "caom2:uuid")
    assert (release.datatype, release.xtype) == ("char", "timestamp")


def test_stars_give_all_columns_in_the_order_of_tap_schema(catalogue: Catalogue) -> None:
    fingerprint = [column.bare for column in catalogue.find_tables(("fingerprint",))[0].columns]
    node = [column.bare for column in catalogue.find_tables(("caom2_ai", "node"))[0].columns]
    assert [column.name for column in columns(catalogue, f"SELECT * {FROM}")] == fingerprint
    both = columns(catalogue, f"SELECT n.*, f.* {FROM}, caom2_ai.node AS n")
    assert [column.name.removesuffix("_2") for column in both] == node + fingerprint
    merged = columns(catalogue, f"SELECT * {FROM} JOIN caom2_ai.node AS n USING (mapID)")
    assert [column.name.removesuffix("_2") for column in merged] == [
        "mapID",
        *(name for name in fingerprint if name != "mapID"),
        *(name for name in node if name != "mapID"),
    ]
    assert "visible" not in {column.name for column in merged}
    assert [
        column.name for column in columns(catalogue, "SELECT tap_schema.columns.* FROM tap_schema.columns")
    ][5] == "size"


def test_names_are_unique_also_of_expressions(catalogue: Catalogue) -> None:
    query = (
        "SELECT ra, RA, f.ra AS ra, COUNT(*), MAX(dec), MAX(dec), 1, ra + 1, caomai_count(fingerprint, 1),"
        " 'x' \"Ra\""
    )
    names = [column.name for column in columns(catalogue, f"{query} {FROM} GROUP BY ra, fingerprint")]
    assert names == ["ra", "ra_2", "ra_3", "count", "max", "max_2", "col7", "col8", "caomai_count", "Ra_4"]


@pytest.mark.parametrize(
    ("value", "datatype", "arraysize", "unit"),
    [
        ("1", "int", None, None),
        ("3000000000", "long", None, None),
        ("1.0", "double", None, None),
        ("'x'", "char", "*", None),
        ("NULL", "char", "*", None),
        ("nObjects + 1", "int", None, None),
        ("nObjects * healpix", "long", None, None),
        ("fieldNode + fieldNode", "short", None, None),
        ("fwhm + fwhm", "float", None, "arcsec"),
        ("fwhm + 1", "double", None, None),
        ("ra - ra", "double", None, "deg"),
        ("ra * ra", "double", None, None),
        ("-fwhm", "float", None, "arcsec"),
        ("ABS(ra)", "double", None, "deg"),
        ("RADIANS(ra)", "double", None, "rad"),
        ("COUNT(*)", "long", None, None),
        ("SUM(nObjects)", "long", None, None),
        ("AVG(nObjects)", "double", None, None),
        ("MIN(fwhm)", "float", None, "arcsec"),
        ("MAX(dataRelease)", "char", "23*", None),
        ("MAX(planeID)", "char", "36", None),
        ("CAST(ra AS SMALLINT)", "short", None, "deg"),
        ("CAST(ra AS VARCHAR(9))", "char", "9*", None),
        ("CAST(ra AS CHAR(9))", "char", "9", None),
        ("CAST('2020-01-01' AS TIMESTAMP)", "char", "*", None),
        ("COALESCE(fwhm, 0)", "double", None, "arcsec"),
        ("COALESCE(fieldNode, nObjects)", "int", None, None),
        ("IN_UNIT(fwhm, 'deg')", "double", None, "deg"),
        ("POINT(ra, dec)", "double", "2", "deg"),
        ("CIRCLE(ra, dec, 1)", "double", "3", "deg"),
        ("BOX(10, 20, 1, 1)", "double", "*", "deg"),
        ("DISTANCE(ra, dec, 1, 2)", "double", None, "deg"),
        ("CONTAINS(POINT(ra, dec), CIRCLE(1, 2, 3))", "int", None, None),
        ("caomai_distance(vector, vector)", "double", None, None),
        ("caomai_vector('ivo://x')", "float", "400", None),
    ],
)
def test_expressions_have_types_and_units(
    catalogue: Catalogue, value: str, datatype: str, arraysize: str | None, unit: str | None
) -> None:
    aggregate = value.startswith(("COUNT", "SUM", "AVG", "MIN", "MAX"))
    column = columns(catalogue, f"SELECT {value} AS x {FROM}{'' if aggregate else ' ORDER BY 1'}")[0]
    assert (column.datatype, column.arraysize, column.unit) == (datatype, arraysize, unit)


def test_columns_keep_their_description_through_sub_queries(catalogue: Catalogue) -> None:
    direct = columns(catalogue, f"SELECT ra AS x {FROM}")
    assert columns(catalogue, f"SELECT q.* FROM (SELECT ra AS x {FROM}) AS q") == direct
    assert columns(catalogue, f"WITH w AS (SELECT ra AS x {FROM}) SELECT x FROM w") == direct
    assert columns(catalogue, f"SELECT ra AS x {FROM} UNION SELECT ra {FROM} WHERE dec > 1") == direct


def test_set_operators_widen_types(catalogue: Catalogue) -> None:
    found = columns(catalogue, f"SELECT nObjects, collection {FROM} UNION SELECT ra, planeID {FROM}")
    assert [(column.name, column.datatype) for column in found] == [
        ("nObjects", "double"),
        ("collection", "char"),
    ]


def test_vector_ids_are_collected(catalogue: Catalogue) -> None:
    query = (
        f"SELECT caomai_distance(vector, caomai_vector('ivo://a?b/c')) {FROM} WHERE nObjects IN"
        f" (SELECT nObjects {FROM} WHERE caomai_distance(vector, caomai_vector('ivo://d')) < 1)"
        f" OR caomai_distance(vector, caomai_vector('ivo://a?b/c')) < 1"
        f" OR caomai_distance(vector, caomai_vector(publisherID)) < 1"
    )
    assert set(translate(parse(query), catalogue).vector_ids) == {"ivo://a?b/c", "ivo://d"}


def test_uploaded_tables_are_known_by_their_name(catalogue: Catalogue) -> None:
    mine = Table(
        "TAP_UPLOAD.mine",
        ("pg_temp", "u1"),
        (Column("id", "char", "*"), Column('"my size"', "double", unit="m")),
    )
    known = catalogue.with_tables([mine])
    query = (
        'SELECT m.id, "my size" AS s FROM tap_upload.Mine AS m JOIN caom2.Plane AS p ON p.publisherID = m.id'
    )
    translation = translate(parse(query), known)
    assert '"pg_temp"."u1" as t1' in translation.sql.as_string(None)
    assert [(column.name, column.unit) for column in translation.columns] == [("id", None), ("s", "m")]
    with pytest.raises(QueryError, match=r"no table tap_upload\.Mine"):
        translate(parse(query), catalogue)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT publisherid FROM CAOM2.PLANE",
        "SELECT Plane.publisherID FROM caom2.Plane",
        "SELECT caom2.plane.publisherID FROM caom2.Plane",
        "SELECT publisherID FROM Plane",
        'SELECT "p"."publisherID" FROM "caom2"."Plane" AS p',
        'SELECT P.publisherID FROM caom2.Plane AS "p"',
        'SELECT "size" FROM TAP_SCHEMA.columns',
        "SELECT COUNT(*) FROM caom2.Plane AS p, caom2.Plane AS q WHERE p.planeID = q.planeID",
        "SELECT caom2.Plane.obsID FROM caom2.Plane, caom2.Observation AS Plane",
        'SELECT "Aa", aa2 FROM (SELECT ra AS "Aa", dec AS aa2 FROM caom2_ai.fingerprint) AS q',
        "SELECT a.x FROM (SELECT b.x FROM (SELECT ra AS x FROM caom2_ai.fingerprint) AS b) AS a",
        (
            "SELECT publisherID FROM caom2.Plane WHERE EXISTS (SELECT 1 FROM caom2.Artifact AS a WHERE"
            " a.planeID = Plane.planeID)"
        ),
        "WITH plane AS (SELECT label FROM caom2_ai.label) SELECT label FROM Plane",
    ],
)
def test_names_are_found(catalogue: Catalogue, query: str) -> None:
    assert translate(parse(query), catalogue).columns


WRONG = [
    # Names
    (
        "SELECT ra FROM caom2_ai.fingerprnt",
        16,
        "no table caom2_ai.fingerprnt; did you mean caom2_ai.fingerprint?",
    ),
    ("SELECT ra FROM ivoa.fingerprint", 16, "did you mean caom2_ai.fingerprint?"),
    ("SELECT ra FROM plane_", 16, "did you mean caom2.Plane?"),
    ("SELECT 1 FROM pg_catalog.pg_class", 15, "no table pg_catalog.pg_class; TAP_SCHEMA.tables lists what"),
    ("SELECT 1 FROM caom2_ai_view.fingerprint", 15, "did you mean"),
    ('SELECT 1 FROM "caom2"."plane"', 15, "no table"),
    (f"SELECT publisherId2 {FROM}", 8, "no column publisherId2; did you mean publisherID?"),
    (f"SELECT f.nobject {FROM}", 8, "no column nobject in f; did you mean nObjects?"),
    (f"SELECT position_bounds {FROM}", 8, "no column position_bounds; there is one in caom2.Plane"),
    (f"SELECT f.position_bounds {FROM}", 8, "position_bounds in f; there is one in caom2.Plane"),
    ('SELECT "Position_Bounds" FROM caom2.Plane', 8, "did you mean position_bounds?"),
    (f"SELECT g.ra {FROM}", 8, "no table or alias g in FROM"),
    (f"SELECT fingerprint.ra {FROM}", 8, "no table or alias fingerprint"),
    (f"SELECT visible {FROM}", 8, "no column visible"),
    (f"SELECT ctid {FROM}", 8, "no column ctid"),
    (f"SELECT tableoid, xmin {FROM}", 8, "no column tableoid"),
    (f'SELECT "publisherid" {FROM}', 8, "no column publisherid; did you mean publisherID?"),
    (f'SELECT ra {FROM} WHERE collection = "CFHT"', 61, "no column CFHT: a text stands in single quotes"),
    ('SELECT "foo" FROM (SELECT ra AS Foo FROM caom2_ai.fingerprint) AS q', 8, "did you mean Foo?"),
    (f"SELECT g.* {FROM}", 8, "g is not in FROM"),
    (f"SELECT planeID {FROM}, caom2.Plane AS p", 8, "planeID is ambiguous"),
    (f"SELECT ra {FROM}, caom2.Plane AS f", 58, "used twice"),
    (f"SELECT ra AS x, dec AS X {FROM} ORDER BY x", 66, "ORDER BY x is ambiguous"),
    (f"SELECT CAST(planeID AS TIMESTAMP) {FROM}", 8, "takes a text, not a UUID"),
    ("SELECT 1 FROM caom2.Plane, caom2.Plane", 28, "used twice"),
    ("SELECT x FROM (SELECT ra AS x, dec AS X FROM caom2_ai.fingerprint) AS q", 8, "x is ambiguous"),
    (f"SELECT ra AS alpha {FROM} WHERE alpha > 1", 57, "alias alpha cannot be used here"),
    (f"SELECT 1 {FROM} JOIN caom2.Plane AS p ON q.x = 1", 66, "no table or alias q"),
    (
        f"SELECT 1 {FROM}, caom2_ai.map AS m JOIN caom2.Plane AS p ON f.planeID = p.planeID",
        85,
        "no table or alias f",
    ),
    (f"SELECT 1 {FROM} JOIN caom2.Plane AS p USING (ra)", 70, "ra does not exist on the right"),
    (
        "SELECT 1 FROM caom2.Plane AS p, (SELECT p.planeID FROM caom2.Artifact AS a) AS q",
        41,
        "no table or alias p",
    ),
    ("WITH w AS (SELECT 1 FROM w) SELECT 1 FROM w", 26, "no table w"),
    ("WITH w AS (SELECT 1 FROM caom2.Plane), W AS (SELECT 2 FROM w) SELECT 1 FROM w", 40, "given twice"),
    # Functions
    (
        f"SELECT caomai_distnce(vector, vector) {FROM}",
        8,
        "no function caomai_distnce; did you mean caomai_distance?",
    ),
    (f"SELECT pg_sleep(10) {FROM}", 8, "no function pg_sleep"),
    (f"SELECT version() {FROM}", 8, "no function version"),
    (f"SELECT caom2_ai.caomai_rank(1) {FROM}", 28, "Expected ',' or FROM"),
    (
        f"SELECT caomai_distance(vector) {FROM}",
        8,
        "takes 2 arguments as in caomai_distance(v1 REAL[], v2 REAL[]) -> DOUBLE, not 1",
    ),
    (f"SELECT caomai_distance(vector, fingerprint) {FROM}", 32, "takes REAL[] as v2, not an array (int)"),
    (f"SELECT caomai_count(fingerprint, 1.5) {FROM}", 34, "takes INTEGER as node, not a number"),
    (f"SELECT caomai_count(fingerprint, '1') {FROM}", 34, "takes INTEGER as node, not a text"),
    (f"SELECT SIN() {FROM}", 8, "SIN takes 1 argument, not 0"),
    (f"SELECT ROUND(ra, 1, 2) {FROM}", 8, "ROUND takes 1 or 2 arguments, not 3"),
    (f"SELECT SIN(collection) {FROM}", 12, "SIN takes a number, not a text"),
    (f"SELECT LOWER(ra) {FROM}", 14, "LOWER takes a text, not a number"),
    (f"SELECT ROUND(ra, 1.5) {FROM}", 18, "whole number"),
    (f"SELECT COALESCE(ra, 'x') {FROM}", 8, "values of one type, not a number and a text"),
    # Types
    (f"SELECT ra + collection {FROM}", 13, "operator + takes a number, not a text"),
    (f"SELECT ra || 'x' {FROM}", 8, "CAST(... AS VARCHAR)"),
    (f"SELECT -collection {FROM}", 9, "sign - takes a number"),
    (f"SELECT 1 {FROM} WHERE ra = 'x'", 47, "Cannot compare a number with a text: use CAST"),
    (f"SELECT 1 {FROM} WHERE ra > '10'", 47, "write a number without quotes"),
    (f"SELECT 1 {FROM} WHERE collection = 5", 47, "Cannot compare a text with a number"),
    (f"SELECT 1 {FROM} WHERE dataRelease > 2020", 47, "Cannot compare a timestamp with a number"),
    (f"SELECT 1 {FROM} WHERE dataRelease > 'yesterday'", 47, "'yesterday' is not a date such as 2020-01-31"),
    (f"SELECT 1 {FROM} WHERE dataRelease > '2020-13-01'", 47, "is not a date"),
    (f"SELECT 1 {FROM} WHERE dataRelease = collection", 47, "Cannot compare a timestamp with a text"),
    (f"SELECT 1 {FROM} WHERE vector = vector", 47, "Comparisons do not take an array (float)"),
    (f"SELECT 1 {FROM} WHERE ra LIKE '1%'", 47, "LIKE takes a text, not a number"),
    (f"SELECT 1 {FROM} WHERE ra IN (1, 'x')", 47, "Cannot compare"),
    (f"SELECT 1 {FROM} WHERE ra IN (SELECT ra, dec {FROM})", 47, "has one column, not 2"),
    (f"SELECT 1 {FROM} WHERE ra = (SELECT ra, dec {FROM})", 52, "has one column, not 2"),
    (f"SELECT SUM(collection) {FROM}", 8, "SUM takes a number, not a text"),
    (f"SELECT MAX(vector) {FROM}", 8, "MAX does not take an array"),
    (f"SELECT CAST(vector AS INTEGER) {FROM}", 8, "CAST to INTEGER takes a number or a text"),
    (f"SELECT CAST(ra AS TIMESTAMP) {FROM}", 8, "CAST to TIMESTAMP takes a text"),
    (f"SELECT CAST(ra AS POINT) {FROM}", 8, "geometry is not supported"),
    (f"SELECT TIMESTAMP('2020-02-30') {FROM}", 18, "is not a date"),
    (f"SELECT ra {FROM} UNION SELECT collection {FROM}", 1, "Column 1 of this UNION is of different types"),
    (f"SELECT ra {FROM} UNION SELECT ra, dec {FROM}", 48, "have 1 and 2 columns"),
    # Aggregates
    (f"SELECT 1 {FROM} WHERE COUNT(*) > 1", 47, "may not stand in WHERE"),
    (f"SELECT 1 {FROM} JOIN caom2.Plane AS p ON MAX(ra) = 1", 66, "may not stand in ON"),
    (f"SELECT 1 {FROM} GROUP BY SUM(ra)", 50, "may not stand in GROUP BY"),
    (f"SELECT SUM(COUNT(*)) {FROM}", 12, "may not stand in another aggregate"),
    (f"SELECT collection, COUNT(*) {FROM}", 8, "collection must stand in GROUP BY"),
    (f"SELECT ra + 1 {FROM} GROUP BY dec", 8, "ra must stand in GROUP BY"),
    (f"SELECT collection {FROM} GROUP BY collection HAVING ra > 1", 77, "ra must stand in GROUP BY"),
    (f"SELECT collection {FROM} GROUP BY collection ORDER BY ra", 79, "ra must stand in GROUP BY"),
    (f"SELECT ra {FROM} ORDER BY COUNT(*)", 51, "ra must stand in GROUP BY"),
    (f"SELECT COUNT(ra) AS n {FROM} ORDER BY SUM(n)", 63, "may not hold another aggregate"),
    (f"SELECT 1 {FROM} HAVING ra > 1", 48, "ra must stand in GROUP BY"),
    (
        (
            f"SELECT collection {FROM} GROUP BY collection"
            " HAVING EXISTS (SELECT 1 FROM caom2.Plane AS p WHERE p.obsID = f.obsID)"
        ),
        77,
        "obsID must stand in GROUP BY",
    ),
    (f"SELECT (SELECT MAX(f.ra) FROM caom2_ai.map) {FROM}", 16, "takes columns of this sub-query"),
    (f"SELECT 1 {FROM} FULL JOIN caom2.Plane AS p ON p.planeID = f.planeID OR 1 = ra", 71, "an equation"),
    # Functions of other dialects
    (f"SELECT LN(ra) {FROM}", 8, "LOG is the natural logarithm"),
    (f"SELECT CONCAT(collection, 'x') {FROM}", 8, "join texts by ||"),
    (f"SELECT NOW() {FROM}", 8, "write the date as a text"),
    (f"SELECT CEIL(ra) {FROM}", 8, "did you mean CEILING?"),
    (f"SELECT POW(ra, 2) {FROM}", 8, "did you mean POWER?"),
    (f"SELECT MAXX(ra) {FROM}", 8, "did you mean MAX?"),
    (f"SELECT contain(ra, dec) {FROM}", 8, "did you mean CONTAINS?"),
    (f"SELECT DISTNCT {FROM}", 8, "did you mean DISTINCT?"),
    # Order
    (f"SELECT ra {FROM} ORDER BY 2", 51, "there is no such column"),
    (f"SELECT ra {FROM} ORDER BY 0", 51, "there is no such column"),
    (f"SELECT DISTINCT ra {FROM} ORDER BY dec", 60, "With DISTINCT"),
    (f"SELECT ra {FROM} UNION SELECT dec {FROM} ORDER BY ra + 1", 99, "After a set operation"),
    # Units and geometry
    (f"SELECT IN_UNIT(ra, 'furlong') {FROM}", 20, "'furlong' in 'furlong' is not a unit of VOUnits"),
    (f"SELECT IN_UNIT(ra, 's') {FROM}", 20, "'deg' cannot be given in 's'"),
    (f"SELECT IN_UNIT(nObjects, 'deg') {FROM}", 26, "has no unit"),
    (f"SELECT IN_UNIT(ra, collection) {FROM}", 8, "a unit in quotes"),
    (f"SELECT POINT(1, 95) {FROM}", 17, "declination lies between -90 and 90 degrees, not at 95"),
    (f"SELECT POINT(-1, 5) {FROM}", 14, "right ascension lies between 0 and 360"),
    (f"SELECT POINT('GALACTIC', 1, 5) {FROM}", 14, "'GALACTIC' is not known"),
    (f"SELECT POINT(collection, 5) {FROM}", 14, "is a number of degrees, not a text"),
    (f"SELECT CIRCLE(1, 5, -1) {FROM}", 21, "radius lies between 0 and 180"),
    (f"SELECT CIRCLE(1, 5) {FROM}", 15, "Expected a geometry (POINT), found a number"),
    (f"SELECT POLYGON(1, 2, 3, 4) {FROM}", 8, "three corners"),
    (f"SELECT POLYGON(1, 2, 3, 4, 5) {FROM}", 8, "one is missing"),
    (
        f"SELECT 1 {FROM} WHERE 1 = CONTAINS(ra, CIRCLE(1, 2, 3))",
        60,
        "takes geometries such as POINT or CIRCLE",
    ),
    (f"SELECT 1 {FROM} WHERE 1 = CONTAINS(POINT(ra, dec))", 51, "two geometries, not 1"),
    (f"SELECT DISTANCE(ra, dec, 1) {FROM}", 8, "two points or four numbers"),
    (f"SELECT REGION('ELLIPSE 1 2 3') {FROM}", 15, "REGION reads POSITION, CIRCLE"),
    (f"SELECT REGION('CIRCLE ICRS 1 x 3') {FROM}", 15, "cannot be read"),
    (f"SELECT 1 {FROM} WHERE CONTAINS(CIRCLE(1, 2, 3), POINT(ra, dec)) = 1", 73, "A point contains nothing"),
]


@pytest.mark.parametrize(("query", "column", "words"), WRONG)
def test_what_does_not_fit_is_refused_at_its_place(
    catalogue: Catalogue, query: str, column: int, words: str
) -> None:
    with pytest.raises(QueryError) as caught:
        translate(parse(query), catalogue)
    assert words in caught.value.message
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(
    "value",
    [
        "target_name",
        "LOWER(target_name)",
        "target_name || 'x'",
        "'x' || target_name",
        "COALESCE(target_name, 'x')",
        "CAST(target_name AS VARCHAR)",
        "CAST(target_name AS CHAR(3))",
        "MIN(target_name)",
        "'Ångström'",
    ],
)
def test_letters_beyond_ascii_are_kept(catalogue: Catalogue, value: str) -> None:
    (column,) = translate(parse(f"SELECT {value} AS x FROM caom2.Observation"), catalogue).columns
    assert column.datatype == "unicodeChar"


def test_letters_beyond_ascii_are_kept_in_unions(catalogue: Catalogue) -> None:
    query = "SELECT collection AS x FROM caom2.Observation UNION SELECT target_name FROM caom2.Observation"
    (column,) = translate(parse(query), catalogue).columns
    assert column.datatype == "unicodeChar"
