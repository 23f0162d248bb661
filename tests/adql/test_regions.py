"""AD-05, AD-06: searches on the sky find by indexes exactly what plain vectors find, all over the sphere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from caomai.database import Database
from tapext.adql import Catalogue, parse, read_catalogue, translate

Vectors = NDArray[np.float64]

# Degrees from a border within which rounding decides.
DOUBT = 1e-8
FIELDS = [(0.0, 0.0), (359.99, 45.0), (123.0, 89.9), (40.0, -89.97), (180.0, -20.0), (83.6, 22.0)]
COUNT = 120

INSERT = """
insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease, position_bounds,
    lastModified, maxLastModified, metaChecksum, accMetaChecksum)
values (%s, %s, %s, %s, %s, '2020-01-01', %s, '2020-01-01', '2020-01-01', 'md5:', 'md5:')
"""


class Region(NamedTuple):
    """A circle of a radius in degrees, or a polygon: then `centre` is a place that sees all of its edges."""

    centre: Vectors
    corners: Vectors
    radius: float | None

    @property
    def numbers(self) -> list[float]:
        if self.radius is not None:
            return [*to_degrees(self.centre[None])[0].tolist(), self.radius]
        return to_degrees(self.corners).ravel().tolist()

    def adql(self) -> str:
        return f"{'POLYGON' if self.radius is None else 'CIRCLE'}({', '.join(map(repr, self.numbers))})"


def to_vectors(positions: Vectors) -> Vectors:
    ra, dec = np.radians(np.atleast_2d(positions)).T
    return np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def to_degrees(vectors: Vectors) -> Vectors:
    ra = np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0])) % 360
    return np.column_stack([ra, np.degrees(np.arctan2(vectors[:, 2], np.hypot(*vectors[:, :2].T)))])


def separation(one: Vectors, other: Vectors) -> Vectors:
    across = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.asarray(np.degrees(np.arctan2(across, (one * other).sum(axis=-1))))


def around(centre: Vectors, angles: Vectors, radii: Vectors) -> Vectors:
    """Positions at angles (radians) and distances (degrees) from a centre."""
    first = np.cross(np.eye(3)[np.argmin(np.abs(centre))], centre)
    first /= np.linalg.norm(first)
    sides = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * np.cross(centre, first)
    radians = np.radians(radii)[:, None]
    return np.asarray(np.cos(radians) * centre + np.sin(radians) * sides)


def make_region(random: np.random.Generator, size: float) -> Region:
    field = FIELDS[random.integers(len(FIELDS))]
    near = around(to_vectors(np.array([field]))[0], random.uniform(0, 7, 1), random.exponential(size, 1))[0]
    if random.random() < 0.4:
        return Region(near, near[None], float(size * random.uniform(0.1, 1)))
    count = random.integers(3, 8)
    # Steps of less than half a turn, so that the centre sees every edge.
    steps = random.uniform(0.7, 1, count)
    angles = np.cumsum(steps / steps.sum() * 2 * np.pi) + random.uniform(0, 7)
    corners = around(near, angles[:: random.choice([-1, 1])], size * random.uniform(0.3, 1, count))
    # What is stored and asked for are degrees: take those.
    return Region(near, to_vectors(to_degrees(corners)), None)


def edge_distance(region: Region, points: Vectors) -> Vectors:
    """Degrees from points (n, 3) to the border of a polygon."""
    nearest = np.full(len(points), 180.0)
    for a, b in zip(region.corners, np.roll(region.corners, -1, axis=0), strict=True):
        normal = np.cross(a, b) / np.linalg.norm(np.cross(a, b))
        beside = (points @ np.cross(normal, a) > 0) & (points @ np.cross(normal, b) < 0)
        height = np.degrees(np.abs(np.arcsin(np.clip(points @ normal, -1, 1))))
        ends = np.minimum(separation(points, a), separation(points, b))
        nearest = np.minimum(nearest, np.where(beside, height, ends))
    return nearest


def border_distance(region: Region, points: Vectors) -> Vectors:
    """Degrees from points to the border of a region, negative inside."""
    if region.radius is not None:
        return separation(points, region.centre) - region.radius
    inside = np.zeros(len(points), bool)
    for a, b in zip(region.corners, np.roll(region.corners, -1, axis=0), strict=True):
        # A point in the triangle of an edge and the centre is a sum of the three with no negative weight.
        inside |= (np.linalg.solve(np.column_stack([region.centre, a, b]), points.T) >= 0).all(axis=0)
    return edge_distance(region, points) * np.where(inside, -1, 1)


def outline(region: Region) -> Vectors:
    """Points along the border, dense enough for what happens between them to be rare."""
    if region.radius is not None:
        angles = np.linspace(0, 2 * np.pi, 60)
        return around(region.centre, angles, np.full(60, region.radius))
    after = np.roll(region.corners, -1, axis=0)
    steps = np.linspace(0, 1, 12)[:, None, None]
    points = (region.corners * (1 - steps) + after * steps).reshape(-1, 3)
    return np.asarray(points / np.linalg.norm(points, axis=1)[:, None])


def doubt(region: Region) -> float:
    """Degrees by which a border can come nearer between the points of its outline."""
    return 0.05 * float(np.degrees(np.linalg.norm(np.ptp(outline(region), axis=0)))) + DOUBT


def meets(one: Region, other: Region) -> bool | None:
    """Tell whether two regions have something in common; None where it is too near to tell."""
    gaps = (
        border_distance(first, np.vstack([outline(second), second.centre])).min()
        for first, second in ((one, other), (other, one))
    )
    gap = float(min(gaps))
    return None if abs(gap) < min(doubt(one), doubt(other)) else gap < 0


def lies_in(inner: Region, outer: Region) -> bool | None:
    """Tell whether a region lies in another; None where it is too near to tell."""
    gap = float(border_distance(outer, outline(inner)).max())
    return None if abs(gap) < doubt(inner) else gap < 0


@pytest.fixture(scope="module")
def regions(database: Database) -> list[Region]:
    """Fill the archive with planes in six fields, small and large; give their footprints."""
    random = np.random.default_rng(4)
    made = [make_region(random, float(random.choice([0.003, 0.1, 1, 10]))) for _ in range(COUNT)]
    with database.connect_administrator() as connection:
        connection.execute("set session_replication_role = replica")
        for number, region in enumerate(made):
            name = uuid.uuid5(uuid.NAMESPACE_URL, str(number))
            values = [str(number), name, name, str(number), str(number), region.numbers]
            connection.execute(INSERT, values)
        connection.execute("select caom2_ai.refresh_positions(1000)")
        connection.commit()
    return made


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Connection of the query role that prefers indexes, however few the rows."""
    with database.connect("query", autocommit=True) as opened:
        opened.execute("set enable_seqscan = off")
        yield opened


