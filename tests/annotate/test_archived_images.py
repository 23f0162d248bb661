"""/annotate by ID: the objects of archived images, as VO clients, DS9 and people see them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from regions import Regions

from caomai.annotation import OBJECT, PART
from caomai.database import Database
from tests.annotate.archive import EMPTY, NO_META, NO_PIXELS, OBJECTS, TWO_PARTS
from tests.tap.client import Answer, get, post

Annotate = Callable[..., Answer]


@pytest.fixture
def annotate(service: str) -> Annotate:
    return lambda image=TWO_PARTS.publisher_id, **words: get(f"{service}/annotate", {"ID": image, **words})


def test_a_table_has_every_object_with_its_node_label_and_place(annotate: Annotate) -> None:
    answer = annotate()
    assert answer.status == 200
    assert answer.statuses == ["OK"]
    assert answer.infos["publisherID"] == TWO_PARTS.publisher_id
    assert answer.infos["modelHash"] == "model"
    assert answer.infos["nDetected"] == "200"
    table = answer.table.array
    shown = zip(*(table[name] for name in ("part", "node", "x", "y", "a", "b", "theta", "snr")), strict=True)
    assert [(str(part), *map(float, row)) for part, *row in shown] == [tuple(row) for row in OBJECTS]
    assert table["label"].tolist() == ["merger, ring, {odd}", "cosmic ray", "merger, ring, {odd}", ""]
    assert table["labelOrigin"].tolist() == ["person", "suggested", "person", ""]
    assert set(table["publisherID"]) == {TWO_PARTS.publisher_id}
    assert table["ra"][0] == pytest.approx(150.1)


def test_columns_say_what_tap_says_of_them(annotate: Annotate, database: Database) -> None:
    """Clients find the position by its UCD and unit; the two descriptions must not drift apart."""
    with database.connect("query") as connection:
        rows = connection.execute(
            "select column_name, datatype, unit, ucd, description from tap_schema.columns"
            " where table_name = 'caom2_ai.object_node'"
        ).fetchall()
    told = {name: tuple(facts) for name, *facts in rows}
    ours = {one.name: (one.datatype, one.unit, one.ucd, one.description) for one in (PART, *OBJECT)}
    assert {name: told[name] for name in ours if name in told} == {
        name: facts for name, facts in ours.items() if not name.startswith("label")
    }
    fields = {field.name: field for field in annotate().table.fields}
    assert [fields[name].ucd for name in ("x", "y")] == [f"pos.cartesian.{name};instr.det" for name in "xy"]
    assert fields["x"].unit == "pixel"


def test_stilts_reads_the_table(annotate: Annotate, stilts: str, tmp_path: Path) -> None:
    path = tmp_path / "objects.vot"
    path.write_bytes(annotate().body)
    lint = subprocess.run([stilts, "votlint", str(path)], capture_output=True, text=True, check=True)
    assert not [line for line in lint.stdout.splitlines() if line.startswith(("ERROR", "WARNING"))]
    command = [stilts, "tpipe", f"in={path}", "cmd=keepcols 'x a theta label'", "ofmt=csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == '10.5,4.0,30.0,"merger, ring, {odd}"'


def test_regions_are_ellipses_in_the_pixels_of_their_part(annotate: Annotate) -> None:
    answer = annotate(FORMAT="ds9")
    assert answer.kind.startswith("text/x-ds9-region")
    assert "result.reg" in answer.headers["Content-Disposition"]
    found = Regions.parse(answer.text, format="ds9")
    assert [(one.center.x + 1, one.center.y + 1) for one in found] == [(row[2], row[3]) for row in OBJECTS]
    # Axes of regions are whole ones: three standard deviations on each side, and never below 3 pixels.
    assert (found[0].width, found[0].height, found[0].angle.value) == (24, 12, 30)
    assert (found[1].width, found[1].height) == (6, 6)
    assert found[0].meta["text"] == "144 merger, ring, (odd) 0.75"
    assert found[3].meta["tag"] == ["part 10", "node 399"]
    colours = [one.visual["facecolor"] for one in found]
    assert colours[0] == colours[2]
    assert len(set(colours)) == 3
    lines = answer.text.splitlines()
    assert lines[0] == "# Region file format: DS9 version 4.1"
    assert lines.index("# part 10") > lines.index("# part 2")
    assert lines.count("image") == 2


def test_a_part_can_be_chosen(annotate: Annotate) -> None:
    assert len(annotate(PART="10").table.array) == 1
    assert len(Regions.parse(annotate(PART="2", RESPONSEFORMAT="ds9").text, format="ds9")) == 3
    refused = annotate(PART="3")
    assert refused.status == 400
    assert "no part '3'; it has 2, 10" in refused.message


@pytest.mark.parametrize("image", [NO_META, NO_PIXELS], ids=["metadata", "pixels"])
def test_a_hidden_image_is_as_unknown_as_one_that_does_not_exist(annotate: Annotate, image: object) -> None:
    unknown = annotate("ivo://test.local/TEST?no/thing")
    hidden = annotate(getattr(image, "publisher_id"))  # noqa: B009 -- the parameter is an object to pytest
    assert unknown.status == hidden.status == 404
    assert unknown.body == hidden.body
    assert annotate("ivo://test.local/TEST?a\0b").body == unknown.body


def test_rows_are_limited_and_said_to_be(annotate: Annotate) -> None:
    cut = annotate(MAXREC="2")
    assert cut.statuses == ["OK", "OVERFLOW"]
    assert len(cut.table.array) == 2
    assert annotate(MAXREC="4").statuses == ["OK"]
    assert annotate(MAXREC="0").statuses == ["OK", "OVERFLOW"]
    assert annotate(MAXREC="1", FORMAT="ds9").text.splitlines()[-1].startswith("# OVERFLOW")


def test_an_image_without_objects_gives_an_empty_table(annotate: Annotate) -> None:
    answer = annotate(EMPTY.publisher_id)
    assert answer.statuses == ["OK"]
    assert len(answer.table.array) == 0
    assert annotate(EMPTY.publisher_id, FORMAT="ds9").text.startswith("# Region file format")


def test_other_formats_are_those_of_tables(annotate: Annotate) -> None:
    rows = json.loads(annotate(FORMAT="json").body)
    assert len(rows["data"]) == 4
    assert annotate(FORMAT="csv").text.splitlines()[0].startswith("publisherID,artifactURI,part,node,label")
    assert annotate(FORMAT="fits").body.startswith(b"SIMPLE")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"ID": ""}, "publisherID of an image as ID"),
        ({"MAXREC": "x"}, "MAXREC"),
        ({"FORMAT": "gif"}, "ds9, png"),
    ],
)
def test_bad_parameters_are_told_in_a_sentence(
    annotate: Annotate, words: dict[str, str], sentence: str
) -> None:
    answer = annotate(words.pop("ID", TWO_PARTS.publisher_id), **words)
    assert answer.status == 400
    assert answer.statuses == ["ERROR"]
    assert sentence in answer.message


def test_a_form_asks_as_a_url_does(service: str) -> None:
    answer = post(f"{service}/annotate", {"id": TWO_PARTS.publisher_id, "responseformat": "votable/b2"})
    assert len(answer.table.array) == 4
    twice = get(f"{service}/annotate", [("ID", "a"), ("ID", "b")])
    assert "2 times" in twice.message
