"""RE-09: every value in every format by every reader; what a format or reader cannot do is said here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tapext.votype import MAGIC
from tests.formats import readers
from tests.formats.readers import Columns
from tests.formats.truth import COLUMNS, Column
from tests.tap.client import Answer

VOTABLES = ("votable", "votable/b2", "votable/b")
Change = Callable[[Column, object], object]


def loosen(column: Column, value: object) -> object:
    """Most formats or their readers do not tell NaN and no text from NULL, nor an array without numbers."""
    if isinstance(value, list):
        elements = [loosen(column, one) for one in value]
        return None if all(one is None for one in elements) else elements
    if isinstance(value, float) and math.isnan(value):
        return None
    return (value.strip() or None) if isinstance(value, str) else value


def keep(column: Column, value: object) -> object:
    """What is exact is exact; only NaN is not equal to itself."""
    if isinstance(value, list):
        return [keep(column, one) for one in value]
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def in_ascii(column: Column, value: object) -> object:
    """Text of type char is ASCII in BINARY and BINARY2."""
    return (
        re.sub("[^\x00-\x7f]", "?", value) if isinstance(value, str) and column.datatype == "char" else value
    )


def in_printable_ascii(column: Column, value: object) -> object:
    """All text is ASCII in FITS, and without control characters."""
    if not isinstance(value, str) or not column.is_text:
        return value
    return re.sub("[^ -~]", "?", re.sub("[\t\n]", " ", value))


def without_controls(column: Column, value: object) -> object:  # noqa: ARG001
    """XML has no way to write control characters."""
    return re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f]", "", value) if isinstance(value, str) else value


def in_one_line(column: Column, value: object) -> object:  # noqa: ARG001
    return re.sub("[\t\n]", " ", value) if isinstance(value, str) else value


def with_magic(column: Column, value: object) -> object:
    """In BINARY a number stands for NULL, which is the least one."""
    return None if not isinstance(value, list) and str(value) == MAGIC.get(column.datatype) else value


def magic_is_null(column: Column, value: object) -> object:
    """Arrays of whole numbers have no NULL in Java, nor in a FITS heap for astropy: they read the number."""
    if not isinstance(value, list) or column.is_float:
        return value
    return [None if str(one) == MAGIC[column.datatype] else one for one in value]


def nothing_is_false(column: Column, value: object) -> object:
    return False if value is None and column.datatype == "boolean" else value


def by_stilts(column: Column, value: object) -> object:  # noqa: ARG001
    """Control characters and what is beyond the first plane are lost where STILTS writes what it has read."""
    return (
        re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f\U00010000-\U0010ffff¿\ufffd]+", "", value)
        if isinstance(value, str)
        else value
    )


def compare(found: Columns, changes: Sequence[Change], both: Sequence[Change]) -> None:
    """Compare with the truth, after what happens to it on the way, and what readers do not tell apart."""
    assert list(found) == [column.name for column in COLUMNS]
    for column in COLUMNS:
        expected = [change(column, value, [*changes, *both]) for value in column.truth]
        assert [change(column, value, both) for value in found[column.name]] == expected, column.name


def change(column: Column, value: object, changes: Sequence[Change]) -> object:
    for one in changes:
        value = one(column, value)
    return value


LOSSES: dict[str, list[Change]] = {
    "votable": [without_controls],
    "votable/b2": [in_ascii],
    "votable/b": [in_ascii, with_magic],
    "csv": [],
    "tsv": [in_one_line],
    "fits": [in_printable_ascii],
}


@pytest.mark.parametrize("kind", VOTABLES)
def test_votables_by_astropy(documents: dict[str, Answer], kind: str) -> None:
    compare(readers.astropy_votable(documents[kind].body), LOSSES[kind], [loosen])


@pytest.mark.parametrize("kind", VOTABLES)
def test_votables_by_pyvo(service: str, kind: str) -> None:
    compare(readers.pyvo_votable(service, kind), LOSSES[kind], [loosen])


@pytest.mark.usefixtures("stilts")
@pytest.mark.parametrize("kind", [*VOTABLES, "csv", "fits"])
def test_tables_by_stilts(documents: dict[str, Answer], kind: str, tmp_path: Path) -> None:
    found = readers.stilts(documents[kind].body, kind, tmp_path)
    compare(found, LOSSES[kind], [by_stilts, magic_is_null, loosen])


def test_fits_by_astropy(documents: dict[str, Answer]) -> None:
    changes = [*LOSSES["fits"], nothing_is_false]
    compare(readers.astropy_fits(documents["fits"].body), changes, [magic_is_null, loosen])


@pytest.mark.parametrize(
    ("kind", "read"), [("csv", readers.python_csv), ("tsv", readers.python_tsv)], ids=["csv", "tsv"]
)
def test_delimited_text_by_python(
    documents: dict[str, Answer], kind: str, read: Callable[[bytes], Columns]
) -> None:
    compare(read(documents[kind].body), LOSSES[kind], [loosen])


def test_json_keeps_everything(documents: dict[str, Answer]) -> None:
    compare(readers.python_json(documents["json"].body), [], [keep])


def test_parquet_keeps_everything(documents: dict[str, Answer]) -> None:
    compare(readers.arrow_parquet(documents["parquet"].body), [], [keep])


@pytest.mark.parametrize("kind", ["html", "text"])
def test_people_see_every_value(documents: dict[str, Answer], kind: str) -> None:
    text = documents[kind].text
    for value in ("-9223372036854775808", "9007199254740993", "1.7976931348623157e+308", "5e-324", "äöü € 𝄞"):
        assert value in text
    assert " ".join(map(str, range(400))) in text
