"""Rows of simulated images and objects in PostgreSQL's binary COPY format, whole tables at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import hpgeom
import numpy as np
from numpy.typing import NDArray

from benchmarks.scale.content import Content, Images, is_sibling
from fingerprinting.description import STATISTICS
from fingerprinting.fieldmap import field_nodes
from fingerprinting.object_rows import HEADER, NSIDE, TRAILER

EPOCH: Final = np.datetime64("2000-01-01", "us")  # of PostgreSQL's timestamps
FIRST_DAY, DAYS = 55_000.0, 5_000  # MJD
SECONDS_PER_IMAGE: Final = 40.0
PIXELS: Final = 4096.0
SURVEYS: Final = 60
RADIUS: Final = 0.2  # degrees, of a footprint, which is a circle
PUBLIC: Final = 631_152_000_000_000  # 2020-01-01
BANDS: Final = np.array([b"u", b"g", b"r", b"i", b"z"])
INTEGER: Final = 23  # the type's number in PostgreSQL
COUNTS: Final = np.dtype([("head", ">i4", 5), ("items", [("length", ">i4"), ("count", ">i4")], 400)])
VECTOR: Final = np.dtype([("head", ">i2", 2), ("values", ">f2", 400)])
CIRCLE: Final = np.dtype([("head", ">i4", 5), ("items", [("length", ">i4"), ("value", ">f8")], 3)])
FLOAT4, FLOAT8 = 700, 701
STATISTICS_ARRAY: Final = np.dtype(
    [("head", ">i4", 5), ("items", [("length", ">i4"), ("value", ">f4")], len(STATISTICS))]
)
CHECKSUM: Final = np.bytes_(b"md5:00000000000000000000000000000000")

Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Maps:
    """The numbers of Map 1 and Map 2 in the database."""

    objects: int
    fields: int


def text(pattern: str, numbers: NDArray[Any]) -> NDArray[np.bytes_]:
    """Write a pattern with one number, of the same length in all rows."""
    width = len(pattern.format(0))
    return np.array([pattern.format(number) for number in numbers.tolist()], f"S{width}")


def uuids(kind: int, numbers: NDArray[np.int64]) -> NDArray[np.void]:
    """Give identifiers as CAOM has them: 16 bytes, spread like random ones."""
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    made = np.zeros(len(numbers), np.dtype([("kind", ">u8"), ("number", ">u8")]))
    made["kind"], made["number"] = mixed ^ np.uint64(kind), numbers
    return made


def pack(columns: Columns, rows: int) -> Iterator[bytes]:
    """Give the data of a COPY: a tuple is its number of columns, then the length and bytes of each."""
    layout: list[tuple[str, Any]] = [("columns", ">i2")]
    values = {name: np.asarray(value) for name, value in columns.items()}
    for name, value in values.items():
        layout += [(f"{name}:", ">i4"), (name, value.dtype.newbyteorder(">"))]
    table = np.zeros(rows, np.dtype(layout))
    table["columns"] = len(values)
    for name, value in values.items():
        table[f"{name}:"] = value.dtype.itemsize
        table[name] = value
    yield HEADER
    yield table.tobytes()
    yield TRAILER


def image_tables(content: Content, images: Images, first: int, maps: Maps) -> dict[str, tuple[Columns, int]]:
    """Give the rows of all tables that some images, numbered from `first` on, are in."""
    n = len(images.camera)
    numbers = np.arange(first, first + n)
    sky = places(content, images, numbers)
    observation = numbers - is_sibling(numbers)
    names = {
        "planeID": uuids(1, numbers),
        "obsID": uuids(2, observation),
        "publisherID": text("ivo://archive.test/SCALE?{0:09}/p", numbers),
    }
    common = common_columns()
    single = observation == numbers
    return {
        "caom2.Observation": (
            {name: value[single] if np.ndim(value) else value for name, value in
             observations(images, names, numbers).items()} | common,
            int(single.sum()),
        ),
        "caom2.Plane": (planes(images, names, numbers, sky) | common, n),
        "caom2.Artifact": (artifacts(names, numbers) | common, n),
        "caom2_ai.plane_position": (positions(names, sky), n),
        "caom2_ai.part_fingerprint": (parts(images, names, numbers, maps), n),
        "caom2_ai.fingerprint": (fingerprints(images, names, numbers, sky, maps), n),
        "caom2_ai.field_node": (
            {
                "planeID": names["planeID"],
                "mapID": np.int32(maps.fields),
                "node": np.int16(field_nodes(images.vectors, content.model.fields)),
            },
            n,
        ),
    }  # fmt: skip


def common_columns() -> Columns:
    """Give the columns that all tables of CAOM have."""
    stamp, checksum = np.int64(PUBLIC), np.bytes_(b"md5:0")
    return {
        "lastModified": stamp,
        "maxLastModified": stamp,
        "metaChecksum": checksum,
        "accMetaChecksum": checksum,
    }


def places(content: Content, images: Images, numbers: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Give where images are: targets lie in 60 surveys, visits within a tenth of a degree of them."""
    surveys, targets, offsets = _plan(content.seed, len(content.targets))
    jitter = (
        np.random.default_rng((content.seed, 8, int(numbers[0]))).standard_normal((len(numbers), 2)) * 0.1
    )
    centre = surveys[targets[images.target]] + offsets[images.target] + jitter
    ra, dec = centre[:, 0] % 360, np.clip(centre[:, 1], -89.5, 89.5)
    time = FIRST_DAY + (numbers * SECONDS_PER_IMAGE / 86_400) % DAYS
    return {"ra": ra, "dec": dec, "healpix": hpgeom.angle_to_pixel(NSIDE, ra, dec), "time": time}


