"""Identifiers: what they mean, how they are written, and what is refused."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caomai.errors import ParameterError
from caomai.identifiers import ArtifactURI, ObservationURI, PlaneURI, PublisherID

HST = "ivo://cadc.nrc.ca/HST?j6m916030/j6m916030-PRODUCT"


def test_publisher_id_is_read_and_written_back() -> None:
    publisher_id = PublisherID.parse(HST)
    assert publisher_id == PublisherID("cadc.nrc.ca", "HST", "j6m916030", "j6m916030-PRODUCT")
    assert str(publisher_id) == HST


def test_publisher_id_of_a_mirror_keeps_its_path() -> None:
    publisher_id = PublisherID.parse("ivo://cadc.nrc.ca/mirror/CFHT?1234567/1234567p")
    assert (publisher_id.authority, publisher_id.collection) == ("cadc.nrc.ca/mirror", "CFHT")
    assert str(publisher_id) == "ivo://cadc.nrc.ca/mirror/CFHT?1234567/1234567p"


def test_ids_follow_from_the_publisher_id() -> None:
    publisher_id = PublisherID.parse(HST)
    assert publisher_id.plane_id == uuid5(NAMESPACE_URL, HST)
    assert publisher_id.observation_uuid == uuid5(NAMESPACE_URL, "ivo://cadc.nrc.ca/HST?j6m916030")
    assert str(publisher_id.observation) == "caom:HST/j6m916030"
    assert str(publisher_id.plane) == "caom:HST/j6m916030/j6m916030-PRODUCT"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HST",
        "http://cadc.nrc.ca/HST?a/b",
        "ivo://cadc.nrc.ca?a/b",
        "ivo://cadc.nrc.ca/HST",
        "ivo://cadc.nrc.ca/HST?a",
        "ivo://cadc.nrc.ca/HST?a/b/c",
        "ivo://cadc.nrc.ca/HST?a/b?c/d",
        "ivo://cadc.nrc.ca/HST?/b",
        "ivo://cadc.nrc.ca/HST?a/",
        "ivo://x/HST?a/b",
        "ivo:///HST?a/b",
        "ivo://cadc.nrc.ca/?a/b",
        "ivo://cadc.nrc.ca/HST?a b/c",
        "ivo://cadc.nrc.ca/HST?a/b#c",
        "ivo://cadc.nrc.ca/HST?a/b%2",
        "ivo://cadc.nrc.ca/HST?a/b\n",
        "ivo://cadc.nrc.ca/HST?a/b\x00",
        "ivo://cadc.nrc.ca/HST?a/\u00e9",
        "ivo://cadc.nrc.ca/HST?a/<script>",
        "ivo://cadc.nrc.ca/HST?a/" + "b" * 600,
    ],
)
def test_hostile_publisher_id_is_refused_with_one_sentence(text: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        PublisherID.parse(text)
    message = str(refusal.value)
    assert message.isprintable()
    assert message.endswith(".")
    assert len(message) < 250


def test_caom_uris_are_read_and_written_back() -> None:
    assert str(ObservationURI.parse("caom:CFHT/700000o")) == "caom:CFHT/700000o"
    assert PlaneURI.parse("caom:CFHT/700000/700000o") == PlaneURI("CFHT", "700000", "700000o")


@pytest.mark.parametrize("text", ["caom:CFHT", "caom:CFHT/a/b/c", "ivo:CFHT/a", "caom:/a", "caom:CFHT/"])
def test_wrong_number_of_parts_is_refused(text: str) -> None:
    for kind in (ObservationURI, PlaneURI):
        with pytest.raises(ParameterError):
            kind.parse(text)


def test_artifact_uris_of_any_scheme_are_read() -> None:
    uri = ArtifactURI.parse("mast:HST/product/j6m916030_drc.fits")
    assert (uri.scheme, uri.path) == ("mast", "HST/product/j6m916030_drc.fits")
    assert uri.to_file() is None


@pytest.mark.parametrize(
    "text", ["cadc", "cadc:", "cadc:../etc/passwd", "file:///data/%2e%2e/etc", "1x:y", "a b:c", "x:\\y"]
)
def test_hostile_artifact_uri_is_refused(text: str) -> None:
    with pytest.raises(ParameterError):
        ArtifactURI.parse(text)


@given(st.lists(st.binary(min_size=1, max_size=20).filter(lambda name: not set(name) & {0, 47}), min_size=1))
def test_any_local_path_survives_its_uri(names: list[bytes]) -> None:
    names = [name for name in names if name not in {b".", b".."}] or [b"x"]
    path = b"/" + b"/".join(names[:8])
    uri = ArtifactURI.from_file(path)
    assert ArtifactURI.parse(str(uri)) == uri
    assert uri.to_file() == path


def test_path_too_long_for_its_column_is_refused() -> None:
    with pytest.raises(ParameterError, match="too long"):
        ArtifactURI.from_file(b"/" + b"\xff" * 400)
