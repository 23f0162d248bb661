"""Rows of single files: what headers say, what they do not say, and what they say wrongly."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from caomai.errors import ParameterError
from caomai.identifiers import ArtifactURI, PublisherID
from caomai.ingest.content import read_content
from caomai.ingest.description import NO_DATE, NO_WCS, Describer
from caomai.ingest.rows import Description, checksum
from caomai.settings import read_settings

Write = Callable[..., Path]


def describe(path: Path, **settings: str) -> Description:
    return Describer.from_settings(read_settings(**settings)).describe(path, read_content(path))


def image(name: str = "", **cards: Any) -> fits.ImageHDU:
    hdu = fits.ImageHDU(np.zeros((4, 6), np.int16), name=name)
    hdu.header.update(cards)
    return hdu


def test_names_follow_from_the_settings(write: Write) -> None:
    path = write("night 1/frame.fits", {"OBSID": "x/7"})
    plain = describe(path, authority="cadc.nrc.ca", collection="DAO")
    assert plain.plane.publisher_id == "ivo://cadc.nrc.ca/DAO?night_1.frame/frame"
    ruled = describe(path, collection="DAO", observation_id="{OBSID}", product_id="{OBSID}-{stem}")
    assert ruled.plane.plane_uri == "caom:DAO/x_7/x_7-frame"
    assert ruled.observation.observation_uri == "caom:DAO/x_7"


def test_ids_are_those_of_the_identifiers(write: Write) -> None:
    found = describe(write("frame.fits", {}, image("SCI")))
    publisher_id = PublisherID.parse(found.plane.publisher_id)
    assert found.plane.plane_id == publisher_id.plane_id == found.artifact.plane_id
    assert found.observation.obs_id == publisher_id.observation_uuid == found.plane.obs_id
    uri = ArtifactURI.parse(found.artifact.uri)
    assert [part.part_id for part in found.parts] == [uri.part_uuid("0"), uri.part_uuid("1")]


@pytest.mark.parametrize(
    "name", ['it\'s "a".fits', "two\nlines.fits", "100%.fits", "größe.fits", "a#b?c.fits"]
)
def test_odd_file_names_become_uris_that_lead_back(write: Write, name: str) -> None:
    path = write(name)
    found = describe(path)
    assert ArtifactURI.parse(found.artifact.uri).to_file() == str(path).encode()
    assert PublisherID.parse(found.plane.publisher_id).product_id


def test_artifact_is_the_file_itself(write: Write) -> None:
    path = write("frame.fits")
    content = path.read_bytes()
    artifact = describe(path).artifact
    assert artifact.content_checksum == f"md5:{hashlib.md5(content).hexdigest()}"
    assert artifact.content_length == len(content)
    assert artifact.content_type == "application/fits"


def test_header_without_words_leaves_everything_null(write: Write) -> None:
    found = describe(write("frame.fits"))
    said = {
        name
        for row in (found.observation, found.plane)
        for name, value in vars(row).items()
        if value is not None and not name.endswith(("_id", "_uri", "collection"))
    }
    assert said == {"data_product_type", "naxis1", "naxis2"}
    assert found.remarks == ()


def test_words_of_a_header_arrive_in_their_columns(write: Write) -> None:
    cards = {
        "OBJECT": "M 51",
        "TELESCOP": "CFHT 3.6m",
        "INSTRUME": "MegaPrime",
        "FILTER": "r.MP9601",
        "EXPTIME": 287.1,
        "DATE-OBS": "2013-04-09T09:19:16.50",
        "OBSTYPE": "OBJECT",
        "PROPID": "13AQ04",
        "PI_NAME": "Gladman",
        "SOFTNAME": "SWarp",
        "SOFTVERS": "2.38",
        "ORIGIN": "TERAPIX",
        "DATE": "2014-01-02T03:04:05",
        "CAL_LVL": "CALIBRATED",
        "OBSGEO-X": -5464301.77,
        "OBSGEO-Y": -2493489.86,
        "OBSGEO-Z": 2151085.16,
        "MTFLAG": True,
    }
    found = describe(write("frame.fits", cards))
    observation, plane = found.observation, found.plane
    assert (observation.type, observation.intent) == ("OBJECT", "science")
    assert (observation.target_name, observation.target_moving) == ("M 51", 1)
    assert (observation.telescope_name, observation.telescope_z) == ("CFHT 3.6m", 2151085.16)
    assert observation.instrument_name == "MegaPrime"
    assert (observation.proposal_id, observation.proposal_pi) == ("13AQ04", "Gladman")
    assert (plane.bandpass_name, plane.time_exposure, plane.calibration_level) == ("r.MP9601", 287.1, 2)
    assert plane.time_lower == pytest.approx(56391.388385, abs=1e-6)
    assert plane.time_width == pytest.approx(287.1 / 86400, abs=1e-9)
    assert (plane.provenance_name, plane.provenance_version) == ("SWarp", "2.38")
    assert plane.provenance_producer == "TERAPIX"
    assert str(plane.provenance_last_executed) == "2014-01-02 03:04:05"


def test_what_extensions_say_counts_where_the_primary_is_silent(write: Write) -> None:
    sci = image("SCI", OBJECT="from SCI", FILTER="B")
    found = describe(write("frame.fits", {"FILTER": "V"}, sci, shape=()))
    assert (found.observation.target_name, found.plane.bandpass_name) == ("from SCI", "V")


@pytest.mark.parametrize(
    ("cards", "intent"),
    [
        ({"IMAGETYP": "Light Frame"}, "science"),
        ({"IMAGETYP": "Dark Frame"}, "calibration"),
        ({"IMAGETYP": "MASTERFLAT"}, "calibration"),
        ({"OBSTYPE": "ARC"}, "calibration"),
        ({"EXP_TYPE": "MIR_DARK"}, "calibration"),
        ({"EXP_TYPE": "NRC_IMAGE"}, "science"),
        ({"IMAGETYP": "EXT", "OBSTYPE": "IMAGING"}, "science"),
        ({"OBSTYPE": "red"}, None),
        ({"OBJECT": "SKY_FLAT"}, "calibration"),
        ({"OBJECT": "DOME,LAMP"}, "calibration"),
        ({"OBJECT": "bias 12"}, "calibration"),
        ({"OBJECT": "Flat Top galaxy"}, None),
        ({"OBJECT": "DARK", "OBSTYPE": "OBJECT"}, "science"),
        ({}, None),
    ],
)
def test_intent_is_what_the_header_says(write: Write, cards: dict[str, str], intent: str | None) -> None:
    found = describe(write("frame.fits", cards))
    assert found.observation.intent == intent
    expected = "calibration" if intent == "calibration" else "science"
    assert found.artifact.product_type == found.parts[0].product_type == expected


@pytest.mark.parametrize(
    ("cards", "bandpass"),
    [
        ({"FILTER1": "F606W", "FILTER2": "CLEAR2L"}, "F606W"),
        ({"FILTER1": "F606W", "FILTER2": "POL0V"}, "F606W+POL0V"),
        ({"FILTER1": 38, "FILTER2": 0, "FILTNAM1": "F814W"}, "F814W"),
        ({"FILTER": "CLEAR"}, "CLEAR"),
        ({"FILTER": "Red", "FILTER1": "Red"}, "Red"),
        ({"FILTER": 3}, None),
        ({"HIERARCH ESO INS FILT1 NAME": "NB_2.25"}, "NB_2.25"),
    ],
)
def test_bandpass_joins_the_filters_that_are_in(
    write: Write, cards: dict[str, Any], bandpass: str | None
) -> None:
    assert describe(write("frame.fits", cards)).plane.bandpass_name == bandpass


def test_instrument_of_hubble_names_its_detector(write: Write) -> None:
    cards = {"INSTRUME": "ACS", "DETECTOR": "WFC"}
    assert describe(write("a.fits", cards | {"TELESCOP": "HST"})).observation.instrument_name == "ACS/WFC"
    assert describe(write("b.fits", cards | {"TELESCOP": "CFHT"})).observation.instrument_name == "ACS"


def test_parts_of_a_drizzled_product_know_what_they_are(write: Write) -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("x", "E", array=np.zeros(2))], name="HDRTAB")
    more = [image(name) for name in ("SCI", "ERR", "DQ", "WHT", "CTX", "VAR_POISSON", "FOOBAR")]
    found = describe(write("frame.fits", {}, *more, table, shape=()))
    assert [part.name for part in found.parts] == list("012345678")
    assert [part.product_type for part in found.parts[:4]] == [None, "science", "noise", "auxiliary"]
    assert [part.product_type for part in found.parts[4:7]] == ["weight", "auxiliary", "noise"]
    assert [part.product_type for part in found.parts[7:]] == ["auxiliary", "auxiliary"]
    unnamed = describe(write("mosaic.fits", {}, image("ccd00"), image("ccd01"), image("MASK"), shape=()))
    assert [part.product_type for part in unnamed.parts] == [None, "science", "science", "auxiliary"]


@pytest.mark.parametrize(
    ("shape", "cards", "kind"),
    [
        ((4, 6), {}, "image"),
        ((1, 4, 6), {}, "image"),
        ((1, 1, 4, 6), {"CTYPE3": "FREQ"}, "image"),
        ((3, 4, 6), {}, None),
        ((3, 4, 6), {"CTYPE3": "AWAV"}, "cube"),
        ((2, 1, 4, 6), {"CTYPE3": "STOKES", "CTYPE4": "FREQ"}, "cube"),
        ((40, 4, 6), {}, "cube"),
        ((6,), {"CTYPE1": "WAVE"}, "spectrum"),
        ((6,), {"CUNIT1": "Angstrom"}, "spectrum"),
        ((4, 6), {"CTYPE1": "LAMBDA"}, "spectrum"),
        ((6,), {}, None),
    ],
)
def test_data_product_type_is_plain_or_null(
    write: Write, shape: tuple[int, ...], cards: dict[str, str], kind: str | None
) -> None:
    assert describe(write("frame.fits", cards, shape=shape)).plane.data_product_type == kind


def test_table_is_an_observation_without_an_image(write: Write) -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("x", "E", array=np.zeros(2))], name="EVENTS")
    found = describe(write("events.fits", {"OBJECT": "Crab"}, table, shape=()))
    assert found.observation.target_name == "Crab"
    assert (found.plane.data_product_type, found.plane.naxis1, found.plane.position) == ("event", None, None)
    assert [part.product_type for part in found.parts] == [None, "science"]


def test_position_holds_the_healpix_cell_of_the_centre(write: Write) -> None:
    cards = {
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRVAL1": 45.0,
        "CRVAL2": 90 - 2e-8,
        "CRPIX1": 3.5,
        "CRPIX2": 2.5,
        "CDELT1": -0.001,
        "CDELT2": 0.001,
        "RADESYS": "ICRS",
    }
    plane = describe(write("frame.fits", cards)).plane
    assert plane.position is not None
    assert plane.position.ra == pytest.approx(45.0, abs=1)
    # The nested cell of the pole is the last one of its base cell, here the first of twelve.
    assert plane.position.healpix == 4**29 - 1
    assert plane.bounds is not None
    assert len(plane.bounds) == 8
    assert (plane.naxis1, plane.naxis2) == (6, 4)
    assert plane.sample_size == pytest.approx(3.6)


def test_impossible_wcs_and_date_are_remarked_and_left_out(write: Write) -> None:
    cards = {"CTYPE1": "RA---XXX", "CTYPE2": "DEC--XXX", "DATE-OBS": "2020-99-99"}
    found = describe(write("frame.fits", cards))
    assert found.remarks == (NO_WCS, NO_DATE)
    assert (found.plane.bounds, found.plane.position, found.plane.time_lower) == (None, None, None)


def test_hostile_values_never_reach_a_row(write: Write) -> None:
    path = write("frame.fits", {"OBJECT": "x" * 68, "EXPTIME": 1.0, "TELESCOP": "abc", "OBSGEO-X": 1.0})
    raw = path.read_bytes().replace(b"'abc     '", b"'a\x00\xff\n    '")
    path.write_bytes(raw.replace(b"EXPTIME =                  1.0", b"EXPTIME =                  NaN"))
    found = describe(path)
    assert found.observation.target_name == "x" * 64
    assert found.observation.telescope_name == "a ÿ"
    assert found.plane.time_exposure is None
    assert found.observation.telescope_x is None
    assert checksum(found.plane)


def test_overlong_names_are_refused(write: Write) -> None:
    with pytest.raises(ParameterError, match="publisherID has over 512"):
        describe(write("frame.fits", {}), authority="a" * 500)
    with pytest.raises(ParameterError, match="path is too long"):
        describe(write("ü" * 120 + "/" + "ü" * 60 + ".fits", {}))


def test_checksum_of_a_row_changes_with_its_content_only(write: Write) -> None:
    path = write("frame.fits", {"OBJECT": "M 51"})
    one, same = describe(path), describe(path)
    other = describe(write("frame.fits", {"OBJECT": "M 52"}))
    assert checksum(one.plane) == checksum(same.plane) == checksum(other.plane)
    assert checksum(one.observation) != checksum(other.observation)
