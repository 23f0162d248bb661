"""The answer to an uploaded image: what `caom-ai describe` says of its parts, and of the file as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from caomai.errors import UnusableImageError
from fingerprinting.describe import numbers, to_json
from fingerprinting.description import PartDescription
from fingerprinting.encoder import Encoder
from fingerprinting.fieldmap import field_node
from fingerprinting.fingerprint import search_vector, sum_descriptions
from fingerprinting.model import Model
from fingerprinting.picture import find_kind, open_image
from fingerprinting.pipeline import describe_file

LARGEST: Final = 128 << 20  # characters; PostgreSQL takes a quarter of a gigabyte
STRETCHED: Final = (
    "This is a {kind} picture: its pixels have been stretched for the eye and compare badly with those of "
    "FITS files; send the FITS file if you have it."
)


def describe_upload(path: Path, model: Model, encoder: Encoder) -> str:
    """Describe a FITS file or a picture as JSON; y counts upward, from 1 in the bottom row of a picture."""
    parts = describe_file(path, model, encoder=encoder, open_file=open_image)
    text = json.dumps(make_answer(parts, model, find_remarks(path)), allow_nan=False)
    if len(text) > LARGEST:
        raise UnusableImageError(f"{path.name} has too many objects for one answer: send some of its images.")
    return text


def make_answer(parts: list[PartDescription], model: Model, remarks: list[str]) -> dict[str, Any]:
    """Give the document of a file: vector, fingerprint and field node are those of all its parts together."""
    counts, statistics = sum_descriptions(parts)
    vector = search_vector(counts, statistics, model)
    return to_json(parts, model) | {
        "vector": None if vector is None else numbers(vector),
        "fingerprint": counts.tolist(),
        "field_node": None if vector is None else field_node(vector, model.fields),
        "remarks": remarks,
    }


def find_remarks(path: Path) -> list[str]:
    """Say what a user should know before he believes the answer."""
    kind = find_kind(path)
    return [] if kind is None else [STRETCHED.format(kind=kind)]
