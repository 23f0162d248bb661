"""Labels in a real database, by the real command, and as a TAP client sees them."""

from __future__ import annotations

import csv
import json
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import pyvo
from PIL import Image as Picture

from caomai.console import Bar
from caomai.database import Database
from caomai.errors import ParameterError
from caomai.settings import Settings
from fingerprinting.labels.label import Evidence, Label, now
from fingerprinting.labels.sets import see_stamps, suggest
from fingerprinting.labels.store import add_labels, list_labels, open_labels, replace_suggestions, set_label
from fingerprinting.labels.suggesting import suggest_here
from fingerprinting.model import load_model
from fingerprinting.pictures.members import Observer
from tests.database.conftest import Image, add_image, add_map
from tests.labels.conftest import Command
from tests.tap.process import serving


@pytest.fixture(scope="module")
def model_hash() -> str:
    return load_model().hash


@pytest.fixture(scope="module")
def object_map(database: Database, model_hash: str) -> int:
    """An archive of one image, with 3 objects in node 5, 4 in node 6 and 7 in node 399."""
    with database.connect("ingest") as connection:
        number = add_map(connection, "object", model_hash)
        fields = add_map(connection, "field", model_hash, of=number)
        add_image(connection, Image("one", counts={5: 3, 6: 4, 399: 7}), number, fields)
    return number


@pytest.fixture(autouse=True)
def no_labels(database: Database, object_map: int) -> int:
    with closing(database.connect("owner", autocommit=True)) as connection:
        connection.execute("truncate caom2_ai.label")
    return object_map


def suggestion(node: int, label: str, low: float = 0.7, labelled_set: str = "a set") -> Label:
    evidence = Evidence(0.9, low, 0.97, 3.5, 40, labelled_set, "f" * 64)
    return Label(node, label, f"suggested from {labelled_set}", now(), "suggested", evidence)


def labels_of(settings: Settings) -> dict[tuple[int, str], Label]:
    with open_labels(settings) as (connection, current):
        return {(one.node, one.label): one for one in list_labels(connection, current.number)}


def test_labels_make_the_round_trip_through_tap(
    run: Command, database_settings: Settings, object_map: int
) -> None:
    environment = {"CAOMAI_DATABASE_URL": str(database_settings.database_url)}
    count = "SELECT caomai_label_count(fingerprint, 'sat trail') AS n FROM caom2_ai.fingerprint"
    with serving(environment) as (_, url):
        service = pyvo.dal.TAPService(f"{url}/tap")
        assert service.search(count)["n"].tolist() == [0]
        run("label", "set", "5", "sat trail", "--author", "Zo\u00eb")
        assert service.search(count)["n"].tolist() == [3]  # at once
        run("label", "set", "399", "sat trail", "--author", "me")
        assert service.search(count)["n"].tolist() == [10]
        with open_labels(database_settings) as (connection, current):
            replace_suggestions(connection, current.number, "a set", [suggestion(6, "sat trail")])
        assert service.search(count)["n"].tolist() == [14]
        rows = service.search("SELECT * FROM caom2_ai.label ORDER BY node").to_table()
        assert rows["node"].tolist() == [5, 6, 399]
        assert rows["author"].tolist() == ["Zo\u00eb", "suggested from a set", "me"]
        assert rows["origin"].tolist() == ["person", "suggested", "person"]
        assert rows["nSeen"].tolist() == [None, 40, None]
        assert rows["precisionLow"][1] == pytest.approx(0.7)
        assert set(rows["mapID"]) == {object_map}
        run("label", "remove", "399", "sat trail")
        assert service.search(count)["n"].tolist() == [7]


def test_a_table_makes_the_round_trip_through_files(
    run: Command, database_settings: Settings, tmp_path: Path
) -> None:
    run("label", "set", "5", 'r\u00eave, "it\'s"', "--author", "me")
    with open_labels(database_settings) as (connection, current):
        replace_suggestions(
            connection, current.number, "a set", [suggestion(6, "ring"), suggestion(7, "arc")]
        )
    before, path = labels_of(database_settings), tmp_path / "labels.csv"
    run("label", "export", "-o", str(path))
    with path.open(newline="", encoding="utf-8") as file:
        assert [row["node"] for row in csv.DictReader(file)] == ["5", "6", "7"]
    assert run("label", "export").stdout == path.read_text(encoding="utf-8")
    run("label", "remove", "5", 'r\u00eave, "it\'s"')
    run("label", "remove", "6", "ring")
    assert run("label", "import", str(path)).stdout.startswith("2 labels added; 1 were there")
    assert labels_of(database_settings) == before
    path.write_text(path.read_text(encoding="utf-8").replace(",7,arc", ",400,arc"), encoding="utf-8")
    run("label", "remove", "6", "ring")
    assert "Line 4" in run("label", "import", str(path), code=2).stderr
    assert (6, "ring") not in labels_of(database_settings)
    assert [entry.name for entry in tmp_path.iterdir()] == ["labels.csv"]


