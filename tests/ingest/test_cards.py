"""Cards: the values of real headers, and of illegal ones."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from caomai.ingest.cards import Cards, Keywords
from caomai.ingest.hdus import read_hdus


def cards(*lines: str | bytes) -> Cards:
    raw = (line.encode("latin-1") if isinstance(line, str) else line for line in lines)
    return Cards.parse(b"".join(line.ljust(80) for line in raw))


def test_numbers_and_texts_of_real_headers_are_those_of_astropy(real_files: list[Path]) -> None:
    compared = 0
    for path in real_files:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = fits.getheader(path)
        own = read_hdus(path)[0].cards
        for keyword in ("NAXIS1", "EXPTIME", "CRVAL1", "CD1_1", "EQUINOX", "MJD-OBS", "OBJECT", "INSTRUME"):
            value = header.get(keyword)
            if isinstance(value, str) and own.text(keyword) is not None:
                assert own.text(keyword) == " ".join(value.split())
            elif isinstance(value, int | float):
                assert own.number(keyword) == value
            compared += value is not None
    assert compared > 400


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("OBJECT  = 'NGC 1275'           / a comment", "NGC 1275"),
        ("OBJECT  = 'Barnard''s star / x'", "Barnard's star / x"),
        ("OBJECT  = 'never closed", "never closed"),
        ("OBJECT  = unquoted / comment", "unquoted"),
        ("OBJECT  ='tight'", "tight"),
        ("object  = 'lower case'", "lower case"),
        ("OBJECT  = '  two   spaces  '", "two spaces"),
        ("OBJECT  = 'a\x00b\x07c\td'", "a b c d"),
        (b"OBJECT  = 'K\xc3\xb6nig'", "König"),
        (b"OBJECT  = 'K\xf6nig'", "König"),
        ("OBJECT  = ''", None),
        ("OBJECT  = 'N/A'", None),
        ("OBJECT  = 'unknown '", None),
        ("OBJECT  =                        / nothing", None),
        ("OBJECT    'no equals sign'", None),
    ],
)
def test_text_is_one_clean_line(line: str | bytes, text: str | None) -> None:
    assert cards(line).text("OBJECT") == text


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.5", 1.5),
        ("1.5D+02", 150.0),
        ("-.5e1", -5.0),
        ("'42.0'", 42.0),
        ("NaN", None),
        ("'inf'", None),
        ("1e999", None),
        ("1_000", None),
        ("T", None),
        ("(1.0, 2.0)", None),
        ("0x10", None),
    ],
)
def test_number_is_finite_or_nothing(written: str, number: float | None) -> None:
    assert cards(f"VALUE   = {written}").number("VALUE") == number


def test_first_of_repeated_cards_counts() -> None:
    assert cards("FILTER  = 'B'", "FILTER  = 'V'").text("FILTER") == "B"


def test_long_and_hierarchical_cards_are_read() -> None:
    found = cards(
        "LONG    = 'one &'",
        "CONTINUE  'two &'",
        "CONTINUE  'three'",
        "HIERARCH ESO  INS FILT1 NAME = 'R#608' / x",
    )
    assert found.text("LONG") == "one two three"
    assert found.text("ESO INS FILT1 NAME") == "R#608"


def test_first_header_that_speaks_is_heard() -> None:
    keywords = Keywords((cards("A       = 1", "B       = ' '"), cards("A       = 2", "B       = 'b'")))
    assert keywords.text("B", "A") == "b"
    assert list(keywords.numbers("A", "B")) == [1.0]
    assert keywords.integer("A") == 1


@given(st.binary(max_size=400))
def test_any_bytes_give_printable_texts_and_finite_numbers(raw: bytes) -> None:
    found = Cards.parse(b"VALUE   = " + raw)
    for keyword in found.fields:
        text = found.text(keyword)
        assert text is None or (text.isprintable() and text.strip() == text != "")
        number = found.number(keyword)
        assert number is None or math.isfinite(number)
