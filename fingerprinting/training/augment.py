"""Augmentations in units of sky sigma, before the stretch, so that each is something a telescope could do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample

from fingerprinting.cutout import (
    BRIGHTEST,
    CORE,
    FOVEA,
    HIGHEST,
    LEAST_PEAK,
    LOWEST,
    SOFTENING,
    WINDOW,
    make_grain,
)
from fingerprinting.training.reach import measure_reach

FAINTEST: Final = 3.0  # sigma: a peak is not dimmed below it, for such an object would not be detected
INTERPOLATED: Final = 0.45  # variance that bilinear interpolation leaves of white noise, on average
NEAREST, FARTHEST = 8.0, 26.0  # pixels: the surroundings that are changed begin between these


@dataclass(frozen=True)
class Augmentation:
    """How far a view may be from its window."""

    shift: float = 2.0  # pixels
    zoom: float = 0.1
    dimmest: float = 0.35
    unturned: float = 0.3  # share of views turned by multiples of 90 degrees only: their noise stays white
    moved: float = 0.6  # share of views whose surroundings are empty sky, or those of another object


@dataclass(frozen=True)
class _Turn:
    """Where the pixels of views come from: places in their windows, -1 to 1, each (n, 64, 64)."""

    x: Tensor
    y: Tensor
    exact: Tensor  # (n,): turned by a multiple of 90 degrees


def make_view(windows: Tensor, plan: Augmentation, generator: torch.Generator) -> Tensor:
    """Turn windows (n, 64, 64) into foveae (n, 2, 32, 32) of a new view each."""
    turn = _draw_turn(len(windows), plan, generator, windows.device)
    floor = torch.clamp(FAINTEST / _peak(windows), plan.dimmest, 1.0)
    dim = floor + (1 - floor) * _draw(windows, 0, 1, generator)
    kept = torch.where(turn.exact, 1.0, INTERPOLATED)
    fresh = torch.sqrt(torch.clamp(1 - dim**2 * kept, min=0.0))
    noise = torch.randn(windows.shape, generator=generator, device=windows.device)
    view = _sample(windows, turn, "bilinear") * _wide(dim) + noise * _wide(fresh)
    _cover(view, windows, turn, noise)
    if plan.moved:
        view = _move(view, windows, turn, plan.moved, generator)
    return stretch(view)


def _draw(windows: Tensor, low: float, high: float, generator: torch.Generator) -> Tensor:
    uniform = torch.rand(len(windows), generator=generator, device=windows.device)
    return low + (high - low) * uniform


def _wide(values: Tensor) -> Tensor:
    return values[:, None, None]


def _draw_turn(n: int, plan: Augmentation, generator: torch.Generator, device: torch.device) -> _Turn:
    """Draw how windows are turned, mirrored, zoomed and shifted."""
    one = torch.empty(n, device=device)

    def draw(low: float, high: float) -> Tensor:
        return _draw(one, low, high, generator)

    exact = draw(0, 1) < plan.unturned
    quarter = torch.pi / 2
    angle = torch.where(exact, draw(0, 4).floor() * quarter, draw(0, 4) * quarter)
    zoom = torch.where(exact, 1.0, torch.exp(draw(-plan.zoom, plan.zoom)))
    shift = torch.stack([draw(-plan.shift, plan.shift), draw(-plan.shift, plan.shift)])
    shift = torch.where(exact, shift.round(), shift) * 2 / WINDOW
    mirror = 1 - 2 * (draw(0, 1) < 0.5).float()  # noqa: PLR2004
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    place = (torch.arange(WINDOW, device=device) * 2 + 1) / WINDOW - 1
    x, y = place[None, None, :], place[None, :, None]
    return _Turn(
        _wide(cos * mirror) * x - _wide(sin) * y + _wide(shift[0]),
        _wide(sin * mirror) * x + _wide(cos) * y + _wide(shift[1]),
        exact,
    )


def _sample(layers: Tensor, turn: _Turn, mode: str) -> Tensor:
    """Look up layers (n, 64, 64) where a turn says; what comes from beyond a window is 0."""
    grid = torch.stack([turn.x, turn.y], dim=-1)
    return grid_sample(layers[:, None], grid, mode=mode, padding_mode="zeros", align_corners=False)[:, 0]


def _cover(view: Tensor, windows: Tensor, turn: _Turn, noise: Tensor) -> None:
    """Put noise where there are no pixels (beyond the frame, or masked), as the encoder's input has it."""
    blank = windows == 0
    some = blank.flatten(1).any(dim=1).nonzero()[:, 0]
    if len(some):
        part = _Turn(turn.x[some], turn.y[some], turn.exact[some])
        turned = _sample(blank[some].float(), part, "nearest") > 0.5  # noqa: PLR2004
        view[some] = torch.where(turned, noise[some], view[some])


def fill(windows: Tensor) -> Tensor:
    """Put the grain of fingerprinting.cutout.fovea where there are no pixels."""
    return torch.where(windows == 0, torch.from_numpy(make_grain()).to(windows.device), windows)


def _move(view: Tensor, windows: Tensor, turn: _Turn, share: float, generator: torch.Generator) -> Tensor:
    """Bring objects to other surroundings: else where the neighbours lie would decide what an object is."""
    radius = torch.maximum(_draw(windows, NEAREST, FARTHEST, generator), measure_reach(windows) + 2)
    radius = torch.where(_draw(windows, 0, 1, generator) < share, radius, torch.inf)
    away = torch.hypot(turn.x, turn.y) * (WINDOW / 2) > _wide(radius)
    order = torch.randperm(len(view), generator=generator, device=view.device)
    empty = torch.randn(view.shape, generator=generator, device=view.device)
    crowded = _wide(_draw(windows, 0, 1, generator) < 0.5)  # noqa: PLR2004
    return torch.where(away, torch.where(crowded, view[order], empty), view)


def _peak(windows: Tensor) -> Tensor:
    """Give the mean of the brightest core pixels in sigma, (n,)."""
    edge = (WINDOW - CORE) // 2
    core = windows[:, edge : edge + CORE, edge : edge + CORE].flatten(1)
    return torch.clamp(core.topk(BRIGHTEST, dim=1).values.mean(dim=1), min=1.0)


def stretch(windows: Tensor) -> Tensor:
    """Make foveae of windows without blank pixels as fingerprinting.cutout.fovea does, in torch."""
    edge = (WINDOW - FOVEA) // 2
    native = windows[:, edge : edge + FOVEA, edge : edge + FOVEA]
    binned = avg_pool2d(windows[:, None], 2)[:, 0]
    views = torch.stack([native, binned], dim=1) / SOFTENING
    size = views.abs()
    views = torch.copysign(torch.log(size + torch.sqrt(size * size + 1)), views)  # asinh, four times as fast
    edge = (FOVEA - CORE) // 2
    core = views[:, :, edge : edge + CORE, edge : edge + CORE].flatten(2)
    peak = torch.clamp(core.topk(BRIGHTEST, dim=2).values.mean(dim=2), min=LEAST_PEAK)
    return torch.clamp(views / peak[:, :, None, None], LOWEST, HIGHEST)
