"""The whole training: images to a model folder, in stages that a kill does not undo."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from caomai.errors import UsageError
from fingerprinting.clusters import normalise
from fingerprinting.encoder import Encoder
from fingerprinting.model import CARD_FILE, load_model
from fingerprinting.training.card import write_model
from fingerprinting.training.card_page import write_page
from fingerprinting.training.checkpoint import explain_disk
from fingerprinting.training.collect import Collection
from fingerprinting.training.description import describe_training
from fingerprinting.training.embed import embed_windows, make_foveae, pool
from fingerprinting.training.evaluate import Figures, evaluate, see
from fingerprinting.training.export import build_graph, build_shapes, finish, quantise
from fingerprinting.training.gathering import gather_objects, gather_unseen
from fingerprinting.training.interruption import Interruption, StoppedError, StopRequest
from fingerprinting.training.loop import Keeping, Progress, train_encoder
from fingerprinting.training.maps import draw_sample, fit_maps
from fingerprinting.training.network import EncoderNetwork, fuse
from fingerprinting.training.plan import Plan
from fingerprinting.training.teller import Teller, write_time
from fingerprinting.training.whitening import Blend
from fingerprinting.training.workfolder import name_work_folder, open_work_folder, publish

CHECKED: Final = 4096  # objects for the ranges of the quantisation and for its check
WHITENED: Final = 30_000  # objects that the whitening is fitted to
MADE: Final = "model"  # the folder in the work folder that becomes the model


@dataclass(frozen=True)
class Result:
    """What came out: the hash of the model and the figures of its card."""

    hash: str
    figures: Figures


def train_model(plan: Plan, teller: Teller) -> Result:
    """Train an encoder and both maps, evaluate them and write the model folder, or what is left of that.

    The output folder appears whole at the end. Until then all is kept beside it, so that the same plan goes
    on after a kill, and gives the same model as if there had been none.
    """
    finished = find_finished(plan)
    if finished is not None:
        teller.say(f"{plan.output} holds the finished model of this plan already")
        return finished
    interruption = Interruption()
    try:
        with (
            interruption.watch(),
            open_work_folder(plan.output, plan.to_json(), restart=plan.restart) as folder,
        ):
            return _Run(plan, folder, teller, interruption).go()
    except StopRequest as stop:
        kept = name_work_folder(plan.output)
        sentence = f"Stopped; the same command goes on from there (what is done is in {kept})."
        raise StoppedError(sentence, stop.number) from stop
    except OSError as error:
        raise explain_disk(error, Path(error.filename or name_work_folder(plan.output) / MADE)) from error


def find_finished(plan: Plan) -> Result | None:
    """Find the model of a plan that was carried out before; an output folder with other things is refused."""
    output = plan.output
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return None
    if not (output / CARD_FILE).is_file():
        raise UsageError(f"{output} is there already and is no model: name a new folder.")
    card = load_model(output).card
    if plan.restart or card.get("training", {}).get("plan") != plan.hash:
        raise UsageError(f"{output} holds the model {card['id']} already: name a new folder.")
    shutil.rmtree(name_work_folder(output), ignore_errors=True)
    return Result(card["hash"], card["evaluation"])


@dataclass(frozen=True)
class _Run:
    """The stages of one training; what an earlier run has done of the first two is taken as it is."""

    plan: Plan
    folder: Path
    teller: Teller
    interruption: Interruption

    def go(self) -> Result:
        """Go through the stages."""
        plan, say = self.plan, self.teller.say
        say("1 of 4  collect: objects are detected in the images, and a window around each is kept")
        gathered = gather_objects(plan, self.folder, self.teller)
        collection = gathered.collection
        say("2 of 4  train: the encoder learns which random views show the same object; no labels are used")
        network, standing = self.train(collection)
        say("3 of 4  maps: the encoder in 8 bits, 400 nodes of objects, 144 fields of images")
        encoder, likeness = export_encoder(network, collection, plan.recipe.shapes, plan.seed)
        arrays = fit_maps(collection, embed_windows(Encoder(encoder), collection.windows), plan.seed)
        notes = describe_training(plan, gathered, standing)
        made = self.folder / MADE
        shutil.rmtree(made, ignore_errors=True)
        write_model(made, plan.name, encoder, arrays, notes)
        say("4 of 4  evaluate: on simulated frames that were not trained on, and on halves of real images")
        figures = self.evaluate(made, encoder, collection)
        figures |= {"int8_cosine_mean": likeness[0], "int8_cosine_min": likeness[1]}
        model_hash = write_model(made, plan.name, encoder, arrays, notes | {"evaluation": figures})
        write_page(made)
        publish(made, plan.output)
        return Result(model_hash, figures)

    def train(self, collection: Collection) -> tuple[EncoderNetwork, Progress]:
        """Train the encoder from its checkpoint on."""
        path = self.folder / "checkpoint.safetensors"
        keeping = Keeping(path, self.plan.checkpoint_seconds, self.interruption)
        with self.interruption.hold():
            return train_encoder(collection, self.plan.recipe, self.plan.seed, self.report, keeping)

    def report(self, now: Progress) -> None:
        """Show where training stands."""
        note = f"loss {now.loss:.3f}  {write_time(now.seconds_left)} left"
        self.teller.show("train: step", now.step, now.steps, note)

    def evaluate(self, made: Path, encoder: bytes, collection: Collection) -> Figures:
        """Evaluate the model in a folder."""
        model, session = load_model(made), Encoder(encoder)
        unseen = see(model, session, gather_unseen(self.plan, self.folder, self.teller))
        return evaluate(model, session, see(model, session, collection), unseen, self.plan.seed)


def export_encoder(
    network: EncoderNetwork, collection: Collection, shapes: float, seed: int
) -> tuple[bytes, tuple[float, float]]:
    """Give the encoder as int8 ONNX, with the mean and least cosine of its activations to float's.

    `shapes` is the weight of shapes beside them.
    """
    chosen = draw_sample(collection.weight, WHITENED, seed)
    some = np.random.default_rng([seed, 7]).permutation(chosen)[:CHECKED]
    foveae = make_foveae(collection.windows[some])
    plain = build_graph(fuse(network))
    small = quantise(plain, foveae)
    parts = np.array_split(chosen, max(len(chosen) // CHECKED, 1))
    pooled, forms = (
        np.concatenate([pool(graph, make_foveae(collection.windows[part])) for part in parts])
        for graph in (small, build_shapes())
    )
    cosine = np.sum(normalise(pool(plain, foveae)) * normalise(pool(small, foveae)), axis=1)
    blend = Blend.fit(normalise(pooled), forms, shapes)
    data: bytes = finish(small, blend).SerializeToString(deterministic=True)
    return data, (round(float(cosine.mean()), 6), round(float(cosine.min()), 6))
