"""The first stage of a training: the objects of real images and of simulated frames, in the work folder."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from caomai.console import printable
from caomai.errors import CaomAiError, ParameterError, TransientError
from fingerprinting.archive import download_folder
from fingerprinting.fingerprint import NODES
from fingerprinting.training.checkpoint import write_whole
from fingerprinting.training.collect import Collection, Sightings, see_frame
from fingerprinting.training.harvest import BYTES, Harvest
from fingerprinting.training.images import Image, list_files, sample_collections, see
from fingerprinting.training.plan import Plan
from fingerprinting.training.spoiled import see_taught_frame, share_pieces
from fingerprinting.training.teller import Teller, write_time

IMAGES_FILE: Final = "images.json"
UNSEEN_SEED: Final = 7919  # added to the seed: frames of the evaluation are not those of the training
MOST_SILENT: Final = 10  # images in turn that an archive does not deliver: then it is down

Outcome = tuple[list[Sightings], str | None]


@dataclass(frozen=True)
class Gathered:
    """The training set, and how many images were refused."""

    collection: Collection
    images: int
    refused: int


def gather_objects(plan: Plan, folder: Path, teller: Teller) -> Gathered:
    """Collect the objects of all images, or what is missing of them."""
    images = list_images(plan, folder)
    share = plan.share(len(images))
    if images:
        most = 2 * share * len(images)  # with versions that have defects
        teller.say(
            f"{len(images)} images, at most {share} objects of each: up to {most} objects, "
            f"{most * BYTES / 1e9:.1f} GB in {folder}"
        )
    with Harvest(folder / "objects") as harvest, ExitStack() as stack:
        downloads = stack.enter_context(download_folder()) if harvest.images < len(images) else folder
        course = _Course(harvest, len(images), teller)
        course.run(
            "images",
            _see_images(plan, images[harvest.images :], (share, share_pieces(len(images))), downloads),
        )
        first = harvest.images - len(images)
        frames = ([see_taught_frame(n, plan.most_simulated, plan.seed)] for n in range(first, plan.simulated))
        course.total = len(images) + plan.simulated
        course.run("images and frames", ((seen, None) for seen in frames))
        collection = harvest.gather()
        if len(collection.x) < NODES:
            raise ParameterError(
                f"{NODES} nodes need at least as many objects; there are {len(collection.x)}: give more "
                "images or simulated frames."
            )
        teller.say(f"{len(collection.x)} objects of {len(collection.sources)} planes")
        return Gathered(collection, len(images), len(harvest.refused))


def gather_unseen(plan: Plan, folder: Path, teller: Teller) -> Collection:
    """Collect the objects of the simulated frames that nothing is trained on."""
    with Harvest(folder / "unseen") as harvest:
        frames = (
            [see_frame(number, plan.most_simulated, plan.seed + UNSEEN_SEED)]
            for number in range(harvest.images, plan.unseen)
        )
        _Course(harvest, plan.unseen, teller).run("unseen frames", ((seen, None) for seen in frames))
        return harvest.gather()


def list_images(plan: Plan, folder: Path) -> list[Image]:
    """List the real images once; a training that goes on has the list it began with."""
    path = folder / IMAGES_FILE
    if path.exists():
        try:
            return [Image.from_json(value) for value in json.loads(path.read_bytes())]
        except (ValueError, TypeError, KeyError) as error:
            raise CaomAiError(f"{path} is broken: begin anew with --restart.") from error
    images = list_files(plan.images)
    if plan.collections:
        assert plan.settings is not None
        images += sample_collections(plan.settings, plan.collections, plan.most_images, plan.seed)
    write_whole(path, json.dumps([asdict(image) for image in images]).encode())
    return images


def _see_images(
    plan: Plan, images: list[Image], share: tuple[int, int], downloads: Path
) -> Iterator[Outcome]:
    """See one image after the other; an archive that is down ends it, one bad image does not.

    `share` is how many objects and how many pieces of each are taken.
    """
    artifacts = plan.settings.artifacts if plan.settings else {}
    silent: list[Outcome] = []
    most, pieces = share
    for image in images:
        try:
            outcome: Outcome = see(image, most, plan.seed, artifacts, downloads, pieces), None
        except TransientError as error:
            silent.append(([], _explain(image, error)))
            if len(silent) >= MOST_SILENT:
                raise
            continue
        except CaomAiError as error:
            outcome = [], _explain(image, error)
        yield from silent
        silent.clear()
        yield outcome
    yield from silent


def _explain(image: Image, error: CaomAiError) -> str:
    text = printable(str(error))
    return text if image.place in text else f"{printable(image.place)}: {text}"


class _Course:
    """The way through a list of images into a harvest, and what is said on it."""

    def __init__(self, harvest: Harvest, total: int, teller: Teller) -> None:
        self.harvest, self.total, self.teller = harvest, total, teller

    def run(self, what: str, outcomes: Iterator[Outcome]) -> None:
        """Add what is seen of each image to the harvest."""
        started, before = time.monotonic(), self.harvest.images
        for seen, refused in outcomes:
            self.harvest.add(seen, refused)
            if refused is not None:
                self.teller.say(f"refused: {refused}")
            done = self.harvest.images
            left = (time.monotonic() - started) / (done - before) * (self.total - done)
            note = f"{self.harvest.objects} objects  {write_time(left)} left"
            self.teller.show(f"{what}:", done, self.total, note)
