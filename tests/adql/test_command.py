"""The command adql: SQL and columns, or the error with its place, for people and for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner, Result

from caomai.settings import Settings
from tapext.command_line import register

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, database_settings: Settings) -> Run:
    """Run caom-ai adql against the archive."""
    monkeypatch.setenv("CAOMAI_DATABASE_URL", str(database_settings.database_url))
    app = typer.Typer()
    register(app)

    def call(*arguments: str, text: str | None = None) -> Result:
        return CliRunner().invoke(app, ["adql", *arguments], input=text)

    return call


QUERY = "SELECT TOP 5 ra AS x, position_bounds FROM caom2_ai.fingerprint NATURAL JOIN caom2.Plane"


def test_a_query_is_shown_as_sql_with_its_columns(run: Run) -> None:
    result = run(QUERY, "--maxrec", "2")
    assert result.exit_code == 0
    assert result.stdout.startswith("select ")
    assert "limit 3" in result.stdout
    assert "x  double  unit deg  pos.eq.ra;meta.main" in result.stdout


def test_json_is_for_scripts(run: Run) -> None:
    answer = json.loads(run("-", "--json", text=QUERY).stdout)
    assert answer["valid"] is True
    assert answer["limit"] == 5
    assert [column["name"] for column in answer["columns"]] == ["x", "position_bounds"]


def test_an_error_shows_its_place(run: Run) -> None:
    result = run("SELECT ra\nFROM caom2_ai.fingerprints\nWHERE 1 = 1")
    assert result.exit_code == 2
    assert result.stderr == (
        "FROM caom2_ai.fingerprints\n     ^\n"
        "caom-ai: There is no table caom2_ai.fingerprints; did you mean caom2_ai.fingerprint? (line 2,"
        " column 6)\n"
    )
    answer = json.loads(run("SELECT ra FROM t LIMIT 1", "--syntax", "--json").stdout)
    assert answer == {
        "valid": False,
        "message": "LIMIT is not ADQL: write SELECT TOP n ... instead",
        "line": 1,
        "column": 18,
    }


def test_the_grammar_is_checked_without_a_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAOMAI_DATABASE_URL", "postgresql://nobody@nowhere.invalid:1/none")
    assert run("SELECT a FROM b", "--syntax").stdout == "The query is ADQL.\n"
    assert run("SELECT a FROM", "--syntax").exit_code == 2
    assert json.loads(run("SELECT a FROM b", "--syntax", "--json").stdout) == {"valid": True}
