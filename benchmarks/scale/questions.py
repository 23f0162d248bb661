"""The queries of the benchmark of search: what each kind asks for, and how its truth is found."""

# ruff: noqa: S608 -- the queries are the benchmark's own

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.scale.archive import Size
from benchmarks.scale.content import Content
from benchmarks.scale.rows import DAYS, FIRST_DAY, SECONDS_PER_IMAGE, survey_centres
from caomai.database import Database
from fingerprinting.model import load_model

QUERIES: Final = 40
SEEN: Final = 3  # images of a sample, from which a share is known
SHARES: Final = (0.01, 0.001, 0.0001)
NEAR: Final = "caomai_distance(f.vector, caomai_vector('{image}'))"
TOP: Final = (
    "SELECT TOP 10 f.publisherID, {near} AS dist FROM caom2_ai.fingerprint AS f {where} ORDER BY dist"
)
COUNT: Final = "SELECT COUNT(*) AS n FROM caom2_ai.fingerprint AS f {where}"
MEMBERS: Final = (
    "SELECT TOP 100 f.publisherID{column} FROM caom2_ai.fingerprint AS f WHERE {condition}{order}"
)
OBJECTS: Final = (
    "SELECT TOP 1000 o.ra, o.dec, o.snr FROM caom2_ai.object_node AS o"
    " WHERE o.node = {node} AND o.snr > {snr}"
    " AND 1 = CONTAINS(POINT(o.ra, o.dec), CIRCLE({ra}, {dec}, {radius}))"
)


@dataclass(frozen=True)
class Kind:
    """One kind of query: many of it, its goal in ms, and (query, truth, count of matches) for the recall."""

    name: str
    queries: tuple[str, ...]
    goal: float | None = None
    beyond_cone: bool = False
    truths: tuple[tuple[str, str, str | None], ...] = ()


@dataclass(frozen=True)
class Samples:
    """What queries are made of: images, places, the nodes of some thousand images, centres of surveys."""

    images: list[str]
    places: list[tuple[float, float]]
    nodes: NDArray[np.bool_]
    centres: NDArray[np.float64]
    sets: dict[float, list[tuple[int, ...]]]  # nodes that a share of the images have all of
    size: Size


def make_kinds(database: Database, size: Size) -> list[Kind]:
    """Make all kinds of query for an archive."""
    with database.connect("query", autocommit=True) as connection:
        samples = _sample(connection, size)
    with database.connect("owner", autocommit=True) as owner:
        rare = find_sets(samples.nodes, 0.01)
        owner.execute(
            "insert into caom2_ai.label (mapID, node, label, author)"
            " select 1, n, 'rare', 'me' from unnest(%s::integer[]) n on conflict do nothing",
            [list(rare[0])],
        )
    cones = [_cone(ra, dec) for ra, dec in samples.places]
    kinds = [
        Kind("cone", tuple(cones), goal=7),
        _search("nearest 10", [""] * QUERIES, samples, goal=4, beyond_cone=True),
    ]
    for share in SHARES:
        for name, conditions in _conditions(share, samples).items():
            goal = (50.0 if "joined" in name else 25.0) if share == SHARES[0] else None
            kinds.append(_search(f"{name} {share:.2%}", conditions, samples, goal=goal))
    return kinds + _membership(samples) + _objects(samples)


