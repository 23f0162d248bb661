"""Object detection with SEP (Barbary 2016, the library form of SExtractor)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import sep
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.image import Part
from fingerprinting.noise import Sky, kernel_noise, model_sky
from fingerprinting.parameters import RECIPE, DetectionParameters

FIRST_STACK: Final = 400_000  # pixels of open objects; SEP fills this buffer first: 3 million take 50 ms
LAST_STACK: Final = 3_000_000
BRIGHT: Final = 3.0  # sigma
EVERY: Final = 16  # rows that bright pixels are counted in

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
class Detection:
    """What was found in one part, and the sky-subtracted pixels (ny, nx) it was found in."""

    objects: NDArray[np.void]
    sky_subtracted: NDArray[np.float32]
    sigma: float | NDArray[np.float32]
    background: float
    noise: float
    threshold: float
    n_detected: int


def detect(part: Part, parameters: DetectionParameters = RECIPE) -> Detection:
    """Subtract the sky of a part and find its objects; none at all is an answer too."""
    sky = model_sky(part, parameters.mesh)
    threshold = _threshold(part, sky, parameters)
    found, used = _extract(sky, part.mask, threshold, parameters)
    objects = _tabulate(found, sky.sigma)
    return Detection(objects, sky.subtracted, sky.sigma, sky.level, sky.noise, used, len(objects))


def _threshold(part: Part, sky: Sky, parameters: DetectionParameters) -> float:
    """Raise the threshold where correlated noise would make false objects."""
    least = parameters.resampled_threshold if part.resampled else parameters.threshold
    wanted = parameters.kernel_threshold * kernel_noise(sky, part.mask)
    return min(max(wanted, least), max(parameters.highest_threshold, least))


def _is_crowded(sky: Sky, parameters: DetectionParameters) -> bool:
    """Tell where cleaning, which compares every two objects, would take longer than all else."""
    rows = slice(None, None, EVERY)
    bright = np.count_nonzero(sky.subtracted[rows] > BRIGHT * sky.sigma[rows]) * EVERY
    return bool(bright > parameters.crowded)


def _extract(
    sky: Sky, mask: NDArray[np.bool_] | None, threshold: float, parameters: DetectionParameters
) -> tuple[NDArray[np.void], float]:
    """Extract objects; where SEP's buffers overflow, enlarge them, then raise the threshold."""
    sep.set_sub_object_limit(parameters.sub_objects)
    stack, pixels, clean = FIRST_STACK, sky.subtracted.size, not _is_crowded(sky, parameters)
    for _ in range(parameters.retries):
        sep.set_extract_pixstack(min(stack, pixels))
        try:
            # With a noise map SEP's default filter compares signal to noise after the kernel: hundreds of
            # false objects at 2 sigma. "conv" is the filter it uses for a single noise value.
            found = sep.extract(
                sky.subtracted,
                threshold,
                err=sky.sigma,
                mask=mask,
                minarea=parameters.area,
                deblend_nthresh=parameters.deblending,
                filter_type="conv",
                clean=clean,
            )
        except MemoryError:
            raise
        except Exception as error:  # SEP raises bare Exception when a buffer is full
            if "full" in str(error) and stack < min(LAST_STACK, pixels):
                stack = LAST_STACK
            elif "full" in str(error) or "overflow" in str(error):
                threshold *= parameters.retry_factor
            else:
                raise UnusableImageError(f"The objects of the image cannot be measured: {error}.") from error
        else:
            return found[np.isfinite(found["x"]) & np.isfinite(found["y"])], threshold
    raise UnusableImageError(
        f"The image has structure everywhere: objects cannot be told apart even at {threshold:.0f} sigma."
    )


def _tabulate(found: NDArray[np.void], sigma: NDArray[np.float32]) -> NDArray[np.void]:
    """Keep the columns that we store; snr is the isophotal flux over its sky noise."""
    objects = np.zeros(len(found), OBJECT)
    for name in ("x", "y", "a", "b", "theta", "flux", "peak", "npix"):
        objects[name] = found[name]
    objects["flags"] = found["flag"]
    objects["snr"] = found["flux"] / (sigma[found["ypeak"], found["xpeak"]] * np.sqrt(found["npix"]))
    return objects
