"""The command `caom-ai describe`: one file, no database; the JSON of architecture sect. 7."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from caomai.console import print_json, printable
from caomai.errors import ParameterError
from caomai.settings import read_settings
from fingerprinting.children import Children
from fingerprinting.description import PartDescription
from fingerprinting.fieldmap import field_node
from fingerprinting.fingerprint import search_vector, sum_descriptions
from fingerprinting.model import Model, load_model

DECIMALS: Final = {"x": 3, "y": 3, "ra": 8, "dec": 8}
NAMES: Final = {"theta_deg": "theta"}
LARGEST_NODES: Final = 5


def describe(file: Path, model_folder: Path | None, *, as_json: bool, vectors: bool = False) -> None:
    """Describe a FITS file on stdout; the pixels are read in a child process that may die of them.

    With `vectors` it is said of each object what it looks like.
    """
    if not file.is_file():
        raise ParameterError(f"There is no file {printable(str(file))}.")
    folder = model_folder or read_settings().model
    model = load_model(folder)
    with Children(1, folder, looks=1.0 if vectors else 0.0) as children:
        parts = children.submit(file).result()
    if as_json:
        print_json(to_json(parts, model))
    else:
        show(file, parts, model)


def to_json(parts: list[PartDescription], model: Model) -> dict[str, Any]:
    """Give the JSON document of a description; shape is [ny, nx], NaN becomes null."""
    return {"model": model.hash, "hdus": [_part_to_json(part, model) for part in parts]}


def _part_to_json(part: PartDescription, model: Model) -> dict[str, Any]:
    vector = search_vector(part.fingerprint, part.quality.statistics, model)
    return {
        "hdu": part.hdu,
        "part": part.name,
        "shape": list(part.shape),
        "n_detected": part.n_detected,
        "sampled_fraction": part.sampled_fraction,
        "fingerprint": part.fingerprint.tolist(),
        "vector": None if vector is None else numbers(vector),
        "field_node": None if vector is None else field_node(vector, model.fields),
        "quality": part.quality.name_columns(),
        "objects": _objects_to_json(part.objects, part.looks),
    }


def _objects_to_json(objects: NDArray[np.void], looks: NDArray[np.void]) -> list[dict[str, Any]]:
    names = objects.dtype.names or ()
    columns = [numbers(objects[name], DECIMALS.get(name)) for name in names]
    keys = [NAMES.get(name, name) for name in names]
    rows = [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]
    for look in looks:
        rows[look["number"]]["vector"] = numbers(look["vector"])
    return rows


def numbers(values: NDArray[Any], decimals: int | None = None) -> list[Any]:
    """Give JSON numbers: the shortest that are the same float32, null for NaN and infinity."""
    if values.dtype.kind in "iu":
        return list(values.tolist())
    rounded = values if decimals is None else values.round(decimals)
    return [float(str(value)) if np.isfinite(value) else None for value in rounded]


def show(file: Path, parts: list[PartDescription], model: Model) -> None:
    """Write a summary for people."""
    table = Table(title=printable(file.name), title_justify="left")
    for heading in ("part", "size", "objects", "sky", "noise", "FWHM", "a/b", "masked"):
        table.add_column(heading, justify="right", no_wrap=True)
    for part in parts:
        table.add_row(*_summarise(part))
    console = Console(highlight=False)
    console.print(table)
    console.print(_look(parts, model))


def _summarise(part: PartDescription) -> list[str]:
    quality, (height, width) = part.quality, part.shape
    seeing = "" if quality.fwhm_pixel is None else f"{quality.fwhm_pixel:.2f} px"
    if quality.fwhm is not None:
        seeing = f'{quality.fwhm:.2f}"'
    embedded = int(part.fingerprint.sum())
    counts = f"{embedded}" if embedded == part.n_detected else f"{embedded} of {part.n_detected}"
    return [
        part.name,
        f"{width} x {height}",
        counts,
        f"{quality.background:.5g}",
        f"{quality.noise:.3g}",
        seeing,
        "" if quality.elongation is None else f"{quality.elongation:.2f}",
        f"{100 * quality.masked_fraction:.1f} %",
    ]


def _look(parts: list[PartDescription], model: Model) -> str:
    """Say where the whole image lies on the maps of the model."""
    counts, statistics = sum_descriptions(parts)
    vector = search_vector(counts, statistics, model)
    if vector is None:
        return "No objects, and too little to measure: the image has no place on the maps."
    field = f"Looks like field {field_node(vector, model.fields)} of Map 2."
    if not counts.any():
        return f"{field} No objects were found. Model {model.hash[:12]}."
    largest = np.argsort(-counts, kind="stable")[:LARGEST_NODES]
    shares = {node: counts[node] / counts.sum() for node in largest}
    nodes = ", ".join(f"{node} ({share:.0%})" for node, share in shares.items() if share > 0)
    return (
        f"{field} Most objects fall into the nodes {nodes} of Map 1. Model {model.hash[:12]}; "
        "--json gives every object."
    )
