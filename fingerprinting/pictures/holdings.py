"""Objects and images of the connected archive, as anybody may see them: rows first, then their pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import dict_row

from caomai.console import Bar
from caomai.database import open_database, read_queries, translate_errors
from caomai.errors import CaomAiError, NotFoundError
from caomai.settings import Settings
from fingerprinting.archive import download_folder, fetch
from fingerprinting.cutout import windows
from fingerprinting.fieldmap import FIELDS, FieldMap
from fingerprinting.fitsfile import open_fits
from fingerprinting.image import read_part, read_parts
from fingerprinting.maps import decode_vector
from fingerprinting.model import Model
from fingerprinting.noise import model_sky
from fingerprinting.parameters import RECIPE
from fingerprinting.pictures.members import Members, crop, gather
from fingerprinting.pictures.views import View, shrink
from fingerprinting.planes import choose_planes
from fingerprinting.section import Box
from fingerprinting.training.collect import Source, read_instrument

POOL: Final = 2000  # objects of a node, or images of a field, of which the nearest are found
AROUND: Final = 256  # pixels on each side of an object in which its sky is measured

Connection = psycopg.Connection[Any]
Refuse = Callable[[str, CaomAiError], None]


@dataclass(frozen=True)
class Holdings:
    """The public part of an archive: its current maps, and where its files are."""

    connection: Connection
    artifacts: Mapping[str, str]
    folder: Path
    object_map: int
    model_hash: str
    field_map: int | None
    arrays: bytes | None

    def count(self, map_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the numbers of visible objects and images of each node of a map."""
        rows = self._fetch("count_objects", mapID=map_id)
        return np.array([row["nobjects"] for row in rows]), np.array([row["nimages"] for row in rows])

    def find_near(self, nodes: Sequence[int], most: int, refuse: Refuse, bar: Bar) -> Members:
        """Cut out the objects nearest to the centroids of some nodes; files that fail are refused."""
        rows = self._fetch("list_near", mapID=self.object_map, nodes=list(nodes), pool=POOL, most=most)
        return gather(self._cut_out(rows, refuse, bar))

    def find_oddest(self, collection: str | None, snr: float, most: int, refuse: Refuse, bar: Bar) -> Members:
        """Cut out the oddest objects of a collection, or of all; `distance` is their oddness."""
        rows = self._fetch("list_oddest", mapID=self.object_map, collection=collection, snr=snr, most=most)
        return gather(self._cut_out(rows, refuse, bar))

    def find_typical_images(self, model: Model, refuse: Refuse, bar: Bar) -> list[View | None]:
        """Show for each field the visible image nearest to its centroid."""
        fields = model.fields if self.arrays is None else FieldMap.from_bytes(self.arrays)
        typical: list[View | None] = [None] * FIELDS
        for row in self._nearest_images(fields):
            bar.advance()
            try:
                with self._open(row["artifacturi"]) as path:
                    part = next(iter(read_parts(path, [row["part"]])))
                    source = Source(row["publisherid"], read_instrument(path))
                view = View(source, shrink(part.pixels, part.mask), row["node"], row["likeness"])
            except CaomAiError as error:
                refuse(row["artifacturi"], error)
                continue
            typical[view.field] = view
        return typical

    def find_random(self, nodes: Sequence[int], most: int, seed: int) -> list[dict[str, Any]]:
        """Give the rows of some objects of nodes, drawn by chance."""
        return self._fetch("list_random", mapID=self.object_map, nodes=list(nodes), most=most, seed=seed)

    def cut_out(
        self, rows: Sequence[Mapping[str, Any]], refuse: Refuse, bar: Bar
    ) -> list[NDArray[np.float16] | None]:
        """Cut objects out, each (64, 64) in sigma of the sky; None where the file cannot be had."""
        pictures: list[NDArray[np.float16] | None] = [None] * len(rows)
        places = sorted(range(len(rows)), key=lambda place: (rows[place]["artifacturi"], rows[place]["part"]))
        for uri, same in groupby(places, lambda place: str(rows[place]["artifacturi"])):
            inside = list(same)
            bar.advance(len(inside))
            try:
                with self._open(uri) as path:
                    cuts = crop(_cut_windows(path, [rows[place] for place in inside]))
            except CaomAiError as error:
                refuse(uri, error)
                continue
            for place, cut in zip(inside, cuts, strict=True):
                pictures[place] = cut
        return pictures

    def _nearest_images(self, fields: FieldMap) -> list[dict[str, Any]]:
        """Give for each field the row of the image that is most like its centroid."""
        with self.connection.cursor(binary=True, row_factory=dict_row) as cursor:
            names = {"mapID": self.field_map, "objectMap": self.object_map, "pool": POOL}
            cursor.execute(read_queries("pictures")["list_images"], names | {"nodes": list(range(FIELDS))})
            rows = [dict(row) for row in cursor]
        for row in rows:
            row["likeness"] = float(fields.centroids[row["node"]] @ decode_vector(row["vector"]))
        rows.sort(key=lambda row: (row["node"], -row["likeness"], row["publisherid"]))
        return [next(same) for _, same in groupby(rows, lambda row: row["node"])]

    def _cut_out(self, rows: list[dict[str, Any]], refuse: Refuse, bar: Bar) -> Iterator[Members]:
        """Cut the objects out of their files, each of which is opened once."""
        rows.sort(key=lambda row: (row["artifacturi"], row["part"]))
        for uri, same in groupby(rows, lambda row: str(row["artifacturi"])):
            objects = list(same)
            bar.advance(len(objects))
            try:
                with self._open(uri) as path:
                    yield _cut_file(path, objects)
            except CaomAiError as error:
                refuse(uri, error)

    @contextmanager
    def _open(self, uri: str) -> Iterator[Path]:
        """Give the local file of an artifact, its checksum verified."""
        rows = self._fetch("find_checksum", uri=uri)
        checksum = rows[0]["contentchecksum"] if rows else None
        with fetch(uri, checksum, self.artifacts, self.folder) as path:
            yield path

    def _fetch(self, query: str, **parameters: object) -> list[dict[str, Any]]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(read_queries("pictures")[query], parameters).fetchall()


