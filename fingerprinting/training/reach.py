"""How far the object in the middle of a window reaches: its light is above the noise all the way."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample

from fingerprinting.cutout import WINDOW

RAYS: Final = 24
STEP: Final = 2.0  # pixels along a ray
LIGHT: Final = 1.0  # sigma of a pixel, averaged over 4 x 4 pixels: four times the noise of that


def measure_reach(windows: Tensor) -> Tensor:
    """Measure the longest of many rays from the middle that never leaves the light: pixels, (n,).

    Windows are (n, 64, 64), in sigma. A neighbour that touches the object counts as a part of it.
    """
    angle = torch.arange(RAYS, device=windows.device) * (2 * torch.pi / RAYS)
    radius = torch.arange(0, WINDOW // 2, STEP, device=windows.device) / (WINDOW / 2)
    rays = torch.stack([torch.outer(torch.cos(angle), radius), torch.outer(torch.sin(angle), radius)], dim=-1)
    smooth = avg_pool2d(windows[:, None], 4, stride=2, padding=1)
    grid = rays.expand(len(windows), *rays.shape)
    light = grid_sample(smooth, grid, mode="bilinear", padding_mode="zeros", align_corners=False)[:, 0]
    lit = (light > LIGHT).long().cumprod(dim=2).sum(dim=2)
    return lit.amax(dim=1) * STEP
