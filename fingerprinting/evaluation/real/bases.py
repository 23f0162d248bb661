"""Sound frames of an archive as light and noise apart, to put defects into."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from caomai.errors import ImageError
from fingerprinting.description import STATISTICS
from fingerprinting.detect import Detection, detect
from fingerprinting.evaluation.real.content import read_contents
from fingerprinting.evaluation.real.montage import as_part
from fingerprinting.image import Part, read_parts
from fingerprinting.quality import measure_whole
from fingerprinting.training.collect import find_images, read_instrument

Image = NDArray[np.float32]

LEAST_OBJECTS: Final = 30
LEAST_BRIGHT, BRIGHT = 20, 20.0  # objects, and their signal to noise: blurred, the others drown in the noise
MOST_LIT: Final = 0.65  # of the frame: more is no sky
TRIES: Final = 3  # pieces that are drawn for each base after the first
LARGEST_SIDE: Final = 640  # pixels of the part of a frame that is used: where most objects are
LEAST_SIDE: Final = 200
USUAL_FWHM: Final = 3.0  # pixels, where there is no star to measure
MOST_ALIGNED, MOST_TRAILED = 0.4, 0.25  # statistics of all objects and of bright ones: trailed already
LARGEST_FWHM: Final = 4.5  # of a sound frame: one that is sampled more finely is binned
SMOOTHING, LIT, MARGIN, FEATHER = 1.5, 2.5, 5, 2.5  # pixels, but LIT: sigma of the smoothed image
TO_SIGMA: Final = 1.4826  # of the median absolute deviation
LARGE_SCALE: Final = 1 / 24  # cycles a pixel
SPECTRUM: Final = 7  # pixels of the Fourier plane that are averaged


@dataclass(frozen=True)
class Base:
    """A sound frame above its sky in units of the noise, (ny, nx), masked pixels 0; FWHM in pixels."""

    name: str
    instrument: str
    sky: Image
    mask: NDArray[np.bool_] | None
    fwhm: float

    @cached_property
    def lit(self) -> Image:
        """Tell where sources shine: weights (ny, nx) from 0 to 1 with soft edges."""
        smooth = ndimage.gaussian_filter(self.sky, SMOOTHING)
        noise = TO_SIGMA * float(np.median(np.abs(smooth - np.median(smooth))))
        wide = ndimage.maximum_filter(smooth > LIT * max(noise, 0.05), 2 * MARGIN + 1)
        return np.asarray(ndimage.gaussian_filter(wide.astype(np.float32), FEATHER), np.float32)

    @cached_property
    def _amplitude(self) -> Image:
        """Give the amplitude of the noise in the Fourier plane, from what is not lit."""
        dark = np.clip(self.sky, -5, 5) * (1 - self.lit)
        power = ndimage.uniform_filter(np.abs(fft.rfft2(dark)) ** 2, SPECTRUM, mode="wrap")
        height, width = dark.shape
        k = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
        # Clouds, and light that was not found, are no noise.
        most = np.median(power[(k > LARGE_SCALE) & (k < 2 * LARGE_SCALE)])
        power[k <= LARGE_SCALE] = np.minimum(power[k <= LARGE_SCALE], most)
        return np.asarray(np.sqrt(power), np.float32)

    def draw_noise(self, rng: np.random.Generator) -> Image:
        """Draw noise of 1 sigma, correlated as that of the frame, (ny, nx)."""
        white = fft.rfft2(rng.standard_normal(self.sky.shape, dtype=np.float32))
        field = fft.irfft2(white * self._amplitude, self.sky.shape)
        return np.asarray(field / max(float(field.std()), 1e-6), np.float32)


def find_bases(folders: Iterable[Path]) -> Iterator[Path]:
    """Find the images that nothing speaks against, by what the archive's list says of them."""
    contents = read_contents(folders)
    for path in find_images(folders):
        content = contents.get(path.resolve())
        if content is None or not content.harmed:
            yield path


def read_base(path: Path) -> Base | None:
    """Read a frame of one part with enough objects; None where it is another kind of file."""
    read = _read_only_part(path)
    return None if read is None else next(make_bases(path.name, *read), None)


def read_bases(path: Path, number: int) -> list[Base]:
    """Read at most so many bases of a frame: the one of read_base, then pieces of it drawn at random."""
    read = _read_only_part(path)
    return [] if read is None else list(make_bases(path.name, *read, number))


