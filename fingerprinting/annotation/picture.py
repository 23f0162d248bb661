"""One part of a file as a picture, objects marked or not, made in a process that may die of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError, ParameterError
from fingerprinting.annotation.backdrop import draw_backdrop
from fingerprinting.annotation.drawing import draw_annotated, say_number
from fingerprinting.annotation.names import Names
from fingerprinting.description import PartDescription
from fingerprinting.encoder import Encoder
from fingerprinting.model import Model
from fingerprinting.picture import open_image
from fingerprinting.pictures.sheet import encode
from fingerprinting.pipeline import describe_file
from fingerprinting.planes import Plane, choose_planes
from fingerprinting.previews.drawing import draw_preview

TOLD: Final = 12  # parts that are named


@dataclass(frozen=True)
class Known:
    """Objects (the fields of PartDescription.objects) that were found before, of `found` in all."""

    objects: NDArray[np.void]
    found: int


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn: a part, the first usable one if none is named; objects if they are known.

    With a stretch nothing is marked, so that another program can mark what lies at FITS pixels.
    """

    title: str
    part: str | None = None
    names: Names = field(default_factory=Names)
    known: Known | None = None
    stretch: str | None = None


def draw(path: Path, drawing: Drawing, model: Model, encoder: Encoder) -> bytes:
    """Draw a part of a FITS file, or a PNG or JPEG picture, as PNG."""
    with open_image(path) as file:
        planes = choose_planes(file)
        if drawing.stretch is not None:
            return draw_preview(file, _find_planes(planes, drawing.part)[0], drawing.stretch)
        plane, known = _find_objects(path, drawing, planes, model, encoder)
        backdrop = draw_backdrop(file, plane)
    notes = tell_part(plane, [other.name for other in planes], known)
    sheet = draw_annotated(backdrop, known.objects, drawing.names, drawing.title, notes)
    return encode(sheet.image, {"Title": f"Objects of {drawing.title}", "Software": "caom-ai annotate"})


def _find_objects(
    path: Path, drawing: Drawing, planes: Sequence[Plane], model: Model, encoder: Encoder
) -> tuple[Plane, Known]:
    wanted = _find_planes(planes, drawing.part)
    if drawing.known is not None:
        return wanted[0], drawing.known
    refused = []
    for plane in wanted:
        try:
            part = _describe(path, plane, model, encoder)
        except ImageError as error:
            refused.append(error)
            continue
        return plane, Known(part.objects, part.n_detected)
    raise refused[0]


def _find_planes(planes: Sequence[Plane], part: str | None) -> list[Plane]:
    """Find the planes of a part, or all; an image has one at least."""
    wanted = [plane for plane in planes if part in {None, plane.name}]
    if not wanted:
        there = ", ".join(plane.name for plane in planes[:TOLD])
        raise ParameterError(f"The file has no image {part!a}; it has {there}.")
    return wanted


def _describe(path: Path, plane: Plane, model: Model, encoder: Encoder) -> PartDescription:
    return describe_file(path, model, [plane.name], encoder=encoder, open_file=open_image)[0]


def tell_part(plane: Plane, parts: Sequence[str], known: Known) -> list[str]:
    """Say in two lines what a picture shows of a file."""
    height, width = plane.box.shape
    shown = len(known.objects)
    sample = f"; {shown:,} of them are marked" if shown < known.found else ""
    told = f"Part {plane.name}, {width:,} x {height:,} pixels: {say_number(known.found, 'object')}{sample}."
    others = [name for name in parts if name != plane.name]
    more = f" and {len(others) - TOLD} more" if len(others) > TOLD else ""
    named = f" Other parts: {', '.join(others[:TOLD])}{more}." if others else ""
    return [told + named, "y runs upward, as in the file."]
