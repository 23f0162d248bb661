"""RE-03: what a result says of its columns: names, units and UCDs, also of what is made from columns."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from astropy.io.votable import ucd

from tapext.adql import Catalogue, parse, translate
from tapext.adql.types import SMALLINT, declared_type, joint_type
from tapext.votype import Field
from tests.adql.questions import Questions

FROM = "FROM caom2_ai.fingerprint AS f"


def columns(catalogue: Catalogue, query: str) -> tuple[Field, ...]:
    return translate(parse(query), catalogue).columns


@pytest.mark.parametrize(
    ("value", "unit", "found"),
    [
        ("ra", "deg", "pos.eq.ra;meta.main"),
        ("+ra", "deg", "pos.eq.ra;meta.main"),
        ("-ra", "deg", None),
        ("ra + dec", "deg", None),
        ("ra - dec + ra", "deg", None),
        ("ra + fwhm", None, None),
        ("ra + 1", None, None),
        ("2 * ra", "deg", None),
        ("ra * 2 / 3 * -1", "deg", None),
        ("ra / 2", "deg", None),
        ("2 / ra", None, None),
        ("1 * 2 / ra", None, None),
        ("ra * dec", None, None),
        ("ra / dec", None, None),
        ("2 * 3", None, None),
        ("ABS(ra)", "deg", None),
        ("ROUND(fwhm, 1)", "arcsec", None),
        ("SIN(ra)", None, None),
        ("DEGREES(ra)", "deg", None),
        ("IN_UNIT(fwhm, 'mas')", "mas", "phys.angSize;instr.det.psf"),
        ("IN_UNIT(2 * fwhm, 'deg')", "deg", None),
        ("COALESCE(ra, 0)", "deg", "pos.eq.ra;meta.main"),
        ("COALESCE(ra, dec)", "deg", None),
        ("COALESCE(ra, fwhm)", None, None),
        ("CAST(ra AS REAL)", "deg", "pos.eq.ra;meta.main"),
        ("CAST(ra AS VARCHAR(9))", None, "pos.eq.ra;meta.main"),
        ("(SELECT TOP 1 ra FROM caom2_ai.fingerprint)", "deg", "pos.eq.ra;meta.main"),
        ("POINT(ra, dec)", "deg", "pos.eq"),
        ("CIRCLE(ra, dec, 1)", "deg", "pos.outline"),
        ("COORD1(POINT(ra, dec))", "deg", "pos.eq.ra"),
        ("DISTANCE(ra, dec, 1, 2)", "deg", "pos.angDistance"),
        ("AREA(CIRCLE(ra, dec, 1))", "deg**2", "phys.angArea"),
        ("caomai_distance(vector, vector)", None, "stat.param"),
        ("caomai_count(fingerprint, 7)", None, "meta.number;src.class"),
        ("caomai_fraction(fingerprint, 7)", None, "meta.number;src.class;arith.ratio"),
        ("COUNT(*)", None, "meta.number"),
        ("COUNT(DISTINCT ra)", None, "meta.number"),
        ("MIN(ra)", "deg", "pos.eq.ra;stat.min"),
        ("MAX(ra)", "deg", "pos.eq.ra;stat.max"),
        ("AVG(ra)", "deg", "pos.eq.ra;stat.mean"),
        ("SUM(fwhm)", "arcsec", "phys.angSize;instr.det.psf;arith.sum"),
        ("MAX(dataRelease)", None, "time.release;stat.max"),
        ("MAX(publisherID)", None, "meta.ref.ivoid"),
        ("MAX(-ra)", "deg", None),
        ("MAX(2 * fwhm) / 2", "arcsec", None),
    ],
)
def test_units_and_ucds(catalogue: Catalogue, value: str, unit: str | None, found: str | None) -> None:
    (column,) = columns(catalogue, f"SELECT {value} AS x {FROM}")
    assert (column.name, column.unit, column.ucd) == ("x", unit, found)


def test_statistics_of_statistics_say_the_last_one(catalogue: Catalogue) -> None:
    (column,) = columns(
        catalogue, f"SELECT MAX(q.m) FROM (SELECT MIN(ra) AS m {FROM} GROUP BY collection) AS q"
    )
    assert (column.unit, column.ucd) == ("deg", "pos.eq.ra;stat.max")


def test_descriptions_come_through_every_shape_of_query(catalogue: Catalogue) -> None:
    (direct,) = columns(catalogue, f"SELECT ra {FROM}")
    assert direct.utype == "caom2_ai:Fingerprint.ra"
    assert direct.description == "right ascension of the centre (ICRS)"
    for query in (
        f"SELECT q.ra FROM (SELECT ra {FROM}) AS q",
        f"SELECT * FROM (SELECT * FROM (SELECT ra {FROM}) AS q) AS r",
        f"WITH w AS (SELECT ra {FROM}) SELECT w.* FROM w",
        f"SELECT ra {FROM} JOIN (SELECT ra {FROM}) AS g USING (ra)",
        f"SELECT ra {FROM} NATURAL LEFT JOIN (SELECT ra {FROM}) AS g",
        f"SELECT ra {FROM} UNION SELECT ra {FROM} EXCEPT SELECT ra {FROM}",
        f"(SELECT TOP 3 ra {FROM} ORDER BY dec) ORDER BY ra",
        f"SELECT DISTINCT ra {FROM} GROUP BY ra",
    ):
        assert columns(catalogue, query) == (direct,)


def test_set_operators_say_what_is_true_of_all(catalogue: Catalogue) -> None:
    query = f"SELECT ra AS x, fwhm, ra, collection {FROM} UNION SELECT dec, ra, 5, 'x' {FROM}"
    x, fwhm, ra, collection = columns(catalogue, query)
    assert (x.name, x.unit, x.ucd, x.description) == ("x", "deg", None, None)
    assert (fwhm.name, fwhm.datatype, fwhm.unit, fwhm.ucd) == ("fwhm", "double", None, None)
    assert (ra.unit, ra.ucd) == ("deg", "pos.eq.ra;meta.main")
    assert collection.ucd == "meta.id"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Alpha", "Alpha"),
        ('"a b"', "a b"),
        ('" a\t\n b "', "a b"),
        ('" "', "col1"),
        ('"a\x01\x0bb"', "a b"),
        ('"<&>""\'"', "<&>\"'"),
        ('"\u00e9\u6f22\U0001f52d"', "\u00e9\u6f22\U0001f52d"),
        ('"\ufffe"', "col1"),
        ('"' + "x" * 300 + '"', "x" * 300),
    ],
)
def test_names_are_as_written_and_fit_into_xml(catalogue: Catalogue, written: str, name: str) -> None:
    (column,) = columns(catalogue, f"SELECT ra AS {written} {FROM}")
    assert column.name == name
    element = ET.Element("FIELD", name=column.name)
    assert ET.fromstring(ET.tostring(element)).get("name") == name


def test_names_differ_also_from_those_that_were_made_up(catalogue: Catalogue) -> None:
    items = 'ra, RA, ra AS ra_2, ra AS "ra_2", 1, 2 AS col5, 3, COUNT(*), COUNT(ra) AS "Count"'
    names = [column.name for column in columns(catalogue, f"SELECT {items} {FROM} GROUP BY ra")]
    assert names == ["ra", "ra_3", "ra_2", "ra_2_2", "col5", "col5_2", "col7", "count", "Count_2"]


def test_every_column_of_a_random_query_is_described_well(catalogue: Catalogue) -> None:
    for seed in range(400):
        found = columns(catalogue, Questions(seed).query())
        names = [column.name.lower() for column in found]
        assert len(set(names)) == len(names)
        for column in found:
            assert column.name.strip()
            assert column.datatype
            assert column.ucd is None or ucd.check_ucd(column.ucd, check_controlled_vocabulary=True), column


def test_small_numbers_of_two_types_fit_the_wider() -> None:
    byte, logical = declared_type("unsignedByte", None, None), declared_type("boolean", None, None)
    for types in ([byte, SMALLINT], [SMALLINT, byte], [logical, byte], [logical, SMALLINT]):
        joint = joint_type(types)
        assert joint is not None
        assert joint.datatype == "short"
    assert joint_type([byte, byte]) == byte