def test_a_person_is_never_overruled(database_settings: Settings) -> None:
    mine = Label(5, "ring", "me", now())
    with open_labels(database_settings) as (connection, current):
        replace_suggestions(connection, current.number, "a set", [suggestion(5, "arc"), suggestion(6, "arc")])
        set_label(connection, current.number, mine)
    assert set(labels_of(database_settings)) == {(5, "ring"), (6, "arc")}
    with open_labels(database_settings) as (connection, current):
        both = [suggestion(5, "ring"), suggestion(5, "arc"), suggestion(6, "arc")]
        assert replace_suggestions(connection, current.number, "a set", both) == 1
        assert add_labels(connection, current.number, both) == 0
        assert add_labels(connection, current.number, [Label(5, "ring", "other", now())]) == 0
    assert labels_of(database_settings)[5, "ring"] == mine


def test_a_set_replaces_its_own_suggestions_and_no_better_ones(database_settings: Settings) -> None:
    with open_labels(database_settings) as (connection, current):
        number = current.number
        replace_suggestions(
            connection, number, "a", [suggestion(1, "x", 0.8, "a"), suggestion(2, "y", 0.6, "a")]
        )
        replace_suggestions(
            connection, number, "b", [suggestion(1, "x", 0.7, "b"), suggestion(2, "y", 0.7, "b")]
        )
    sets = {
        key: one.evidence.labelled_set for key, one in labels_of(database_settings).items() if one.evidence
    }
    assert sets == {(1, "x"): "a", (2, "y"): "b"}
    with open_labels(database_settings) as (connection, current):
        replace_suggestions(connection, current.number, "a", [suggestion(9, "z", 0.7, "a")])
    assert set(labels_of(database_settings)) == {(2, "y"), (9, "z")}


def test_nothing_hostile_is_stored(run: Command, database_settings: Settings) -> None:
    for words in ("<script>", "=1+1", "a\x1b[2J"):
        assert "label" in run("label", "set", "5", "--", words, code=2).stderr
    assert "0 to 399" in run("label", "set", "400", "star", code=2).stderr
    assert "\x1b" not in run("label", "remove", "5", "a\x1b[2J", code=1).stderr
    assert not labels_of(database_settings)


def test_suggestions_from_simulated_frames_are_stored_with_their_evidence(
    run: Command, database_settings: Settings, model_hash: str
) -> None:
    dry = run("label", "suggest", "--simulated", "32", "--dry-run", "--json")
    assert not labels_of(database_settings)
    told = json.loads(run("label", "suggest", "--simulated", "32", "--json").stdout)["labels"]
    stored = labels_of(database_settings)
    assert {(one["node"], one["label"]) for one in told} == set(stored)
    assert len(told) == len(json.loads(dry.stdout)["labels"]) > 2
    for one in stored.values():
        assert one.origin == "suggested"
        assert one.author == "suggested from 32 simulated frames, seed 7920"
        assert one.evidence is not None
        assert one.evidence.model == model_hash
        assert 0.5 <= one.evidence.low <= one.evidence.precision <= one.evidence.high <= 1
        assert one.evidence.seen >= 8


def test_suggesting_with_another_model_is_refused(database: Database, database_settings: Settings) -> None:
    change = "update caom2_ai.map set modelHash = %s where kind = 'object'"
    with closing(database.connect("owner", autocommit=True)) as connection:
        connection.execute(change, ["another"])
        try:
            with pytest.raises(ParameterError, match="CAOMAI_MODEL"):
                suggest_here(database_settings, [], 4, 1, quiet=True, keep=True)
        finally:
            connection.execute(change, [load_model().hash])


def test_labelled_stamps_name_nodes(tmp_path: Path) -> None:
    """Round and long blobs: each is found in the middle of its place and sorted by its label."""
    folder, rng = tmp_path / "blobs", np.random.default_rng(1)
    folder.mkdir()
    y, x = np.mgrid[-32:32, -32:32]
    with zipfile.ZipFile(folder / "images.zip", "w") as archive, (folder / "labels.csv").open("w") as table:
        table.write("file,label\n")
        for number in range(60):
            kind, width = ("round", 3.0) if number % 2 else ("long", 14.0)
            light = (
                0.7 * np.exp(-((x / width) ** 2 + (y / 3.0) ** 2)) + 0.2 + 0.02 * rng.standard_normal(x.shape)
            )
            picture = folder / "stamp.png"
            Picture.fromarray((255 * light.clip(0, 1)).astype(np.uint8)).save(picture)
            archive.write(picture, f"{kind}/{number}.png")
            table.write(f"{kind}/{number}.png,{kind}\n")
    labelled = see_stamps(Observer(load_model(), 300, 1), folder, Bar("stamps"))
    assert labelled.name == "stamps of blobs"
    assert 50 <= len(labelled.kind) <= 60
    nodes = {kind: set(labelled.node[labelled.kind == kind].tolist()) for kind in ("round", "long")}
    assert not nodes["round"] & nodes["long"]
    named = suggest(labelled, "f" * 64)
    assert all(one.node in nodes[one.label] for one in named)
    assert named
