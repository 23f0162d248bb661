"""What PostgreSQL's planner expects of a query, from what ANALYZE found."""

from __future__ import annotations

from psycopg.sql import SQL, Composable

from tapext.pools import Pool, lend


async def estimate_rows(pool: Pool, query: Composable) -> float:
    """Estimate how many rows a query gives, without running it."""
    async with lend(pool) as connection:
        cursor = await connection.execute(SQL("explain (format json) {}").format(query))
        ((plans,),) = await cursor.fetchall()
    return float(plans[0]["Plan"]["Plan Rows"])
