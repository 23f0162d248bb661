"""Search for objects that look alike through TAP: latency, recall and bytes (make bench).

    python benchmarks/objects.py --images 20000 --objects 50 --folder /data/looks --memory 4GB

makes an archive with a million vectors once in the folder; without a folder it is made small and thrown away.
`--lists 3000` searches by IVFFlat, as docs/object_search.md advises for many millions.
"""

# ruff: noqa: INP001 -- a script, not a package; the queries are its own

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Literal
from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.scale.archive import Size, make_index, prepare
from benchmarks.scale.client import Client
from benchmarks.scale.content import Content
from benchmarks.scale.looks import add_looks
from benchmarks.scale.questions import Kind
from benchmarks.search import measure, show
from benchmarks.tap import serving
from caomai.console import progress
from caomai.database import Database, open_database
from caomai.settings import read_settings
from fingerprinting.model import load_model

QUERIES = 40
NEAR = "caomai_object_distance(o.vector, caomai_object_vector({id}))"
TOP = "SELECT TOP 20 o.objectID, {near} AS dist FROM caom2_ai.object_vector AS o {where} ORDER BY dist"
COUNT = "SELECT COUNT(*) AS n FROM caom2_ai.object_vector AS o {where}"
GOAL = 20.0


def fill(database: Database, size: Size, memory: str, lists: int) -> None:
    """Add the vectors and their index unless they are there."""
    with database.connect_administrator() as connection:
        if not connection.execute("select 1 from caom2_ai.object_vector limit 1").fetchone():
            connection.execute("set synchronous_commit = off")
            content = Content.for_archive(load_model(), size.images, size.seed)
            with progress(size.images * size.objects_per_image, "Adding", "objects") as bar:
                add_looks(connection, content, size, 1, bar.advance)
        elif connection.execute("select 1 from pg_class where relname = 'object_vector_1'").fetchone():
            return
    seconds = make_lists(database, lists, memory) if lists else make_index(database, 1, memory)
    with database.connect_administrator() as connection:
        connection.execute("vacuum analyze caom2_ai.object_vector")
    Console(stderr=True).print(f"{seconds:8.1f} s  object_vector_1")


def make_lists(database: Database, lists: int, memory: str) -> float:
    """Make the index that operators of many objects may choose; gives the seconds it took."""
    began = time.monotonic()
    with database.connect_administrator() as connection:
        connection.execute(SQL("set maintenance_work_mem = {}").format(Literal(memory)))
        connection.execute("drop index if exists caom2_ai.object_vector_1")
        query = """create index object_vector_1 on caom2_ai.object_vector
            using ivfflat (vector halfvec_l2_ops) with (lists = {}) where mapID = 1"""
        connection.execute(SQL(query).format(Literal(lists)))
    return time.monotonic() - began


def weigh(connection: psycopg.Connection[Any]) -> str:
    """Say how many bytes a vector takes: its row, the index of nearest neighbours, and the others."""
    row = connection.execute("""
        select count(*), pg_relation_size('caom2_ai.object_vector'),
            pg_relation_size('caom2_ai.object_vector_1'), pg_indexes_size('caom2_ai.object_vector')
        from caom2_ai.object_vector
    """).fetchone()
    assert row
    rows, heap, nearest, indexes = row
    parts = [round(part / rows) for part in (heap, nearest, indexes - nearest)]
    words = f"row {parts[0]}, nearest {parts[1]}, other indexes {parts[2]}"
    return f"{rows:,} objects of {sum(parts)} bytes: {words}"


def make_kinds(connection: psycopg.Connection[Any]) -> list[Kind]:
    """Make queries about objects that are spread evenly over the archive, alone and under conditions."""
    found = connection.execute(
        """
        select objectID, node, ra, dec, collection from caom2_ai_view.object_vector
        where objectID = any(array(
            select i.imageID::bigint << 20 from caom2_ai.part_fingerprint i
            where i.imageID %% greatest((select count(*) / %(queries)s from caom2_ai.part_fingerprint), 1) = 0
            limit %(queries)s
        ))
        """,
        {"queries": QUERIES},
    ).fetchall()
    conditions = {
        "nearest 20": "",
        "its node": "WHERE o.node = {1}",
        "another node": "WHERE o.node = 7",
        "cone of 1 degree": "WHERE 1 = CONTAINS(POINT(o.ra, o.dec), CIRCLE({2}, {3}, 1))",
        "its collection": "WHERE o.collection = '{4}'",
    }
    return [_make_kind(name, where, found) for name, where in conditions.items()]


def _make_kind(name: str, where: str, objects: list[tuple[Any, ...]]) -> Kind:
    queries, truths = [], []
    for one in objects:
        near, condition = NEAR.format(id=one[0]), where.format(*one)
        queries.append(TOP.format(near=near, where=condition))
        truth = TOP.format(near=f"{near} + 0", where=condition)
        truths.append((queries[-1], truth, COUNT.format(where=condition) if where else None))
    return Kind(name, tuple(queries), None if where else GOAL, truths=tuple(truths))


def main() -> None:
    """Make the archive, serve it, ask, and show."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--images", type=int, default=1_000)
    options.add_argument("--objects", type=int, default=20, help="of each image")
    options.add_argument("--folder", help="where the archive is made, and kept")
    options.add_argument("--lists", type=int, default=0, help="of IVFFlat; 0: HNSW, as new maps have")
    options.add_argument("--memory", default="1GB", help="for making indexes")
    options.add_argument("--runs", type=int, default=40)
    options.add_argument("--truths", type=int, default=20, help="queries of which recall is measured")
    given = options.parse_args()
    size, console = Size(given.images, 0), Console(width=120)
    with tempfile.TemporaryDirectory(prefix="caom-ai-bench-") as temporary:
        settings = read_settings(data_dir=given.folder or temporary)
        prepare(settings, size, given.memory)
        with open_database(settings) as database:
            fill(database, Size(given.images, given.objects), given.memory, given.lists)
            with database.connect_administrator() as connection:
                console.print(weigh(connection))
                kinds = make_kinds(connection)
            with (
                serving(str(settings.data_dir)) as (address, _),
                progress(given.runs + 1 + len(kinds), "Asking", "rounds") as bar,
            ):
                taken = measure(
                    Client(address), [*_cone(kinds), *kinds], given.runs, given.truths, bar.advance
                )
        console.print(show(kinds, taken, given.images * given.objects))


def _cone(kinds: list[Kind]) -> list[Kind]:
    """Give the query that the table of results compares others with."""
    return [Kind("cone", tuple(query.replace("TOP 20", "TOP 10") for query in kinds[3].queries))]


if __name__ == "__main__":
    main()
