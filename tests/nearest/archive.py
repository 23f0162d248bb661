"""12,000 images, of which conditions of every kind keep 1 %, 0.1 % and 0.01 %, and a bad index."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from caomai.database import Database
from tests.database.conftest import add_map

ROWS = 12_000
STEPS = (100, 1_000, 10_000)
RANDOM = np.random.default_rng(17)
# Vectors that differ in a few directions are as good as any for what is tested, and quickly made.
DIRECTIONS = 8
VECTORS = RANDOM.normal(size=(ROWS, DIRECTIONS))
VECTORS = (VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)).astype(np.float16)
# Images without a vector.
BLANK = frozenset(range(5, ROWS, 2_500))


def publisher_id(number: int) -> str:
    return f"ivo://archive.test/MANY?{number:05}/p"


def fill(database: Database) -> None:
    """Put the archive into a database."""
    statements = Path(__file__).with_name("archive.sql").read_text().split(";\n\n")
    with database.connect("ingest") as connection:
        map_id = add_map(connection, "object", "model")
        connection.execute(
            "create temp table direction (n integer, v real[]) on commit drop",
        )
        with connection.cursor().copy("copy direction from stdin") as copy:
            for number, vector in enumerate(VECTORS):
                known = None if number in BLANK else f"{{{','.join(map(str, vector))}}}"
                copy.write_row((number, known))
        for statement in statements:
            connection.execute(statement.encode(), {"map": map_id})
    with database.connect_administrator() as administrator:
        # As few links as may be: what such an index misses, a search must not.
        administrator.execute(
            "create index on caom2_ai.fingerprint using hnsw (vector halfvec_l2_ops)"
            f" with (m = 4, ef_construction = 8) where mapID = {map_id}".encode()
        )
        administrator.execute("select caom2_ai.refresh_positions(20000)")
        administrator.execute("analyze")
