"""The model card as a page for people (Mitchell et al. 2019), made from card.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from fingerprinting.model import load_model

PAGE_FILE: Final = "card.md"
MEANINGS: Final = {
    "node_accuracy": "unseen simulated objects whose node carries the name of their true kind (of 17)",
    "node_accuracy_balanced": "the same, mean over the kinds",
    "same_node_rot90": "objects that keep their node when turned by 90 degrees",
    "same_node_any_turn_and_noise": "... turned by any angle, with fresh noise",
    "within_one_cell_any_turn_and_noise": "... in the same node or one of its 8 neighbours",
    "retrieval_p10": "unseen simulated frames: share of the right field type (of 16) among the nearest 10",
    "retrieval_map": "the same, mean average precision",
    "other_half_rank1": "real images cut in two: the nearest of all halves is the other half",
    "other_half_top5": "... is among the nearest 5",
    "real_images": "real images in that test",
    "layout_neighbour_ratio": "distance of neighbouring nodes over that of any two (lower is smoother)",
    "effective_nodes_unseen": "effective number of nodes that unseen simulated objects use, of 400",
    "effective_nodes_real": "the same for the real objects of the training set",
    "int8_cosine_mean": "likeness of the int8 encoder's embeddings to the float encoder's, mean",
    "int8_cosine_min": "... least",
}


def write_page(folder: Path) -> None:
    """Write card.md beside the card.toml of a model folder."""
    (folder / PAGE_FILE).write_text(make_page(load_model(folder).card), encoding="utf-8")


def make_page(card: Mapping[str, Any]) -> str:
    """Make the page of a card."""
    training, use, figures = card["training"], card["use"], card.get("evaluation", {})
    recipe = ", ".join(f"{name} {value}" for name, value in _flatten(training["recipe"]))
    limits = "\n".join(f"- {limit}" for limit in use["limits"])
    instruments = ", ".join(training["real_instruments"]) or "none"
    rows = "\n".join(f"| {name} | {value:g} | {MEANINGS.get(name, '')} |" for name, value in figures.items())
    return f"""# Model card: {card["id"]}

**What it does.** Gives every object that is detected in an astronomical image one of 400 nodes (Map 1,
20 x 20), every image the histogram of its nodes as its fingerprint, and every fingerprint one of 144 fields
(Map 2, 12 x 12).

**Meant for.** {use["intended"]}

**Not for.** {use["not_intended"]}

**Licence** {use["licence"]}. **Cite** {use["cite"]}.

Hash `{card["hash"]}`

## Training
{training["method"]}.
{training["steps"]} steps of {training["batch"]} objects, seed {training["seed"]}. Recipe: {recipe}.

- {training["real_objects"]} objects of {training["real_planes"]} planes of real images, and of
  {training["spoiled_frames"]} versions of such with defects put in;
  instruments: {instruments}
- {training["simulated_objects"]} objects of {training["simulated_frames"]} simulated frames

No pixel of the training images is part of the model.

## Figures
The {training["unseen_frames"]} simulated frames of these figures were not trained on. The real images
were, though without labels: read the figures on their halves so.

| figure | value | meaning |
|---|---|---|
{rows}

## Limits
{limits}
"""


def _flatten(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the values of nested tables by their own names, underscores as spaces."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value)
        else:
            yield name.replace("_", " "), value
