"""The bodies of `caom-ai picture`: where the objects come from, and the picture that is drawn of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from caomai.console import Bar, Refusal, progress
from caomai.errors import CaomAiError, ParameterError
from caomai.settings import Settings
from fingerprinting.fieldmap import FIELDS
from fingerprinting.fingerprint import NODES
from fingerprinting.model import Model, load_model
from fingerprinting.pictures import confusion, layout, map1, map2, node, oddest
from fingerprinting.pictures.holdings import Holdings, open_holdings
from fingerprinting.pictures.members import Members, Observer, gather
from fingerprinting.pictures.sheet import Caption, Sheet
from fingerprinting.pictures.views import View, Viewer, typical_images
from fingerprinting.training.collect import find_images

STRETCH: Final = "asinh of the signal in sigma of the sky; y upward"
FOLDED: Final = "a folded corner marks simulated ones"
ROUGHLY: Final = 3  # members of a node that are fetched for each that is shown


@dataclass(frozen=True)
class Request:
    """What a picture is made of: folders of FITS files, simulated frames, or (neither) the archive."""

    images: tuple[Path, ...]
    simulated: int
    seed: int
    most: int
    model: Path | None
    quiet: bool = False

    @property
    def own(self) -> bool:
        """Tell whether the objects are given, and not the archive's."""
        return bool(self.images or self.simulated)


