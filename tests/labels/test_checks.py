"""Labels whose random members people look at: from the sample to the measured precision, by real commands."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image as Picture
from scipy.stats import binomtest

from caomai.database import Database
from caomai.settings import Settings
from fingerprinting.labels.label import Carried, Check, Evidence, Label, now
from fingerprinting.labels.store import add_labels, list_labels, open_labels, set_label
from fingerprinting.succession import carry_labels
from tests.database.conftest import FUTURE, Image, add_image, add_map
from tests.labels.conftest import Command

MEMBERS = 60
HIDDEN = 5


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a blob of light for each member."""
    folder = tmp_path_factory.mktemp("files")
    pixels = np.random.default_rng(3).normal(100, 2, (512, 512)).astype(np.float32)
    y, x = np.mgrid[:512, :512]
    for place in range(MEMBERS):
        column, row = _place(place)
        pixels += 200 * np.exp(-((x - column + 1) ** 2 + (y - row + 1) ** 2) / 8).astype(np.float32)
    fits.writeto(folder / "seen.fits", pixels)
    return folder


def _place(member: int) -> tuple[int, int]:
    """FITS pixel of a member."""
    return 40 + member % 8 * 60, 40 + member // 8 * 60


@pytest.fixture(scope="module")
def object_map(database: Database) -> int:
    """Objects of node 5 in an image that can be seen, some in one that cannot, and a few in node 6."""
    with closing(database.connect("owner", autocommit=True)) as connection:
        number = add_map(connection, "object", "f" * 64)
        fields = add_map(connection, "field", "f" * 64, of=number)
        for image in (Image("seen"), Image("hidden", data=FUTURE)):
            add_image(connection, image, number, fields)
        connection.execute("delete from caom2_ai.object_node")
        places = [("seen", 5 if member < 56 else 6, member) for member in range(MEMBERS)]
        for name, node, member in [*places, *(("hidden", 5, member) for member in range(HIDDEN))]:
            connection.execute(
                "insert into caom2_ai.object_node (mapID, imageID, objectID, node, flags, x, y, a, b, theta,"
                " flux, snr, confidence, oddness) select mapID, imageID, %s, %s, 0, %s, %s, 2, 2, 0, 9, 9, 1,"
                " 0 from caom2_ai.part_fingerprint where artifactURI = %s",
                [member, node, *_place(member), f"test:{name}.fits"],
            )
    return number


@pytest.fixture(autouse=True)
def labels(database_settings: Settings, database: Database, object_map: int) -> int:
    with closing(database.connect("owner", autocommit=True)) as connection:
        connection.execute("truncate caom2_ai.label")
    with open_labels(database_settings) as (connection, _):
        for node, words in ((5, "merger"), (6, "merger"), (6, "ring"), (7, "empty")):
            set_label(connection, object_map, Label(node, words, "me", now()))
    return object_map


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def judge(path: Path, words: list[str]) -> None:
    """Fill in the column right, as a person does."""
    rows = read(path)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows([row | {"right": word} for row, word in zip(rows, words, strict=True)])


def checks_of(settings: Settings) -> dict[tuple[int, str], Check | None]:
    with open_labels(settings) as (connection, current):
        return {(one.node, one.label): one.check for one in list_labels(connection, current.number)}


def test_members_that_were_looked_at_give_a_precision(
    run: Command, database: Database, database_settings: Settings, files: Path, tmp_path: Path
) -> None:
    path = tmp_path / "members.csv"
    run("label", "sample", "5", "-o", str(path), CAOMAI_ARTIFACTS=f'{{"test": "{files}"}}')
    rows = read(path)
    assert len(rows) == len({(row["x"], row["y"]) for row in rows}) == 50
    assert {row["artifactURI"] for row in rows} == {"test:seen.fits"}  # nothing of what is hidden
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 51)]
    with Picture.open(tmp_path / "members.png") as sheet:
        assert sheet.width > 1200
        # The light of a member is in the middle of its tile, and the rest is sky.
        tile = np.asarray(sheet.convert("L"))[-128 - 24 - 8 : -24 - 8, 24 : 24 + 128]
    assert tile[60:68, 60:68].min() > 200
    assert np.median(tile) < 100
    judge(path, ["yes"] * 40 + ["no"] * 8 + ["", "?"])
    told = run("label", "check", str(path), "--author", "Zo\u00eb").stdout
    assert told == "merger: 0.83 (0.70 to 0.91) of 48 are right; 2 were not judged.\n"
    found = checks_of(database_settings)
    check = found[5, "merger"]
    assert check is not None
    interval = binomtest(40, 48).proportion_ci(0.95, method="wilson")
    assert (check.precision, check.low, check.high) == pytest.approx((40 / 48, interval.low, interval.high))
    assert (check.seen, check.nodes, check.author) == (48, 1, "Zo\u00eb")
    assert found[6, "merger"] is None
    with database.connect("query") as connection:
        seen = connection.execute(
            "select nChecked, checkedBy, checkedTime > now() at time zone 'UTC' - interval '1 hour'"
            " from caom2_ai_view.label where node = 5"
        ).fetchone()
    assert seen == (48, "Zo\u00eb", True)
    assert "0.83 (0.70 to 0.91) of 48   checked" in run("label", "list").stdout


def test_the_same_seed_draws_the_same_members(run: Command, tmp_path: Path) -> None:
    drawn = []
    for seed in ("1", "1", "2"):
        run("label", "sample", "5", "-o", str(tmp_path / "a.csv"), "-n", "20", "--seed", seed)
        drawn.append([(row["x"], row["y"]) for row in read(tmp_path / "a.csv")])
    assert drawn[0] == drawn[1] != drawn[2]


