"""ADQL asked of an attached archive, as the role of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from tapext.adql import Catalogue, parse, translate
from tapext.adql.catalogue import Column, Table, read_catalogue

# A table that came with a query: places, radii and triangles to be matched with the archive.
UPLOAD = Table(
    "TAP_UPLOAD.mine",
    ("pg_temp", "mine"),
    (
        Column("n", "int"),
        Column("ra", "double"),
        Column("dec", "double"),
        Column("radius", "double"),
        Column("disc", "double", "3", "circle"),
        Column("triangle", "double", "*", "polygon"),
    ),
)


@dataclass
class Asker:
    """A connection of the role of queries, and what may be asked."""

    connection: psycopg.Connection[Any]
    catalogue: Catalogue

    def __call__(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(translate(parse(query), self.catalogue).sql).fetchall()

    def names(self, table: str, condition: str) -> set[str]:
        """Ask for the identifiers of the rows that a condition holds for."""
        column = "obs_publisher_did" if table == "ivoa.ObsCore" else "publisherID"
        return {row[0] for row in self(f"SELECT {column} FROM {table} WHERE {condition}")}

    def plan(self, query: str) -> str:
        sql = psycopg.sql.SQL("explain (costs off) ") + translate(parse(query), self.catalogue, 1000).sql
        return "\n".join(row[0] for row in self.connection.execute(sql))


def open_asker(connection: psycopg.Connection[Any]) -> Asker:
    """Read the catalogue, and make the uploaded table."""
    connection.execute("set default_transaction_read_only = off")
    connection.execute(
        "create temp table mine (n integer, ra float8, dec float8, radius float8, disc float8[],"
        " triangle float8[])"
    )
    return Asker(connection, read_catalogue(connection).with_tables([UPLOAD]))