@dataclass
class Session:
    """One picture in the making; what could not be read is kept to be told."""

    settings: Settings
    request: Request
    refused: list[Refusal]

    def draw_map1(self, overlay: map1.Overlay) -> Sheet:
        """Draw Map 1 with a typical object for each node."""
        if self.request.own:
            model, members = self._see()
            tiles = map1.make_tiles(members)
            told = f"{len(members):,} objects of {len(members.sources):,} images; {FOLDED}"
            return map1.draw_map(tiles, self._caption(model.hash, "Map 1", told), overlay)
        with open_holdings(self.settings) as archive, self._bar("objects") as bar:
            tiles = map1.make_tiles(archive.find_near(range(NODES), 1, self._refuse, bar))
            counts, _ = archive.count(archive.object_map)
            shown = replace(tiles, counts=counts, missing=tiles.counts == 0)
            told = f"{counts.sum():,} public objects of the archive"
            return map1.draw_map(shown, self._caption(archive.model_hash, "Map 1", told), overlay)

    def draw_node(self, number: int, columns: int, labels: Mapping[int, str]) -> Sheet:
        """Draw members of one node."""
        named = f", {labels[number]}" if number in labels else ""
        title = f"Node {number}{named}"
        if self.request.own:
            _, members = self._see()
            notes = node.describe_node(members, number)
        else:
            with open_holdings(self.settings) as archive, self._bar("objects") as bar:
                members = archive.find_near([number], ROUGHLY * columns, self._refuse, bar)
                objects, images = (int(numbers[number]) for numbers in archive.count(archive.object_map))
            notes = [f"gridX {number % 20}, gridY {number // 20}; {objects:,} objects of {images:,} images"]
        return node.draw_node(members, number, Caption(title, [*notes, STRETCH]), columns, self.request.seed)

    def draw_oddest(self, collection: str | None, snr: float, number: int, columns: int) -> Sheet:
        """Draw the oddest public objects of a collection of the archive, or of all."""
        with open_holdings(self.settings) as archive, self._bar("objects", number) as bar:
            members = archive.find_oddest(collection, snr, number, self._refuse, bar)
            model_hash = archive.model_hash
        notes = [f"Model {model_hash[:12]}; S/N of at least {snr:g}; {STRETCH}."]
        title = f"The {len(members)} oddest objects" + (f" of {collection}" if collection else "")
        return oddest.draw_oddest(members, Caption(title, notes), columns)

    def draw_confusion(self) -> Sheet:
        """Draw which kinds are taken for which."""
        if self.request.images or not self.request.simulated:
            raise ParameterError("True kinds are known of simulated frames only: give --simulated N alone.")
        model, members = self._see()
        table = confusion.confuse(members, self.request.seed)
        frames = f"{self.request.simulated} simulated frames, seed {self.request.seed}"
        notes = [
            f"Model {model.hash[:12]}; {table.numbers.sum():,} objects of {frames}; each row in per cent.",
            "Nodes are named on half of the frames, by the greatest rate of a kind, and scored on the rest.",
            f"Balanced accuracy {table.balanced_accuracy:.2f} (by chance {1 / len(table.kinds):.2f}).",
        ]
        return confusion.draw_confusion(table, Caption("What is taken for what", notes))

    def draw_layout(self, labels: Mapping[int, str]) -> Sheet:
        """Draw the plane of Map 1: kinds or labels, and distances of neighbours."""
        if self.request.own:
            model, members = self._see()
            rule, told = layout.find_rule(members), f"{len(members):,} objects"
        else:
            model = load_model(self.settings.model)
            with open_holdings(self.settings) as archive:
                _check_model(model, archive)
                counts, _ = archive.count(archive.object_map)
            kinds = [labels.get(number, "").replace(" ", "_") for number in range(NODES)]
            rule = layout.Rule(kinds, np.array([float(bool(kind)) for kind in kinds]), counts)
            told = f"{counts.sum():,} public objects of the archive; the kinds are its labels"
        caption = Caption(
            "The plane of Map 1", [f"Model {model.hash[:12]}; {told}. Node 0 is at the lower left."]
        )
        return layout.draw_layout(rule, layout.measure_steps(model.centroids), caption)

    def draw_map2(self) -> Sheet:
        """Draw Map 2 with a typical image for each field."""
        model = load_model(self.request.model or self.settings.model)
        if self.request.own:
            views = list(self._view(model))
            counts = np.bincount([view.field for view in views], minlength=FIELDS)
            typical, told = typical_images(views), f"{len(views):,} images; {FOLDED}"
        else:
            with open_holdings(self.settings) as archive, self._bar("images") as bar:
                _check_model(model, archive)
                if archive.field_map is None:
                    raise ParameterError("The archive has no Map 2 yet: run caom-ai fingerprint first.")
                typical = archive.find_typical_images(model, self._refuse, bar)
                _, counts = archive.count(archive.field_map)
            told = f"{counts.sum():,} public images of the archive"
        notes = [f"Model {model.hash[:12]}; {told}. A typical image of each field, number of images;"]
        notes += ["field = gridX + 12 gridY, 0 at the lower left; asinh between percentiles, y upward."]
        return map2.draw_fields(typical, counts.tolist(), Caption("Map 2", notes))

    def _see(self) -> tuple[Model, Members]:
        """See the objects of the images and frames of the request."""
        request = self.request
        model = load_model(request.model or self.settings.model)
        observer = Observer(model, request.most, request.seed)
        paths = find_images(request.images)
        seen = []
        with self._bar("images", len(paths) + request.simulated) as bar:
            for members in observer.see_images(paths, lambda path, error: self._refuse(str(path), error)):
                seen.append(members)
                bar.advance()
            for members in observer.see_frames(request.simulated):
                seen.append(members)
                bar.advance()
        return model, gather(seen)

    def _view(self, model: Model) -> Iterator[View]:
        viewer, paths = Viewer(model), find_images(self.request.images)
        with self._bar("images", len(paths) + self.request.simulated) as bar:
            for view in viewer.view_images(paths, lambda path, error: self._refuse(str(path), error)):
                yield view
                bar.advance()
            for view in viewer.view_frames(self.request.simulated, self.request.seed):
                yield view
                bar.advance()

    def _caption(self, model: str, title: str, told: str) -> Caption:
        first = f"Model {model[:12]}; {told}. Typical object of each node, 48 x 48 pixels; {STRETCH}."
        return Caption(
            title, [first, "node = gridX + 20 gridY: node 0 is at the lower left, 19 at the lower right."]
        )

    def _bar(self, unit: str, total: int | None = None) -> AbstractContextManager[Bar]:
        return progress(total, "Looking", unit, quiet=self.request.quiet)

    def _refuse(self, name: str, error: CaomAiError) -> None:
        self.refused.append(Refusal(name, str(error)))


def _check_model(model: Model, archive: Holdings) -> None:
    if model.hash != archive.model_hash:
        raise ParameterError(
            f"The archive's maps were made with the model {archive.model_hash[:12]}, and this is "
            f"{model.hash[:12]}: set CAOMAI_MODEL to the folder of that model."
        )
