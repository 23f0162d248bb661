"""Services as DataLink 1.1 (sect. 4) describes them: where they are, what they take, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tapext.markup import element, text_element

STANDARD: Final = "ivo://ivoa.net/std/DataLink#links-1.1"
MEDIA_TYPE: Final = "application/x-votable+xml;content=datalink"
VOTABLE: Final = "application/x-votable+xml"
# DataLink has no term for likeness. Clients compare this name literally, so no host is part of it.
SIMILAR: Final = "https://caom-ai.github.io/rdf/datalink#similar"
# What a picture of /annotate shows of the objects.
MARKS: Final = ("objects", "none")


@dataclass(frozen=True)
class Input:
    """A parameter of a service, which a client may leave out; one with a value could not be chosen."""

    name: str
    description: str
    datatype: str = "char"
    arraysize: str | None = "*"
    xtype: str | None = None
    unit: str | None = None
    ucd: str | None = None
    ref: str | None = None
    least: float | None = None
    most: float | None = None
    options: Sequence[str] = ()

    def write(self) -> str:
        """Write a PARAM (VOTable 1.4 sect. 4.2)."""
        attributes = {
            "name": self.name,
            "datatype": self.datatype,
            "arraysize": self.arraysize,
            "xtype": self.xtype,
            "unit": self.unit,
            "ucd": self.ucd,
            "value": "",
            "ref": self.ref,
        }
        ends = (("MIN", self.least), ("MAX", self.most))
        values = [element(name, {"value": str(end)}) for name, end in ends if end is not None]
        values += [element("OPTION", {"value": option}) for option in self.options]
        return element(
            "PARAM",
            attributes,
            text_element("DESCRIPTION", self.description),
            element("VALUES", None, *values) if values else "",
        )


@dataclass(frozen=True)
class Descriptor:
    """A service: its XML ID, which is its name too, its address, and the media type of what comes back.

    `standard` is the standardID of an IVOA standard, `page` the page that says what any other service does.
    """

    id: str
    description: str
    url: str
    media_type: str
    inputs: Sequence[Input]
    standard: str | None = None
    page: str | None = None

    def write(self, *, is_this: bool = False) -> str:
        """Write the RESOURCE; the service that gave a document is `this` in it."""
        kind = {"utype": "adhoc:this"} if is_this else {"utype": "adhoc:service", "ID": self.id}
        facts = {"standardID": self.standard, "accessURL": self.url, "contentType": self.media_type}
        text = {"datatype": "char", "arraysize": "*"}
        return element(
            "RESOURCE",
            {"type": "meta", **kind, "name": "this" if is_this else self.id},
            text_element("DESCRIPTION", self.description),
            *(
                element("PARAM", {"name": name, **text, "value": fact})
                for name, fact in facts.items()
                if fact
            ),
            element("GROUP", {"name": "inputParams"}, *(known.write() for known in self.inputs)),
        )


def links_url(base_url: str, publisher_id: str | None = None) -> str:
    """Give the address of the links service, or of the links of one image."""
    url = f"{base_url}/datalink/links"
    return url if publisher_id is None else f"{url}?ID={quote(publisher_id, safe='')}"
