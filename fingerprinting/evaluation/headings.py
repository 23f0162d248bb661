"""What figures are called in the table, and how they are written."""

from __future__ import annotations

import math
from typing import Final

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.real.headings import REAL_HEADINGS

# In the order of the table.
HEADINGS: Final = {
    "node_accuracy": "held-out node accuracy",
    "node_accuracy_balanced": "held-out node accuracy, balanced",
    "knn_accuracy": "kNN-10 accuracy",
    "knn_accuracy_balanced": "kNN-10 accuracy, balanced",
    "effective_nodes": "effective nodes of 400",
    "same_node_rot90": "same node, turned by 90°",
    "same_node_any_turn_and_noise": "same node, any angle + fresh noise",
    "within_one_cell_any_turn_and_noise": "the same within one cell",
    "layout_neighbour_ratio": "layout: neighbour ratio (less is better)",
    "layout_trustworthiness": "layout: trustworthiness, k = 8",
    "retrieval_p10": "field retrieval P@10",
    "retrieval_map": "field retrieval mAP",
    "usable_agreement": "usable-or-not agreement",
    "usable_spoiled_found": "spoiled frames found",
    "field_type_agreement": "field type agreement (16)",
    "fields_same_type_together": "Map 2: frames of one type in the same field or the next",
    "fields_other_type_together": "the same for frames of two types (less is better)",
    "fields_kept_grown_by_half": "images that stay within one field when the archive grows by half",
    "fields_kept_new_content": "the same when what comes is of new kinds",
    "effective_fields": "effective fields of 144",
    "other_half_rank1": "other half of a real image, rank 1",
    "other_half_top5": "other half of a real image, top 5",
    "other_half_images": "real images in that search",
    "cutouts_per_second": "cut-outs/s, one core",
    **REAL_HEADINGS,
}
LESS_IS_BETTER: Final = frozenset({"fields_other_type_together", "layout_neighbour_ratio"})
UNKNOWN: Final = "-"
LARGE: Final = 10.0  # from here on figures are written without decimals


def describe(name: str) -> str:
    """Give the heading of a figure; one that is not listed is spelled by its name."""
    return HEADINGS.get(name, name.replace("_", " "))


def sort_names(names: set[str]) -> list[str]:
    """Sort names of figures as the table has them, unlisted ones last."""
    order = list(HEADINGS)
    return sorted(names, key=lambda name: (order.index(name) if name in HEADINGS else len(order), name))


def write_value(value: float) -> str:
    """Write a value with what digits it deserves."""
    if not math.isfinite(value):
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3f}"


def write_figure(figure: Figure, spread: float = 0.0) -> str:
    """Write a value, its interval, and the range over seeds if there are several."""
    text = write_value(figure.value)
    if figure.high > figure.low:
        text += f" [{write_value(figure.low)}, {write_value(figure.high)}]"
    return f"{text} ±{write_value(spread / 2)}" if spread > 0 else text
