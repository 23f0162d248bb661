"""Object detection with SEP (Barbary 2016, the library form of SExtractor)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import sep
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.image import Part

OBJECT: Final = np.dtype(
    [
        ("x", "f8"),  # 0-based, in the part's array
        ("y", "f8"),
        ("a", "f4"),  # pixels, one standard deviation along the axis
        ("b", "f4"),
        ("theta", "f4"),  # radians, counter-clockwise from x
        ("flux", "f4"),
        ("peak", "f4"),
        ("npix", "i4"),
        ("flags", "i2"),
        ("snr", "f4"),
    ]
)


@dataclass(frozen=True)
class DetectionParameters:
    """The recipe; a part of the model's identity, because nodes depend on what is detected."""

    threshold: float = 2.0  # sigma
    correlated_threshold: float = 2.5  # where WHT or ERR tell of resampled, correlated noise
    area: int = 5  # connected pixels
    mesh: int = 128  # background box, pixels
    pixel_stack: int = 3_000_000
    sub_objects: int = 4096
    retry_factor: float = 1.6
    retries: int = 8


@dataclass(frozen=True)
class Detection:
    """What was found in one part and the sky-subtracted pixels it was found in."""

    objects: NDArray[np.void]
    sky_subtracted: NDArray[np.float32]
    sigma: float | NDArray[np.float32]
    background: float
    noise: float
    threshold: float
    n_detected: int


RECIPE: Final = DetectionParameters()


def detect(part: Part, parameters: DetectionParameters = RECIPE) -> Detection:
    """Subtract the sky of a part and find its objects."""
    sky = sep.Background(
        part.pixels,
        mask=part.mask,
        bw=min(parameters.mesh, part.pixels.shape[1]),
        bh=min(parameters.mesh, part.pixels.shape[0]),
    )
    subtracted = part.pixels.copy()
    sky.subfrom(subtracted)
    if part.mask is not None:
        subtracted[part.mask] = 0
    if not sky.globalrms > 0:
        raise UnusableImageError("The image is constant: it has no noise to detect anything against.")
    sigma: float | NDArray[np.float32] = float(sky.globalrms)
    threshold = parameters.threshold
    if part.noise is not None:
        sigma, threshold = _match(part, sky.globalrms), parameters.correlated_threshold
    found, used = _extract(subtracted, sigma, part.mask, threshold, parameters)
    objects = _tabulate(found, sigma)
    return Detection(
        objects, subtracted, sigma, float(sky.globalback), float(sky.globalrms), used, len(objects)
    )


def _match(part: Part, rms: float) -> NDArray[np.float32]:
    """Scale the relative noise of a weight map to the noise that the sky really has."""
    assert part.noise is not None
    good = np.isfinite(part.noise) & (part.noise > 0)
    if part.mask is not None:
        good &= ~part.mask
    if not good.any():
        raise UnusableImageError("The weight map leaves no usable pixel.")
    scale = rms / float(np.median(part.noise[good]))
    noise: NDArray[np.float32] = np.where(good, part.noise * np.float32(scale), np.float32(0))
    return noise


def _extract(
    subtracted: NDArray[np.float32],
    sigma: float | NDArray[np.float32],
    mask: NDArray[np.bool_] | None,
    threshold: float,
    parameters: DetectionParameters,
) -> tuple[NDArray[np.void], float]:
    """Extract objects; when SEP's buffers overflow (flats, ghosts), try again at a higher threshold."""
    sep.set_extract_pixstack(parameters.pixel_stack)
    sep.set_sub_object_limit(parameters.sub_objects)
    for _ in range(parameters.retries):
        try:
            return sep.extract(
                subtracted, threshold, err=sigma, mask=mask, minarea=parameters.area
            ), threshold
        except Exception as error:  # SEP raises bare Exception for its buffers
            if "overflow" not in str(error) and "full" not in str(error):
                raise
            threshold *= parameters.retry_factor
    raise UnusableImageError(
        f"Detection overflows up to {threshold:.0f} sigma: the sky level of this image cannot be modelled."
    )


def _tabulate(found: NDArray[np.void], sigma: float | NDArray[np.float32]) -> NDArray[np.void]:
    """Keep the columns that we store; snr is isophotal flux over its sky noise."""
    objects = np.zeros(len(found), OBJECT)
    for name in ("x", "y", "a", "b", "theta", "flux", "peak", "npix"):
        objects[name] = found[name]
    objects["flags"] = found["flag"]
    local = (
        np.float32(sigma) if np.ndim(sigma) == 0 else np.asarray(sigma)[found["ypeak"], found["xpeak"]]
    )
    noise = local * np.sqrt(found["npix"])
    objects["snr"] = np.divide(found["flux"], noise, out=np.zeros(len(found)), where=noise > 0)
    return objects
