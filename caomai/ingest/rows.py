"""Rows of CAOM 2.4 that a FITS file fills; fields are named as the parameters of sql/queries/ingest.sql."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Observation:
    """A row of caom2.Observation."""

    obs_id: UUID
    observation_uri: str
    collection: str
    observation_id: str
    type: str | None
    intent: str | None
    meta_release: datetime | None
    proposal_id: str | None
    proposal_pi: str | None
    target_name: str | None
    target_moving: int | None
    telescope_name: str | None
    telescope_x: float | None
    telescope_y: float | None
    telescope_z: float | None
    instrument_name: str | None


@dataclass(frozen=True)
class Position:
    """A row of caom2_ai.plane_position: centre in degrees ICRS and its HEALPix cell (order 29, NESTED)."""

    ra: float
    dec: float
    healpix: int


@dataclass(frozen=True)
class Plane:
    """A row of caom2.Plane; `bounds` are the vertices of the footprint, degrees ICRS, one after the other.

    `position` is kept in caom2_ai, and is a part of what the plane's checksum covers.
    """

    plane_id: UUID
    obs_id: UUID
    publisher_id: str
    plane_uri: str
    product_id: str
    meta_release: datetime | None
    data_release: datetime | None
    data_product_type: str | None
    calibration_level: int | None
    provenance_name: str | None
    provenance_version: str | None
    provenance_producer: str | None
    provenance_last_executed: datetime | None
    position: Position | None
    bounds: list[float] | None
    bounds_size: float | None
    sample_size: float | None
    naxis1: int | None
    naxis2: int | None
    bandpass_name: str | None
    time_lower: float | None
    time_upper: float | None
    time_width: float | None
    time_exposure: float | None


@dataclass(frozen=True)
class Artifact:
    """A row of caom2.Artifact."""

    artifact_id: UUID
    plane_id: UUID
    uri: str
    product_type: str
    content_type: str
    content_length: int
    content_checksum: str


@dataclass(frozen=True)
class Part:
    """A row of caom2.Part."""

    part_id: UUID
    artifact_id: UUID
    name: str
    product_type: str | None


@dataclass(frozen=True)
class Description:
    """All rows of one file, and what was odd about it."""

    observation: Observation
    plane: Plane
    artifact: Artifact
    parts: tuple[Part, ...]
    remarks: tuple[str, ...]


Row = Observation | Plane | Artifact | Part


def checksum(row: Row) -> str:
    """Give the metaChecksum of a row: md5 over its content as JSON with sorted keys."""
    return checksum_of(json.dumps(vars(row), sort_keys=True, default=str, allow_nan=False))


def accumulate(own: str, children: list[str]) -> str:
    """Give the accMetaChecksum of an entity: over its own checksum and those of its children."""
    return checksum_of("\n".join([own, *sorted(children)]))


def checksum_of(text: str) -> str:
    """Give the md5 of a text as CAOM writes it."""
    return f"md5:{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}"
