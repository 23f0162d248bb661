"""Network, loss and export: torch, plain arithmetic and onnxruntime must agree."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from fingerprinting.clusters import normalise
from fingerprinting.encoder import Encoder
from fingerprinting.training.contrast import contrast, draw_batch, shape_rate
from fingerprinting.training.embed import pool
from fingerprinting.training.export import build_graph, build_shapes, finish, quantise
from fingerprinting.training.network import EncoderNetwork, fuse, make_networks
from fingerprinting.training.whitening import Blend


@pytest.fixture(scope="module")
def network() -> EncoderNetwork:
    encoder, _ = make_networks(torch.Generator().manual_seed(2))
    generator = torch.Generator().manual_seed(3)
    encoder.train()
    for _ in range(30):  # running statistics that are not those of an untouched network
        encoder(torch.randn((64, 2, 32, 32), generator=generator) * 0.5 + 0.2)
    return encoder.eval()


@pytest.fixture(scope="module")
def foveae() -> NDArray[np.float32]:
    rng = np.random.default_rng(7)
    return (0.2 + 0.5 * rng.standard_normal((300, 2, 32, 32))).astype(np.float32)


def test_the_network_has_the_size_of_the_design() -> None:
    assert sum(weight.numel() for weight in EncoderNetwork().parameters()) == 160_512


def test_weights_come_from_the_generator_and_leave_torch_alone() -> None:
    torch.manual_seed(9)
    expected = torch.rand(3)
    torch.manual_seed(9)
    first, _ = make_networks(torch.Generator().manual_seed(1))
    again, _ = make_networks(torch.Generator().manual_seed(1))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))


def test_fused_graph_gives_what_the_network_gives(
    network: EncoderNetwork, foveae: NDArray[np.float32]
) -> None:
    with torch.no_grad():
        wanted = network(torch.from_numpy(foveae)).numpy()
    assert np.allclose(pool(build_graph(fuse(network)), foveae), wanted, atol=1e-4 * np.abs(wanted).max())


def test_int8_encoder_is_close_to_float_and_holds_the_shapes(
    network: EncoderNetwork, foveae: NDArray[np.float32]
) -> None:
    plain = build_graph(fuse(network))
    small = quantise(plain, foveae)
    unit, unit_small = normalise(pool(plain, foveae)), normalise(pool(small, foveae))
    assert np.sum(unit * unit_small, axis=1).min() > 0.998
    shapes = pool(build_shapes(), foveae)
    blend = Blend.fit(unit_small, shapes, 1.4)
    embeddings = Encoder(finish(small, blend).SerializeToString()).embed(foveae)
    assert np.allclose(embeddings, blend.apply(unit_small, shapes), atol=1e-4)
    assert len(small.SerializeToString()) < 300_000


def test_shapes_without_weight_leave_what_the_network_sees() -> None:
    rng = np.random.default_rng(2)
    unit = normalise(rng.standard_normal((300, 16)).astype(np.float32))
    shapes = rng.standard_normal((300, 5)).astype(np.float32)
    blend = Blend.fit(unit, shapes, 0)
    plain = blend.whitening.apply(unit)
    apart = normalise(plain - plain.mean(axis=0))
    turned = blend.apply(unit, shapes)
    assert np.allclose(turned @ turned.T, apart @ apart.T, atol=1e-5)


def test_loss_is_the_formula_of_the_paper() -> None:
    rng = np.random.default_rng(1)
    z = normalise(rng.standard_normal((12, 8)).astype(np.float32)).astype(float)
    losses = []
    for i in range(12):
        partner = (i + 6) % 12
        others = sum(np.exp(z[i] @ z[k] / 0.2) for k in range(12) if k != i)
        losses.append(-np.log(np.exp(z[i] @ z[partner] / 0.2) / others))
    assert float(contrast(torch.from_numpy(z), 0.2)) == pytest.approx(np.mean(losses), rel=1e-6)


def test_batches_follow_the_weights() -> None:
    weight = np.array([0.5, 0.25, 0.125, 0.125])
    edges, rng = np.cumsum(weight), np.random.default_rng(1)
    drawn = np.bincount(np.concatenate([draw_batch(edges, 64, rng) for _ in range(50)]), minlength=4) / 3200
    assert drawn == pytest.approx(weight, abs=0.02)


def test_learning_rate_rises_and_then_falls_to_nothing() -> None:
    rates = [shape_rate(step / 200, 0.05) for step in range(201)]
    assert rates.index(max(rates)) == pytest.approx(10, abs=1)
    assert max(rates) == pytest.approx(1, abs=0.01)
    assert rates[-1] == pytest.approx(0, abs=1e-3)
