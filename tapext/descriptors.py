"""Descriptors of our services (DataLink 1.1 sect. 4), and which of them a table leads to by its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

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
from caomai.previews import STRETCHES
from tapext.datalink import MARKS, MEDIA_TYPE, STANDARD, VOTABLE, Descriptor, Input, links_url
from tapext.votype import Field

# Where it is written what our services do. Clients compare these names literally, so no host is part of them.
PAGES: Final = "https://caom-ai.github.io/"
# XML IDs: of the descriptions of services, and of columns of identifiers whose names cannot be one.
LINKS_ID: Final = "links"
SIMILAR_ID: Final = "similar"
SIMILAR_OBJECTS_ID: Final = "similarObjects"
ANNOTATE_ID: Final = "annotate"
PUBLISHER_ID: Final = "caomPublisherID"
OBJECT_ID: Final = "caomObjectID"
SERVICE_IDS: Final = (LINKS_ID, SIMILAR_ID, SIMILAR_OBJECTS_ID, ANNOTATE_ID)
XML_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
PUBLISHER_UTYPE: Final = "caom2:Plane.publisherID"
PUBLISHER_UCD: Final = "meta.ref.ivoid"
OBJECT_UTYPES: Final = ("caom2_ai:ObjectVector.objectID", "caom2_ai:ObjectNode.objectID")
MOST_ROWS: Final = 1_000_000
LAST_NODE: Final = 399
SIMILAR_FORMATS: Final = (VOTABLE, "text/csv", "application/json", "application/fits")
ANNOTATE_FORMATS: Final = (VOTABLE, "text/x-ds9-region", "image/png", "text/csv", "application/fits")
TIME: Final = Input(
    "TIME",
    "Only of images taken in this interval of MJD",
    "double",
    "2",
    xtype="interval",
    unit="d",
    ucd="time.interval;obs.exposure",
)


def lead_on(fields: Sequence[Field], base_url: str) -> tuple[tuple[Field, ...], str]:
    """Give the columns of a table with the XML IDs that descriptors refer to, and the descriptors.

    The first column of publisherIDs leads to the links service, the first of objectIDs to similar objects.
    """
    named, services = tuple(fields), ""
    for is_wanted, spare, describe in LEADS:
        place = next((number for number, field in enumerate(named) if is_wanted(field)), None)
        if place is not None:
            field = replace(named[place], id=choose_id(named[place].name, spare))
            named = (*named[:place], field, *named[place + 1 :])
            services += describe(base_url, field.id).write()
    return named, services


def choose_id(name: str, spare: str) -> str:
    """Give the XML ID of a column: its name if it can be one, because astropy.table shows IDs for names."""
    return name if XML_ID.fullmatch(name) and name not in SERVICE_IDS else spare


def describe_links(base_url: str, ref: str | None) -> Descriptor:
    """Describe the links service; `ref` is a column of publisherIDs, none for its own clients."""
    return Descriptor(
        LINKS_ID,
        "Files of an image and the images that are most like it",
        links_url(base_url),
        MEDIA_TYPE,
        [_take_id(ref)],
        STANDARD,
    )


def describe_similar(base_url: str, ref: str | None = None) -> Descriptor:
    """Describe the search for similar images; `ref` is a column of publisherIDs."""
    inputs = [
        _take_id(ref),
        _take_number_of("images", SIMILAR_IMAGES, MOST_SIMILAR),
        _take_distance("content"),
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
        TIME,
        Input("RESPONSEFORMAT", "Format of the answer", options=SIMILAR_FORMATS),
    ]
    return Descriptor(
        SIMILAR_ID,
        "The images whose content is most like that of one",
        f"{base_url}/similar",
        VOTABLE,
        inputs,
        page=f"{PAGES}similar",
    )


def describe_similar_objects(base_url: str, ref: str | None = None) -> Descriptor:
    """Describe the search for objects that look alike; `ref` is a column of publisherIDs."""
    return _describe_objects(base_url, [_take_id(ref), *_take_place()])


def describe_objects_like(base_url: str, ref: str | None) -> Descriptor:
    """Describe the search for objects that look alike; `ref` is a column of objectIDs."""
    subject = Input("ID", "The objectID of an object", "long", None, ucd="meta.id;src;meta.main", ref=ref)
    return _describe_objects(base_url, [subject])


def _describe_objects(base_url: str, subject: Sequence[Input]) -> Descriptor:
    inputs = [
        *subject,
        _take_number_of("objects", SIMILAR_OBJECTS, MOST_SIMILAR_OBJECTS),
        _take_distance("look"),
        Input(
            "EXCLUDE",
            "What is left out: object, itself alone; plane, all of its image; observation (if not given), "
            "with its siblings; field or target, also what shows the same part of the sky or has its target",
            options=EXCLUDE_OBJECTS,
        ),
        Input(
            "NODE",
            "Only objects of this node of Map 1",
            "int",
            None,
            ucd="src.class",
            least=0,
            most=LAST_NODE,
        ),
        Input("COLLECTION", "Only objects in images of this collection", ucd="meta.id"),
        Input("INSTRUMENT", "Only objects in images of this instrument", ucd="meta.id;instr"),
        Input("POS", "Only objects inside this CIRCLE, RANGE or POLYGON (ICRS)", ucd="pos.eq"),
        TIME,
        Input("RESPONSEFORMAT", "Format of the answer", options=SIMILAR_FORMATS),
    ]
    return Descriptor(
        SIMILAR_OBJECTS_ID,
        "The objects that look most like one, whichever way they are turned",
        f"{base_url}/similar/objects",
        VOTABLE,
        inputs,
        page=f"{PAGES}object_search",
    )


def describe_annotate(base_url: str, ref: str | None = None) -> Descriptor:
    """Describe the service of the objects of an image; `ref` is a column of publisherIDs."""
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
        Input("MARKS", "Whether a picture (image/png) shows the objects marked", options=MARKS),
        Input("STRETCH", "How a picture without marks is stretched", options=STRETCHES),
        Input("RESPONSEFORMAT", "Format of the answer", options=ANNOTATE_FORMATS),
    ]
    return Descriptor(
        ANNOTATE_ID,
        "The objects of an image, each with its node of Map 1, its labels and its position",
        f"{base_url}/annotate",
        VOTABLE,
        inputs,
        page=f"{PAGES}similar#the-objects-of-an-image",
    )


def describe_services(base_url: str) -> tuple[Descriptor, ...]:
    """Describe all services beside TAP and links."""
    return describe_similar(base_url), describe_similar_objects(base_url), describe_annotate(base_url)


def _take_id(ref: str | None) -> Input:
    return Input("ID", "The publisherID of an image", ucd="meta.id;meta.main", ref=ref)


def _take_place() -> list[Input]:
    return [
        _take_number("RA", "Right ascension of the object (ICRS), with DEC", "deg", "pos.eq.ra"),
        _take_number("DEC", "Declination of the object (ICRS)", "deg", "pos.eq.dec"),
        _take_number("X", "Column of the object, with Y: FITS pixels", "pixel", "pos.cartesian.x;instr.det"),
        _take_number("Y", "Row of the object", "pixel", "pos.cartesian.y;instr.det"),
        Input("PART", "HDU of the file that X and Y are in, such as 1", ucd="meta.id"),
    ]


def _take_number(name: str, description: str, unit: str, ucd: str) -> Input:
    return Input(name, description, "double", "1*", unit=unit, ucd=ucd)


def _take_number_of(things: str, usual: int, most: int) -> Input:
    return Input(
        "MAXREC",
        f"Number of {things} that are alike; {usual} if it is not given",
        "int",
        None,
        ucd="meta.number",
        least=1,
        most=most,
    )


def _take_distance(what: str) -> Input:
    return Input(
        "MAXDIST",
        f"Largest distance: 0 is the same {what}, 1.41 unrelated",
        "double",
        "1*",  # one or none: pyvo 1.9 fails on a scalar without a value
        ucd="stat.param",
        least=0,
        most=FARTHEST,
    )


def _holds_images(field: Field) -> bool:
    return field.utype == PUBLISHER_UTYPE or field.ucd == PUBLISHER_UCD


def _holds_objects(field: Field) -> bool:
    return field.utype in OBJECT_UTYPES


LEADS: Final[tuple[tuple[Callable[[Field], bool], str, Callable[[str, str | None], Descriptor]], ...]] = (
    (_holds_images, PUBLISHER_ID, describe_links),
    (_holds_objects, OBJECT_ID, describe_objects_like),
)
