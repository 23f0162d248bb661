"""What a model card says of the training: set, recipe, machine, terms of use (after Mitchell et al. 2019)."""

from __future__ import annotations

import platform
from typing import Any, Final

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from caomai import __version__
from fingerprinting.training.gathering import Gathered
from fingerprinting.training.loop import Progress
from fingerprinting.training.plan import Plan, describe_recipe

METHOD: Final = (
    "SimCLR on physical augmentations and changed surroundings, then DeepCluster; spherical k-means on "
    "whitened embeddings; linear assignment sorting; of defects put into sound frames, small networks on the "
    "statistics of whole images"
)
INTENDED: Final = (
    "Searching images by content, finding odd ones, and telling usable frames from others, in archives whose "
    "images were taken by instruments like those of the training set."
)
NOT_INTENDED: Final = (
    "Photometry, catalogues of classes, or decisions about a single object without a look at it: a node "
    "is a look, not a class."
)
LIMITS: Final = (
    "Objects larger than 64 pixels are seen in part.",
    "Images of instruments unlike those of the training set may crowd into a few nodes.",
    "On another type of machine a few objects at the border between two nodes may change sides.",
    "The figures on real images are of images that were trained on, though without labels.",
)


def describe_training(plan: Plan, gathered: Gathered, standing: Progress) -> dict[str, Any]:
    """Give the tables of the card that tell people where the model comes from and what it is for."""
    collection = gathered.collection
    real: NDArray[np.bool_] = collection.real
    genuine = [source for source in collection.sources if not (source.field_type or source.defect)]
    training = {
        "method": METHOD,
        "plan": plan.hash,
        "seed": plan.seed,
        "steps": standing.steps,
        "batch": plan.recipe.batch,
        "final_loss": round(standing.loss, 4),
        "seconds": round(standing.seconds),
        "collections": list(plan.collections),
        "real_images": gathered.images - gathered.refused,
        "real_images_refused": gathered.refused,
        "real_planes": len(genuine),
        "real_objects": int(real.sum()),
        "real_instruments": sorted({source.instrument for source in genuine}),
        "spoiled_frames": sum(bool(source.defect) for source in collection.sources),
        "lessons_of_defects": len(collection.lessons.kinds),
        "simulated_frames": sum(bool(source.field_type) for source in collection.sources),
        "simulated_objects": int((~real).sum()),
        "unseen_frames": plan.unseen,
        "recipe": describe_recipe(plan.recipe),
        "made_with": _describe_machine(),
    }
    return {"use": _describe_use(plan), "training": training}


def _describe_use(plan: Plan) -> dict[str, Any]:
    return {
        "intended": INTENDED,
        "not_intended": NOT_INTENDED,
        "limits": list(LIMITS),
        "licence": plan.licence,
        "cite": f"CAOM-AI {__version__}, model {plan.name}, with the hash of this card",
    }


def _describe_machine() -> dict[str, str]:
    return {
        "caom_ai": __version__,
        "torch": str(torch.__version__),
        "onnxruntime": str(onnxruntime.__version__),
        "numpy": np.__version__,
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else platform.machine(),
    }