@pytest.fixture(scope="module")
def catalogue(connection: psycopg.Connection[Any]) -> Catalogue:
    """All that TAP_SCHEMA describes."""
    return read_catalogue(connection)


class Sky:
    """Footprints, and how to ask for the numbers of those that a condition holds for."""

    def __init__(
        self, connection: psycopg.Connection[Any], catalogue: Catalogue, regions: list[Region]
    ) -> None:
        self.connection, self.catalogue, self.regions = connection, catalogue, regions

    def find(self, condition: str) -> set[int]:
        query = translate(parse(f"SELECT productID FROM caom2.Plane AS p WHERE {condition}"), self.catalogue)
        return {int(row[0]) for row in self.connection.execute(query.sql)}

    def check(self, condition: str, expected: list[bool | None]) -> None:
        found = self.find(condition)
        wrong = [n for n, wanted in enumerate(expected) if wanted is not None and wanted != (n in found)]
        assert not wrong, (condition, [self.regions[n].adql() for n in wrong])


@pytest.fixture(scope="module")
def sky(connection: psycopg.Connection[Any], catalogue: Catalogue, regions: list[Region]) -> Sky:
    """Ask about the footprints."""
    return Sky(connection, catalogue, regions)


once = settings(max_examples=40)
seeds = st.integers(0, 2**32)
sizes = st.sampled_from([0.001, 0.05, 0.5, 3, 20, 60])


@given(seeds, sizes)
@once
def test_centroids_in_regions(sky: Sky, seed: int, size: float) -> None:
    region = make_region(np.random.default_rng(seed), size)
    numbers = [
        sky.connection.execute("select caom2_ai.region_centroid(%s)", [one.numbers]).fetchone()
        for one in sky.regions
    ]
    centroids = to_vectors(np.array([row[0] for row in numbers if row is not None]))
    gaps = border_distance(region, centroids)
    expected = [None if abs(gap) < DOUBT else bool(gap < 0) for gap in gaps]
    sky.check(f"1 = CONTAINS(CENTROID(position_bounds), {region.adql()})", expected)
    sky.check(
        f"0 = CONTAINS(CENTROID(position_bounds), {region.adql()})",
        [one if one is None else not one for one in expected],
    )
    if region.radius is not None:
        ra, dec, radius = region.numbers
        sky.check(f"DISTANCE(CENTROID(position_bounds), POINT({ra!r}, {dec!r})) < {radius!r}", expected)


@given(seeds, sizes)
@once
def test_positions_in_footprints(sky: Sky, seed: int, size: float) -> None:
    place = make_region(np.random.default_rng(seed), size).centre[None]
    gaps = [float(border_distance(region, place)[0]) for region in sky.regions]
    ra, dec = to_degrees(place)[0].tolist()
    expected = [None if abs(gap) < DOUBT else gap < 0 for gap in gaps]
    sky.check(f"1 = CONTAINS(POINT({ra!r}, {dec!r}), position_bounds)", expected)


@given(seeds, sizes)
@once
def test_regions_with_footprints(sky: Sky, seed: int, size: float) -> None:
    region = make_region(np.random.default_rng(seed), size)
    asked = region.adql()
    sky.check(f"1 = INTERSECTS(position_bounds, {asked})", [meets(one, region) for one in sky.regions])
    sky.check(f"CONTAINS(position_bounds, {asked}) = 1", [lies_in(one, region) for one in sky.regions])
    sky.check(f"CONTAINS({asked}, position_bounds) = 1", [lies_in(region, one) for one in sky.regions])