def _sample(connection: psycopg.Connection[Any], size: Size) -> Samples:
    rows = connection.execute(
        "select publisherID, ra, dec, fingerprint from caom2_ai_view.fingerprint where publisherID = any(%s)",
        [[f"ivo://archive.test/SCALE?{n:09}/p" for n in range(0, size.images, max(size.images // 5000, 1))]],
    ).fetchall()
    chosen = np.random.default_rng(2).permutation(len(rows))[:QUERIES]
    content = Content.for_archive(load_model(), size.images, size.seed)
    nodes = np.array([row[3] for row in rows]) > 0
    return Samples(
        [rows[n][0] for n in chosen],
        [(rows[n][1], rows[n][2]) for n in chosen],
        nodes,
        survey_centres(content.seed),
        {
            share: find_sets(nodes, share)
            if share * len(nodes) >= SEEN
            else _find_rare_sets(connection, nodes, share * size.images)
            for share in SHARES
        },
        size,
    )


def _cone(ra: float, dec: float) -> str:
    return (
        "SELECT TOP 10 f.publisherID, f.ra, f.dec FROM caom2_ai.fingerprint AS f"
        f" WHERE 1 = CONTAINS(POINT(f.ra, f.dec), CIRCLE({ra}, {dec}, 0.1))"
    )


def _search(
    name: str, conditions: list[str], samples: Samples, *, goal: float | None, beyond_cone: bool = False
) -> Kind:
    queries, truths = [], []
    for image, where in zip(samples.images, conditions, strict=True):
        near = NEAR.format(image=image)
        queries.append(TOP.format(near=near, where=where))
        # No index answers an order by a sum.
        truth = TOP.format(near=f"{near} + 0", where=where)
        truths.append((queries[-1], truth, COUNT.format(where=where) if where else None))
    return Kind(name, tuple(queries), goal, beyond_cone, tuple(truths))


def _conditions(share: float, samples: Samples) -> dict[str, list[str]]:
    """Give conditions of every sort that keep about a share of the images."""
    rng = np.random.default_rng(3)
    days = samples.size.images * SECONDS_PER_IMAGE / 86_400
    starts = FIRST_DAY + rng.random(QUERIES) * min(days, DAYS) * (1 - share)
    ends = starts + share * min(days, DAYS)
    camera = CAMERAS_BY_SHARE[share]
    # Surveys overlap: two thirds of what one alone would need.
    radius = 6 * np.sqrt(-2 * np.log(1 - min(share * 40, 0.999)))
    centres = samples.centres[np.arange(QUERIES) % len(samples.centres)]
    sets = samples.sets[share]
    plane = "JOIN caom2.Plane AS p ON p.planeID = f.planeID WHERE "
    return {
        "instrument": [f"WHERE f.instrument_name = 'CAM-{camera:03}'"] * QUERIES,
        "date": [f"WHERE f.timeMid BETWEEN {a} AND {b}" for a, b in zip(starts, ends, strict=True)],
        "region": [
            f"WHERE 1 = CONTAINS(POINT(f.ra, f.dec), CIRCLE({ra}, {dec}, {radius}))"
            for ra, dec in centres
        ],
        "nodes": [
            f"WHERE 1 = caomai_has(f.fingerprint, '{','.join(map(str, sets[n % len(sets)]))}')"
            for n in range(QUERIES)
        ],
        "joined date": [
            f"{plane}p.time_bounds_lower BETWEEN {a} AND {b}" for a, b in zip(starts, ends, strict=True)
        ],
        "joined instrument": [
            f"JOIN caom2.Observation AS o ON o.obsID = f.obsID WHERE o.instrument_name = 'CAM-{camera:03}'"
        ] * QUERIES,
    }  # fmt: skip


# Cameras by rank have the share rank ** -1.8 / 1.86 of the images.
CAMERAS_BY_SHARE: Final = {0.01: 8, 0.001: 32, 0.0001: 117}


def find_sets(nodes: NDArray[np.bool_], share: float, number: int = 10) -> list[tuple[int, ...]]:
    """Find sets of one to three nodes that about a share of some images (n, 400) have all of."""
    held = nodes.astype(np.float32)
    least = SEEN / len(nodes)
    pairs = held.T @ held / len(nodes)
    upper = np.triu(np.abs(np.log(np.maximum(pairs, least / 9) / max(share, least))))
    upper[np.tril_indices(len(upper), -1)] = np.inf
    order = np.argsort(upper, axis=None)[: 4 * number]
    found = [tuple(sorted({int(n) for n in np.unravel_index(place, upper.shape)})) for place in order]
    return [one for one in found if len(one) > 1][:number]


def _find_rare_sets(
    connection: psycopg.Connection[Any], nodes: NDArray[np.bool_], wanted: float, number: int = 10
) -> list[tuple[int, ...]]:
    """Find sets of nodes that about so many images have all of, too few for a sample: these are counted."""
    usual = np.argsort(-nodes.mean(axis=0))[:400:10]
    tried = [tuple(sorted({*pair, int(n)})) for pair in find_sets(nodes, SEEN / len(nodes)) for n in usual]
    counted = {
        one: connection.execute(
            "select count(*) from caom2_ai_view.fingerprint"
            " where mapID = 1 and array_positions(fingerprint::boolean[], true) @> %s::integer[]",
            [[n + 1 for n in one]],
        ).fetchall()[0][0]
        for one in dict.fromkeys(tried)
    }
    return sorted(counted, key=lambda one: abs(np.log((counted[one] + 0.1) / wanted)))[:number]


def _membership(samples: Samples) -> list[Kind]:
    frequency = samples.nodes.mean(axis=0)
    common = np.argsort(-frequency)[:10]
    usual = np.argsort(np.abs(frequency - 0.1))[:10]
    kinds = {
        "has 2 common nodes": [
            f"1 = caomai_has(f.fingerprint, '{a},{b}')" for a, b in list(combinations(common, 2))[:10]
        ],
        "count >= 5, node of 10 %": [f"caomai_count(f.fingerprint, {n}) >= 5" for n in usual],
        "count >= 50, node of 10 %": [f"caomai_count(f.fingerprint, {n}) >= 50" for n in usual],
        "label count >= 2": ["caomai_label_count(f.fingerprint, 'rare') >= 2"],
    }
    made = [
        Kind(
            f"{name}, TOP 100",
            tuple(MEMBERS.format(column="", condition=c, order="") for c in conditions),
            20,
        )
        for name, conditions in kinds.items()
    ]
    ordered = [
        MEMBERS.format(
            column=f", caomai_count(f.fingerprint, {n}) AS n",
            condition=f"caomai_count(f.fingerprint, {n}) >= 20",
            order=" ORDER BY n DESC",
        )
        for n in usual
    ]
    return [*made, Kind("most of a node of 10 %, TOP 100", tuple(ordered))]


def _objects(samples: Samples) -> list[Kind]:
    if not samples.size.objects_per_image:
        return []
    common = np.argsort(-samples.nodes.mean(axis=0))
    nodes = common[np.arange(len(samples.places))]
    return [
        Kind(
            f"objects of a node within {radius} degrees",
            tuple(
                OBJECTS.format(node=node, snr=snr, ra=ra, dec=dec, radius=radius)
                for node, (ra, dec) in zip(nodes, samples.places, strict=True)
            ),
            20,
        )
        for radius, snr in ((0.1, 5), (0.5, 20))
    ]
