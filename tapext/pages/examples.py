"""/examples: questions with their queries (DALI 1.1 sect. 2.3, TAP 1.1 sect. 2.6), kept in sql/examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from caomai.database import sql_folder
from caomai.errors import CaomAiError
from tapext.adql.catalogue import Catalogue
from tapext.markup import element, escape, text_element
from tapext.pages.page import write_page

# What the examples ask about where the archive has no image yet.
NOTHING: Final = {
    "publisherID": "ivo://example.org/COLLECTION?observation/product",
    "collection": "COLLECTION",
    "filter": "r",
    "ra": 202.4696,
    "dec": 47.1952,
    "node": 101,
    "node2": 144,
    "fieldNode": 57,
    "label": "merger",
    "objectID": 1048576,
    "objectNode": 144,
    "night": 61000.0,
    "month": 60971.0,
}
_HEADER = re.compile(
    r"-- name: (?P<name>.+)\n-- group: (?P<group>.+)\n(?P<words>(?:-- .+\n)+)(?P<query>[^-][\s\S]+)"
)
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Example:
    """A question, what to know of it, and the query; {publisherID} and the like stand for an image."""

    id: str
    name: str
    words: str
    query: str
    group: str = ""

    def about(self, image: Mapping[str, Any]) -> Example:
        """Give the example as it asks about an image."""
        return replace(self, query=fill(self.query, image))

    @cached_property
    def names(self) -> frozenset[str]:
        """Give the names of schema.table that the query holds, in lower case."""
        return frozenset(name.lower() for name in re.findall(r"\b\w+\.\w+\b", self.query))


def fill(query: str, image: Mapping[str, Any]) -> str:
    """Put what is known of an image in its places in a query; what is not known is made up."""
    known = NOTHING | {name: value for name, value in image.items() if value is not None}
    return _PLACE.sub(lambda place: _write(known[place[1]]), query)


def _write(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value).replace("'", "''")


def read_examples() -> tuple[Example, ...]:
    """Read the examples in the order of their files."""
    return tuple(map(read_example, sorted((sql_folder() / "examples").glob("*.sql"))))


def read_example(path: Path) -> Example:
    """Read one example: its header and its query."""
    match = _HEADER.fullmatch(path.read_text(encoding="utf-8"))
    if match is None:
        raise CaomAiError(
            f"The example {path.name} has no header: -- name: ..., -- group: ..., and what it teaches."
        )
    words = " ".join(line.removeprefix("-- ") for line in match["words"].splitlines())
    identifier = path.stem.partition("_")[2].replace("_", "-")
    return Example(identifier, match["name"], words, match["query"].strip(), match["group"])


def write_examples(examples: Iterable[Example], catalogue: Catalogue, base_url: str) -> str:
    """Write the page of the examples, marked up by RDFa for clients."""
    groups = [(name, list(shown)) for name, shown in groupby(examples, lambda known: known.group)]
    contents = (
        element("li", None, escape(name), element("ul", None, *map(_entry, shown))) + "\n"
        for name, shown in groups
    )
    sections = (
        text_element("h2", name) + "".join(_section(known, catalogue, base_url) for known in shown)
        for name, shown in groups
    )
    return write_page(
        "CAOM-AI: examples",
        "examples",
        url=escape(base_url),
        contents="".join(contents),
        examples="".join(sections),
    )


def _entry(example: Example) -> str:
    return element("li", None, element("a", {"href": f"#{example.id}"}, escape(example.name))) + "\n"


def link_to_answer(query: str, base_url: str) -> str:
    """Write a link to what a query gives, as a page."""
    asked = urlencode({"LANG": "ADQL", "QUERY": query, "MAXREC": 100, "RESPONSEFORMAT": "html"})
    return element("a", {"href": f"{base_url}/tap/sync?{asked}"}, "Answer")


def _section(example: Example, catalogue: Catalogue, base_url: str) -> str:
    attributes = {"typeof": "example", "id": example.id, "resource": f"#{example.id}"}
    tables = [table.name for table in catalogue.tables if table.name.lower() in example.names]
    return element(
        "section",
        attributes,
        element("h3", {"property": "name"}, escape(example.name)),
        text_element("p", example.words),
        element("pre", {"property": "query"}, escape(example.query)),
        element(
            "p",
            {"class": "dim"},
            link_to_answer(example.query, base_url),
            " from ",
            ", ".join(element("span", {"property": "table"}, escape(name)) for name in tables),
        ),
    )
