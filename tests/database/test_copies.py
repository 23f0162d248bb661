"""The fixtures themselves."""

from __future__ import annotations

from caomai.database import Database, open_database
from caomai.settings import Settings


def test_a_module_has_a_migrated_database_of_its_own(database: Database) -> None:
    with database.connect("ingest") as connection:
        assert connection.execute("select count(*) from caom2.Plane").fetchone() == (0,)


def test_a_command_finds_the_database_by_its_settings(database: Database, database_settings: Settings) -> None:
    with database.connect("ingest") as connection:
        connection.execute("insert into caom2_ai.map (kind, gridWidth, gridHeight, modelHash) values ('object', 20, 20, 'x')")
    with open_database(database_settings) as same, same.connect("query") as connection:
        assert connection.execute("select modelHash from caom2_ai_view.map").fetchall() == [("x",)]
        assert connection.execute("select current_user").fetchone() == ("caomai_query",)
