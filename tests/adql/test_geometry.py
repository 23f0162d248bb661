"""AD-04, AD-05, AD-06: geometry all over the sphere, compared with vectors in numpy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray

from caomai.errors import QueryError
from tapext.adql import Catalogue, parse, translate
from tapext.adql.catalogue import Column, Table

Positions = NDArray[np.float64]


def spread(count: int) -> Positions:
    """Positions (n, 2) in degrees all over the sky, with the poles, RA 0 and crowds near (10, 20)."""
    random = np.random.default_rng(7)
    sky = np.column_stack(
        [random.uniform(0, 360, count), np.degrees(np.arcsin(random.uniform(-1, 1, count)))]
    )
    near = np.array([10.0, 20.0]) + random.normal(size=(count, 2)) * 0.5
    special = [
        [0, 0],
        [360, 0],
        [359.999, 0],
        [0.001, 0],
        [0, 90],
        [123, 90],
        [200, -90],
        [180, 0],
        [10, 20],
        [190, -20],
    ]
    polar = np.column_stack([random.uniform(0, 360, count), 90 - np.abs(random.normal(size=count))])
    return np.concatenate([sky, near, polar, np.array(special, float)])


POSITIONS = spread(150)


def vectors(positions: Positions) -> NDArray[np.float64]:
    ra, dec = np.radians(np.atleast_2d(positions)).T
    return np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def separation(positions: Positions, ra: float, dec: float) -> NDArray[np.float64]:
    many, one = vectors(positions), vectors(np.array([[ra, dec]]))[0]
    angles: NDArray[np.float64] = np.arctan2(np.linalg.norm(np.cross(many, one), axis=1), many @ one)
    return np.degrees(angles)


@pytest.fixture(scope="module")
def sky(catalogue: Catalogue, connection: psycopg.Connection[Any]) -> Iterator[Any]:
    """Answer a query about the table `sky` of positions, numbered in order."""
    table = Table(
        "TAP_UPLOAD.sky",
        ("pg_temp", "sky"),
        (
            Column("n", "int"),
            Column("ra", "double"),
            Column("dec", "double"),
            Column("p", "double", "2", "point"),
            Column("c", "double", "3", "circle"),
        ),
    )
    connection.execute("set default_transaction_read_only = off")
    connection.execute("create temp table sky (n integer, ra float8, dec float8, p float8[], c float8[])")
    with connection.cursor() as cursor:
        rows = [(n, *place, list(place), [*place, 1.0]) for n, place in enumerate(POSITIONS.tolist())]
        cursor.executemany("insert into sky values (%s, %s, %s, %s, %s)", rows)
    known = catalogue.with_tables([table])
    yield lambda query: connection.execute(translate(parse(query), known).sql).fetchall()
    connection.execute("drop table sky")


def inside(sky: Any, condition: str) -> set[int]:
    return {row[0] for row in sky(f"SELECT n FROM TAP_UPLOAD.sky WHERE {condition}")}


CIRCLES = [
    (10, 20, 0.5),
    (0, 0, 0.01),
    (0, 90, 2),
    (77, -90, 30),
    (359.9, 0, 1),
    (180, 0, 90),
    (10, 20, 120),
    (190, -20, 179.9),
    (45, 45, 180),
    (10, 20, 0),
    (0, 0, 10),
    (10, 20, 1e-7),
]


@pytest.mark.parametrize(("ra", "dec", "radius"), CIRCLES)
def test_points_in_circles(sky: Any, ra: float, dec: float, radius: float) -> None:
    distances = separation(POSITIONS, ra, dec)
    clear = np.abs(distances - radius) > 1e-9
    expected = set(np.flatnonzero((distances <= radius) & clear).tolist())
    doubtful = set(np.flatnonzero(~clear).tolist())
    circle = f"CIRCLE('ICRS', {ra}, {dec}, {radius})"
    for condition in (
        f"1 = CONTAINS(POINT('ICRS', ra, dec), {circle})",
        f"CONTAINS(p, CIRCLE(POINT({ra}, {dec}), {radius})) = 1",
        f"1 = INTERSECTS({circle}, POINT(ra, dec))",
        f"DISTANCE(POINT(ra, dec), POINT({ra}, {dec})) <= {radius}",
        f"DISTANCE(ra, dec, {ra}, {dec}) <= {radius}",
        f"DISTANCE(ra, dec, {ra}, {dec}) * 3600 <= {radius * 3600}",
        f"(n * 0 + {radius}) * 60 >= 60 * DISTANCE(ra, dec, {ra}, {dec})",
        f"CONTAINS(POINT({ra}, {dec}), CIRCLE(ra, dec, n * 0 + {radius})) > 0",
        f"1 = CONTAINS(p, REGION('Circle ICRS {ra} {dec} {radius}'))",
    ):
        assert inside(sky, condition) - doubtful == expected, condition
    outside = inside(sky, f"0 = CONTAINS(POINT(ra, dec), {circle})")
    assert outside - doubtful == set(range(len(POSITIONS))) - expected - doubtful


@pytest.mark.parametrize(
    "condition",
    [
        "DISTANCE(none.ra, none.dec, 10, 20) <= 180",
        "DISTANCE(none.p, POINT(10, 20)) <= 180",
        "1 = CONTAINS(none.p, CIRCLE(10, 20, 180))",
        "1 = INTERSECTS(none.c, CIRCLE(10, 20, 180))",
        "1 = CONTAINS(none.c, CIRCLE(10, 20, 180))",
    ],
)
def test_what_has_no_position_is_nowhere(sky: Any, condition: str) -> None:
    nothing = "TAP_UPLOAD.sky AS seen LEFT OUTER JOIN TAP_UPLOAD.sky AS none ON none.n = -1 - seen.n"
    assert sky(f"SELECT COUNT(*) FROM {nothing}") == [(len(POSITIONS),)]
    assert sky(f"SELECT seen.n FROM {nothing} WHERE {condition}") == []


def test_distances_keep_their_digits_from_nothing_to_half_a_turn(sky: Any) -> None:
    for ra, dec in ((10, 20), (0, 90), (190, -20), (359.9999999, 0)):
        found = [
            row[1] for row in sky(f"SELECT n, DISTANCE(p, POINT({ra}, {dec})) FROM TAP_UPLOAD.sky ORDER BY n")
        ]
        assert np.allclose(found, separation(POSITIONS, ra, dec), rtol=1e-12, atol=1e-12)
    tiny = sky(
        "SELECT TOP 1 DISTANCE(10, 20, 10, 20.000000001), DISTANCE(0, 0, 180, 0), DISTANCE(1, 2, 1, 2)"
        " FROM TAP_UPLOAD.sky"
    )
    assert tiny[0] == (pytest.approx(1e-9, rel=1e-6), 180.0, 0.0)


POLYGONS = [
    [(9, 19), (11, 19), (11, 21), (9, 21)],
    [(9, 21), (11, 21), (11, 19), (9, 19)],
    [(350, -10), (10, -10), (5, 15)],
    [(0, 80), (120, 80), (240, 80)],
    [(10, -85), (100, -80), (190, -85), (280, -80)],
    [(0, 0), (90, 0), (0, 90)],
    [(9, 19), (11, 19), (11, 21), (9, 21), (9, 19)],
]


@pytest.mark.parametrize("corners", POLYGONS)
def test_points_in_convex_polygons(sky: Any, corners: list[tuple[float, float]]) -> None:
    many = vectors(np.array(corners, float))
    normals = np.array([np.cross(a, b) for a, b in zip(many, np.roll(many, -1, axis=0), strict=True)])
    normals = normals[np.linalg.norm(normals, axis=1) > 0]
    middle = many.mean(axis=0)
    sides = vectors(POSITIONS) @ (normals * np.sign(normals @ middle)[:, None]).T
    clear = np.abs(sides).min(axis=1) > 1e-12
    expected = set(np.flatnonzero((sides > 0).all(axis=1) & clear).tolist())
    doubtful = set(np.flatnonzero(~clear).tolist())
    numbers = ", ".join(f"{ra}, {dec}" for ra, dec in corners)
    points = ", ".join(f"POINT({ra}, {dec})" for ra, dec in corners)
    region = " ".join(f"{ra} {dec}" for ra, dec in corners)
    for shape in (
        f"POLYGON('ICRS', {numbers})",
        f"POLYGON({points})",
        f"REGION('POLYGON ICRS GEOCENTER {region}')",
    ):
        assert inside(sky, f"1 = CONTAINS(POINT(ra, dec), {shape})") - doubtful == expected


@pytest.mark.parametrize(
    ("ra", "dec", "width", "height"), [(10, 20, 1, 2), (0, 0, 10, 1), (33, 90, 4, 6), (10, 85, 60, 20)]
)
def test_points_in_boxes(sky: Any, ra: float, dec: float, width: float, height: float) -> None:
    sin, cos = np.sin(np.radians(dec)), np.cos(np.radians(dec))
    east = np.radians(POSITIONS[:, 0] - ra)
    x0, y0, z0 = vectors(np.column_stack([np.degrees(east), POSITIONS[:, 1]])).T
    x, y, z = x0 * cos + z0 * sin, y0, z0 * cos - x0 * sin
    wide, high = np.tan(np.radians([width / 2, height / 2]))
    expected = set(np.flatnonzero((x > 0) & (np.abs(y) <= wide * x) & (np.abs(z) <= high * x)).tolist())
    for box in (
        f"BOX('ICRS', {ra}, {dec}, {width}, {height})",
        f"BOX(POINT({ra}, {dec}), {width}, {height})",
    ):
        assert inside(sky, f"1 = CONTAINS(p, {box})") == expected
    assert expected


def test_circles_with_circles(sky: Any) -> None:
    distances = separation(POSITIONS, 10, 20)
    assert inside(sky, "1 = INTERSECTS(c, CIRCLE(10, 20, 3))") == set(np.flatnonzero(distances <= 4).tolist())
    assert inside(sky, "1 = CONTAINS(c, CIRCLE(10, 20, 3))") == set(np.flatnonzero(distances <= 2).tolist())
    assert len(inside(sky, "1 = CONTAINS(c, CIRCLE(10, 20, 180))")) == len(POSITIONS)


def test_measures(sky: Any) -> None:
    values = (
        "AREA(CIRCLE(1, 2, 90)), AREA(CIRCLE(1, 2, 0.1)), AREA(POLYGON(0, 0, 90, 0, 0, 90)),"
        " AREA(POINT(1, 2)),"
        " COORD1(CENTROID(BOX(10, 20, 4, 4))), COORD2(CENTROID(BOX(10, 20, 4, 4))), COORD1(POINT(1, 2)),"
        " COORD2(CIRCLE(1, 2, 3)), COORDSYS(POINT(1, 2))"
    ).replace("COORD2(CIRCLE(1, 2, 3))", "COORD2(CENTROID(CIRCLE(1, 2, 3)))")
    found = sky(f"SELECT TOP 1 {values} FROM TAP_UPLOAD.sky")[0]
    sphere = 4 * 180**2 / np.pi
    small = np.pi * 0.1**2
    assert found[:4] == (
        pytest.approx(sphere / 2),
        pytest.approx(small, rel=1e-6),
        pytest.approx(sphere / 8),
        0.0,
    )
    assert found[4:] == (pytest.approx(10), pytest.approx(20), 1.0, 2.0, "ICRS")


def test_geometries_are_arrays_in_results(sky: Any) -> None:
    shapes = "POINT(ra, 0 + dec), CIRCLE(p, 1), p, c, CENTROID(c), POLYGON(1, 2, 3, 4, ra, 6)"
    row = sky(f"SELECT {shapes} FROM TAP_UPLOAD.sky WHERE n = 3")[0]
    place = POSITIONS[3].tolist()
    assert row == (place, [*place, 1], place, [*place, 1], place, [1, 2, 3, 4, place[0], 6])


def test_shapes_that_columns_make(sky: Any) -> None:
    """AD-04: a polygon or box may be made from columns, and need not be convex."""
    for shape in ("POLYGON(0, 0, 10, 0, 10, 10, 5, 1)", "POLYGON(ra, -90, ra + 1, dec, ra - 1, dec)"):
        assert sky(f"SELECT COUNT(*) FROM TAP_UPLOAD.sky WHERE 1 = CONTAINS(p, {shape})")[0][0] > 0
    near = np.flatnonzero(np.abs(POSITIONS[:, 1]) < 80).tolist()
    assert inside(sky, "1 = CONTAINS(p, BOX(ra, dec, 0.1, 0.1))") >= set(near)


@pytest.mark.parametrize(("ra", "dec"), [(0, 90), (123, -90), (10, 20), (180, 0)])
def test_a_circle_of_180_degrees_is_the_whole_sky(sky: Any, ra: float, dec: float) -> None:
    opposite = f"POINT({ra + 180}, {-dec})"
    for condition in (
        f"1 = CONTAINS({opposite}, CIRCLE({ra}, {dec}, 180))",
        f"DISTANCE({opposite}, POINT({ra}, {dec})) <= 180",
        f"1 = CONTAINS(p, CIRCLE({ra}, {dec}, 180))",
    ):
        assert len(inside(sky, condition)) == len(POSITIONS)
    assert inside(sky, f"DISTANCE({opposite}, POINT({ra}, {dec})) < 180") == set()


def test_what_is_no_position_never_ends_a_query(sky: Any, connection: psycopg.Connection[Any]) -> None:
    """Infinite numbers are where PostgreSQL's functions of angles fail."""
    numbers = (float("inf"), float("-inf"), float("nan"), 1e308, -1e308, 721.0, None)
    places = [place for number in numbers for place in ((number, 0), (0, number), (number, number))]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into sky values (-1, %(ra)s, %(dec)s, array[%(ra)s, %(dec)s]::float8[],"
            " array[%(ra)s, %(dec)s, 1]::float8[])",
            [{"ra": ra, "dec": dec} for ra, dec in places],
        )
    try:
        for condition in (
            "DISTANCE(POINT(ra, dec), POINT(10, 20)) < 1",
            "DISTANCE(p, POINT(10, 20)) <= 180",
            "DISTANCE(p, POINT(ra, dec)) <= 180",
            "DISTANCE(ra, dec, 10, 20) + 0 < 200",
            "0 = CONTAINS(p, CIRCLE(10, 20, 1))",
            "NOT 1 = CONTAINS(p, CIRCLE(10, 20, 100))",
            "1 - CONTAINS(p, POLYGON(9, 19, 11, 19, 11, 21)) = 1",
            "1 = CONTAINS(POINT(10, 20), c)",
            "AREA(POINT(ra, dec)) = 0",
            "AREA(c) > 0",
            "1 = INTERSECTS(c, CIRCLE(10, 20, 180))",
        ):
            assert not inside(sky, condition) & {-1}, condition
    finally:
        connection.execute("delete from sky where n = -1")


def test_boxes_of_columns_are_those_of_numbers(sky: Any) -> None:
    query = "SELECT BOX(ra, dec, 60, 20), ra, dec FROM TAP_UPLOAD.sky WHERE dec BETWEEN -89 AND 89"
    for corners, ra, dec in sky(query)[::20]:
        assert corners == pytest.approx(
            sky(f"SELECT TOP 1 BOX({ra}, {dec}, 60, 20) FROM TAP_UPLOAD.sky")[0][0]
        )
        assert 0 <= min(corners[::2]) <= max(corners[::2]) < 360


def test_a_point_contains_nothing(sky: Any) -> None:
    with pytest.raises(QueryError, match="contains nothing"):
        sky("SELECT n FROM TAP_UPLOAD.sky WHERE 1 = CONTAINS(c, p)")