@given(seeds, st.sampled_from([90, 91, 120, 149, 179, 180]))
@once
def test_circles_larger_than_a_hemisphere(sky: Sky, seed: int, radius: float) -> None:
    centre = make_region(np.random.default_rng(seed), 1).centre
    circle = Region(centre, centre[None], radius)
    gaps = [border_distance(circle, np.vstack([outline(region), region.centre])) for region in sky.regions]
    meeting = [None if abs(gap.min()) < DOUBT else bool(gap.min() < 0) for gap in gaps]
    sky.check(f"1 = INTERSECTS(position_bounds, {circle.adql()})", meeting)
    if radius == 180:
        assert sky.find(f"1 = CONTAINS(position_bounds, {circle.adql()})") == set(range(COUNT))
    elif radius < 150:
        # Beyond, a region could surround what the circle leaves out, and its outline would not tell.
        inside = [lies_in(region, circle) for region in sky.regions]
        sky.check(f"1 = CONTAINS(position_bounds, {circle.adql()})", inside)


def test_areas_of_footprints(sky: Sky) -> None:
    query = translate(parse("SELECT productID, AREA(position_bounds) FROM caom2.Plane"), sky.catalogue)
    for name, area in sky.connection.execute(query.sql):
        region = sky.regions[int(name)]
        if region.radius is not None:
            expected = 2 * np.pi * (1 - np.cos(np.radians(region.radius)))
        else:
            pairs = zip(region.corners, np.roll(region.corners, -1, axis=0), strict=True)
            # Solid angles of the triangles around the centre (Van Oosterom & Strackee 1983).
            expected = sum(
                2 * np.arctan2(abs(region.centre @ np.cross(a, b)), 1 + a @ b + region.centre @ (a + b))
                for a, b in pairs
            )
        assert area == pytest.approx(np.degrees(np.degrees(expected)), rel=1e-4)


def test_what_is_no_region_has_nothing(sky: Sky) -> None:
    values = (
        "CIRCLE(NULL, NULL, 1)",
        "CIRCLE(1, 2, NULL)",
        "POLYGON(1, 2, 3, NULL, 5, 6)",
        "BOX(1, 2, NULL, 1)",
    )
    for value in values:
        query = f"SELECT AREA({value}), COORD1(CENTROID({value})) FROM caom2.Plane WHERE productID = '1'"
        area = sky.connection.execute(translate(parse(query), sky.catalogue).sql).fetchone()
        assert area is not None
        assert area[0] is None
        assert sky.find(f"1 = INTERSECTS(position_bounds, {value})") == set()
        assert sky.find(f"1 = CONTAINS(CENTROID(position_bounds), {value})") == set()


@pytest.mark.parametrize(
    "numbers",
    [
        "{}",
        "{1}",
        "{1,2}",
        "{1,2,3,4}",
        "{1,2,NaN}",
        "{1,2,3,4,5,Infinity}",
        "{1,95,1}",
        "{1,2,-1}",
        "{1,2,3,4,NULL,6}",
    ],
)
def test_broken_numbers_never_fail(sky: Sky, numbers: str) -> None:
    calls = "region_area(%(r)s), region_centroid(%(r)s), region_holds(%(r)s, 1, 2), chart_box(%(r)s)"
    both = (
        "region_meets(%(r)s, '{1,2,3}'), region_within('{1,2,3}', %(r)s), region_holds('{1,2,3}', 'NaN', 2)"
    )
    row = sky.connection.execute(f"select {calls}, {both}".encode(), {"r": numbers}).fetchone()
    assert row is not None
    assert set(row) == {None}


@pytest.mark.parametrize(
    ("corners", "inside", "outside"),
    [
        ([268.8, 90, 153.9, 56.4, 61, 50], [(110, 70), (152, 60)], [(0, -90), (200, -90), (153.9, 10)]),
        ([61, 50, 153.9, 56.4, 268.8, 90], [(110, 70), (63, 55)], [(0, -90), (180, 80), (268.8, 10)]),
        ([0, -90, 10, 0, 20, 0], [(15, -60), (12, -20)], [(10, 20), (20, 1), (0, 90), (0, 10), (15, 0.1)]),
        ([33, -90, 20, 0, 10, 0], [(15, -60), (18, -20)], [(10, 20), (20, 1), (190, -80), (33, 10)]),
        ([0, 80, 120, 80, 240, 80], [(0, 90), (77, 89)], [(0, -90), (60, 79)]),
    ],
)
def test_a_corner_at_a_pole_and_a_pole_inside(
    sky: Sky, corners: list[float], inside: list[tuple[float, float]], outside: list[tuple[float, float]]
) -> None:
    for ra, dec in (*inside, *outside):
        values = {"r": [float(number) for number in corners], "ra": ra, "dec": dec}
        found = sky.connection.execute("select caom2_ai.region_holds(%(r)s, %(ra)s, %(dec)s)", values)
        assert found.fetchone() == ((ra, dec) in inside,), (ra, dec)
