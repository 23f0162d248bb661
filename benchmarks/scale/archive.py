"""A real database of any size: indexes are taken away, rows copied in binary, indexes made again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from rich.console import Console

from benchmarks.scale.content import Content
from benchmarks.scale.objects import object_columns
from benchmarks.scale.rows import Columns, Maps, image_tables, pack
from caomai.console import Bar, progress
from caomai.database import Database, open_database
from caomai.settings import Settings
from fingerprinting.maps import register_maps
from fingerprinting.model import load_model

CHUNK: Final = 10_000
TABLES: Final = (
    "caom2.observation", "caom2.plane", "caom2.artifact", "caom2_ai.plane_position",
    "caom2_ai.part_fingerprint", "caom2_ai.fingerprint", "caom2_ai.field_node",
)  # fmt: skip
# Names of the tables as PostgreSQL has them, of all their indexes that no constraint owns.
INDEXES: Final = """
    select i.indexrelid::regclass::text, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
    from pg_index i
    where i.indrelid = any(%s::regclass[]) and not exists (
        select from pg_constraint c where c.conindid = i.indexrelid
    )
    order by 1
"""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Size:
    """How large an archive is: images, and objects of each."""

    images: int
    objects_per_image: int
    seed: int = 1


def prepare(settings: Settings, size: Size, memory: str) -> None:
    """Make what is not there of the archive; `memory` is for the embedded server, and for making indexes."""
    with open_database(settings) as database, database.connect_administrator() as connection:
        filled = _says(connection, "select count(*) > 0 from caom2_ai.map")
        if not filled:
            connection.execute("alter system set autovacuum = off")
            connection.execute(SQL("alter system set shared_buffers = {}").format(Literal(memory)))
    took: dict[str, float] = {}
    # The memory is the server's once it has started again.
    with open_database(settings) as database:
        if not filled:
            with progress(size.images, "Filling", "images") as bar:
                took = fill(database, size, memory, bar)
        with database.connect_administrator() as connection:
            indexed = _says(connection, "select to_regclass('caom2_ai.fingerprint_vector_1') is not null")
        if not indexed:
            took["caom2_ai.fingerprint_vector"] = make_index(database, 1, memory)
    for name, seconds in took.items():
        Console(stderr=True).print(f"{seconds:8.1f} s  {name}")


def fill(database: Database, size: Size, memory: str, bar: Bar) -> dict[str, float]:
    """Fill an empty database; gives the seconds that each step took. `memory` is for making indexes."""
    took: dict[str, float] = {}
    with database.connect("owner") as owner:
        maps = register_maps(owner, load_model())
        # The slowest of all: made on its own, when everything else is there.
        owner.execute(
            SQL("drop index {}").format(Identifier("caom2_ai", f"fingerprint_vector_{maps.object_map}"))
        )
    content = Content.for_archive(maps.model, size.images, size.seed)
    numbers = Maps(maps.object_map, maps.field_map)
    with database.connect_administrator() as connection:
        connection.execute(SQL("set maintenance_work_mem = {}").format(Literal(memory)))
        # Neither foreign keys are looked up row by row, nor does the log wait for the disk.
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        with _timed(took, "images"), _without_indexes(connection, TABLES, took):
            for first in range(0, size.images, CHUNK):
                add_images(connection, content, first, min(CHUNK, size.images - first), numbers)
                bar.advance(min(CHUNK, size.images - first))
        connection.execute("select setval('caom2_ai.part_fingerprint_imageid_seq', %s)", [size.images])
        if size.objects_per_image:
            with _timed(took, "objects"), _without_indexes(connection, ("caom2_ai.object_node",), took):
                for first in range(0, size.images, CHUNK):
                    _add_objects(connection, content, first, size, numbers)
                    bar.advance(0, objects=CHUNK * size.objects_per_image)
        connection.execute("set maintenance_work_mem to default")
        with _timed(took, "vacuum analyze"):
            connection.execute("vacuum analyze")
    return took


def _says(connection: Connection, question: LiteralString) -> bool:
    row = connection.execute(question).fetchone()
    return bool(row and row[0])


def make_index(database: Database, map_id: int, memory: str) -> float:
    """Make the index of nearest neighbours as the product does; gives the seconds it took."""
    began = time.monotonic()
    with database.connect_administrator() as connection:
        connection.execute(SQL("set maintenance_work_mem = {}").format(Literal(memory)))
        connection.execute("set max_parallel_maintenance_workers = 0")
        connection.execute("select caom2_ai.make_map_index(%s)", [map_id])
    return time.monotonic() - began


def add_images(connection: Connection, content: Content, first: int, number: int, maps: Maps) -> None:
    """Add images, numbered from `first` on, in one transaction."""
    tables = image_tables(content, content.draw(first, number), first, maps)
    with connection.transaction():
        for table, (columns, rows) in tables.items():
            _copy(connection, table, columns, rows)


def _add_objects(connection: Connection, content: Content, first: int, size: Size, maps: Maps) -> None:
    images = content.draw(first, min(CHUNK, size.images - first))
    columns, rows = object_columns(content, images, first, size.objects_per_image, maps.objects)
    _copy(connection, "caom2_ai.object_node", columns, rows)


def _copy(connection: Connection, table: str, columns: Columns, rows: int) -> None:
    names = SQL(", ").join(Identifier(name.lower()) for name in columns)
    statement = SQL("copy {} ({}) from stdin (format binary)").format(
        Identifier(*table.lower().split(".")), names
    )
    with connection.cursor().copy(statement) as copy:
        for block in pack(columns, rows):
            copy.write(block)


@contextmanager
def _without_indexes(
    connection: Connection, tables: tuple[str, ...], took: dict[str, float]
) -> Iterator[None]:
    """Drop the indexes of tables while the block runs, and make them anew."""
    indexes = connection.execute(INDEXES, [list(tables)]).fetchall()
    for name, _ in indexes:
        connection.execute(SQL("drop index {}").format(Identifier(*name.split("."))))
    yield
    for name, definition in indexes:
        with _timed(took, name):
            connection.execute(definition)


@contextmanager
def _timed(took: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    took[name] = time.monotonic() - began
