"""The examples of the service and of the documentation can be asked, and find something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from tapext.pages.examples import Example, read_examples
from tests.tap.archive import ARCHIVE
from tests.tap.client import ask, get
from tests.tap.visitor import visiting

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "docs" / "adql.md", ROOT / "docs" / "functions.md")
# What the page asks about, and what the archive here has in its place.
PLACES = {
    "ivo://caom-ai.local/SIM?crowded-01/crowded-01": ARCHIVE[20].publisher_id,
    "ivo://example.org/COLLECTION?observation/product": ARCHIVE[20].publisher_id,
    "10.68, 41.27": "0, -20",
}
DOCUMENTED = [
    query for page in PAGES for query in re.findall(r"```sql\n(.+?)```", page.read_text(), re.DOTALL)
]


@pytest.fixture(scope="module")
def examples(service: str) -> list[str]:
    """Give the queries of /tap/examples, as pyvo reads them."""
    with visiting(service) as client:
        return [str(found["QUERY"]) for found in client.examples]


def test_ex_01_examples_are_marked_up_in_xhtml(service: str) -> None:
    """EX-01, EP-08."""
    answer = get(f"{service}/tap/examples")
    root = etree.fromstring(answer.body)
    assert answer.kind.startswith("text/html")
    assert [found.get("vocab") for found in root.iterfind(".//*[@vocab]")] == [
        "http://www.ivoa.net/rdf/examples#"
    ]
    found = root.findall(".//*[@typeof='example']")
    assert [(f"#{part.get('id')}", part.get("id")) for part in found] == [
        (part.get("resource"), known.id) for part, known in zip(found, read_examples(), strict=True)
    ]
    assert not root.findall(".//{*}a[@property]")


def test_ex_02_every_example_says_name_query_and_tables(service: str) -> None:
    root = etree.fromstring(get(f"{service}/tap/examples").body)
    for part in root.findall(".//*[@typeof='example']"):
        properties = [found.get("property") for found in part.iterfind(".//*[@property]")]
        assert properties[:2] == ["name", "query"]
        assert "table" in properties


def test_every_example_can_be_asked(service: str, examples: list[str]) -> None:
    """What they find is tested where there is something to find (tests/functions)."""
    assert len(examples) == len(read_examples()) >= 12
    answers = {query: ask(service, query) for query in examples}
    assert {query: answer.message for query, answer in answers.items() if answer.status != 200} == {}
    assert sum(len(answer.table.array) > 0 for answer in answers.values()) >= 12


def test_quotes_of_an_identifier_stay_in_its_text() -> None:
    example = Example("like", "Which is like it?", "One.", "SELECT caomai_vector('{publisherID}') FROM x")
    assert example.about({"publisherID": "ivo://x/o'brien"}).query.split("'") == [
        "SELECT caomai_vector(",
        "ivo://x/o",
        "",
        "brien",
        ") FROM x",
    ]


def test_every_example_has_a_link_to_its_answer(service: str) -> None:
    root = etree.fromstring(get(f"{service}/tap/examples").body)
    links = [str(link.get("href")) for link in root.iterfind(".//{*}main//{*}a")]
    assert len(links) == len(read_examples())
    for link in links:
        answer = get(link)
        assert (answer.status, answer.kind.partition(";")[0]) == (200, "text/html"), link


@pytest.mark.parametrize("number", range(len(DOCUMENTED)))
def test_every_query_of_the_documentation_can_be_asked(service: str, number: int) -> None:
    query = DOCUMENTED[number]
    for written, here in PLACES.items():
        query = query.replace(written, here)
    answer = ask(service, query)
    assert answer.status == 200, answer.message


def test_ep_09_the_root_lists_what_is_there(service: str) -> None:
    for path in ("/about", "/tap"):
        answer = get(f"{service}{path}")
        root = etree.fromstring(answer.body)
        assert answer.kind.startswith("text/html")
        links = {str(link.get("href")) for link in root.iterfind(".//{*}a")}
        assert len(links) >= 5
        assert {link: get(link).status for link in links} == dict.fromkeys(links, 200)
    assert '<a href="about">' in get(f"{service}/").text  # for those whose browsers do not show the page
