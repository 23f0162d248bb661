"""The losses of the papers against arithmetic by hand, and the courses of training."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from torch import nn

from fingerprinting.baselines import autoencoder, course
from fingerprinting.baselines.course import Course, plan_course
from fingerprinting.baselines.deploy import Deployed, build_graph
from fingerprinting.baselines.histogram import hellinger
from fingerprinting.baselines.published import student, vae, vicreg
from fingerprinting.baselines.published.method import MINUTES, PASSES
from fingerprinting.baselines.som import (
    Nodes,
    find_neighbours,
    measure_grid,
    organise,
    shrink_radius,
    square_distances,
)
from fingerprinting.baselines.weights import make_network
from fingerprinting.evaluation.method import Budget

from .conftest import Sky, hush


def random(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_neighbourhood_shrinks_from_ten_cells_to_half_a_cell() -> None:
    radii = [shrink_radius(done / 10) for done in range(11)]
    assert radii[0] == pytest.approx(10)
    assert radii[-1] == pytest.approx(0.5)
    ratios = np.divide(radii[1:], radii[:-1])
    assert np.allclose(ratios, 0.05 ** (1 / 10))


@pytest.mark.parametrize("radius", [3.0, 0.1])
def test_loss_of_the_map_is_that_of_the_paper(radius: float) -> None:
    points, nodes = random(7, 5), random(400, 5, seed=2)
    wanted = 0.0
    for row in cdist(points, nodes, "sqeuclidean"):
        best = row.argmin()
        cells = [abs(best % 20 - node % 20) + abs(best // 20 - node // 20) for node in range(400)]
        weight = np.exp(-((np.array(cells) / radius) ** 2))
        wanted += (weight * row).sum() / weight.sum() / len(points)
    squares = square_distances(points, nodes)
    near = find_neighbours(squares, measure_grid(), radius)
    assert float(organise(squares, near)) == pytest.approx(wanted, rel=1e-6)


def test_map_unfolds_over_what_it_is_shown() -> None:
    """Points of a square: neighbours on the grid end as neighbours in the square, and no node is idle."""
    nodes, grid = Nodes(torch.full((400, 2), 0.5) + 0.01 * random(400, 2).float()), measure_grid()
    rng = torch.Generator().manual_seed(1)
    for step in range(300):
        points = torch.rand((256, 2), generator=rng)
        near = find_neighbours(square_distances(points, nodes.places), grid, shrink_radius(step / 300))
        nodes.move(points, near, step / 300)
    places = nodes.places.reshape(20, 20, 2)
    step = (places[1:] - places[:-1]).norm(dim=2).mean() + (places[:, 1:] - places[:, :-1]).norm(dim=2).mean()
    assert float(step) / 2 < 0.1
    used = square_distances(torch.rand((8000, 2), generator=rng), nodes.places).argmin(dim=1)
    assert len(set(used.tolist())) > 360


def test_vicreg_is_its_three_terms() -> None:
    first, second = random(9, 4), random(9, 4, seed=2) * 0.3
    a, b = first.numpy(), second.numpy()
    wanted = 25 * np.mean((a - b) ** 2)
    for z in (a, b):
        wanted += 25 * np.mean(np.maximum(0, 1 - np.sqrt(z.var(axis=0, ddof=1) + 1e-4))) / 2
        covariance = np.cov(z.T)
        wanted += (np.sum(covariance**2) - np.sum(np.diag(covariance) ** 2)) / 4
    assert float(vicreg.compare(first, second)) == pytest.approx(wanted, rel=1e-9)


def test_soft_assignment_is_students_t() -> None:
    points, nodes = random(6, 3), random(5, 3, seed=2)
    squares = cdist(points, nodes, "sqeuclidean")
    kernel = (1 + squares / 0.9) ** (-1.9 / 2)
    soft = student.soften(points, nodes)
    assert np.allclose(soft, kernel / kernel.sum(axis=1, keepdims=True))
    assert np.array_equal(soft.argmax(dim=1), squares.argmin(axis=1))
    sharp = kernel / kernel.sum(axis=1, keepdims=True)
    sizes = sharp.sum(axis=0)
    sharp = sharp**2 / sizes
    assert np.allclose(
        student.sharpen(soft, torch.from_numpy(sizes)), sharp / sharp.sum(axis=1, keepdims=True)
    )


def test_means_are_found_where_the_points_are() -> None:
    centres = random(6, 3) * 20
    points = (centres.repeat(50, 1) + random(300, 3, seed=4)).float()
    means = student.find_means(points, 12, seed=1)
    apart = cdist(centres, means)
    assert apart.min(axis=1).max() < 1.5
    assert cdist(means, points).min(axis=1).max() < 3


def test_bound_of_the_vae_is_error_and_divergence() -> None:
    again, features, mean, log_variance = (random(4, 6, seed=seed) for seed in range(4))
    gauss = torch.distributions.Normal
    divergence = torch.distributions.kl_divergence(gauss(mean, (log_variance / 2).exp()), gauss(0.0, 1.0))
    wanted = (((again - features) ** 2).sum(dim=1) / 2 + divergence.sum(dim=1)).mean()
    assert float(vae.bound(again, features, mean, log_variance)) == pytest.approx(float(wanted))


def test_space_of_fields_keeps_what_images_differ_in() -> None:
    rng = np.random.default_rng(1)
    group = np.arange(120) % 6
    features = (rng.standard_normal((6, 40))[group] + rng.standard_normal((120, 40))).astype(np.float32)
    features[:, 7] = 3.0  # a constant one, as log10(1 + 0) of a node that nobody uses

    def rank(steps: int) -> float:
        space, _ = vae.fit_space(features, Course("a", steps=steps), 1, hush)
        apart = cdist(space.place(features), space.place(features))
        np.fill_diagonal(apart, np.inf)
        return float(np.mean(group[apart.argsort(axis=1)[:, :10]] == group[:, None]))

    assert rank(300) > max(rank(1) + 0.05, 0.75)


def test_hellinger_distance_is_that_of_shares() -> None:
    counts = np.array([[3, 1, 0], [0, 50, 50], [0, 0, 0]])
    vectors = hellinger(counts)
    shared = np.sqrt(0.25 * 0.5)  # only the second node is in both
    assert np.sum((vectors[0] - vectors[1]) ** 2) == pytest.approx(2 - 2 * shared)
    assert not vectors[2].any()


class Clock:
    """Seven seconds pass at each step."""

    def __init__(self) -> None:
        self.now, self.shares = 1000.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def step(self, done: float) -> torch.Tensor:
        self.now += 7
        self.shares.append(done)
        return torch.tensor(1.0)


@pytest.mark.parametrize(("minutes", "steps"), [(100 / 60, 14), (104 / 60, 15), (0.001, 1)])
def test_a_budget_of_minutes_is_kept(minutes: float, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, said = Clock(), list[str]()
    monkeypatch.setattr(course, "time", clock)
    spent = plan_course("a", Budget(minutes=minutes), 1000, 10).follow(clock.step, said.append)
    assert spent == course.Spent(steps, 7.0 * steps)
    assert clock.shares == sorted(clock.shares)
    assert clock.shares[0] == 0
    assert clock.shares[-1] <= 1
    assert said


def test_epochs_are_passes_over_the_objects() -> None:
    assert plan_course("a", Budget(epochs=2.5), 1000, 10, share=0.4) == Course("a", steps=100)


def test_published_trainings_share_one_budget() -> None:
    assert sum(MINUTES.values()) == pytest.approx(1)
    assert PASSES["objects"] + PASSES["nodes"] == pytest.approx(1)
    assert list(MINUTES) == list(PASSES)


def test_graph_gives_what_the_network_gives() -> None:
    network = make_network(vicreg.build_network, seed=3).train()
    images = random(40, 1, 32, 32).float()
    for _ in range(3):
        network(images * 1.5 + 0.5)
    with torch.no_grad():
        wanted = network.eval()(images).numpy()
    graph = build_graph(network, (1, 32, 32), vicreg.WIDTH)
    encoder = Deployed(graph.SerializeToString(), lambda crops: crops)
    assert np.allclose(encoder.embed(images.numpy()), wanted, atol=1e-4 * np.abs(wanted).max())


def test_first_weights_leave_torch_alone() -> None:
    torch.manual_seed(9)
    expected = torch.rand(3)
    torch.manual_seed(9)
    make_network(vicreg.build_network, seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_autoencoder_learns_to_draw_what_it_sees(
    sky: Sky, other_sky: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The average image alone would leave 1, and nobody can draw the noise."""
    monkeypatch.setattr(autoencoder, "BATCH", 64)
    crop = autoencoder.AutoEncoderSom().crop
    training = autoencoder.Training(crop(sky.patches, sky.size), np.full(len(sky.size), 1.0), seed=1)
    Course("a", steps=60).follow(training.step, hush)
    images = torch.from_numpy(autoencoder.prepare(crop(other_sky.patches, other_sky.size)))
    network = training.network.eval()
    with torch.no_grad():
        again = network.decoder(network.encoder(images))
    lost = (again - images).pow(2).mean() / (images - images.mean(dim=0)).pow(2).mean()
    assert float(lost) < 0.8


