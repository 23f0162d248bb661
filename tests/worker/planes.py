"""Planes of an archive and descriptions of their images, made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
import psycopg

from fingerprinting.description import DESCRIBED, STATISTICS, PartDescription, Quality
from fingerprinting.store import Artifact

QUALITY = Quality(
    background=100.0,
    noise=5.0,
    fwhm=1.5,
    fwhm_pixel=3.0,
    elongation=1.1,
    saturated_fraction=0.25,
    masked_fraction=0.5,
    statistics=np.full(len(STATISTICS), np.nan, np.float32),
)


def name(text: str) -> UUID:
    """Give the identifier of something by its name."""
    return uuid5(NAMESPACE_URL, text)


def insert_plane(connection: psycopg.Connection[Any], product: str, **values: Any) -> Artifact:
    """Insert an observation with one plane and one artifact; `values` replace those of the three."""
    observation = values.get("observation", product)
    made: dict[str, Any] = {
        "publisherID": f"ivo://test/T?{observation}/{product}",
        "obsID": name(observation),
        "observation": observation,
        "planeID": name(f"{observation}/{product}"),
        "product": product,
        "metaRelease": "2020-01-01",
        "dataRelease": "2020-01-01",
        "intent": "science",
        "dataProductType": "image",
    } | values
    connection.execute(
        """insert into caom2.Observation (observationURI, obsID, collection, observationID, algorithm_name,
            intent, instrument_name, target_name, metaRelease, typeCode, lastModified, maxLastModified,
            metaChecksum, accMetaChecksum)
        values ('caom:T/' || %(observation)s, %(obsID)s, 'T', %(observation)s, 'exposure',
            %(intent)s, 'CAM', 'M31', %(metaRelease)s, 'S', now(), now(), 'md5:0', 'md5:0')
        on conflict do nothing""",
        made,
    )
    connection.execute(
        """insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease,
            dataRelease, dataProductType, energy_bandpassName, time_bounds_lower, time_bounds_upper,
            lastModified, maxLastModified, metaChecksum, accMetaChecksum)
        values (%(publisherID)s, %(obsID)s, %(planeID)s, 'caom:T/' || %(observation)s || '/' || %(product)s,
            %(product)s, %(metaRelease)s, %(dataRelease)s, %(dataProductType)s, 'r', 60000, 60001,
            now(), now(), 'md5:0', 'md5:0')""",
        made,
    )
    return insert_artifact(connection, Artifact("", None, made["planeID"], made["publisherID"]), product)


def insert_artifact(
    connection: psycopg.Connection[Any], plane: Artifact, file: str, product_type: str = "science"
) -> Artifact:
    """Insert another file of a plane."""
    artifact = replace(plane, uri=f"file:{file}.fits", checksum="md5:1")
    connection.execute(
        """insert into caom2.Artifact (uri, planeID, artifactID, productType, releaseType, contentChecksum,
            lastModified, maxLastModified, metaChecksum, accMetaChecksum)
        values (%s, %s, %s, %s, 'data', %s, now(), now(), 'md5:0', 'md5:0')""",
        [artifact.uri, artifact.plane_id, name(artifact.uri), product_type, artifact.checksum],
    )
    return artifact


def insert_part(
    connection: psycopg.Connection[Any], artifact: Artifact, part: str, product_type: str | None
) -> None:
    """Insert a part of a file."""
    connection.execute(
        """insert into caom2.Part (artifactID, partID, name, productType, lastModified, maxLastModified,
            metaChecksum, accMetaChecksum)
        values (%s, %s, %s, %s, now(), now(), 'md5:0', 'md5:0')""",
        [name(artifact.uri), name(artifact.uri + part), part, product_type],
    )


def describe(*nodes: int, part: str = "0", sky: bool = True, sampled: float = 1.0) -> PartDescription:
    """Describe an image with an object in each of these nodes."""
    objects = np.zeros(len(nodes), DESCRIBED)
    objects["node"] = nodes
    objects["x"] = np.arange(len(nodes)) + 1.5
    objects["ra"] = np.arange(len(nodes)) - 0.5 if sky else np.nan
    objects["dec"] = 30 if sky else np.nan
    objects["theta_deg"], objects["flux"], objects["flags"] = 45, 1e6, 3
    return PartDescription(
        name=part,
        hdu=0,
        shape=(20, 30),
        n_detected=round(len(nodes) / sampled),
        sampled_fraction=sampled,
        fingerprint=np.bincount(objects["node"], minlength=400).astype(np.int32),
        objects=objects,
        quality=QUALITY,
    )
