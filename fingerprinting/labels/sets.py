"""Sets of objects whose kinds are known, sorted into nodes: simulated frames, labelled stamps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.console import Bar
from caomai.errors import ParameterError, UnusableImageError
from fingerprinting.evaluation.real.montage import find_stamps, lay_out_stamps
from fingerprinting.evaluation.real.stamps import Pictures, Stamp, read_labels
from fingerprinting.evaluation.real.unstretch import GALAXIES, POINTS
from fingerprinting.labels.label import LONGEST, Evidence, Label, check_label, now
from fingerprinting.labels.statistics import Finding, find_names
from fingerprinting.pictures.members import Observer, gather
from fingerprinting.training.collect import Look, Source

SIMULATED: Final = "simulated frames"
MOST_OBJECTS: Final = 300  # of a simulated frame
MOST_STAMPS: Final = 5000
TYPE: Final = "T"  # de Vaucouleurs's: a set with this column shows galaxies


@dataclass(frozen=True)
class LabelledSet:
    """Objects (n,) of a set: the node each falls into, its kind ('' for none of them) and its image.

    What a set suggests replaces what the set of that name suggested before; size tells how much was looked at.
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
    nodes, kinds = [], []
    with Pictures(folder) as pictures:
        for some, part in lay_out_stamps(pictures, stamps, style):
            bar.advance(len(some))
            try:
                detection, objects, index = find_stamps(part, len(some))
            except UnusableImageError:
                continue
            labels = np.array([some[number].label for number in index])
            look = Look(Source(folder.name, "stamps"), part, detection, objects, labels)
            nodes.append(observer.see(look).node)
            kinds.append(labels)
    if not nodes:
        raise ParameterError(f"No object was found in the stamps of {folder}.")
    node, name = np.concatenate(nodes), plain_name(folder)
    size = f"{len(node)} {name}"
    return LabelledSet(name, size, node, np.concatenate(kinds), np.arange(len(node)))


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