def test_vicreg_brings_views_of_one_object_together(sky: Sky) -> None:
    crops = sky.patches[:, 80:112, 80:112]
    small = np.clip(crops * 4, 0, 255).astype(np.uint8)
    weight = np.full(len(small), 1.0)
    device = torch.device("cpu")

    def spread(steps: int) -> tuple[float, float]:
        network, _ = vicreg.train(small, weight, Course("a", steps=steps), 64, 1, hush)
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            images = vicreg.read(small[:200], device)
            a, b = (network(vicreg.make_view(images, generator)) for _ in range(2))
        apart = (a - b).pow(2).sum(dim=1).mean() / (a - b.roll(1, 0)).pow(2).sum(dim=1).mean()
        return float(apart), float(a.std(dim=0).mean())

    untrained, trained = spread(1), spread(60)
    assert trained[0] < 0.6 * untrained[0]
    assert trained[1] > 0.3


def test_refinement_makes_assignments_surer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(student, "NODES", 6)
    rng = np.random.default_rng(1)
    images = np.clip(rng.uniform(0, 255, (6, 1, 8, 8)) + 30 * rng.standard_normal((6, 50, 8, 8)), 0, 255)
    crops = images.reshape(-1, 8, 8).astype(np.uint8)
    sure = []
    for steps in (1, 200):
        network = make_network(lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 5)), seed=1)
        nodes, _ = student.refine(network, crops, np.full(300, 1.0), Course("a", steps=steps), 1, hush)
        points = student.embed(network, crops, torch.device("cpu"))
        sure.append(float(student.soften(points, torch.from_numpy(nodes)).amax(dim=1).mean()))
    assert sure[1] > sure[0] + 0.01
