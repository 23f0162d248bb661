"""AD-01, AD-03, AD-08, AD-09, AD-12: what queries answer, compared with the archive as Python knows it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import psycopg
import pytest

from caomai.database import Database
from tapext.adql import Catalogue, parse, translate
from tests.adql.archive import DESCRIBED, FIELD_MAP, MAP, OLD_MAP, PAST, PLANES, VISIBLE, Plane
from tests.adql.conftest import Ask

FINGERPRINT = "caom2_ai.fingerprint"


def ids(planes: list[Plane]) -> list[tuple[str]]:
    return sorted((plane.publisher_id,) for plane in planes)


def distance(one: Plane, other: Plane) -> float:
    assert one.vector is not None
    assert other.vector is not None
    halves = one.vector.astype(np.float16).astype(float), other.vector.astype(np.float16).astype(float)
    return float(np.linalg.norm(halves[0] - halves[1]))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("nObjects >= 80", lambda plane: plane.counts.sum() >= 80),
        ("NOT nObjects >= 80", lambda plane: plane.counts.sum() < 80),
        (
            "80 < nObjects AND ra < 5 OR collection = 'CFHT'",
            lambda p: (p.counts.sum() > 80 and p.ra < 5) or p.number % 3 == 1,
        ),
        (
            "80 < nObjects AND (ra < 5 OR collection = 'CFHT')",
            lambda p: p.counts.sum() > 80 and (p.ra < 5 or p.number % 3 == 1),
        ),
        ("collection = 'o''brien'", lambda plane: plane.number % 3 == 2),
        ("collection LIKE 'C%' OR collection LIKE '_''%'", lambda plane: plane.number % 3 != 0),
        ("collection ILIKE 'cf_t'", lambda plane: plane.number % 3 == 1),
        ("collection LIKE 'cf_t'", lambda _: False),
        ("collection NOT LIKE 'C%'", lambda plane: plane.number % 3 != 1),
        ("collection LIKE 'CF\\_T'", lambda _: False),
        ("'a\\b' LIKE 'a\\b' AND 'a\\Xb' ILIKE 'A\\_b' AND 'a\\' LIKE '%\\'", lambda _: True),
        ("'a%' LIKE 'a\\%' OR 'a_' LIKE 'a\\_' OR 'a\\b' NOT LIKE 'a\\b'", lambda _: False),
        ("collection || 'x' = 'CFHTx'", lambda plane: plane.number % 3 == 1),
        ("LOWER(collection) IN ('cfht', 'test')", lambda plane: plane.number % 3 != 2),
        ("UPPER(collection) NOT IN ('CFHT', 'TEST')", lambda plane: plane.number % 3 == 2),
        ("ra BETWEEN 1 AND 5", lambda plane: 1 <= plane.ra <= 5),
        ("ra NOT BETWEEN 1 AND 5", lambda plane: not 1 <= plane.ra <= 5),
        ("fwhm IS NULL", lambda plane: plane.number % 3 == 0),
        ("fwhm IS NOT NULL AND fwhm = 1.25", lambda plane: plane.number % 3 != 0),
        ("vector IS NULL", lambda plane: plane.vector is None),
        ("dataRelease = '2020-01-02T03:04:05'", lambda _: True),
        ("dataRelease > '2020-01-02'", lambda _: True),
        ("dataRelease BETWEEN '2020-01-02T03:04:05Z' AND '2020-01-02T03:04:05.1'", lambda _: True),
        ("metaRelease IN ('2020-01-02', '2020-01-03')", lambda _: False),
        ("CAST('2020-01-03' AS TIMESTAMP) < dataRelease", lambda _: False),
        ("dataRelease LIKE '2020-01-02T03:04:05%'", lambda _: True),
        ("nObjects / 2 = nObjects * 0.5", lambda plane: plane.counts.sum() % 2 == 0),
        ("2 * nObjects = nDetected AND -nObjects < 0 AND +ra >= 0", lambda _: True),
        ("1 = 1.0 AND 'a' < 'b' AND NULL IS NULL", lambda _: True),
        ("NULL = NULL", lambda _: False),
        ("caomai_count(fingerprint, 7) >= 1", lambda plane: plane.counts[7] >= 1),
        ("1 <= caomai_count(fingerprint, 7)", lambda plane: plane.counts[7] >= 1),
        ("caomai_count(fingerprint, 7) > 0", lambda plane: plane.counts[7] > 0),
        ("caomai_count(fingerprint, 7) = 2", lambda plane: plane.counts[7] == 2),
        ("caomai_count(fingerprint, 7) < 1", lambda plane: plane.counts[7] < 1),
        ("caomai_count(fingerprint, 7) >= 0", lambda _: True),
        ("NOT caomai_count(fingerprint, 7) >= 1", lambda plane: plane.counts[7] < 1),
        ("1 = caomai_has(fingerprint, '7,8')", lambda plane: plane.counts[7] > 0 and plane.counts[8] > 0),
        (
            "caomai_has(fingerprint, '7,8') = 0",
            lambda plane: not (plane.counts[7] > 0 and plane.counts[8] > 0),
        ),
        ("0 < caomai_fraction(fingerprint, 7)", lambda plane: plane.counts[7] > 0),
        (
            "caomai_label_count(fingerprint, 'ring') >= 2",
            lambda plane: plane.counts[7] + plane.counts[8] >= 2,
        ),
        (
            f"caomai_same_field(publisherID, '{VISIBLE[0].publisher_id}') = 1",
            lambda plane: plane.number % 5 == VISIBLE[0].number % 5,
        ),
        (
            f"caomai_distance(vector, caomai_vector('{VISIBLE[0].publisher_id}')) < 1.4",
            lambda plane: plane.vector is not None and distance(plane, VISIBLE[0]) < 1.4,
        ),
        (
            "publisherID IN (SELECT publisherID FROM caom2.Plane WHERE time_exposure > 30)",
            lambda p: p.number > 20 and p.number % 7 > 0,
        ),
        (
            "planeID IN (SELECT f2.planeID FROM caom2_ai.fingerprint AS f2 WHERE f2.ra < 2)",
            lambda plane: plane.ra < 2,
        ),
        (
            "EXISTS (SELECT 1 FROM caom2.Plane AS p WHERE p.planeID = f.planeID AND p.calibrationLevel = 2)",
            lambda p: p.number % 4 == 2,
        ),
        (
            "nObjects > (SELECT AVG(nObjects) FROM caom2_ai.fingerprint)",
            lambda p: p.counts.sum() > np.mean([v.counts.sum() for v in VISIBLE]),
        ),
        ("planeID = '" + str(VISIBLE[3].id).upper() + "'", lambda plane: plane is VISIBLE[3]),
        ("planeID = 'no uuid'", lambda _: False),
        ("planeID LIKE '" + str(VISIBLE[3].id)[:8] + "%'", lambda plane: plane is VISIBLE[3]),
    ],
)
def test_conditions(ask: Ask, condition: str, expected: Any) -> None:
    found = ask(f"SELECT publisherID FROM {FINGERPRINT} AS f WHERE {condition} ORDER BY publisherID")
    assert found == ids([plane for plane in VISIBLE if expected(plane)])


def test_nearest_images_come_first(ask: Ask) -> None:
    image = VISIBLE[2]
    rows = ask(
        f"SELECT TOP 5 f.publisherID, caomai_distance(f.vector, caomai_vector('{image.publisher_id}'))"
        f" AS dist"
        f" FROM {FINGERPRINT} AS f WHERE f.vector IS NOT NULL ORDER BY dist"
    )
    near = sorted(
        (distance(plane, image), plane.publisher_id) for plane in VISIBLE if plane.vector is not None
    )
    assert [row[0] for row in rows] == [name for _, name in near[:5]]
    assert [row[1] for row in rows] == pytest.approx([length for length, _ in near[:5]], abs=1e-3)


def test_groups(ask: Ask) -> None:
    rows = ask(
        f"SELECT collection AS k, COUNT(*) AS n, SUM(nObjects), AVG(nObjects), MIN(ra), MAX(publisherID),"
        f" COUNT(DISTINCT fwhm), COUNT(fwhm) FROM {FINGERPRINT} GROUP BY collection HAVING COUNT(*) > 1"
        f" ORDER BY n DESC, k"
    )
    groups = {name: [p for p in VISIBLE if p.collection == name] for name in {p.collection for p in VISIBLE}}
    expected = [
        (
            name,
            len(planes),
            sum(int(plane.counts.sum()) for plane in planes),
            pytest.approx(np.mean([plane.counts.sum() for plane in planes])),
            min(plane.ra for plane in planes),
            max(plane.publisher_id for plane in planes),
            len({plane.number % 3 > 0 for plane in planes if plane.number % 3}),
            sum(plane.number % 3 > 0 for plane in planes),
        )
        for name, planes in groups.items()
    ]
    assert rows == sorted(expected, key=lambda row: (-row[1], row[0]))


def test_a_number_groups_nothing_and_orders_by_position(ask: Ask) -> None:
    assert ask(f"SELECT COUNT(*) FROM {FINGERPRINT} GROUP BY 1, 'x', -2") == [(len(VISIBLE),)]
    rows = ask(f"SELECT collection, publisherID FROM {FINGERPRINT} ORDER BY 2 DESC")
    assert [row[1] for row in rows] == sorted((p.publisher_id for p in VISIBLE), reverse=True)


def test_order_takes_aliases_columns_and_expressions(ask: Ask) -> None:
    by_number = sorted(VISIBLE, key=lambda plane: (-plane.dec, plane.publisher_id))
    for order in (
        "y DESC, publisherID",
        "-y, 2",
        "0 - dec, f.publisherID",
        "dec DESC, 2",
        "y + ra - ra DESC, 2",
    ):
        rows = ask(f"SELECT dec AS y, publisherID FROM {FINGERPRINT} AS f ORDER BY {order}")
        assert [row[1] for row in rows] == [plane.publisher_id for plane in by_number], order


def test_top_and_offset(ask: Ask) -> None:
    names = sorted(plane.publisher_id for plane in VISIBLE)
    query = f"publisherID FROM {FINGERPRINT} ORDER BY 1"
    assert ask(f"SELECT TOP 3 {query}") == [(name,) for name in names[:3]]
    assert ask(f"SELECT TOP 3 {query} OFFSET 2") == [(name,) for name in names[2:5]]
    assert ask(f"SELECT {query} OFFSET 30") == [(name,) for name in names[30:]]
    assert ask(f"SELECT TOP 0 {query}") == []
    nested = (
        f"SELECT TOP 2 x FROM (SELECT TOP 4 publisherID AS x FROM {FINGERPRINT} ORDER BY x) AS q ORDER BY x"
        f" DESC"
    )
    assert ask(nested) == [(name,) for name in names[3:1:-1]]


def test_one_row_more_than_maxrec_shows_the_overflow(ask: Ask, catalogue: Catalogue) -> None:
    query = f"publisherID FROM {FINGERPRINT}"
    assert len(ask(f"SELECT {query}", 5)) == 6
    assert len(ask(f"SELECT TOP 5 {query}", 5)) == 5
    assert len(ask(f"SELECT TOP 20 {query}", 5)) == 6
    assert len(ask(f"SELECT {query} UNION ALL SELECT {query}", 5)) == 6
    assert translate(parse(f"SELECT TOP 20 {query}"), catalogue, 5).limit == 6
    assert translate(parse(f"SELECT TOP 3 {query}"), catalogue, 5).limit == 3
    assert translate(parse(f"SELECT {query}"), catalogue).limit is None


@pytest.mark.parametrize(
    ("join", "both", "left", "right"),
    [("JOIN", 1, 0, 0), ("LEFT JOIN", 1, 1, 0), ("RIGHT OUTER JOIN", 1, 0, 1), ("FULL JOIN", 1, 1, 1)],
)
def test_joins(ask: Ask, join: str, both: int, left: int, right: int) -> None:
    small = f"(SELECT publisherID, ra FROM {FINGERPRINT} WHERE ra < 5) AS s"
    large = f"(SELECT publisherID, dec FROM {FINGERPRINT} WHERE ra > 3) AS l"
    rows = ask(
        f"SELECT s.publisherID, l.publisherID FROM {small} {join} {large} ON s.publisherID = l.publisherID"
    )
    expected = []
    for plane in VISIBLE:
        in_small, in_large = plane.ra < 5, plane.ra > 3
        if (
            (in_small and in_large and both)
            or (in_small > in_large and left)
            or (in_large > in_small and right)
        ):
            expected.append(
                (plane.publisher_id if in_small else None, plane.publisher_id if in_large else None)
            )
    assert Counter(rows) == Counter(expected)
    merged = ask(f"SELECT publisherID, * FROM {small} {join} {large} USING (publisherID)")
    assert Counter(row[0] for row in merged) == Counter(one or other for one, other in expected)
    assert {len(row) for row in merged} == {4}
    natural = ask(f"SELECT publisherID, * FROM {small} NATURAL {join} {large}")
    assert Counter(natural) == Counter(merged)


def test_nested_and_comma_joins(ask: Ask) -> None:
    count = ask(
        f"SELECT COUNT(*) FROM {FINGERPRINT} AS f JOIN (caom2.Plane AS p JOIN caom2.Observation AS o ON"
        f" p.obsID = o.obsID)"
        " ON f.planeID = p.planeID, caom2_ai.map AS m WHERE m.kind = 'object'"
    )
    seen = [plane for plane in VISIBLE if plane.number // 2 % 9 < 7]
    assert count == [(2 * len(seen),)]
    later = f"SELECT COUNT(*) FROM {FINGERPRINT} AS f JOIN caom2.Plane AS p JOIN caom2.Observation AS o"
    assert ask(f"{later} ON p.obsID = o.obsID ON f.planeID = p.planeID") == [(len(seen),)]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("UNION", sorted({*range(6), *range(3, 9)})),
        ("UNION ALL", sorted([*range(6), *range(3, 9)])),
        ("INTERSECT", [3, 4, 5]),
        ("INTERSECT ALL", [3, 4, 5]),
        ("EXCEPT", [0, 1, 2]),
        ("EXCEPT ALL", [0, 1, 2]),
    ],
)
def test_set_operators(ask: Ask, operator: str, expected: list[int]) -> None:
    first = f"SELECT node FROM caom2_ai.node WHERE mapID = {MAP} AND node < 6"
    second = f"SELECT node FROM caom2_ai.node WHERE mapID = {MAP} AND node >= 3 AND node < 9"
    assert ask(f"{first} {operator} {second} ORDER BY node") == [(node,) for node in expected]
    assert ask(f"{first} {operator} {second} ORDER BY 1 DESC OFFSET 1") == [
        (node,) for node in expected[-2::-1]
    ]
    assert ask(f"SELECT COUNT(*) FROM ({first} {operator} {second}) AS q") == [(len(expected),)]


def test_set_operators_take_different_kinds_of_numbers_and_texts(ask: Ask) -> None:
    rows = ask(
        f"SELECT nObjects, planeID FROM {FINGERPRINT} WHERE publisherID = '{VISIBLE[0].publisher_id}'"
        " UNION SELECT 0.5, 'text' FROM tap_schema.schemas UNION SELECT NULL, NULL FROM tap_schema.schemas"
        " ORDER BY 1"
    )
    assert rows == [(0.5, "text"), (float(VISIBLE[0].counts.sum()), str(VISIBLE[0].id)), (None, None)]


def test_each_operand_keeps_its_own_top(ask: Ask) -> None:
    half = "SELECT TOP 2 node FROM caom2_ai.node WHERE mapID = 2 ORDER BY node"
    assert ask(f"({half}) UNION ALL ({half} OFFSET 5) ORDER BY 1") == [(0,), (1,), (5,), (6,)]
    assert (
        len(ask("SELECT TOP 2 node FROM caom2_ai.node UNION ALL SELECT TOP 3 node FROM caom2_ai.node")) == 5
    )


def test_common_table_expressions(ask: Ask) -> None:
    rows = ask(
        f"WITH near AS (SELECT publisherID AS id, ra FROM {FINGERPRINT} WHERE ra < 5), ids AS (SELECT"
        f" id FROM near)"
        " SELECT n.id FROM near AS n JOIN ids ON n.id = ids.id WHERE n.id IN (SELECT id FROM Ids) ORDER BY 1"
    )
    assert rows == ids([plane for plane in VISIBLE if plane.ra < 5])


def test_distinct(ask: Ask) -> None:
    assert ask(f"SELECT DISTINCT collection FROM {FINGERPRINT} ORDER BY collection") == sorted(
        {(p.collection,) for p in VISIBLE}
    )


def test_the_current_map_is_meant_unless_a_query_names_another(ask: Ask) -> None:
    count = f"SELECT COUNT(*) FROM {FINGERPRINT} AS f"
    n = len(VISIBLE)
    assert ask(count) == [(n,)]
    assert ask(f"{count} WHERE mapID = {OLD_MAP}") == [(n,)]
    assert ask(f"{count} WHERE f.mapID IN ({MAP}, {OLD_MAP})") == [(2 * n,)]
    assert ask(f"{count} WHERE isCurrent = 0") == [(n,)]
    assert ask(f"{count} WHERE f.mapID > 99") == [(0,)]
    assert ask(f"{count} WHERE EXISTS (SELECT 1 FROM caom2_ai.map AS m WHERE m.mapID = f.mapID)") == [
        (2 * n,)
    ]
    assert ask(f"{count} JOIN {FINGERPRINT} AS g ON g.planeID = f.planeID WHERE g.mapID = {OLD_MAP}") == [
        (n,)
    ]
    assert ask(f"{count} JOIN caom2_ai.map AS m ON m.mapID = f.mapID") == [(n,)]
    assert ask(f"SELECT DISTINCT mapID FROM {FINGERPRINT}") == [(MAP,)]
    assert ask("SELECT DISTINCT mapID FROM caom2_ai.field_node") == [(FIELD_MAP,)]
    assert ask(f"SELECT COUNT(*) FROM caom2_ai.map WHERE mapID IN (SELECT mapID FROM {FINGERPRINT})") == [
        (1,)
    ]


def test_without_a_current_map_there_is_nothing_to_see(
    catalogue: Catalogue, connection: psycopg.Connection[Any]
) -> None:
    empty = Catalogue(catalogue.schemas, catalogue.functions)
    query = translate(parse(f"SELECT COUNT(*) FROM {FINGERPRINT}"), empty).sql
    assert connection.execute(query).fetchone() == (0,)


def test_rows_are_those_that_may_be_seen(ask: Ask) -> None:
    assert ask("SELECT publisherID FROM caom2.Plane ORDER BY 1") == ids(DESCRIBED)
    assert ask(f"SELECT publisherID FROM {FINGERPRINT} ORDER BY 1") == ids(VISIBLE)
    assert len(PLANES) > len(DESCRIBED) > len(VISIBLE) > 20


def test_shapes_are_written_as_dali_has_them(ask: Ask) -> None:
    rows = ask(
        "SELECT TOP 4 position_bounds, lastModified FROM caom2.Plane WHERE position_bounds IS NOT NULL"
        " ORDER BY 2"
    )
    assert rows[0] == ("polygon 358 -3 358.2 -3 358.1 -2.8", PAST)
    assert str(rows[1][0]).startswith("circle 358.25 -2.9 0.1")
    shapes = ask(
        "SELECT position_bounds FROM caom2.Plane UNION SELECT position_bounds FROM caom2.Plane ORDER BY 1"
    )
    assert len(shapes) == len(DESCRIBED)
    assert all(str(shape).startswith(("circle ", "polygon ")) for (shape,) in shapes)


def test_ten_thousand_terms_run(ask: Ask) -> None:
    terms = " OR ".join(f"publisherID = 'ivo://test.example/TEST?obs{n}/p{n}'" for n in range(10_000))
    assert ask(f"SELECT COUNT(*) FROM caom2.Plane WHERE {terms}") == [(len(DESCRIBED),)]


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE caom2.Plane; --",
        "\\'; SELECT 1; --",
        "$$",
        "%s %(name)s {} {0}",
        "a''b",
        "/* */ -- \n",
        "\u2019 \\ \u0416 \U0001f52d",
    ],
)
def test_no_text_of_the_user_becomes_sql(archive: Database, ask: Ask, text: str) -> None:
    quoted = text.replace("'", "''")
    delimited = text.replace('"', '""')
    rows = ask(
        f'SELECT \'{quoted}\' AS "{delimited}", "{delimited}".publisherID FROM caom2.Plane AS "{delimited}"'
        f" WHERE publisherID <> '{quoted}' AND publisherID NOT LIKE '{quoted}' ORDER BY \"{delimited}\""
        f" OFFSET 0"
    )
    assert {row[0] for row in rows} == {text}
    assert len(rows) == len(DESCRIBED)
    with archive.connect_administrator() as administrator:
        assert administrator.execute("select count(*) from caom2.Plane").fetchone() == (len(PLANES),)
