"""Ten questions, each in other words: the answers are those of the examples, which numpy has checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.functions.test_questions import EXAMPLES, WORDS, by_pyvo

# By example: what is filled in, the columns that are compared, and whether the order of the rows is.
QUESTIONS: dict[str, tuple[dict[str, str], tuple[str, ...], bool]] = {
    "similar-at-a-place": ({"collection": "HST", "filter": "F606W"}, ("publisherID",), True),
    "labelled-objects": ({"collection": "CFHT"}, ("publisherID",), False),
    "sharpest-of-a-node": ({}, ("publisherID",), True),
    "similar-other-targets": ({}, ("publisherID",), True),
    "instruments-by-node": ({}, ("instrument_name", "fieldNode", "images"), False),
    "objects-in-a-region": ({"node": "144"}, ("publisherID", "ra"), True),
    "several-kinds-together": ({}, ("publisherID",), False),
    "bad-frames": ({}, ("publisherID",), True),
    "oddest-objects": ({"collection": "CFHT"}, ("publisherID", "object_oddness"), True),
    "unlike-their-camera": ({}, ("publisherID",), True),
}
TEXT = Path(__file__).with_name("formulations.adql").read_text()
_, *PARTS = re.split(r"^-- ([a-z0-9-]+)$", TEXT, flags=re.MULTILINE)
SECTIONS = {
    name: queries.strip().removesuffix(";").split(";\n")
    for name, queries in zip(PARTS[::2], PARTS[1::2], strict=True)
}


def test_each_question_has_other_words() -> None:
    assert SECTIONS.keys() == QUESTIONS.keys()
    assert all(len(queries) > 1 for queries in SECTIONS.values())


@pytest.mark.parametrize("example", QUESTIONS)
def test_a_question_has_one_answer_however_it_is_asked(service: str, example: str) -> None:
    words, columns, in_order = QUESTIONS[example]
    first = EXAMPLES[example].about(WORDS | words).query
    others = [query.format(**WORDS) for query in SECTIONS[example]]
    answers = [
        [tuple(row[name] for name in columns) for row in by_pyvo(service, query)]
        for query in (first, *others)
    ]
    assert answers[0]
    for answer in answers[1:]:
        assert answer == answers[0] if in_order else sorted(answer) == sorted(answers[0])
