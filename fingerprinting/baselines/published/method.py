"""The published pipeline as a method: two VICReg encoders, 400 nodes by Student's t, and a VAE of fields."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from fingerprinting.baselines.course import Course, Spent, plan_course
from fingerprinting.baselines.deploy import Deployed, build_graph, shrink, split
from fingerprinting.baselines.published import student, vae, vicreg
from fingerprinting.baselines.published.crops import crop_patches, prepare, scale_crops
from fingerprinting.baselines.published.vae import HIDDEN, LATENT, FieldSpace
from fingerprinting.baselines.published.vicreg import WIDTH
from fingerprinting.baselines.storage import (
    ENCODER,
    FLOAT,
    load_arrays,
    load_encoder,
    load_numbers,
    save_arrays,
    save_numbers,
)
from fingerprinting.evaluation.method import Budget, Frames, Objects, Say
from fingerprinting.fingerprint import NODES
from fingerprinting.fingerprint import SIDE as GRID
from fingerprinting.layout import lay_out

IMAGE_ENCODER: Final = "images.onnx"
OBJECT_BATCH, IMAGE_BATCH = 128, 64
FEATURES: Final = WIDTH + NODES
# How a budget is divided: its minutes by shares, its passes over the objects likewise between two trainings.
# The few whole images are passed over more often, else their encoder would take some dozens of steps.
MINUTES: Final = {"objects": 0.75, "nodes": 0.1, "images": 0.13, "fields": 0.02}
PASSES: Final = {"objects": 0.88, "nodes": 0.12, "images": 4.0, "fields": 20.0}


@dataclass
class FittedPublished:
    """Encoders of objects and of whole images, nodes (400, 128), and the space of fields."""

    encoder: Deployed
    images: Deployed
    nodes: NDArray[np.float32]
    space: FieldSpace
    epochs: float
    seconds: float

    def embed(self, crops: NDArray[Any]) -> NDArray[np.float32]:
        """Embed crops (n, 128, 128) as the projector's output (n, 128)."""
        return self.encoder.embed(crops)

    def assign(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the node that Student's t favours, which is the nearest."""
        return find_nodes(embeddings, self.nodes)

    def vectors(self, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
        """Give the VAE's means (m, 128) of [whole-image embedding | log10(1 + counts)]."""
        return self.space.place(describe_images(self.images, counts, frames))

    def save(self, folder: Path) -> None:
        """Write graphs, arrays and numbers."""
        (folder / ENCODER).write_bytes(self.encoder.data)
        (folder / IMAGE_ENCODER).write_bytes(self.images.data)
        save_arrays(folder, {"nodes": self.nodes} | dataclasses.asdict(self.space))
        save_numbers(folder, epochs=self.epochs, seconds=self.seconds)


class Published:
    """VICReg, DEC and VAE one after the other, all within one budget."""

    name = "published"

    def crop(self, patches: NDArray[np.float32], size: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Make crops (n, 128, 128) in 8 bits."""
        return crop_patches(patches, size)

    def fit(self, objects: Objects, frames: Frames, budget: Budget, seed: int, say: Say) -> FittedPublished:
        """Train the encoder of objects, the nodes, the encoder of images and the space of fields."""
        number = len(objects.crops)
        course = _plan("objects", budget, number, OBJECT_BATCH)
        network, learnt = vicreg.train(objects.crops, objects.weight, course, OBJECT_BATCH, seed, say)
        course = _plan("nodes", budget, number, student.BATCH)
        nodes, refined = student.refine(network, objects.crops, objects.weight, course, seed, say)
        encoder = _deploy(network, objects.crops, seed)
        images, looked = _fit_images(frames, budget, seed, say)
        nodes = nodes[lay_out(nodes, GRID, GRID, seed)]
        node = find_nodes(encoder.embed(objects.crops), nodes)
        features = describe_images(images, count_nodes(node, objects.image, len(frames.sources)), frames)
        course = _plan("fields", budget, len(features), vae.BATCH)
        space, ordered = vae.fit_space(features, course, seed, say)
        return FittedPublished(
            encoder, images, nodes, space,
            epochs=(learnt.steps * OBJECT_BATCH + refined.steps * student.BATCH) / number,
            seconds=sum(spent.seconds for spent in (learnt, refined, looked, ordered)),
        )  # fmt: skip

    def load(self, folder: Path) -> FittedPublished:
        """Read what save wrote."""
        layouts = {
            "nodes": (FLOAT, (NODES, WIDTH)),
            "centre": (FLOAT, (FEATURES,)),
            "scale": (FLOAT, (FEATURES,)),
            "first": (FLOAT, (HIDDEN, FEATURES)),
            "first_bias": (FLOAT, (HIDDEN,)),
            "second": (FLOAT, (LATENT, HIDDEN)),
            "second_bias": (FLOAT, (LATENT,)),
        }
        arrays = load_arrays(folder, layouts)
        return FittedPublished(
            encoder=Deployed(load_encoder(folder), prepare),
            images=Deployed(load_encoder(folder, IMAGE_ENCODER), prepare),
            nodes=arrays.pop("nodes"),
            space=FieldSpace(**arrays),
            **load_numbers(folder, "epochs", "seconds"),
        )


def find_nodes(embeddings: NDArray[np.float32], nodes: NDArray[np.float32]) -> NDArray[np.int16]:
    """Give the node that Student's t favours: the nearest."""
    parts = [
        student.soften(torch.from_numpy(some), torch.from_numpy(nodes)).argmax(dim=1).numpy()
        for some in split(embeddings)
    ]
    return np.concatenate([np.empty(0, np.int16), *parts]).astype(np.int16)


def count_nodes(node: NDArray[np.int16], image: NDArray[np.intp], images: int) -> NDArray[np.int32]:
    """Count the objects of each image in each node: (images, 400)."""
    counts = np.zeros((images, NODES), np.int32)
    np.add.at(counts, (image, node), 1)
    return counts


def describe_images(images: Deployed, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
    """Give the features (m, 528) of whole images: their embedding, and log10(1 + counts)."""
    embedded = [images.embed(scale_crops(some)) for some in split(frames.thumbnails)]
    return np.concatenate([np.concatenate(embedded), np.log10(1 + counts, dtype=np.float32)], axis=1)


def _plan(part: str, budget: Budget, number: int, batch: int) -> Course:
    shares = PASSES if budget.minutes is None else MINUTES
    return plan_course(f"published, {part}", budget, number, batch, shares[part])


def _fit_images(frames: Frames, budget: Budget, seed: int, say: Say) -> tuple[Deployed, Spent]:
    """Train the encoder of whole images on all of them alike."""
    thumbnails = np.concatenate([scale_crops(some) for some in split(frames.thumbnails)])
    number = len(thumbnails)
    batch = min(IMAGE_BATCH, number)
    course = _plan("images", budget, number, batch)
    network, spent = vicreg.train(thumbnails, np.full(number, 1 / number), course, batch, seed + 2, say)
    return _deploy(network, thumbnails, seed), spent


def _deploy(network: nn.Sequential, crops: NDArray[np.uint8], seed: int) -> Deployed:
    graph = build_graph(network, (1, *crops.shape[1:]), WIDTH)
    return Deployed(shrink(graph, crops, prepare, seed), prepare)
