"""AD-07: declared functions are those of the headers of sql/functions, and the database has them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from caomai.errors import CaomAiError
from caomai.migrate import sql_folder
from tapext.adql import Catalogue
from tapext.adql.functions import read_functions, read_header

HEADER = """-- ADQL: my_f(a REAL[], b VARCHAR) -> INTEGER
-- What it means.
-- A remark for who reads the code.
-- predicate: $1 @> my_nodes($2)
create function my_f(a halfvec, b text) returns integer
"""


def test_a_header_is_read() -> None:
    function = read_header(HEADER)
    assert function is not None
    assert function.signature == "my_f(a REAL[], b VARCHAR) -> INTEGER"
    assert function.description == "What it means."
    assert function.predicate == "{0} @> my_nodes({1})"
    assert function.template == "caom2_ai.my_f({0}, {1})"


def test_files_without_a_header_are_no_functions_of_adql() -> None:
    assert read_header("create function f() returns integer") is None


def test_unknown_types_in_a_header_are_a_mistake_of_ours() -> None:
    with pytest.raises(CaomAiError, match="has the type FLOAT"):
        read_header("-- ADQL: f(a FLOAT) -> INTEGER\n-- Text.\n")


def test_every_declared_function_exists(catalogue: Catalogue, connection: psycopg.Connection[Any]) -> None:
    files = {path.stem for path in (sql_folder() / "functions").glob("*.sql")}
    functions = read_functions(sql_folder() / "functions")
    assert {function.name for function in functions} == files
    assert catalogue.functions == functions
    for function in functions:
        row = connection.execute(
            "select pronargs, has_function_privilege(oid, 'execute') from pg_proc"
            " where proname = %s and pronamespace = 'caom2_ai'::regnamespace",
            [function.name],
        ).fetchone()
        assert row == (len(function.arguments), True)
        assert function.description.endswith(".")
