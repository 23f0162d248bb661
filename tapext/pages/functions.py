"""What each function for ADQL means, from the headers of sql/functions: docs/functions.md and /functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from caomai.database import sql_folder
from tapext.adql.functions import Function, read_functions
from tapext.markup import element, escape, text_element
from tapext.pages.examples import NOTHING, Example, fill, link_to_answer
from tapext.pages.page import write_page

INTRODUCTION: Final = (
    """Arrays (REAL[], INTEGER[]) are values of the columns vector and fingerprint, or of another of these
    functions; /tap/capabilities calls them VECTOR and HISTOGRAM, because ADQL has no names for arrays.""",
    """Nodes are numbered 0 to 399 on the map of objects (Map 1), and 0 to 143 on the map of images (Map 2).
    Functions answer for the current maps, and for images that whoever asks may see.""",
    """Some say that an index finds the images for which they are not 0: that is so where a condition compares
    them with a number and 0 does not fulfil it, by whatever operator, BETWEEN or IN, also behind NOT.""",
)
INDEX: Final = "An index finds the images for which it is not 0."
_CLAUSE: Final = re.compile(r" (?=(?:FROM|WHERE|ORDER BY) )")


def write_reference() -> str:
    """Write the page of the functions as Markdown."""
    return "\n".join(_lines(read_functions(sql_folder() / "functions")))


def _lines(functions: Iterable[Function]) -> Iterator[str]:
    yield "# Functions about content"
    yield "<!-- written by make docs from the headers of sql/functions -->\n"
    yield from (f"{join_lines(words)}\n" for words in INTRODUCTION)
    for function in functions:
        yield f"## {function.name}\n`{function.signature}`\n"
        yield from (f"{words}\n" for words in explain(function))
        yield f"```sql\n{lay_out(fill(function.example, NOTHING))}\n```\n"


def explain(function: Function) -> list[str]:
    """Give what is said of a function, in paragraphs."""
    return [function.description, *([INDEX] if function.predicate else []), *function.notes]


def join_lines(words: str) -> str:
    """Write a paragraph of this file as one line."""
    return " ".join(words.split())


def lay_out(query: str) -> str:
    """Write a query with a line for each clause."""
    return _CLAUSE.sub("\n", query)


def write_functions(
    functions: Sequence[Function], examples: Sequence[Example], image: Mapping[str, Any], base_url: str
) -> str:
    """Write the page of the functions, with queries about an image and the examples that use each."""
    return write_page(
        "CAOM-AI: functions",
        "functions",
        url=escape(base_url),
        introduction="".join(text_element("p", join_lines(words)) for words in INTRODUCTION),
        contents="".join(map(_entry, functions)),
        functions="".join(_section(known, examples, image, base_url) for known in functions),
    )


def _entry(function: Function) -> str:
    name = element("a", {"href": f"#{function.name}"}, escape(function.name))
    return element("dt", None, name) + text_element("dd", function.description) + "\n"


def _section(function: Function, examples: Iterable[Example], image: Mapping[str, Any], base_url: str) -> str:
    query = lay_out(fill(function.example, image))
    uses = [known for known in examples if function.name in known.query]
    links = [
        element("a", {"href": f"{base_url}/tap/examples#{known.id}"}, escape(known.name)) for known in uses
    ]
    return element(
        "section",
        {"id": function.name},
        text_element("h2", function.name),
        element("p", None, text_element("code", function.signature)),
        *(text_element("p", sentence) for sentence in explain(function)),
        element("pre", None, escape(query)),
        element("p", {"class": "dim"}, " \u00b7 ".join([link_to_answer(query, base_url), *links])),
    )