@contextmanager
def open_holdings(settings: Settings) -> Iterator[Holdings]:
    """Open the archive as its visitors see it."""
    with open_database(settings) as database, translate_errors(), download_folder() as folder:
        with database.connect("ingest") as connection:
            cursor = connection.cursor(row_factory=dict_row)
            row = cursor.execute(read_queries("pictures")["find_maps"]).fetchone()
        if row is None:
            raise NotFoundError("The archive has no map yet: run caom-ai fingerprint, or give --images.")
        with database.connect("query") as connection:
            yield Holdings(
                connection=connection,
                artifacts=settings.artifacts,
                folder=folder,
                object_map=row["objectmap"],
                model_hash=row["modelhash"],
                field_map=row["fieldmap"],
                arrays=row["arrays"],
            )


def _cut_windows(path: Path, rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float32]:
    """Cut the objects of rows, sorted by part, out of one file; the sky is measured around each."""
    cuts = []
    with open_fits(path) as file:
        for name, same in groupby(rows, lambda row: str(row["part"])):
            plane = choose_planes(file, [name])[0]
            for row in same:
                x, y = row["x"] - 1, row["y"] - 1  # FITS counts from 1
                part = read_part(file, plane, _around(plane.box, x, y))
                sky = model_sky(part, RECIPE.mesh)
                place = np.array([x - part.origin[0]]), np.array([y - part.origin[1]])
                cuts.append(windows(sky.subtracted, sky.sigma, *place))
    return np.concatenate(cuts)


def _cut_file(path: Path, rows: Sequence[Mapping[str, Any]]) -> Members:
    """Cut the objects of rows, sorted by part, out of one file."""
    return Members(
        sources=[Source(path.name, read_instrument(path))],
        pictures=crop(_cut_windows(path, rows)),
        node=np.array([row["node"] for row in rows], np.int16),
        distance=np.array([row["oddness"] for row in rows], np.float32),
        snr=np.array([row["snr"] for row in rows], np.float32),
        kind=np.full(len(rows), "", "U16"),
        image=np.zeros(len(rows), np.intp),
    )


def _around(box: Box, x: float, y: float) -> Box:
    """Give the surroundings of a place within a box."""
    x0, y0 = (int(max(low, place - AROUND)) for low, place in ((box.x0, x), (box.y0, y)))
    x1, y1 = (int(min(high, place + AROUND)) for high, place in ((box.x1, x), (box.y1, y)))
    return Box(x0, x1, y0, y1)
