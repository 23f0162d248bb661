"""One FITS file described in the terms of CAOM 2.4; what its headers do not say stays NULL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import hpgeom

from caomai.artifacts import name_file
from caomai.errors import ParameterError
from caomai.identifiers import LONGEST, ArtifactURI, PublisherID
from caomai.ingest.cards import Keywords
from caomai.ingest.content import Content
from caomai.ingest.footprint import Footprint, UnusableWcsError, find_footprint
from caomai.ingest.frames import read_kind
from caomai.ingest.hdus import Hdu
from caomai.ingest.instruments import (
    read_bandpass,
    read_instrument,
    read_level,
    read_observatory,
    read_proposal,
)
from caomai.ingest.naming import Rule
from caomai.ingest.parts import classify, find_data_product_type, find_science, is_plane
from caomai.ingest.provenance import read_provenance
from caomai.ingest.rows import Artifact, Description, Observation, Part, Plane, Position
from caomai.ingest.times import read_times
from caomai.settings import Settings

NO_WCS: Final = "a WCS that cannot be used: no place on the sky"
NO_DATE: Final = "a date that cannot be: no time"

ORDER: Final = 29
_CONTENT_TYPES: Final = {".gz": "application/gzip", ".bz2": "application/x-bzip2"}


@dataclass(frozen=True)
class Describer:
    """How files become rows: the archive's names and its rules for IDs."""

    authority: str
    collection: str
    observation_rule: Rule
    product_rule: Rule
    artifacts: Mapping[str, str]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Take the rules of the settings, or say which is wrong."""
        return cls(
            settings.authority,
            settings.collection,
            Rule.parse("observationID", settings.observation_id, 256),
            Rule.parse("productID", settings.product_id, 128),
            settings.artifacts,
        )

    def describe(self, path: Path, content: Content) -> Description:
        """Describe one FITS file, `path` absolute; ImageError or ParameterError if it cannot be taken."""
        uri = name_file(path, self.artifacts)
        hdus = content.hdus
        science = find_science(hdus)
        keywords = Keywords(tuple({hdu.number: hdu.cards for hdu in (hdus[0], *science[:1])}.values()))
        publisher_id = self.name(path, keywords)
        intent, kind = read_kind(keywords)
        product_type = "calibration" if intent == "calibration" else "science"
        plane, remarks = _describe_plane(publisher_id, science, keywords)
        return Description(
            observation=_describe_observation(publisher_id, keywords, intent, kind),
            plane=plane,
            artifact=Artifact(
                artifact_id=uri.uuid,
                plane_id=publisher_id.plane_id,
                uri=str(uri),
                product_type=product_type,
                content_type=_CONTENT_TYPES.get(path.suffix.lower(), "application/fits"),
                content_length=content.length,
                content_checksum=content.checksum,
            ),
            parts=tuple(_describe_parts(uri, hdus, product_type)),
            remarks=remarks,
        )

    def name(self, path: Path, keywords: Keywords) -> PublisherID:
        """Make the publisherID of a file."""
        publisher_id = PublisherID(
            self.authority,
            self.collection,
            self.observation_rule.fill(path, keywords),
            self.product_rule.fill(path, keywords),
        )
        if len(str(publisher_id)) > LONGEST:
            raise ParameterError(f"The publisherID has over {LONGEST} characters: shorten the authority.")
        return publisher_id


def _describe_observation(
    publisher_id: PublisherID, keywords: Keywords, intent: str | None, kind: str | None
) -> Observation:
    telescope, place = read_observatory(keywords)
    proposal_id, proposal_pi = read_proposal(keywords)
    moving = keywords.text("MTFLAG")
    return Observation(
        obs_id=publisher_id.observation_uuid,
        observation_uri=str(publisher_id.observation),
        collection=publisher_id.collection,
        observation_id=publisher_id.observation_id,
        type=_cut(kind, 32),
        intent=intent,
        meta_release=None,
        proposal_id=_cut(proposal_id, 64),
        proposal_pi=_cut(proposal_pi, 64),
        target_name=_cut(keywords.text("OBJECT", "TARGNAME", "ESO OBS TARG NAME"), 64),
        target_moving=None if moving is None else int(moving == "T"),
        telescope_name=_cut(telescope, 64),
        telescope_x=place[0],
        telescope_y=place[1],
        telescope_z=place[2],
        instrument_name=_cut(read_instrument(keywords), 64),
    )


def _describe_plane(
    publisher_id: PublisherID, science: Sequence[Hdu], keywords: Keywords
) -> tuple[Plane, tuple[str, ...]]:
    images = [hdu for hdu in science if is_plane(hdu)]
    remarks = []
    try:
        footprint = find_footprint(images)
    except UnusableWcsError:
        footprint = None
        remarks.append(NO_WCS)
    times = read_times(keywords)
    if times.is_wrong:
        remarks.append(NO_DATE)
    largest = max(images, key=lambda hdu: hdu.axes[0] * hdu.axes[1], default=None)
    provenance = read_provenance(keywords)
    plane = Plane(
        plane_id=publisher_id.plane_id,
        obs_id=publisher_id.observation_uuid,
        publisher_id=str(publisher_id),
        plane_uri=str(publisher_id.plane),
        product_id=publisher_id.product_id,
        meta_release=None,
        data_release=None,
        data_product_type=find_data_product_type(science),
        calibration_level=read_level(keywords),
        provenance_name=_cut(provenance.name, 64),
        provenance_version=_cut(provenance.version, 64),
        provenance_producer=_cut(provenance.producer, 256),
        provenance_last_executed=provenance.last_executed,
        position=_find_position(footprint),
        bounds=[angle for vertex in footprint.outline for angle in vertex] if footprint else None,
        bounds_size=footprint.size if footprint else None,
        sample_size=footprint.pixel_scale if footprint else None,
        naxis1=largest.axes[0] if largest else None,
        naxis2=largest.axes[1] if largest else None,
        bandpass_name=_cut(read_bandpass(keywords), 64),
        time_lower=times.lower,
        time_upper=times.upper,
        time_width=None if times.lower is None or times.upper is None else times.upper - times.lower,
        time_exposure=times.exposure,
    )
    return plane, tuple(remarks)


def _find_position(footprint: Footprint | None) -> Position | None:
    if footprint is None:
        return None
    ra, dec = footprint.centre
    return Position(ra, dec, int(hpgeom.angle_to_pixel(2**ORDER, ra, dec, nest=True)))


def _describe_parts(uri: ArtifactURI, hdus: Sequence[Hdu], main: str) -> list[Part]:
    kinds = classify(hdus)
    return [
        Part(
            part_id=uri.part_uuid(str(hdu.number)),
            artifact_id=uri.uuid,
            name=str(hdu.number),
            product_type=main if kinds[hdu.number] == "science" else kinds[hdu.number],
        )
        for hdu in hdus
    ]


def _cut(text: str | None, width: int) -> str | None:
    """Cut a text at the width of its column."""
    return text if text is None else text[:width].rstrip()
