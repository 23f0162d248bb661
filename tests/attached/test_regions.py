"""Geometry on pgsphere's columns: what ADQL finds is what plain numpy finds, all over the sphere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from caomai.database import Database, translate_errors
from caomai.errors import UsageError
from tests.attached import brute_force
from tests.attached.archive import PLACED, outline
from tests.attached.asking import Asker, open_asker
from tests.attached.brute_force import Polygon, Positions, separation, to_vectors

FOOTPRINTS = {plane.publisher_id: Polygon(plane.corners) for plane in PLACED if plane.corners is not None}
CENTRES = {
    plane.publisher_id: to_vectors(np.array([plane.centre]))[0]
    for plane in PLACED
    if plane.centre is not None
}
CIRCLES = [
    (150, 2, 0.5),
    (150, 2, 3),
    (0, 0, 5),
    (359.5, 10, 8),
    (123, 90, 1),
    (10, -90, 4),
    (80, 40, 30),
    (200, -10, 89.9),
    (0, 0, 90),
    (150, 2, 90.1),
    (20, -60, 135),
    (10, 89, 170),
    (330, -2, 179.9),
    (45, 45, 180),
]
POLYGONS = [
    [(149, 1), (151, 1), (151, 3), (149, 3)],
    [(149, 3), (151, 3), (151, 1), (149, 1)],
    [(355, -20), (5, -20), (8, 30), (352, 30)],
    [(0, 86), (120, 85), (240, 87)],
    [(0, -88), (90, -86), (180, -88), (270, -86)],
    [(140, -8), (160, -8), (160, 12), (155, 12), (155, 0), (145, 0), (145, 12), (140, 12)],
    [(0, -60), (90, -60), (90, 60), (0, 60)],
]
POINTS = [(150, 2), (0, 0), (360, -5), (77, 90), (0, -90), (149.5, 1.2), (359.99, 20), (200, 60)]


@pytest.fixture(scope="module")
def ask(attached: Database) -> Iterator[Asker]:
    with closing(attached.connect("query", autocommit=True)) as connection:
        yield open_asker(connection)


def vector(ra: float, dec: float) -> brute_force.Vectors:
    row: brute_force.Vectors = to_vectors(np.array([[ra, dec]]))[0]
    return row


def check(
    ask: Asker, conditions: list[str], test: Callable[[Polygon], bool | None], table: str = "caom2.Plane"
) -> None:
    """Compare what conditions find with what a test of footprints says, where that is beyond doubt."""
    answers = {name: test(polygon) for name, polygon in FOOTPRINTS.items()}
    expected = {name for name, answer in answers.items() if answer}
    doubtful = {name for name, answer in answers.items() if answer is None}
    for condition in conditions:
        assert ask.names(table, f"1 = {condition}") - doubtful == expected, condition
        assert ask.names(table, f"0 = {condition}") - doubtful == set(FOOTPRINTS) - expected - doubtful


def write(corners: list[tuple[float, float]]) -> str:
    return f"POLYGON({', '.join(f'{ra}, {dec}' for ra, dec in corners)})"


@pytest.mark.parametrize(("ra", "dec", "radius"), CIRCLES)
def test_footprints_and_circles(ask: Asker, ra: float, dec: float, radius: float) -> None:
    circle, centre = f"CIRCLE({ra}, {dec}, {radius})", vector(ra, dec)
    check(
        ask,
        [
            f"INTERSECTS(position_bounds, {circle})",
            f"INTERSECTS(CIRCLE('ICRS', {ra}, {dec}, {radius}), position_bounds)",
        ],
        lambda polygon: brute_force.meets_circle(polygon, centre, radius),
    )
    check(
        ask,
        [f"CONTAINS(position_bounds, {circle})"],
        lambda polygon: brute_force.lies_in_circle(polygon, centre, radius),
    )
    check(
        ask,
        [f"CONTAINS({circle}, position_bounds)"],
        lambda polygon: brute_force.holds_circle(polygon, centre, radius),
    )
    check(
        ask,
        [f"INTERSECTS(s_region, {circle})"],
        lambda polygon: brute_force.meets_circle(polygon, centre, radius),
        "ivoa.ObsCore",
    )


@pytest.mark.parametrize("corners", POLYGONS)
def test_footprints_and_polygons(ask: Asker, corners: list[tuple[float, float]]) -> None:
    written, other = write(corners), Polygon(np.array(corners, float))
    check(
        ask,
        [f"INTERSECTS(position_bounds, {written})", f"INTERSECTS({written}, position_bounds)"],
        lambda polygon: brute_force.meets_polygon(polygon, other),
    )
    check(
        ask,
        [f"CONTAINS(position_bounds, {written})"],
        lambda polygon: brute_force.lies_in_polygon(polygon, other),
    )
    check(
        ask,
        [f"CONTAINS({written}, position_bounds)"],
        lambda polygon: brute_force.lies_in_polygon(other, polygon),
    )


@pytest.mark.parametrize(("ra", "dec"), POINTS)
def test_footprints_and_points(ask: Asker, ra: float, dec: float) -> None:
    point = f"POINT({ra}, {dec})"
    check(
        ask,
        [
            f"CONTAINS({point}, position_bounds)",
            f"INTERSECTS({point}, position_bounds)",
            f"INTERSECTS(position_bounds, POINT('ICRS', {ra}, {dec}))",
        ],
        lambda polygon: brute_force.holds_point(polygon, vector(ra, dec)),
    )


def test_footprints_and_a_box(ask: Asker) -> None:
    # The sides of this box are great circles, so near the equator its corners are those of a polygon.
    check(
        ask,
        ["INTERSECTS(position_bounds, BOX(150, 0, 4, 4))"],
        lambda polygon: brute_force.meets_polygon(polygon, box(150, 4, 4)),
    )


def box(ra: float, width: float, height: float) -> Polygon:
    half = np.radians(width / 2)
    top = float(np.degrees(np.arctan(np.tan(np.radians(height / 2)) * np.cos(half))))
    west, east = ra - width / 2, ra + width / 2
    return Polygon(np.array([(west, -top), (east, -top), (east, top), (west, top)]))


@pytest.mark.parametrize(("ra", "dec", "radius"), CIRCLES)
def test_centres_in_circles(ask: Asker, ra: float, dec: float, radius: float) -> None:
    distances = {name: float(separation(centre, vector(ra, dec))) for name, centre in CENTRES.items()}
    expected = {name for name, distance in distances.items() if distance < radius}
    for condition in (
        f"1 = CONTAINS(CENTROID(position_bounds), CIRCLE({ra}, {dec}, {radius}))",
        f"DISTANCE(CENTROID(position_bounds), POINT({ra}, {dec})) < {radius}",
    ):
        assert ask.names("caom2.Plane", condition) == expected, condition
    for condition in (
        f"1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', {ra}, {dec}, {radius}))",
        f"DISTANCE(s_ra, s_dec, {ra}, {dec}) < {radius}",
        f"DISTANCE(POINT(s_ra, s_dec), POINT({ra}, {dec})) <= {radius}",
    ):
        assert ask.names("ivoa.ObsCore", condition) == expected, condition


@pytest.mark.parametrize("corners", POLYGONS)
def test_centres_in_polygons(ask: Asker, corners: list[tuple[float, float]]) -> None:
    polygon = Polygon(np.array(corners, float))
    expected = {name for name, centre in CENTRES.items() if polygon.surrounds(centre)}
    assert ask.names("ivoa.ObsCore", f"1 = CONTAINS(POINT(s_ra, s_dec), {write(corners)})") == expected


@pytest.mark.parametrize(
    "corners",
    [
        [(0, -10), (120, -10), (240, -10)],
        [(0, 0), (10, 0), (10, 10), (5, 1)],
        [(150, 2), (150.000000001, 2), (150, 2.000000001)],
    ],
)
def test_centres_in_polygons_that_pgsphere_refuses(ask: Asker, corners: list[tuple[float, float]]) -> None:
    polygon = Polygon(np.array(corners, float))
    expected = {name for name, centre in CENTRES.items() if polygon.surrounds(centre)}
    assert ask.names("ivoa.ObsCore", f"1 = CONTAINS(POINT(s_ra, s_dec), {write(corners)})") == expected


@pytest.mark.parametrize(
    "corners",
    [[(0, -10), (120, -10), (240, -10)], [(0, 0), (10, 10), (10, 0), (0, 10)], [(1, 1), (1, 1), (1, 1)]],
)
def test_footprints_and_polygons_that_pgsphere_refuses(
    ask: Asker, corners: list[tuple[float, float]]
) -> None:
    sentence = r"^A value cannot be used: a polygon that is compared .* split this one\.$"
    with pytest.raises(UsageError, match=sentence), translate_errors():
        ask(f"SELECT obsID FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, {write(corners)})")


def test_grouped_footprints_can_be_measured(ask: Asker) -> None:
    rows = ask(
        "SELECT position_bounds, AREA(position_bounds), COORD1(CENTROID(position_bounds)), COUNT(*) AS n"
        " FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, CIRCLE(150, 2, 1)) GROUP BY position_bounds"
        " HAVING 1 = INTERSECTS(position_bounds, CIRCLE(150, 2, 1)) ORDER BY 2"
    )
    assert len(rows) > 10


def test_measures_are_those_of_the_archive(ask: Asker) -> None:
    rows = ask(
        "SELECT publisherID, AREA(position_bounds), COORD1(CENTROID(position_bounds)),"
        " COORD2(CENTROID(position_bounds)) FROM caom2.Plane WHERE position_bounds IS NOT NULL"
    )
    assert {row[0] for row in rows} == set(FOOTPRINTS)
    for name, area, ra, dec in rows:
        assert area == pytest.approx(spherical_excess(FOOTPRINTS[name]), rel=1e-6, abs=1e-7)
        assert separation(vector(ra, dec), CENTRES[name]) < 1e-9


def spherical_excess(polygon: Polygon) -> float:
    """Area in square degrees, as the sum of signed triangles around the middle (Eriksson 1990)."""
    middle = polygon.middle / np.linalg.norm(polygon.middle)
    triple = np.cross(polygon.a, polygon.b) @ middle
    rest = 1 + (polygon.a * polygon.b).sum(axis=1) + polygon.a @ middle + polygon.b @ middle
    return float(abs(2 * np.arctan2(triple, rest).sum()) * (180 / np.pi) ** 2)


@pytest.fixture(scope="module")
def mine(ask: Asker) -> list[tuple[float, float, float, Positions]]:
    """Rows of the uploaded table: ra, dec, radius and triangle, and some nonsense that must do no harm."""
    random = np.random.default_rng(3)
    rows = []
    for n in range(16):
        ra, dec = (150 + random.normal(), 2 + random.normal()) if n % 2 else (random.uniform(0, 360), 89 - n)
        radius = float(random.uniform(0.01, 3))
        triangle = outline(ra, dec, np.full(3, radius), random.uniform(0, 360) + np.array([0, 120, 240]))
        rows.append((float(ra), float(dec), radius, triangle))
    with ask.connection.cursor() as cursor:
        statement = "insert into mine values (%s, %s, %s, %s, %s, %s)"
        for n, (ra, dec, radius, triangle) in enumerate(rows):
            cursor.execute(statement, [n, ra, dec, radius, [ra, dec, radius], triangle.ravel().tolist()])
        nan, inf = float("nan"), float("inf")
        crossed = [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]
        for bad in ((nan, 1.0, 1.0), (1.0, 1.0, nan), (1.0, 1.0, -1.0), (1.0, 1.0, None)):
            cursor.execute(statement, [99, *bad, list(bad), crossed])
        cursor.execute(statement, [100, 1.0, inf, 1.0, [1.0, inf, 1.0], [1.0, inf, 2.0, 3.0, 3.0, 3.0]])
    return rows


def test_places_of_another_table_are_matched(
    ask: Asker, mine: list[tuple[float, float, float, Positions]]
) -> None:
    def matches(condition: str) -> set[tuple[int, str]]:
        rows = ask(
            "SELECT u.n, p.publisherID FROM TAP_UPLOAD.mine AS u JOIN caom2.Plane AS p"
            f" ON 1 = {condition} WHERE u.n < 90"
        )
        return {(row[0], row[1]) for row in rows}

    def expected(
        test: Callable[[Polygon, brute_force.Vectors, float, Polygon], bool | None],
    ) -> set[tuple[int, str]]:
        return {
            (n, name)
            for n, (ra, dec, radius, triangle) in enumerate(mine)
            for name, polygon in FOOTPRINTS.items()
            if test(polygon, vector(ra, dec), radius, Polygon(triangle))
        }

    assert matches("CONTAINS(POINT(u.ra, u.dec), p.position_bounds)") == expected(
        lambda polygon, centre, _, __: brute_force.holds_point(polygon, centre)
    )
    discs = expected(lambda polygon, centre, radius, _: brute_force.meets_circle(polygon, centre, radius))
    assert matches("INTERSECTS(p.position_bounds, CIRCLE(u.ra, u.dec, u.radius))") == discs
    assert matches("INTERSECTS(u.disc, p.position_bounds)") == discs
    triangles = expected(lambda polygon, _, __, other: brute_force.meets_polygon(polygon, other))
    assert matches("INTERSECTS(u.triangle, p.position_bounds)") == triangles
    assert discs > triangles
    near = {
        (n, name)
        for n, (ra, dec, radius, _) in enumerate(mine)
        for name, centre in CENTRES.items()
        if separation(vector(ra, dec), centre) < radius
    }
    assert near
    assert matches("CONTAINS(CENTROID(p.position_bounds), CIRCLE(u.ra, u.dec, u.radius))") == near
    assert matches("CONTAINS(CENTROID(p.position_bounds), u.disc)") == near


def test_nonsense_in_another_table_matches_nothing(
    ask: Asker, mine: list[tuple[float, float, float, Positions]]
) -> None:
    assert mine
    for condition in (
        "INTERSECTS(p.position_bounds, CIRCLE(u.ra, u.dec, u.radius))",
        "INTERSECTS(p.position_bounds, u.disc)",
        "INTERSECTS(p.position_bounds, u.triangle)",
        "CONTAINS(CENTROID(p.position_bounds), u.disc) AND u.n = 99",
    ):
        assert (
            ask(
                "SELECT u.n FROM TAP_UPLOAD.mine AS u JOIN caom2.Plane AS p"
                f" ON 1 = {condition} WHERE u.n > 90"
            )
            == []
        ), condition


def test_footprints_that_overlap_each_other(ask: Asker) -> None:
    names = [plane.publisher_id for plane in PLACED[:12]]
    some = ", ".join(f"'{name}'" for name in names)
    rows = ask(
        "SELECT a.publisherID, b.publisherID FROM caom2.Plane AS a JOIN caom2.Plane AS b"
        f" ON 1 = INTERSECTS(a.position_bounds, b.position_bounds) WHERE a.publisherID IN ({some})"
    )
    assert set(rows) == {
        (one, other)
        for one in names
        for other in FOOTPRINTS
        if one == other or brute_force.meets_polygon(FOOTPRINTS[one], FOOTPRINTS[other])
    }
