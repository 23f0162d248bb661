"""A function's header, its capabilities entry, its page, its example and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from caomai.database import Database, sql_folder
from tapext.adql.functions import Function, read_functions
from tapext.pages.examples import NOTHING, Example, fill, read_examples
from tapext.pages.functions import INDEX, explain, lay_out, write_reference
from tapext.vosi.capabilities import write_signature
from tests.functions.test_questions import WORDS
from tests.tap.client import ask, get

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "functions.md"
FUNCTIONS = read_functions(sql_folder() / "functions")
each = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


@pytest.fixture(scope="module")
def declared(service: str) -> dict[str, str]:
    """Give the functions of /tap/capabilities: signature and meaning."""
    root = etree.fromstring(get(f"{service}/tap/capabilities").body)
    features = root.findall(".//languageFeatures")
    udf = next(group for group in features if str(group.get("type")).endswith("features-udf"))
    return {str(known.findtext("form")): str(known.findtext("description")) for known in udf}


@pytest.fixture(scope="module")
def page(service: str) -> dict[str, etree._Element]:
    """Give the sections of /functions by their names."""
    root = etree.fromstring(get(f"{service}/functions").body)
    return {str(found.get("id")): found for found in root.iterfind(".//{*}main/{*}section")}


@each
def test_a_header_says_what_a_reader_needs(function: Function) -> None:
    assert function.description.endswith(".")
    assert function.ucd
    assert function.notes
    assert all(note.endswith(".") for note in function.notes)
    assert f"{function.name}(" in function.example


def test_every_file_is_a_function(declared: dict[str, str], page: dict[str, etree._Element]) -> None:
    names = {path.stem for path in (sql_folder() / "functions").glob("*.sql")}
    assert names == {function.name for function in FUNCTIONS} == page.keys()
    assert names == {form.partition("(")[0] for form in declared}


@each
def test_capabilities_declare_what_the_header_says(function: Function, declared: dict[str, str]) -> None:
    assert declared[write_signature(function)] == function.description


def test_the_page_of_the_documentation_is_up_to_date() -> None:
    assert PAGE.read_text() == write_reference(), "run make docs"


@each
def test_the_documentation_holds_the_header(function: Function) -> None:
    section = PAGE.read_text().partition(f"## {function.name}\n")[2].partition("\n## ")[0]
    paragraphs = section.strip().split("\n\n")
    assert paragraphs[0] == f"`{function.signature}`"
    assert paragraphs[1:-1] == explain(function)
    assert (INDEX in paragraphs) == (function.predicate is not None)
    assert lay_out(fill(function.example, NOTHING)) in paragraphs[-1]


@each
def test_the_service_shows_the_same_page(
    function: Function, service: str, page: dict[str, etree._Element]
) -> None:
    section = page[function.name]
    paragraphs = ["".join(found.itertext()) for found in section.iterfind("{*}p")]
    assert paragraphs[:-1] == [function.signature, *explain(function)]
    uses = [known.name for known in read_examples() if function.name in known.query]
    links = [(str(link.get("href")), link.text) for link in section.iterfind(".//{*}a")]
    assert uses
    assert [text for _, text in links] == ["Answer", *uses]
    assert get(links[0][0]).text.count("<TR>") > 0
    assert all(address.startswith(f"{service}/tap/examples#") for address, _ in links[1:])


@each
def test_the_example_of_a_header_finds_something(function: Function, service: str) -> None:
    answer = ask(service, fill(function.example, WORDS))
    assert answer.status == 200, answer.message
    assert len(answer.table.array)


@each
def test_the_database_has_what_the_header_declares(function: Function, archive: Database) -> None:
    with archive.connect("query") as connection:
        row = connection.execute(
            "select proargnames, provolatile, proparallel, prosecdef, has_function_privilege(oid, 'execute')"
            " from pg_proc where proname = %s and pronamespace = 'caom2_ai'::regnamespace",
            [function.name],
        ).fetchone()
    assert row is not None
    names, volatile, parallel, security_definer, allowed = row
    assert names == [argument.name.lower() for argument in function.arguments]
    assert (volatile in ("i", "s"), parallel, security_definer, allowed) == (True, "s", False, True)


def test_the_page_is_linked_and_its_links_lead_somewhere(
    service: str, page: dict[str, etree._Element]
) -> None:
    root = etree.fromstring(get(f"{service}/about").body)
    assert f"{service}/functions" in {link.get("href") for link in root.iterfind(".//{*}a")}
    examples = get(f"{service}/tap/examples").text
    for section in page.values():
        for link in list(section.iterfind(".//{*}a"))[1:]:
            name = str(link.get("href")).partition("#")[2]
            assert f'id="{name}"' in examples


@pytest.mark.parametrize("example", read_examples(), ids=lambda example: example.id)
def test_an_example_asks_a_question_and_teaches_in_two_sentences(example: Example) -> None:
    assert example.name.endswith("?")
    assert len(re.findall(r"\.(?: |$)", example.words)) == 2
    assert example.group
