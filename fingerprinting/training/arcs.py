"""Learns the filters of fingerprinting.arcs: python -m fingerprinting.training.arcs -o FILE --images DIR."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from fingerprinting.arcs import ANGLES, FILTERS, HIDDEN, RADII, SECOND, SIDE, TAPS, unroll
from fingerprinting.evaluation.split import TRAIN, choose_part
from fingerprinting.training.collect import find_images
from fingerprinting.training.lensing import Examples, draw_examples

STEPS: Final = 4000
LENSED, PLAIN = 96, 288  # examples of a step
RATE, DECAY = 3e-3, 1e-2
CHUNK: Final = 256

Floats = NDArray[np.float32]


class Network(nn.Module):
    """The filters as torch trains them."""

    def __init__(self) -> None:
        super().__init__()
        ring = {"padding": TAPS // 2, "padding_mode": "circular"}
        self.first = nn.Conv1d(RADII, FILTERS, TAPS, **ring)  # type: ignore[arg-type]
        self.second = nn.Conv1d(FILTERS, SECOND, TAPS, **ring)  # type: ignore[arg-type]
        self.third = nn.Linear(2 * SECOND, HIDDEN)
        self.last = nn.Linear(HIDDEN, 1)

    def forward(self, light: torch.Tensor) -> torch.Tensor:
        """Weigh light (n, radii, angles)."""
        found = functional.relu(self.second(functional.relu(self.first(light))))
        pooled = torch.cat([found.amax(dim=2), found.mean(dim=2)], dim=1)
        weighed: torch.Tensor = self.last(functional.relu(self.third(pooled)))
        return weighed[:, 0]

    def to_arrays(self) -> dict[str, Floats]:
        """Give the arrays that fingerprinting.arcs reads."""
        return {name: _flatten(getattr(self, name)) for name in ("first", "second", "third", "last")}


def _flatten(layer: nn.Conv1d | nn.Linear) -> Floats:
    weight = layer.weight.detach()
    if weight.ndim == 3:  # noqa: PLR2004  # out, in, taps
        weight = weight.transpose(1, 2).flatten(1)
    bias = layer.bias.detach() if layer.bias is not None else torch.zeros(len(weight))
    return np.asarray(torch.cat([weight, bias[:, None]], dim=1).numpy(), np.float32)


def train_filters(examples: Examples, seed: int, steps: int = STEPS) -> Network:
    """Learn to tell lenses from what else there is; the same seed and steps give the same filters."""
    torch.manual_seed(seed)
    light = torch.from_numpy(unroll_all(examples.windows))
    lensed = torch.from_numpy(examples.lensed)
    groups = [(torch.where(lensed)[0], LENSED), (torch.where(~lensed)[0], PLAIN)]
    wanted = torch.cat([torch.ones(LENSED), torch.zeros(PLAIN)])
    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for step in range(steps):
        chosen = torch.cat([group[torch.randint(len(group), (number,))] for group, number in groups])
        seen = torch.roll(light[chosen], int(torch.randint(ANGLES, (1,))), 2)
        weighed = network(seen.flip(2) if step % 2 else seen)
        loss = functional.binary_cross_entropy_with_logits(weighed, wanted)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return network.eval()


def unroll_all(windows: NDArray[np.float16]) -> Floats:
    """Sample windows on circles as the network takes them, (n, radii, angles)."""
    edge = (windows.shape[-1] - SIDE) // 2
    inner = windows[:, edge : edge + SIDE, edge : edge + SIDE]
    parts = [unroll(inner[i : i + CHUNK].astype(np.float32)) for i in range(0, len(inner), CHUNK)]
    return np.concatenate([part.transpose(2, 1, 0) for part in parts])


def main(
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write, .npz.")],
    images: Annotated[list[Path], typer.Option(help="Folder of FITS files; those of the training part.")],
    frames: Annotated[int, typer.Option(help="Simulated frames.")] = 480,
    seed: Annotated[int, typer.Option()] = 1,
    steps: Annotated[int, typer.Option()] = STEPS,
) -> None:
    """Learn the filters from real images and simulated frames, into which lenses are drawn."""
    torch.set_num_threads(1)
    paths = [path for path in find_images(images) if choose_part(path.name) == TRAIN]
    examples = draw_examples(paths, frames, seed, lambda path, error: typer.echo(f"{path}: {error}"))
    network = train_filters(examples, seed, steps)
    arrays: dict[str, Any] = {**network.to_arrays()}
    np.savez(output, **arrays)
    typer.echo(f"{len(examples.lensed)} examples, {np.sum(examples.lensed)} lenses: {output}")


if __name__ == "__main__":
    typer.run(main)
