"""Images that come with a search: a worker describes them, and their search vectors are asked about."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caomai.errors import NotFoundError, ParameterError
from tapext.descriptions import Description, Descriptions
from tapext.formats.writer import Info
from tapext.parameters import Parameters, read_title
from tapext.service import Knowledge
from tapext.similar.subjects import Vectors
from tapext.uploads.parameter import find_source, split_pairs

PART: Final = "IMAGE"
WARNING: Final = "warning"
MOST_IMAGES: Final = 20
# FITS, also packed by bzip2; PNG; JPEG. A table is text; gzip holds either.
SIGNATURES: Final = (b"SIMPLE", b"BZh", b"\x89PNG", b"\xff\xd8\xff")
GZIP: Final = b"\x1f\x8b"
FIRST: Final = 1 << 16  # bytes that are looked at
LONGEST_SIGNATURE: Final = max(map(len, SIGNATURES))


@dataclass(frozen=True)
class Image:
    """A file that came with a request, under the name of its part of the form, or that UPLOAD gives it."""

    name: str
    path: Path

    @property
    def title(self) -> str:
        """Give what people call it: the name that the file had, else that of its part of the form."""
        return read_title(self.path) or self.name


def find_images(parameters: Parameters) -> tuple[Image, ...]:
    """Give the images among the files of a request: parts called image, and those that UPLOAD names."""
    images = [Image(name, path) for name, path in parameters.files.items() if name.upper() == PART]
    tables = 0
    for name, uri in split_pairs(parameters.all("UPLOAD")):
        source = find_source(uri, parameters)
        if isinstance(source, Path) and is_image(source):
            images.append(Image(name, source))
        else:
            tables += 1
    if images and tables:
        raise ParameterError("An image and a table cannot be uploaded together: ask two questions.")
    if len(images) > MOST_IMAGES:
        raise ParameterError(f"More than {MOST_IMAGES} images cannot be uploaded at once.")
    if len({image.name for image in images}) < len(images):
        raise ParameterError("Two images have the same name; give each its own.")
    return tuple(images)


def is_image(path: Path) -> bool:
    """Tell an image from a table by its first bytes; gzip that cannot be unpacked is no image."""
    with path.open("rb") as file:
        first = file.read(FIRST)
    return (_unpack(first) if first.startswith(GZIP) else first).startswith(SIGNATURES)


def _unpack(first: bytes) -> bytes:
    # Not by GzipFile, which reads a head that never ends byte by byte.
    try:
        return zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(first, LONGEST_SIGNATURE)
    except zlib.error:
        return b""


def find_model(knowledge: Knowledge) -> str:
    """Give the hash of the model that all images of the archive are compared by."""
    if knowledge.catalogue.maps.get("object") is None:
        raise NotFoundError("The archive has no fingerprints yet: nothing can be compared.")
    return next(info.value for info in knowledge.maps if info.name == "modelHash")


async def describe_images(
    descriptions: Descriptions, images: Sequence[Image], model: str
) -> tuple[Vectors, tuple[Info, ...]]:
    """Have images described by the model of the archive; gives their search vectors, and warnings."""
    vectors: dict[str, str] = {}
    remarks: dict[str, None] = {}
    for image in images:
        description = await descriptions.describe(image.path, image.title, model)
        vectors[image.name] = read_vector(image, description)
        remarks.update(dict.fromkeys(description.remarks))
    return Vectors(vectors), tuple(map(warn, remarks))


def read_vector(image: Image, description: Description) -> str:
    """Give the search vector of an image that was described."""
    if description.vector is None:
        raise ParameterError(
            f"{image.title} has no objects and is too small to measure: there is nothing to compare."
        )
    return f"{{{','.join(map(str, description.vector))}}}"


def warn(remark: str) -> Info:
    """Write a remark into an answer."""
    return Info(WARNING, remark)


def list_warnings(infos: Sequence[Info]) -> tuple[str, ...]:
    """Give the remarks in an answer, for what stands beside formats without room for them."""
    return tuple(info.value for info in infos if info.name == WARNING)