def _read_only_part(path: Path) -> tuple[str, Part, Detection] | None:
    """Read the instrument, the only part of a file and what is detected in it."""
    try:
        parts = list(read_parts(path))
        if len(parts) != 1:
            return None
        return read_instrument(path), parts[0], detect(parts[0])
    except ImageError:
        return None


def make_bases(
    name: str, instrument: str, part: Part, detection: Detection, number: int = 1
) -> Iterator[Base]:
    """Make at most so many bases of a part, from where most objects are and from other pieces of it.

    There are none of a part without enough objects, or whose stars are trailed already.
    """
    if min(part.shape) < LEAST_SIDE:
        return
    quality = measure_whole(part, detection)
    known = dict(zip(STATISTICS, quality.statistics, strict=True))
    if known["alignment"] > MOST_ALIGNED and known["stack_trail"] > MOST_TRAILED:
        return
    fwhm = USUAL_FWHM if quality.fwhm_pixel is None else quality.fwhm_pixel
    if fwhm > LARGEST_FWHM:
        part, fwhm = _bin(part), fwhm / 2
        try:
            detection = detect(part)
        except ImageError:
            return
    rng = np.random.default_rng(zlib.crc32(name.encode(errors="surrogateescape")))
    boxes = [_choose_box(part.shape, detection.objects)]
    boxes += [_draw_box(part.shape, rng) for _ in range(TRIES * (number - 1))]
    made = 0
    for box in boxes:
        base = _make_base(f"{name}{made or ''}", instrument, part, detection, box, min(fwhm, LARGEST_FWHM))
        if base is not None:
            made += 1
            yield base
        if (base is None and made == 0) or made == number:
            return


def _make_base(  # noqa: PLR0917  # what a base has
    name: str, instrument: str, part: Part, detection: Detection, box: tuple[slice, slice], fwhm: float
) -> Base | None:
    bright = detection.objects[detection.objects["snr"] >= BRIGHT]
    if _count(detection.objects, box) < LEAST_OBJECTS or _count(bright, box) < LEAST_BRIGHT:
        return None
    mask = None if part.mask is None else part.mask[box].copy()
    sky = np.asarray(detection.sky_subtracted / detection.sigma, np.float32)[box]
    base = Base(name, instrument, sky.copy(), mask, fwhm)
    return base if base.lit.mean() <= MOST_LIT else None


def _bin(part: Part) -> Part:
    """Add up 2 x 2 pixels, as a detector that is read out binned; a pixel is masked with any of its four."""
    height, width = (side // 2 * 2 for side in part.shape)

    def fold(pixels: NDArray[Any]) -> NDArray[Any]:
        return pixels[:height, :width].reshape(height // 2, 2, width // 2, 2)

    mask = None if part.mask is None else np.asarray(fold(part.mask).any(axis=(1, 3)))
    return as_part(np.ascontiguousarray(fold(part.pixels).sum(axis=(1, 3))), mask)


def _draw_box(shape: tuple[int, int], rng: np.random.Generator) -> tuple[slice, slice]:
    """Draw a piece of a frame."""
    sides = [min(side, int(rng.uniform(LEAST_SIDE, LARGEST_SIDE))) for side in shape]
    starts = [int(rng.integers(whole - side + 1)) for whole, side in zip(shape, sides, strict=True)]
    rows, columns = (slice(start, start + side) for start, side in zip(starts, sides, strict=True))
    return rows, columns


def _choose_box(shape: tuple[int, int], objects: NDArray[np.void]) -> tuple[slice, slice]:
    """Choose the part of a large frame, among nine, that has the most objects."""
    places = [[int(share * max(side - LARGEST_SIDE, 0)) for share in (0.5, 0, 1)] for side in shape]
    boxes = [
        (slice(y, y + min(shape[0], LARGEST_SIDE)), slice(x, x + min(shape[1], LARGEST_SIDE)))
        for y in places[0]
        for x in places[1]
    ]
    return max(boxes, key=lambda box: _count(objects, box))


def _count(objects: NDArray[np.void], box: tuple[slice, slice]) -> int:
    rows, columns = box
    inside = (objects["y"] >= rows.start) & (objects["y"] < rows.stop)
    inside &= (objects["x"] >= columns.start) & (objects["x"] < columns.stop)
    return int(inside.sum())