def survey_centres(seed: int) -> NDArray[np.float64]:
    """Give the centres of the surveys, ra and dec in degrees (60, 2)."""
    return _plan(seed, 0)[0]


def _plan(seed: int, targets: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Give the centres of the surveys, the survey of each target and its offset there, in degrees."""
    rng = np.random.default_rng((seed, 7))
    ra, dec = rng.uniform(0, 360, SURVEYS), np.degrees(np.arcsin(rng.uniform(-0.95, 0.95, SURVEYS)))
    return (
        np.stack([ra, dec], axis=1),
        rng.integers(0, SURVEYS, targets),
        rng.standard_normal((targets, 2)) * 6,
    )


def observations(images: Images, names: Columns, numbers: NDArray[np.int64]) -> Columns:
    """Give the columns of caom2.Observation."""
    return {
        "observationURI": text("caom:SCALE/{0:09}", numbers),
        "obsID": names["obsID"],
        "collection": collection(images),
        "observationID": text("{0:09}", numbers),
        "algorithm_name": np.bytes_(b"exposure"),
        "intent": np.bytes_(b"science"),
        "typeCode": np.bytes_(b"S"),
        "metaRelease": np.int64(PUBLIC),
        "target_name": text("T{0:07}", images.target),
        "instrument_name": instrument(images),
    }


def planes(images: Images, names: Columns, numbers: NDArray[np.int64], sky: Columns) -> Columns:
    """Give the columns of caom2.Plane."""
    circle = np.zeros(len(numbers), CIRCLE)
    circle["head"] = (1, 0, FLOAT8, 3, 1)
    circle["items"]["length"] = 8
    circle["items"]["value"] = np.stack([sky["ra"], sky["dec"], np.full(len(numbers), RADIUS)], axis=1)
    return {
        "publisherID": names["publisherID"],
        "obsID": names["obsID"],
        "planeID": names["planeID"],
        "planeURI": text("caom:SCALE/{0:09}/p", numbers),
        "productID": np.bytes_(b"p"),
        "metaRelease": np.int64(PUBLIC),
        "dataRelease": np.int64(PUBLIC),
        "dataProductType": np.bytes_(b"image"),
        "calibrationLevel": np.int32(2),
        "position_bounds": circle,
        "energy_bandpassName": band(images),
        "time_bounds_lower": np.float64(sky["time"] - 1e-3),
        "time_bounds_upper": np.float64(sky["time"] + 1e-3),
        # Of few values, so that conditions on it keep known shares: 1, 10, 100 and 1,000 of 10,000.
        "time_exposure": exposure(numbers),
    }


def exposure(numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give exposure times, of which 10 s is that of 0.01 %, 20 s of 0.1 % and 30 s of 1 % of the images."""
    mixed = (numbers * 7919) % 10_000
    return np.array([10.0, 20.0, 30.0, 100.0])[np.searchsorted([1, 11, 111], mixed, "right")]


def artifacts(names: Columns, numbers: NDArray[np.int64]) -> Columns:
    """Give the columns of caom2.Artifact."""
    return {
        "uri": text("cadc:SCALE/instrument/{0:09}.fits.fz", numbers),
        "planeID": names["planeID"],
        "artifactID": uuids(3, numbers),
        "productType": np.bytes_(b"science"),
        "releaseType": np.bytes_(b"data"),
        "contentType": np.bytes_(b"application/fits"),
        "contentChecksum": CHECKSUM,
    }


def positions(names: Columns, sky: Columns) -> Columns:
    """Give the columns of caom2_ai.plane_position; the box is that of caom2_ai.chart_box."""
    ra, dec, radius = np.radians(sky["ra"]), np.radians(sky["dec"]), np.radians(RADIUS + 1e-9)
    quarter = np.pi / 2
    depth = 2 * np.sin((quarter + dec + radius) / 2) * np.sin((quarter + dec - radius) / 2)
    x, y, r = np.cos(dec) * np.cos(ra) / depth, np.cos(dec) * np.sin(ra) / depth, np.sin(radius) / depth
    box = np.zeros(len(ra), np.dtype([("corners", ">f8", 4)]))
    box["corners"] = np.stack([x + r, y + r, x - r, y - r], axis=1)
    return {
        "planeID": names["planeID"], "ra": sky["ra"], "dec": sky["dec"], "healpix": sky["healpix"],
        "extent": box, "modified": np.int64(PUBLIC),
    }  # fmt: skip


def parts(images: Images, names: Columns, numbers: NDArray[np.int64], maps: Maps) -> Columns:
    """Give the columns of caom2_ai.part_fingerprint: each image has one HDU."""
    statistics = np.zeros(len(numbers), STATISTICS_ARRAY)
    statistics["head"], statistics["items"]["length"] = (1, 0, FLOAT4, len(STATISTICS), 1), 4
    statistics["items"]["value"] = images.statistics
    return described(images) | {
        "statistics": statistics,
        "contentChecksum": CHECKSUM,
        "imageID": np.int32(numbers + 1),
        "planeID": names["planeID"],
        "publisherID": names["publisherID"],
        "artifactURI": text("cadc:SCALE/instrument/{0:09}.fits.fz", numbers),
        "part": np.bytes_(b"0"),
        "mapID": np.int32(maps.objects),
        "naxis1": np.int32(PIXELS),
        "naxis2": np.int32(PIXELS),
    }


def fingerprints(
    images: Images, names: Columns, numbers: NDArray[np.int64], sky: Columns, maps: Maps
) -> Columns:
    """Give the columns of caom2_ai.fingerprint."""
    vector = np.zeros(len(numbers), VECTOR)
    vector["head"], vector["values"] = (400, 0), images.vectors
    return described(images) | names | {
        "mapID": np.int32(maps.objects),
        "vector": vector,
        "collection": collection(images),
        "instrument_name": instrument(images),
        "bandpassName": band(images),
        "intent": np.bytes_(b"science"),
        "metaRelease": np.int64(PUBLIC),
        "dataRelease": np.int64(PUBLIC),
        "ra": sky["ra"],
        "dec": sky["dec"],
        "healpix": sky["healpix"],
        "timeMid": sky["time"],
    }  # fmt: skip


def described(images: Images) -> Columns:
    """Give the columns that images and their parts share: counts and quality."""
    n = len(images.camera)
    counts = np.zeros(n, COUNTS)
    counts["head"], counts["items"]["length"] = (1, 0, INTEGER, 400, 1), 4
    counts["items"]["count"] = images.counts
    objects = images.counts.sum(axis=1, dtype=np.int32)
    fwhm = np.float32(2 + 2 * np.abs(images.vectors[:, -1]))
    return {
        "fingerprint": counts, "nObjects": objects, "nDetected": objects, "sampledFraction": np.float32(1),
        "background": np.float32(100), "noise": np.float32(10), "fwhm": fwhm / 4, "fwhmPixel": fwhm,
        "elongation": np.float32(1.1), "saturatedFraction": np.float32(0), "maskedFraction": np.float32(0),
    }  # fmt: skip


def collection(images: Images) -> NDArray[np.bytes_]:
    """Give the collections: an archive of each ten cameras."""
    return text("ARCHIVE{0:02}", images.camera // 10)


def instrument(images: Images) -> NDArray[np.bytes_]:
    """Give the names of the cameras."""
    return text("CAM-{0:03}", images.camera)


def band(images: Images) -> NDArray[np.bytes_]:
    """Give the filters: a target is seen in one by a camera."""
    return BANDS[(images.camera + images.target) % len(BANDS)]
