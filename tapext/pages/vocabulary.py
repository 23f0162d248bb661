"""Our own term of DataLink semantics: a page, Turtle and desise (Vocabularies in the VO 2.1 sect. 3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tapext.datalink import SIMILAR
from tapext.markup import element, escape
from tapext.pages.page import write_page

URI: Final = SIMILAR.partition("#")[0]
CORE: Final = "http://www.ivoa.net/rdf/datalink/core"
TITLE: Final = "DataLink semantics of CAOM-AI"
CREATED: Final = "2026-11-23"
FLAVOUR: Final = "RDF Property"
PREFIXES: Final = """\
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dc: <http://purl.org/dc/terms/> .
@prefix ivoasem: <http://www.ivoa.net/rdf/ivoasem#> .
"""


@dataclass(frozen=True)
class Term:
    """A term: what comes after the # of its URI, its name for people, and what it means."""

    name: str
    label: str
    description: str


TERMS: Final = (
    Term(
        SIMILAR.partition("#")[2],
        "Similar in content",
        "An image whose content is like that of #this: their objects fall into the same nodes of a map of "
        "objects, and their backgrounds, noise and sharpness are alike. Nothing is said of where, when or by "
        "whom the images were taken. Links carry a distance (0 is the same content) and a rank (1 is the "
        "nearest image), and lead to the links of the image.",
    ),
)


def write_html() -> str:
    """Write the vocabulary as a page."""
    return write_page(TITLE, "vocabulary", uri=URI, core=CORE, terms="".join(map(_section, TERMS)))


def _section(term: Term) -> str:
    return element(
        "section",
        {"id": term.name, "resource": f"{URI}#{term.name}", "typeof": "rdf:Property"},
        element("h2", None, element("code", None, escape(term.name))),
        element("p", None, element("b", {"property": "rdfs:label"}, escape(term.label))),
        element("p", {"property": "rdfs:comment"}, escape(term.description)),
    )


def write_turtle() -> str:
    """Write the vocabulary in Turtle."""
    whole = (
        f"<{URI}> a owl:Ontology ;\n    dc:title {_quote(TITLE)}@en ;\n    dc:created {_quote(CREATED)} ;\n"
        f"    ivoasem:vocflavour {_quote(FLAVOUR)} .\n"
    )
    terms = [
        f"<{URI}#{term.name}> a rdf:Property ;\n    rdfs:label {_quote(term.label)}@en ;\n"
        f"    rdfs:comment {_quote(term.description)}@en .\n"
        for term in TERMS
    ]
    return "\n".join([PREFIXES, whole, *terms])


def write_desise() -> str:
    """Write the vocabulary as the IVOA's JSON for programs."""
    terms = {
        term.name: {"label": term.label, "description": term.description, "wider": [], "narrower": []}
        for term in TERMS
    }
    return json.dumps({"uri": URI, "flavour": FLAVOUR, "terms": terms}, indent=2) + "\n"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@dataclass(frozen=True)
class Form:
    """A form of the vocabulary: its media type, how its file ends, and what writes it."""

    media_type: str
    ending: str
    write: Callable[[], str]


FORMS: Final = (
    Form("text/html", "html", write_html),
    Form("text/turtle", "ttl", write_turtle),
    Form("application/x-desise+json", "desise", write_desise),
)
