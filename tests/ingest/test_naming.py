"""IDs from file names and keywords: rules, replacement, length."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caomai.errors import ParameterError, UnusableImageError
from caomai.identifiers import PublisherID
from caomai.ingest.cards import Cards, Keywords
from caomai.ingest.naming import Rule, clean, find_stem

KEYWORDS = Keywords((Cards({"OBSID": b" 'ct4m.2007'", "EXPNUM": b" 17", "ESO TPL ID": b" 'img/acq'"}),))


def fill(template: str, path: str = "/data/night 3/frame.fits.fz") -> str:
    return Rule.parse("observationID", template, 256).fill(Path(path), KEYWORDS)


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("{stem}", "frame"),
        ("{folder}.{stem}", "night_3.frame"),
        ("{OBSID}", "ct4m.2007"),
        ("{NONE|stem}", "frame"),
        ("{NONE|OBSID|stem}-{EXPNUM}", "ct4m.2007-17"),
        ("{ESO TPL ID}", "img_acq"),
    ],
)
def test_rule_fills_its_braces(template: str, made: str) -> None:
    assert fill(template) == made


@pytest.mark.parametrize(
    "template", ["", "fixed", "{stem", "{}", "{lower}", "{stem}{", "{OBS|}", "{LONGNAME1}"]
)
def test_rule_that_makes_no_sense_is_refused(template: str) -> None:
    with pytest.raises(ParameterError, match="The rule for observationID"):
        Rule.parse("observationID", template, 256)


def test_missing_keyword_is_refused_with_the_way_out() -> None:
    with pytest.raises(UnusableImageError, match=r"no RUNID or NIGHT.*\{RUNID\|NIGHT\|stem\}\."):
        fill("{RUNID|NIGHT}")


def test_file_that_gives_no_id_is_refused() -> None:
    with pytest.raises(UnusableImageError, match="gives nothing"):
        fill("{folder}", "/frame.fits")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.fits", "a"),
        ("a.b.FIT.gz", "a.b"),
        ("a.fits.fz", "a"),
        ("a.fts.bz2", "a"),
        ("a.dat", "a"),
        ("a", "a"),
        (".fits", ""),
    ],
)
def test_stem_is_the_name_without_suffixes_of_fits(name: str, stem: str) -> None:
    assert find_stem(Path("/data") / name) == stem


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("NGC 4151", "NGC_4151"),
        ("a/b?c#d%20&e", "a_b_c_d_20_e"),
        ("..", ""),
        ("../../etc", "_.._etc"),
        ("Größe", "Gro_e"),
        ("J1234+56", "J1234+56"),
        ("line\nbreak'; drop table--", "line_break_drop_table--"),
        ("\udcff\x00", "_"),
    ],
)
def test_foreign_characters_are_replaced(text: str, made: str) -> None:
    assert clean(text, 100) == made


def test_long_ids_are_cut_and_stay_different() -> None:
    one, other = clean("a" * 300 + "1", 128), clean("a" * 300 + "2", 128)
    assert len(one) == len(other) == 128
    assert one != other


@given(st.text(min_size=1), st.text(min_size=1))
def test_whatever_was_cleaned_is_a_valid_id(observation: str, product: str) -> None:
    ids = clean(observation, 256), clean(product, 128)
    if all(ids):
        publisher_id = PublisherID("caom-ai.local", "LOCAL", *ids)
        assert PublisherID.parse(str(publisher_id)) == publisher_id
