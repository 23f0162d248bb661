"""Augmentations in units of sky sigma, before the stretch, so that each is something a telescope could do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from fingerprinting.cutout import BRIGHTEST, CORE, FOVEA, HIGHEST, LEAST_PEAK, LOWEST, SOFTENING, WINDOW

FAINTEST: Final = 3.0  # sigma: a peak is not dimmed below it, for such an object would not be detected
INTERPOLATED: Final = 0.45  # variance that bilinear interpolation leaves of white noise, on average


@dataclass(frozen=True)
class Augmentation:
    """How far a view may be from its window."""

    shift: float = 2.0  # pixels
    zoom: float = 0.1
    dimmest: float = 0.35
    unturned: float = 0.3  # share of views turned by multiples of 90 degrees only: their noise stays white


def make_view(windows: Tensor, plan: Augmentation, generator: torch.Generator) -> Tensor:
    """Turn windows (n, 64, 64) into foveae (n, 2, 32, 32) of a new view each."""

    def draw(low: float, high: float) -> Tensor:
        uniform = torch.rand(len(windows), generator=generator, device=windows.device)
        return low + (high - low) * uniform

    exact = draw(0, 1) < plan.unturned
    quarter = torch.pi / 2
    angle = torch.where(exact, draw(0, 4).floor() * quarter, draw(0, 4) * quarter)
    zoom = torch.where(exact, 1.0, torch.exp(draw(-plan.zoom, plan.zoom)))
    shift = torch.stack([draw(-plan.shift, plan.shift), draw(-plan.shift, plan.shift)], dim=1)
    shift = torch.where(exact[:, None], shift.round(), shift)
    turned, blank = _turn(windows, angle, zoom, shift, mirrored=draw(0, 1) < 0.5)  # noqa: PLR2004
    floor = torch.clamp(FAINTEST / _peak(windows), plan.dimmest, 1.0)
    dim = floor + (1 - floor) * draw(0, 1)
    kept = torch.where(exact, 1.0, INTERPOLATED)
    fresh = torch.sqrt(torch.clamp(1 - dim**2 * kept, min=0.0))[:, None, None]
    noise = torch.randn(windows.shape, generator=generator, device=windows.device)
    return stretch(torch.where(blank, 0.0, turned * dim[:, None, None] + noise * fresh))


def _turn(
    windows: Tensor, angle: Tensor, zoom: Tensor, shift: Tensor, *, mirrored: Tensor
) -> tuple[Tensor, Tensor]:
    """Turn, mirror, zoom and shift; also tell which pixels are blank (beyond the frame, or masked).

    Corners that come from beyond the window are 0 but not blank: they are filled by the noise.
    """
    cos, sin, mirror = torch.cos(angle) / zoom, torch.sin(angle) / zoom, 1 - 2 * mirrored.float()
    offset = shift * 2 / WINDOW
    first = torch.stack([cos * mirror, -sin, offset[:, 0]], 1)
    second = torch.stack([sin * mirror, cos, offset[:, 1]], 1)
    layers = torch.stack([windows, (windows == 0).float()], dim=1)
    grid = affine_grid(torch.stack([first, second], 1), list(layers.shape), align_corners=False)
    turned = grid_sample(layers, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return turned[:, 0], turned[:, 1] > 0.5  # noqa: PLR2004


def _peak(windows: Tensor) -> Tensor:
    """Give the mean of the brightest core pixels in sigma, (n,)."""
    edge = (WINDOW - CORE) // 2
    core = windows[:, edge : edge + CORE, edge : edge + CORE].flatten(1)
    return torch.clamp(core.topk(BRIGHTEST, dim=1).values.mean(dim=1), min=1.0)


def stretch(windows: Tensor) -> Tensor:
    """Make foveae of windows as fingerprinting.cutout.fovea does, in torch."""
    edge = (WINDOW - FOVEA) // 2
    native = windows[:, edge : edge + FOVEA, edge : edge + FOVEA]
    binned = torch.nn.functional.avg_pool2d(windows[:, None], 2)[:, 0]
    views = torch.asinh(torch.stack([native, binned], dim=1) / SOFTENING)
    edge = (FOVEA - CORE) // 2
    core = views[:, :, edge : edge + CORE, edge : edge + CORE].flatten(2)
    peak = torch.clamp(core.topk(BRIGHTEST, dim=2).values.mean(dim=2), min=LEAST_PEAK)
    return torch.clamp(views / peak[:, :, None, None], LOWEST, HIGHEST)
