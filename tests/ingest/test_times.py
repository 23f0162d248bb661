"""When: dates of many styles, wrong ones, and time scales."""

from __future__ import annotations

from typing import Any

import pytest
from astropy.io import fits
from astropy.time import Time

from caomai.ingest.cards import Cards, Keywords
from caomai.ingest.times import Times, parse_date, read_times

SECOND = 1 / 86400


def times_of(**cards: Any) -> Times:
    header = fits.Header([(keyword.replace("_", "-"), value) for keyword, value in cards.items()])
    return read_times(Keywords((Cards.parse(header.tostring(sep="", padding=False).encode()),)))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2020-02-29T23:59:60.5", "2020-03-01T00:00:00.5"),
        ("2018-06-20T11:34:20.640", "2018-06-20T11:34:20.640"),
        ("2018-06-20T11:34:20.640Z", "2018-06-20T11:34:20.640"),
        ("2018-06-20 11:34", "2018-06-20T11:34:00"),
        ("2018/6/2 1:02:03", "2018-06-02T01:02:03"),
        ("2017-12-19T18:33:43.317-0700", "2017-12-20T01:33:43.317"),
        ("2017-12-19T18:33:43+05:30", "2017-12-19T13:03:43"),
    ],
)
def test_instant_is_read_as_mjd(text: str, iso: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found[0] == pytest.approx(Time(iso, scale="tai").mjd, abs=0.001 * SECOND)
    assert found[1]


@pytest.mark.parametrize(("text", "mjd"), [("2000-01-01", 51544), ("17/11/58", 36524), ("29/11/51", 33979)])
def test_date_alone_is_a_day(text: str, mjd: int) -> None:
    assert parse_date(text) == (mjd, False)


@pytest.mark.parametrize(
    "text",
    ["", "2019-13-45", "2019-02-30T00:00:00", "0000-00-00T00:00:00", "00/00/00", "yesterday", "20180620"],
)
def test_dates_that_cannot_be_are_no_dates(text: str) -> None:
    assert parse_date(text) is None


def test_exposure_ends_when_its_time_is_over() -> None:
    times = times_of(DATE_OBS="2018-06-20T00:00:00", EXPTIME=43.2)
    assert times == Times(58289.0, 58289.0005, 43.2, is_wrong=False)


def test_written_end_wins_over_the_exposure_time() -> None:
    times = times_of(DATE_OBS="2018-06-20T00:00:00", DATE_END="2018-06-20T12:00:00", EXPTIME=600.0)
    assert (times.lower, times.upper, times.exposure) == (58289.0, 58289.5, 600.0)


def test_end_before_the_beginning_is_not_believed() -> None:
    times = times_of(MJD_OBS=58289.25, MJD_END=58289.0, EXPTIME=864.0)
    assert times.upper == pytest.approx(58289.26)


def test_clock_time_of_another_keyword_completes_the_date() -> None:
    assert times_of(DATE_OBS="1996-01-06", TIME_OBS="06:00:00").lower == 50088.25
    assert times_of(DATE_OBS="06/01/96", UT="18:00:00.0").lower == 50088.75


def test_date_without_clock_time_covers_its_day() -> None:
    times = times_of(DATE_OBS="2001-06-19", EXPOSURE=18194.2)
    assert (times.lower, times.upper, times.exposure) == (52079.0, 52080.0, 18194.2)


def test_full_precision_is_taken_where_both_agree() -> None:
    times = times_of(DATE_OBS="2017-12-20T01:33:43.317", MJD_OBS=58107.065)
    assert times.lower == pytest.approx(58107 + (1 * 3600 + 33 * 60 + 43.317) * SECOND, abs=1e-9)


def test_mjd_wins_over_a_date_that_differs_unless_it_is_a_whole_day() -> None:
    assert times_of(DATE_OBS="2017-12-20T09:00:00", MJD_OBS=58107.065).lower == 58107.065
    assert times_of(DATE_OBS="2017-12-20T09:00:00", MJD_OBS=58107.0).lower == 58107.375


@pytest.mark.parametrize(("scale", "offset"), [("TAI", 37.0), ("TT", 69.184), ("UTC", 0.0), ("LOCAL", 0.0)])
def test_atomic_time_becomes_utc(scale: str, offset: float) -> None:
    times = times_of(DATE_OBS="2018-06-20T12:00:00", TIMESYS=scale)
    assert times.lower == pytest.approx(58289.5 - offset * SECOND, abs=1e-9)


@pytest.mark.parametrize(
    "cards",
    [
        {"DATE_OBS": "2019-13-45T00:00:00"},
        {"DATE_OBS": "1858-11-17T00:00:00"},
        {"DATE_OBS": "1970-01-01"},
        {"MJD_OBS": 2458289.5},
        {"MJD_OBS": 0.0},
        {"MJD_OBS": 1.0e300},
        {"EXPSTART": 1138871224.995},
        {"DATE_OBS": "9999-12-31T00:00:00", "TIMESYS": "TAI"},
    ],
)
def test_wrong_date_gives_no_time_and_is_remarked(cards: dict[str, Any]) -> None:
    assert times_of(EXPTIME=5.0, **cards) == Times(None, None, 5.0, is_wrong=True)


def test_header_without_dates_is_not_wrong() -> None:
    assert times_of() == Times(None, None, None, is_wrong=False)


@pytest.mark.parametrize(
    ("cards", "seconds"),
    [
        ({"EXPTIME": 3.2, "LIVETIME": 27449.5}, 27449.5),
        ({"EXPTIME": 0.0, "EXPOSURE": 18194.2}, 18194.2),
        ({"EXPTIME": 0.0}, 0.0),
        ({"EXPTIME": "40"}, 40.0),
        ({"EXPTIME": -1.0}, None),
        ({"EXPOSURE": "long"}, None),
    ],
)
def test_exposure_time_is_the_one_that_collected_light(cards: dict[str, Any], seconds: float | None) -> None:
    assert times_of(**cards).exposure == seconds
