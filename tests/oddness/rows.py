"""Fingerprints of made-up images, written straight into the tables, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
import psycopg

from fingerprinting.description import STATISTICS


@dataclass(frozen=True)
class Image:
    """An image of a camera; `shift` moves its noise from what is usual."""

    name: str
    instrument: str | None = "CAM"
    intent: str = "science"
    hidden: bool = False
    shift: float = 0.0
    empty: bool = False
    plane: UUID = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plane", uuid5(NAMESPACE_URL, self.name))

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(list(self.name.encode()))

    @property
    def vector(self) -> np.ndarray[Any, np.dtype[np.float32]] | None:
        """Search vector as the database holds it, in half precision."""
        if self.empty:
            return None
        plain = self.rng.normal(size=400) + 3
        return (plain / np.linalg.norm(plain)).astype(np.float16).astype(np.float32)

    @property
    def quality(self) -> list[float]:
        """nDetected, background, noise, fwhmPixel, elongation, saturated, masked, pixels, objectOddness."""
        a, b, c, d = (float(np.float32(value)) for value in self.rng.uniform(0.9, 1.1, 4))
        noise = float(np.float32(np.exp(self.shift) * b))
        return [float(round(100 * a)), 50.0 * a, noise, 2 + c, 1 + d / 10, 0.0, 0.0, 10_000.0, d / 2]

    @property
    def statistics(self) -> list[float]:
        """Statistics of the whole image, the first one unknown."""
        return [
            float("nan"),
            *(float(np.float32(value)) for value in self.rng.normal(size=len(STATISTICS) - 1)),
        ]


def insert(connection: psycopg.Connection[Any], map_id: int, images: list[Image]) -> None:
    """Write images as the worker would have left them."""
    with connection.transaction(), connection.cursor() as cursor:
        for image in images:
            detected, background, noise, fwhm, elongation, saturated, masked, _, oddest = image.quality
            counts = [0] * 400
            vector = None if image.vector is None else image.vector.tolist()
            values = [
                image.plane,
                map_id,
                image.name,
                counts,
                detected,
                background,
                noise,
                fwhm,
                elongation,
                saturated,
                masked,
            ]
            cursor.execute(
                "insert into caom2_ai.fingerprint (planeID, mapID, obsID, publisherID, fingerprint,"
                " nObjects, nDetected, sampledFraction, background, noise, fwhmPixel, elongation,"
                " saturatedFraction, maskedFraction, vector, collection, instrument_name, intent,"
                " metaRelease, dataRelease) values (%s, %s, gen_random_uuid(), %s, %s, 1, %s, 1, %s, %s,"
                " %s, %s, %s, %s, %s::real[]::halfvec, 'T', %s, %s, '2020-01-01', %s)",
                [
                    *values,
                    vector,
                    image.instrument,
                    image.intent,
                    "2999-01-01" if image.hidden else "2020-01-01",
                ],
            )
            cursor.execute(
                "insert into caom2_ai.part_fingerprint (planeID, mapID, publisherID, artifactURI, part,"
                " fingerprint, nObjects, nDetected, sampledFraction, naxis1, naxis2, objectOddness,"
                " statistics) values (%s, %s, %s, %s, '0', %s, 1, 1, 1, 100, 100, %s, %s)",
                [image.plane, map_id, image.name, f"x:{image.name}", counts, oddest, image.statistics],
            )


def remove(connection: psycopg.Connection[Any], image: Image) -> None:
    """Delete an image as a worker does that is about to write it anew."""
    for table in ("fingerprint", "part_fingerprint"):
        connection.execute(f"delete from caom2_ai.{table} where planeID = %s", [image.plane])
