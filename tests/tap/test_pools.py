"""The connections of queries: as many as there may be, whoever leaves and whatever the database refuses."""

from __future__ import annotations

import asyncio
import random
from contextlib import closing

from caomai.database import Database
from caomai.settings import read_settings
from tapext.pools import Pool, lend, make_pool

SIZE = 3


async def sleep(pool: Pool, seconds: float) -> None:
    async with lend(pool) as connection:
        await connection.execute("select pg_sleep(%s)", [seconds])


async def meet(pool: Pool) -> None:
    """Have as many connections at once as there may be."""
    met = asyncio.Barrier(SIZE)

    async def come() -> None:
        async with lend(pool) as connection:
            await connection.execute("select 1")
            await met.wait()

    async with asyncio.timeout(30):
        await asyncio.gather(*(come() for _ in range(SIZE)))


def test_no_connection_is_lost_by_clients_that_leave(database: Database) -> None:
    dice = random.Random(1)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        async with make_pool(read_settings(connections=SIZE), database) as pool:
            clients = [asyncio.create_task(sleep(pool, 0.02 * dice.random())) for _ in range(200)]
            for client in clients * 2:  # some are told twice
                if dice.random() < 0.7:
                    loop.call_later(0.6 * dice.random(), client.cancel)
            await asyncio.gather(*clients, return_exceptions=True)
            await meet(pool)

    asyncio.run(run())


def test_who_waits_is_served_though_the_database_has_no_room_for_more(database: Database) -> None:
    with closing(database.connect_administrator()) as administrator:
        administrator.execute("alter role caomai_query connection limit 2")
        try:
            outcomes = asyncio.run(ask_six(database))
        finally:
            administrator.execute("alter role caomai_query connection limit -1")
    assert outcomes == [None] * 6


async def ask_six(database: Database) -> list[BaseException | None]:
    async with make_pool(read_settings(connections=6), database) as pool:
        # Longer than who waits is patient.
        return await asyncio.gather(*(sleep(pool, 0.5) for _ in range(6)), return_exceptions=True)
