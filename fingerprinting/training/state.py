"""What training has learnt so far, as named arrays: networks, optimiser, random numbers, losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

WORD: Final = (1 << 64) - 1  # the 128-bit numbers of PCG64 are two of these

Arrays = dict[str, NDArray[Any]]


@dataclass
class State:
    """All that a step changes: what is not in here is lost when training is interrupted.

    Further memory of a method (a queue, a moving average) belongs into the networks, as a buffer of a module.
    """

    networks: nn.ModuleDict
    optimiser: torch.optim.Optimizer
    generator: torch.Generator  # on the device: of the views
    rng: np.random.Generator  # of the batches
    losses: list[float] = field(default_factory=list)
    pending: list[Tensor] = field(default_factory=list)  # losses still on the device

    @property
    def step(self) -> int:
        """Give the number of steps taken."""
        return len(self.losses) + len(self.pending)

    def settle(self) -> None:
        """Bring the losses from the device."""
        if self.pending:
            self.losses += torch.stack(self.pending).double().cpu().tolist()
            self.pending.clear()

    def to_arrays(self) -> Arrays:
        """Give everything as arrays."""
        self.settle()
        arrays = {f"network.{name}": _array(value) for name, value in self.networks.state_dict().items()}
        for index, values in self.optimiser.state_dict()["state"].items():
            arrays |= {f"optimiser.{index}.{name}": _array(value) for name, value in values.items()}
        arrays["generator"] = self.generator.get_state().numpy()
        arrays["rng"] = _encode_rng(self.rng)
        arrays["losses"] = np.array(self.losses, np.float64)
        return arrays

    def from_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Become the state that gave these arrays; LookupError, RuntimeError or ValueError if it cannot."""
        weights = {name: torch.from_numpy(value) for name, value in _below("network", arrays).items()}
        self.networks.load_state_dict(weights)
        parameters = [one for group in self.optimiser.param_groups for one in group["params"]]
        groups = self.optimiser.state_dict()["param_groups"]
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in _below("optimiser", arrays).items():
            index, _, key = name.partition(".")
            moments.setdefault(int(index), {})[key] = _lay_as(parameters[int(index)], value)
        self.optimiser.load_state_dict({"state": moments, "param_groups": groups})
        self.generator.set_state(torch.from_numpy(arrays["generator"]))
        _restore_rng(self.rng, arrays["rng"])
        self.losses, self.pending = arrays["losses"].tolist(), []


def _below(root: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    return {name[len(root) + 1 :]: value for name, value in arrays.items() if name.startswith(f"{root}.")}


def _array(value: Tensor | float) -> NDArray[Any]:
    tensor = torch.as_tensor(value).detach().cpu()
    return np.ascontiguousarray(tensor.numpy()).reshape(tuple(tensor.shape))


def _lay_as(parameter: Tensor, value: NDArray[Any]) -> Tensor:
    """Lay a moment in memory as its parameter lies: else sums might be rounded in another order."""
    tensor = torch.from_numpy(value)
    if tensor.shape != parameter.shape:
        return tensor
    return torch.empty_like(parameter.detach(), dtype=tensor.dtype).copy_(tensor)


def _encode_rng(rng: np.random.Generator) -> NDArray[np.uint64]:
    state: dict[str, Any] = dict(rng.bit_generator.state)
    numbers = state["state"]["state"], state["state"]["inc"]
    words = [word for number in numbers for word in (number & WORD, number >> 64)]
    return np.array([*words, state["has_uint32"], state["uinteger"]], np.uint64)


def _restore_rng(rng: np.random.Generator, words: NDArray[np.uint64]) -> None:
    low, high, low_step, high_step, half, rest = (int(word) for word in words)
    rng.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": low | high << 64, "inc": low_step | high_step << 64},
        "has_uint32": half,
        "uinteger": rest,
    }
