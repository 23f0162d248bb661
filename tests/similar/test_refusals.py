"""Whatever is wrong with a question to /similar gets one sentence and the right status."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tapext.similar.images import is_image
from tests.similar.archive import ARCHIVE, MODEL
from tests.similar.asking import search, send_table
from tests.tap.client import get
from tests.uploads.sending import field, tabledata

PUBLISHER_ID = ARCHIVE[0].publisher_id
IMAGE = ("ID", PUBLISHER_ID)
VECTOR = ("VECTOR", "1 " + "0 " * 399)
GIVE_ONE = "Give one of these: ID"


@pytest.mark.parametrize(
    ("words", "beginning"),
    [
        ([], GIVE_ONE),
        ([("ID", " ")], GIVE_ONE),
        ([IMAGE, VECTOR, ("MODEL", MODEL)], GIVE_ONE),
        ([IMAGE, ("LIKE", PUBLISHER_ID)], GIVE_ONE),
        ([("UNLIKE", PUBLISHER_ID)], "UNLIKE needs LIKE"),
        ([VECTOR, ("UNLIKE", PUBLISHER_ID)], "VECTOR needs MODEL"),
        ([("LIKE", str(number)) for number in range(10_001)], "More than 10,000 images"),
        ([("ID", str(number)) for number in range(10_001)], "More than 10,000 images"),
        ([VECTOR], "VECTOR needs MODEL"),
        ([VECTOR, ("MODEL", "f" * 64)], f"The images here are described by the model {MODEL}, not by 'ffff"),
        ([VECTOR, ("MODEL", MODEL[:4])], "The images here are described"),
        ([IMAGE, ("MODEL", "f" * 64)], "The images here are described"),
        ([("VECTOR", "1 2 3"), ("MODEL", MODEL)], "VECTOR must be 400 finite numbers"),
        ([("VECTOR", "0 " * 400), ("MODEL", MODEL)], "VECTOR must be 400 finite numbers"),
        ([("VECTOR", "nan " * 400), ("MODEL", MODEL)], "VECTOR must be 400 finite numbers"),
        ([("VECTOR", "1e999 " * 400), ("MODEL", MODEL)], "VECTOR must be 400 finite numbers"),
        ([("VECTOR", "x" * 400), ("MODEL", MODEL)], "VECTOR holds something that is no number"),
        ([IMAGE, ("MAXREC", "-1")], "MAXREC must be a whole number"),
        ([IMAGE, ("K", "ten")], "K must be a whole number"),
        ([IMAGE, ("K", "1"), ("MAXREC", "1")], "MAXREC and K are the same"),
        ([IMAGE, ("K", "1"), ("K", "1")], "K is given 2 times"),
        ([IMAGE, ("MAXDIST", "3")], "MAXDIST must be a distance from 0 to 2"),
        ([IMAGE, ("MAXDIST", "nan")], "MAXDIST must be a distance from 0 to 2"),
        ([IMAGE, ("EXCLUDE", "sky")], "EXCLUDE must be one of plane, observation, field, target, none"),
        ([IMAGE, ("CALIBRATION", "yes")], "CALIBRATION must be one of auto, include, exclude, only"),
        ([IMAGE, ("POS", "CIRCLE 1 2")], "POS takes CIRCLE ra dec radius, RANGE"),
        ([IMAGE, ("POS", "BOX 1 2 3 4")], "POS takes CIRCLE ra dec radius, RANGE"),
        ([IMAGE, ("POS", "CIRCLE 1 2 x")], "POS holds something that is no number"),
        ([IMAGE, ("POS", "CIRCLE 1 2 nan")], "POS holds something that is no number"),
        ([IMAGE, ("POS", "CIRCLE 1 2 -3")], "The radius of a CIRCLE in POS is from 0 to 90"),
        ([IMAGE, ("POS", "CIRCLE 1 92 3")], "POS is in degrees"),
        ([IMAGE, ("POS", "CIRCLE inf 2 3")], "POS is in degrees"),
        ([IMAGE, ("POS", "RANGE 1 2 4 3")], "A RANGE in POS has ra1 < ra2 and dec1 < dec2"),
        ([IMAGE, ("POS", "RANGE 5 5 3 4")], "A RANGE in POS has ra1 < ra2 and dec1 < dec2"),
        ([IMAGE, ("POS", "POLYGON 1 2 3 4 5")], "POS takes CIRCLE"),
        ([IMAGE, ("POS", "POLYGON " + "1 2 " * 501)], "A POLYGON in POS has 500 corners"),
        ([IMAGE, *[("POS", "CIRCLE 1 2 3")] * 51], "POS can be given 50 times"),
        ([IMAGE, ("TIME", "1 2 3")], "TIME takes one MJD or two"),
        ([IMAGE, ("TIME", "3 2")], "TIME takes one MJD or two"),
        ([IMAGE, ("TIME", "2020-01-01")], "TIME holds something that is no number"),
        ([IMAGE, ("UPLOAD", "t,param:f")], "UPLOAD names the part 'f'"),
    ],
)
def test_what_is_wrong_is_said(service: str, words: list[tuple[str, str]], beginning: str) -> None:
    answer = search(service, *words)
    assert answer.status == 400, answer.text
    assert answer.text.startswith(beginning)
    assert answer.text.endswith(".\n")
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize(
    ("columns", "words", "beginning"),
    [
        (field("n", "int"), {}, "The table TAP_UPLOAD.t has no column publisherID"),
        (field("n", "int"), {"MODEL": MODEL}, "The table TAP_UPLOAD.t has no column vector"),
        (field("ra", "char", "*") + field("n", "int"), {}, "The table TAP_UPLOAD.t has no column"),
        (
            field("RA", "double", unit="h") + field("DEC", "double", unit="deg"),
            {},
            "Positions are in degrees: the column RA is in 'h'.",
        ),
    ],
)
def test_a_table_that_asks_nothing_is_refused(
    service: str, columns: str, words: dict[str, str], beginning: str
) -> None:
    answer = send_table(service, tabledata(columns, []), **words)
    assert (answer.status, answer.text.startswith(beginning)) == (400, True), answer.text


def test_a_table_that_is_none_is_refused(service: str) -> None:
    answer = send_table(service, b"<VOTABLE><RESOURCE>")
    assert (answer.status, answer.text.startswith("The table TAP_UPLOAD.t cannot be read")) == (400, True)


ENDLESS = b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * (4 << 20)  # a gzip head whose file name never ends


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (gzip.compress(b"SIMPLE  =", mtime=0), True),
        (gzip.compress(b"\x89PNG", mtime=0), True),
        (gzip.compress(b"<VOTABLE/>", mtime=0), False),
        (b"\x1f\x8b", False),
        (ENDLESS, False),
        (b"BZh9", True),
        (b"", False),
    ],
)
def test_images_are_told_from_tables_by_how_they_begin(
    tmp_path: Path, content: bytes, expected: object
) -> None:
    path = tmp_path / "0"
    path.write_bytes(content)
    assert is_image(path) is expected


def test_errors_come_in_the_wanted_format(service: str) -> None:
    answers = [get(f"{service}/similar", {"RESPONSEFORMAT": name}) for name in ("votable", "json", "fits")]
    assert [answer.status for answer in answers] == [400, 400, 400]
    assert answers[0].statuses == answers[2].statuses == ["ERROR"]
    assert answers[0].message.startswith(GIVE_ONE)
    assert json.loads(answers[1].body)["message"].startswith(GIVE_ONE)
