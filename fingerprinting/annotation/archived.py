"""Archived images of which pictures are wanted: their files and objects, as anybody may see them."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from psycopg.rows import DictRow

from caomai.descriptions import Picture
from caomai.errors import CaomAiError, NotFoundError, TransientError
from fingerprinting.annotation.picture import Known
from fingerprinting.description import DESCRIBED

FULL: Final = (errno.ENOSPC, errno.EDQUOT)

Execute = Callable[[str, dict[str, object]], Awaitable[list[DictRow]]]


@dataclass(frozen=True)
class ArchivedImage:
    """The file of an image, and its objects."""

    uri: str
    checksum: str | None
    known: Known


async def find_image(execute: Execute, picture: Picture, model_hash: str) -> ArchivedImage:
    """Find an archived image that anybody may see on the map of a model."""
    publisher_id, uri = picture.image or ("", "")
    names: dict[str, object] = {"publisherID": publisher_id, "artifactURI": uri, "part": picture.part}
    rows = await execute("find_image", names | {"modelHash": model_hash})
    if not rows:
        raise NotFoundError("The image is not known any more.")
    row = rows[0]
    objects = await execute("list_image_objects", names | {"mapID": row["mapid"]})
    return ArchivedImage(uri, row["contentchecksum"], Known(to_objects(objects), row["ndetected"]))


def to_objects(rows: Sequence[DictRow]) -> NDArray[np.void]:
    """Make objects of rows, in the form of a description."""
    objects = np.zeros(len(rows), DESCRIBED)
    for name in DESCRIBED.names or ():
        objects[name] = [np.nan if row[name] is None else row[name] for row in rows]
    return objects


async def open_archived(stack: ExitStack, place: AbstractContextManager[Path]) -> Path:
    """Fetch an archived file; what is wrong with the archive's folders is not told to users."""
    try:
        return await asyncio.to_thread(stack.enter_context, place)
    except TransientError:
        raise
    except (CaomAiError, OSError) as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        raise NotFoundError("The pixels of this image cannot be had here.") from error