def test_all_nodes_of_a_label_are_sampled_together(
    run: Command, database_settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "members.csv"
    told = run("label", "sample", "merger", "-o", str(path), "-n", "100")
    assert "refused: test:seen.fits" in told.stderr  # there is no folder of its files here
    assert [entry.name for entry in tmp_path.iterdir()] == ["members.csv"]
    rows = read(path)
    assert len(rows) == MEMBERS
    assert {row["node"] for row in rows} == {"5", "6"}
    judge(path, ["no"] * MEMBERS)
    run("label", "check", str(path), "--author", "me")
    found = checks_of(database_settings)
    for node in (5, 6):
        check = found[node, "merger"]
        assert check is not None
        assert (check.precision, check.low, check.nodes, check.seen) == (0, 0, 2, MEMBERS)
    assert found[6, "ring"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (["6"], "several labels (merger, ring)", 2),
        (["8"], "no such label", 1),
        (["spiral"], "No node has the label", 1),
        (["empty"], "no objects that anybody may see", 1),
    ],
)
def test_a_sample_that_cannot_be_drawn_is_told(
    run: Command, tmp_path: Path, arguments: list[str], sentence: str, code: int
) -> None:
    told = run("label", "sample", *arguments, "-o", str(tmp_path / "a.csv"), code=code)
    assert sentence in told.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows[1].update(right="maybe"), "Line 3: The column right has 'maybe'"),
        (lambda rows: rows[0].update(model="0" * 64), "the current one is ffffffffffff"),
        (lambda rows: rows[1].update(rows[0]), "has an object twice"),
        (lambda rows: rows[1].update(label="ring"), "about several labels"),
        (lambda rows: [row.update(right="") for row in rows], "column right is empty"),
        (lambda rows: [row.update(nodes="5 9") for row in rows], "Only 1 of the 2 nodes"),
        (lambda rows: rows[1].update(nodes="5 400"), "Line 3"),
    ],
)
def test_a_table_with_a_mistake_changes_nothing(
    run: Command,
    database_settings: Settings,
    tmp_path: Path,
    change: Callable[[list[dict[str, str]]], object],
    sentence: str,
) -> None:
    path = tmp_path / "members.csv"
    run("label", "sample", "5", "-o", str(path), "-n", "3")
    judge(path, ["yes"] * 3)
    rows = read(path)
    change(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    done = run("label", "check", str(path), code=1 if sentence.startswith("Only") else 2)
    assert sentence in done.stderr
    assert not any(checks_of(database_settings).values())


def test_checks_and_their_origin_make_the_round_trip_through_files(
    run: Command, database: Database, database_settings: Settings, tmp_path: Path
) -> None:
    evidence = Evidence(0.9, 0.7, 0.97, 3.5, 40, "a set", "f" * 64)
    check = Check(0.5, 0.25, 0.75, 12, 2, "Zo\u00eb", now())
    carried = Label(9, "arc", "me", now(), "suggested", evidence, Carried(4, 0.75), check)
    with open_labels(database_settings) as (connection, current):
        assert add_labels(connection, current.number, [carried]) == 1
        before = list_labels(connection, current.number)
    assert before[-1] == carried
    path = tmp_path / "labels.csv"
    run("label", "export", "-o", str(path))
    assert read(path)[-1]["carriedFrom"] == "4"
    with closing(database.connect("owner", autocommit=True)) as connection:
        connection.execute("truncate caom2_ai.label")
    run("label", "import", str(path))
    with open_labels(database_settings) as (connection, current):
        assert list_labels(connection, current.number) == before
    assert "carried from map 4" in run("label", "list").stdout


def test_a_person_who_agrees_keeps_what_was_measured(database_settings: Settings) -> None:
    evidence = Evidence(0.9, 0.7, 0.97, 3.5, 40, "a set", "f" * 64)
    check = Check(0.5, 0.25, 0.75, 12, 1, "me", now())
    with open_labels(database_settings) as (connection, current):
        for words in ("arc", "ring"):
            one = Label(9, words, "a set", now(), "suggested", evidence, check=check)
            add_labels(connection, current.number, [one])
        set_label(connection, current.number, Label(9, "arc", "me", now()))
        (kept,) = [one for one in list_labels(connection, current.number) if one.node == 9]
    assert (kept.label, kept.origin, kept.author) == ("arc", "person", "me")
    assert (kept.evidence, kept.check) == (evidence, check)


def test_labels_on_another_map_are_marked_as_carried_and_not_as_checked(
    database: Database, database_settings: Settings, object_map: int
) -> None:
    with closing(database.connect("owner", autocommit=True)) as connection:
        other = add_map(connection, "object", "e" * 64, current=False)
        connection.execute("insert into caom2_ai.node_match values (%s, 30, %s, 5, 0.8)", [other, object_map])
        check = Check(0.5, 0.25, 0.75, 12, 1, "me", now())
        with open_labels(database_settings) as (labels, current):
            add_labels(labels, current.number, [Label(5, "arc", "me", now(), check=check)])
        assert carry_labels(connection, object_map, other) == 2
        rows = connection.execute(
            "select label, carriedFrom, carriedOverlap, nChecked, checkedPrecision from caom2_ai_view.label"
            " where mapID = %s order by label",
            [other],
        ).fetchall()
    assert [tuple(row) for row in rows] == [
        ("arc", object_map, pytest.approx(0.8), None, None),
        ("merger", object_map, pytest.approx(0.8), None, None),
    ]
