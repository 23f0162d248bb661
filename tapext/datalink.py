"""Services as DataLink 1.1 (sect. 4) describes them: where they are, what they take, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from caomai.likeness import (
    CALIBRATIONS,
    EXCLUDE_OBJECTS,
    EXCLUDES,
    FARTHEST,
    MOST_SIMILAR,
    MOST_SIMILAR_OBJECTS,
    SIMILAR_IMAGES,
    SIMILAR_OBJECTS,
)
from tapext.markup import element, text_element

STANDARD: Final = "ivo://ivoa.net/std/DataLink#links-1.1"
MEDIA_TYPE: Final = "application/x-votable+xml;content=datalink"
VOTABLE: Final = "application/x-votable+xml"
# XML IDs: of the descriptions of services, and of a column of publisherIDs whose name cannot be one.
LINKS_ID: Final = "links"
SIMILAR_ID: Final = "similar"
SIMILAR_OBJECTS_ID: Final = "similarObjects"
ANNOTATE_ID: Final = "annotate"
PUBLISHER_ID: Final = "caomPublisherID"
# DataLink has no term for likeness. Clients compare this name literally, so no host is part of it.
SIMILAR: Final = "https://caom-ai.github.io/rdf/datalink#similar"
MOST_ROWS: Final = 1_000_000
SIMILAR_FORMATS: Final = (VOTABLE, "text/csv", "application/json", "application/fits")
ANNOTATE_FORMATS: Final = (VOTABLE, "text/x-ds9-region", "image/png", "text/csv", "application/fits")


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
    """A service: its XML ID, which is its name too, its address, and the media type of what comes back."""

    id: str
    description: str
    url: str
    media_type: str
    inputs: Sequence[Input]
    standard: str | None = None

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


def describe_links(base_url: str, ref: str | None) -> str:
    """Describe the links service: to its own clients, or to those of a table whose column `ref` holds IDs."""
    descriptor = Descriptor(
        LINKS_ID,
        "Files of an image and the images that are most like it",
        links_url(base_url),
        MEDIA_TYPE,
        [_take_id(ref)],
        STANDARD,
    )
    return descriptor.write(is_this=ref is None)


def describe_similar(base_url: str, ref: str | None) -> str:
    """Describe the search for similar images to clients of a table whose column `ref` holds IDs."""
    inputs = [
        _take_id(ref),
        Input(
            "MAXREC",
            f"Number of similar images; {SIMILAR_IMAGES} if it is not given",
            "int",
            None,
            ucd="meta.number",
            least=1,
            most=MOST_SIMILAR,
        ),
        Input(
            "MAXDIST",
            "Largest distance: 0 is the same content, 1.41 unrelated",
            "double",
            "1*",  # one or none: pyvo 1.9 fails on a scalar without a value
            ucd="stat.param",
            least=0,
            most=FARTHEST,
        ),
        Input(
            "EXCLUDE",
            "What is left out: plane, the image; observation (if not given), with its siblings; field or "
            "target, also what shows the same part of the sky or has the same target",
            options=EXCLUDES,
        ),
        Input(
            "CALIBRATION",
            "Calibration frames: auto, as if it is not given, finds them for calibration frames alone",
            options=CALIBRATIONS,
        ),
        Input("COLLECTION", "Only images of this collection", ucd="meta.id"),
        Input("INSTRUMENT", "Only images of this instrument", ucd="meta.id;instr"),
        Input("POS", "Only images that show a part of this CIRCLE, RANGE or POLYGON (ICRS)", ucd="pos.eq"),
        Input(
            "TIME",
            "Only images taken in this interval of MJD",
            "double",
            "2",
            xtype="interval",
            unit="d",
            ucd="time.interval;obs.exposure",
        ),
        Input("RESPONSEFORMAT", "Format of the answer", options=SIMILAR_FORMATS),
    ]
    return Descriptor(
        SIMILAR_ID,
        "The images whose content is most like that of one",
        f"{base_url}/similar",
        VOTABLE,
        inputs,
    ).write()


def describe_similar_objects(base_url: str, ref: str | None) -> str:
    """Describe the search for objects that look alike; `ref` is a column of publisherIDs."""
    inputs = [
        _take_id(ref),
        _take_number("RA", "Right ascension of the object (ICRS), with DEC", "deg", "pos.eq.ra"),
        _take_number("DEC", "Declination of the object (ICRS)", "deg", "pos.eq.dec"),
        _take_number("X", "Column of the object, with Y: FITS pixels", "pixel", "pos.cartesian.x;instr.det"),
        _take_number("Y", "Row of the object", "pixel", "pos.cartesian.y;instr.det"),
        Input("PART", "HDU of the file that X and Y are in, such as 1", ucd="meta.id"),
        Input(
            "MAXREC",
            f"Number of objects that look alike; {SIMILAR_OBJECTS} if it is not given",
            "int",
            None,
            ucd="meta.number",
            least=1,
            most=MOST_SIMILAR_OBJECTS,
        ),
        Input(
            "MAXDIST",
            "Largest distance: 0 is the same look, 1.41 unrelated",
            "double",
            "1*",
            ucd="stat.param",
            least=0,
            most=FARTHEST,
        ),
        Input(
            "EXCLUDE",
            "What is left out: object, itself alone; plane, all of its image; observation (if not given), "
            "with its siblings; field or target, also what shows the same part of the sky or has its target",
            options=EXCLUDE_OBJECTS,
        ),
        Input("COLLECTION", "Only objects in images of this collection", ucd="meta.id"),
        Input("INSTRUMENT", "Only objects in images of this instrument", ucd="meta.id;instr"),
        Input("RESPONSEFORMAT", "Format of the answer", options=SIMILAR_FORMATS),
    ]
    return Descriptor(
        SIMILAR_OBJECTS_ID,
        "The objects that look most like one of an image, whichever way they are turned",
        f"{base_url}/similar/objects",
        VOTABLE,
        inputs,
    ).write()


def describe_annotate(base_url: str, ref: str | None) -> str:
    """Describe the service of the objects of an image to clients of a table whose column `ref` holds IDs."""
    inputs = [
        _take_id(ref),
        Input(
            "MAXREC",
            "Number of objects",
            "int",
            None,
            ucd="meta.number",
            least=0,
            most=MOST_ROWS,
        ),
        Input(
            "PART", "Only objects of this HDU of the file, such as 1; all if it is not given", ucd="meta.id"
        ),
        Input("RESPONSEFORMAT", "Format of the answer", options=ANNOTATE_FORMATS),
    ]
    return Descriptor(
        ANNOTATE_ID,
        "The objects of an image, each with its node of Map 1, its labels and its position",
        f"{base_url}/annotate",
        VOTABLE,
        inputs,
    ).write()


def _take_id(ref: str | None) -> Input:
    return Input("ID", "The publisherID of an image", ucd="meta.id;meta.main", ref=ref)


def _take_number(name: str, description: str, unit: str, ucd: str) -> Input:
    return Input(name, description, "double", "1*", unit=unit, ucd=ucd)
