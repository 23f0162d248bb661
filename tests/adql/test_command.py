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
    *_, header, x, bounds = result.stdout.splitlines()
    assert header.split() == ["column", "type", "unit", "ucd", "description"]
    assert x.split(maxsplit=4)[:4] == ["x", "double", "deg", "pos.eq.ra;meta.main"]
    assert x.endswith("right ascension of the centre (ICRS)")
    assert bounds.startswith("position_bounds  char[*] ")
    assert x.index("double") == bounds.index("char") == header.index("type")


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


def test_the_place_is_shown_of_long_lines_and_after_all_ends_of_lines(run: Run) -> None:
    result = run("SELECT ra\r-- \u2028 \x0b\r\nFROM\tcaom2_ai.fingerprints", "--syntax", "--json")
    assert json.loads(result.stdout) == {"valid": True}
    long = f"SELECT ra FROM t WHERE {' OR '.join(['a = 1'] * 99)} LIMIT 5 -- {'x' * 200}"
    shown, caret, message = run(long, "--syntax").stderr.splitlines()
    assert len(shown) <= 100
    assert shown[caret.index("^") :].startswith("LIMIT 5")
    assert message.startswith("caom-ai: LIMIT is not ADQL")
    assert message.endswith(f"(line 1, column {long.index('LIMIT') + 1})")
    shown, caret, _ = run("SELECT ra\r-- \u2028 \x0b\r\nFROM\ta LIMIT 1", "--syntax").stderr.splitlines()
    assert shown[caret.index("^") :] == "LIMIT 1"


def test_the_grammar_is_checked_without_a_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAOMAI_DATABASE_URL", "postgresql://nobody@nowhere.invalid:1/none")
    assert run("SELECT a FROM b", "--syntax").stdout == "The query is ADQL.\n"
    assert run("SELECT a FROM", "--syntax").exit_code == 2
    assert json.loads(run("SELECT a FROM b", "--syntax", "--json").stdout) == {"valid": True}
