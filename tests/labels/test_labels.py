"""Labels: what may be one, which nodes a set names, and tables that survive spreadsheets."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from caomai.errors import ParameterError
from caomai.labels import check_author, check_label, check_node
from fingerprinting.labels.label import Evidence, Label
from fingerprinting.labels.sets import LabelledSet, plain_name, suggest
from fingerprinting.labels.statistics import Thresholds, count_independent, find_names, wilson
from fingerprinting.labels.table import read_file, read_table, write_table

MODEL = "0123456789abcdef" * 4
WHEN = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001  # UTC without a zone, as in the database
MEASURED = Evidence(0.9, 0.75, 0.97, 3.5, 40, "simulated frames", MODEL)
LABELS = [
    Label(0, "hot pixel", 'Zo\u00eb, "the" author', WHEN),
    Label(399, "satellite trail", "suggested from 9 simulated frames", WHEN, "suggested", MEASURED),
]


@pytest.mark.parametrize(
    "words",
    [
        "", "   ", "a" * 65, "<b>star</b>", "star>", "a\nb", "a\x00b", "a\x1b[2J", "\u202estar", "a\tb",
        "=1+1", "+star", "-star", "@star", "=HYPERLINK(0)", "st\u2028ar",
    ],
)  # fmt: skip
def test_words_that_hurt_pages_terminals_or_spreadsheets_are_no_label(words: str) -> None:
    for check in (check_label, check_author):
        with pytest.raises(ParameterError) as refusal:
            check(words)
        assert str(refusal.value).isprintable()


def test_plain_words_are_labels_as_they_are() -> None:
    for words in ("satellite trail", "\u661f", "R & D's 'ring'", "caf\u00e9", "H-alpha"):
        assert check_label(f" {words} ") == words
    assert check_label("cafe\u0301") == "caf\u00e9"


def test_nodes_outside_of_the_map_are_refused() -> None:
    assert (check_node(0), check_node(399)) == (0, 399)
    for number in (-1, 400, 2**40):
        with pytest.raises(ParameterError, match="0 to 399"):
            check_node(number)


@pytest.mark.parametrize(("of_kind", "seen"), [(0, 5), (1, 1), (7, 9), (40, 40), (123, 1000)])
def test_the_interval_is_wilsons(of_kind: int, seen: int) -> None:
    expected = binomtest(of_kind, seen).proportion_ci(0.95, method="wilson")
    assert wilson(of_kind, seen) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_objects_of_one_image_count_as_alike() -> None:
    assert count_independent(np.arange(25)) == pytest.approx(25)
    assert count_independent(np.zeros(25, int)) == pytest.approx(5)
    # 12 and 4 objects of two images: Kish's number of images is 16**2 / (144 + 16) = 1.6
    assert count_independent(np.repeat([0, 1], [12, 4])) == pytest.approx(np.sqrt(16 * 1.6))


def test_names_of_nodes_are_those_of_a_calculation_by_hand() -> None:
    # Node 5: 27 of 30 are donuts, each in an image of its own; 6: half and half; 7: too few; 8: unknown.
    kinds = (
        ["donut"] * 27 + ["star"] * 3 + ["donut", "spiral"] * 15 + ["spiral"] * 7 + [""] * 40 + ["star"] * 100
    )
    nodes = [5] * 30 + [6] * 30 + [7] * 7 + [8] * 40 + [9] * 100
    node, kind = np.array(nodes), np.array(kinds)
    first, last = find_names(node, kind, np.arange(len(kinds)))
    low, high = binomtest(27, 30).proportion_ci(0.95, method="wilson")
    assert (first.node, first.kind, first.seen, first.of_kind) == (5, "donut", 30, 27)
    assert (first.precision, first.low, first.high) == pytest.approx((0.9, low, high), abs=1e-6)
    assert first.lift == pytest.approx(0.9 / (42 / 207))
    # Node 9 is pure, but half of the set are stars.
    assert (last.node, last.kind, last.precision) == (9, "star", 1)
    assert last.lift == pytest.approx(207 / 103)
    named = {one.node for one in find_names(node, kind, np.arange(207), Thresholds(least_lift=2.02))}
    assert named == {5}


def test_what_is_none_of_the_kinds_counts_and_names_nothing() -> None:
    node = np.zeros(20, int)
    kind = np.array(["star"] * 9 + [""] * 11)
    everywhere = Thresholds(1, 0.0, 0.0)
    (one,) = find_names(node, kind, np.arange(20), everywhere)
    assert (one.kind, one.seen, one.of_kind) == ("star", 20, 9)
    assert not find_names(node, np.full(20, ""), np.arange(20), everywhere)
    assert not find_names(node[:0], kind[:0], node[:0], everywhere)


def test_one_image_alone_does_not_name_a_node() -> None:
    node, kind = np.repeat([1, 2], 12), np.repeat(["donut", "star"], 12)
    assert {one.node for one in find_names(node, kind, np.arange(24))} == {1, 2}
    assert not find_names(node, kind, np.zeros(24, int))


def test_a_suggestion_carries_its_evidence() -> None:
    kinds = np.repeat(["satellite_trail", "star"], [20, 30])
    labelled = LabelledSet(
        "simulated frames", "9 simulated frames", np.repeat([3, 4], [20, 30]), kinds, np.arange(50)
    )
    (label,) = suggest(labelled, MODEL)
    assert (label.node, label.label, label.origin) == (3, "satellite trail", "suggested")
    assert label.author == "suggested from 9 simulated frames"
    assert label.evidence is not None
    assert (label.evidence.precision, label.evidence.seen) == (1, 20)
    assert label.evidence.lift == pytest.approx(2.5)
    assert (label.evidence.labelled_set, label.evidence.model) == ("simulated frames", MODEL)


def test_sets_are_named_by_plain_letters_of_their_folder() -> None:
    name = plain_name(Path("/data/<b>\x1b\u202e" + "x" * 200))
    assert name.startswith("stamps of _b_")
    assert len(name) <= 64
    assert name.isprintable()


def write(labels: list[Label]) -> str:
    stream = io.StringIO(newline="")
    write_table(labels, MODEL, stream)
    return stream.getvalue()


def read(text: str, model: str = MODEL) -> list[Label]:
    return read_table(io.StringIO(text, newline=""), model)


def test_a_table_comes_back_as_it_went() -> None:
    assert read(write(LABELS)) == LABELS
    assert read(write([])) == []
    quoted = [Label(1, "'t Hooft", "''me", WHEN)]
    assert read(write(quoted)) == quoted


def test_no_cell_begins_as_a_formula_does() -> None:
    stored = [Label(1, f"{sign}cmd|' /C calc'!A0", f"{sign}me", WHEN) for sign in "=+-@\t\r"]
    for line in write(stored).splitlines()[1:]:
        if "cmd" in line:
            assert all(cell.lstrip('"')[0] not in "=+-@\t\r" for cell in line.split(",") if cell)
    with pytest.raises(ParameterError, match=r"Line 2: The label .* formula"):
        read(write(stored[:1]))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (MODEL, "f" * 64, "for the model 'ffffffffffff'"),
        ("hot pixel", "<i>", "markup"),
        (",0,", ",400,", "0 to 399"),
        (",0,", ",x,", "cannot be read"),
        ("2026-01-02T03:04:05", "tomorrow", "cannot be read"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05+02:00", "UTC"),
        (",person", ",robot", "person or suggested"),
        ("0.75", "0.95", "not possible"),
        ("0.75", "nan", "not possible"),
        (",40,", ",0,", "not possible"),
        (",simulated frames,", ",,", "must name the set"),
        ("model,node", "model,nodes", "must name the columns node"),
        ("hot pixel", "x" * 200_000, "no table"),
    ],
)
def test_one_wrong_row_and_none_is_taken(old: str, new: str, reason: str) -> None:
    text = write(LABELS)
    assert old in text
    with pytest.raises(ParameterError, match=reason):
        read(text.replace(old, new))


def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    for data in (b"", b"\xff\xfe\x00", b"\x00" * 99, b"a,b\n1,2\n"):
        path.write_bytes(data)
        with pytest.raises(ParameterError):
            read_file(path, MODEL)
    with pytest.raises(ParameterError, match="cannot be read"):
        read_file(tmp_path, MODEL)
