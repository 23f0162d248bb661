"""Sets of objects whose kinds are known, sorted into nodes: simulated frames, labelled stamps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.console import Bar
from caomai.errors import ParameterError
from caomai.labels import LONGEST, check_label
from fingerprinting.evaluation.method import PATCH
from fingerprinting.evaluation.real.montage import SIDE, find_stamps, lay_out
from fingerprinting.evaluation.real.stamps import Pictures, Stamp, read_labels
from fingerprinting.evaluation.real.unstretch import GALAXIES, POINTS
from fingerprinting.labels.label import Evidence, Label, now
from fingerprinting.labels.statistics import Finding, find_names
from fingerprinting.pictures.members import Observer, gather
from fingerprinting.training.collect import Source

SIMULATED: Final = "simulated frames"
MOST_OBJECTS: Final = 300  # of a simulated frame
MOST_STAMPS: Final = 5000
PAGE: Final = SIDE**2
TYPE: Final = "T"  # de Vaucouleurs's: a set with this column shows galaxies


@dataclass(frozen=True)
class LabelledSet:
    """Objects (n,) of a set: the node each falls into, its kind ('' for none of them) and its image.

    What a set suggests replaces what the set of that name suggested before; size says how much was seen.
    """

    name: str
    size: str
    node: NDArray[np.int16]
    kind: NDArray[np.str_]
    image: NDArray[np.intp]


def see_simulated(observer: Observer, frames: int, bar: Bar) -> LabelledSet:
    """Sort the objects of simulated frames into nodes."""
    seen = []
    for members in observer.see_frames(frames):
        seen.append(members)
        bar.advance()
    found = gather(seen)
    size = f"{frames} simulated frames, seed {observer.seed}"
    return LabelledSet(SIMULATED, size, found.node, found.kind, found.image)


def see_stamps(observer: Observer, folder: Path, bar: Bar) -> LabelledSet:
    """Sort labelled stamps into nodes; a stamp in which nothing is detected is left out."""
    stamps = choose_stamps(read_labels(folder), observer.seed)
    style = GALAXIES if any(TYPE in stamp.facts for stamp in stamps) else POINTS
    source, nodes, kinds = Source(folder.name, "stamps"), [], []
    with Pictures(folder) as pictures:
        for start in range(0, len(stamps), PAGE):
            page = stamps[start : start + PAGE]
            look = find_stamps(lay_out(pictures, page, style), len(page), source)
            place = look.objects["y"] // PATCH * SIDE + look.objects["x"] // PATCH
            nodes.append(observer.see(look).node)
            kinds += [page[int(number)].label for number in place]
            bar.advance(len(page))
    if not kinds:
        raise ParameterError(f"No object was found in the stamps of {folder}.")
    node, name = np.concatenate(nodes), plain_name(folder)
    size = f"{len(node)} {name}"
    return LabelledSet(name, size, node, np.array(kinds), np.arange(len(node)))


def choose_stamps(stamps: list[Stamp], seed: int) -> list[Stamp]:
    """Give at most some thousand stamps, drawn by chance."""
    chosen = np.random.default_rng([seed, 3]).permutation(len(stamps))[:MOST_STAMPS]
    return [stamps[number] for number in np.sort(chosen)]


def plain_name(folder: Path) -> str:
    """Name a set by its folder, with plain letters."""
    name = folder.resolve().name
    letters = "".join(mark if mark.isprintable() and mark not in "<>" else "_" for mark in name)
    return f"stamps of {letters}"[:LONGEST]


def suggest(labelled: LabelledSet, model: str) -> list[Label]:
    """Suggest labels for the nodes that a set can name, with the evidence."""
    findings = find_names(labelled.node, labelled.kind, labelled.image)
    return [_suggest(finding, labelled, model) for finding in findings]


def _suggest(finding: Finding, labelled: LabelledSet, model: str) -> Label:
    evidence = Evidence(
        precision=finding.precision,
        low=finding.low,
        high=finding.high,
        lift=finding.lift,
        seen=finding.seen,
        labelled_set=labelled.name,
        model=model,
    )
    words = check_label(finding.kind.replace("_", " "))
    author = f"suggested from {labelled.size}"[:LONGEST]
    return Label(finding.node, words, author, now(), "suggested", evidence)
