"""Whole images in their fields of Map 2, each as a thumbnail."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from caomai.errors import ImageError, ParameterError
from fingerprinting.encoder import Encoder
from fingerprinting.fieldmap import FIELDS, field_node
from fingerprinting.fingerprint import search_vector, sum_descriptions
from fingerprinting.image import read_parts
from fingerprinting.model import Model
from fingerprinting.pipeline import describe_file
from fingerprinting.simulation.write import write_frame
from fingerprinting.training.collect import Source, draw_frame, read_instrument

SIDE: Final = 120  # pixels: the longer side of a thumbnail
DARKEST, BRIGHTEST = 10, 99.5  # percentiles: the sky is dark grey, the brightest few pixels are white
CONTRAST: Final = 8.0  # brightest less darkest, in softenings of the asinh
SKY: Final = 0.12  # grey of the darkest percentile


@dataclass(frozen=True)
class View:
    """An image: its thumbnail, grey (h, w) with row 0 at the top, its field and how like the field it is."""

    source: Source
    thumbnail: NDArray[np.uint8]
    field: int
    likeness: float


class Viewer:
    """Looks at whole images with the eyes of a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._encoder = Encoder(model.encoder)

    def view_images(
        self, paths: Iterable[Path], refuse: Callable[[Path, ImageError], None]
    ) -> Iterator[View]:
        """View FITS files; what cannot be used is refused by name, what has no place on the map left out."""
        for path in paths:
            try:
                yield from self.view(path, Source(path.name, read_instrument(path)))
            except ImageError as error:
                refuse(path, error)

    def view_frames(self, frames: int, seed: int) -> Iterator[View]:
        """View simulated frames, by way of files as all images."""
        with tempfile.TemporaryDirectory(prefix="caom-ai-picture-") as folder:
            path = Path(folder) / "frame.fits"
            for number in range(frames):
                source, frame = draw_frame(number, seed, np.random.default_rng([seed, 2, number]))
                write_frame(frame, path)
                yield from self.view(path, source)

    def view(self, path: Path, source: Source) -> Iterator[View]:
        """View one file, of which the first part is shown; nothing where it has no place on the map."""
        described = describe_file(path, self.model, encoder=self._encoder)
        vector = search_vector(*sum_descriptions(described), self.model)
        if vector is not None:
            field = field_node(vector, self.model.fields)
            part = next(iter(read_parts(path, [described[0].name])))
            likeness = float(self.model.fields.centroids[field] @ vector)
            yield View(source, shrink(part.pixels, part.mask), field, likeness)


def typical_images(views: list[View]) -> list[View | None]:
    """Give for each field the image nearest to its centroid, real ones first; None where it has none."""
    typical: list[View | None] = [None] * FIELDS
    for view in sorted(views, key=lambda view: (not view.source.field_type, view.likeness)):
        typical[view.field] = view
    if not views:
        raise ParameterError("No image with objects was found; give more images or simulated frames.")
    return typical


def shrink(pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    """Shrink and stretch a frame (ny, nx), row 0 at the bottom, to a grey thumbnail with row 0 at the top."""
    filled = pixels
    if mask is not None and not mask.all():
        filled = np.where(mask, np.float32(np.median(pixels[~mask])), pixels)
    height, width = filled.shape
    factor = SIDE / max(height, width)
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    small = np.asarray(Image.fromarray(filled).resize(size, Image.Resampling.BOX), np.float32)
    return stretch_frame(small)[::-1]


def stretch_frame(small: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn a small frame into grey by asinh between its own percentiles."""
    low, high = np.percentile(small, [DARKEST, BRIGHTEST])
    softening = max((high - low) / CONTRAST, 1e-30)
    light = np.arcsinh((small - low) / softening) / np.arcsinh(CONTRAST)
    grey: NDArray[np.uint8] = np.rint(np.clip(SKY + (1 - SKY) * light, 0, 1) * 255).astype(np.uint8)
    return grey
