"""What the service and the workers agree on about pictures of archived images."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self
from uuid import UUID, uuid5

from caomai.errors import ImageError

STRETCHES: Final = ("asinh", "linear", "sqrt", "log")  # the first where none is asked for
SPACE: Final = UUID("6a1c1c9e-0b0e-4f0e-9d3e-2c9b5b7d8f10")  # of the identifiers of what is wanted
CELL: Final = 48  # pixels of a cell of a map's picture
TYPICAL: Final = 12  # objects, or images, that stand for a node
FAILURE_SECONDS: Final = 600  # that a reason holds which may mend itself

Drawn = bytes | ImageError  # a PNG, or why there is none


@dataclass(frozen=True)
class View:
    """A picture of one part of a file, of the largest where part is empty, and how it is drawn.

    variant is `preview STRETCH`, `thumbnail`, or `stamp X Y SIDE`: FITS pixels of the middle, pixels across.
    """

    part: str
    variant: str

    @property
    def form(self) -> str:
        """Give the kind of the picture."""
        return self.variant.partition(" ")[0]

    @property
    def details(self) -> list[str]:
        """Give what else the variant says."""
        return self.variant.split(" ")[1:]


def ask_preview(part: str, stretch: str) -> View:
    """Ask for a picture of a whole image."""
    return View(part, f"preview {stretch}")


def ask_thumbnail(part: str = "") -> View:
    """Ask for a small picture of a whole image."""
    return View(part, "thumbnail")


def ask_stamp(part: str, x: float, y: float, size: float) -> View:
    """Ask for a picture of an object at a place in FITS pixels, whose semi-major axis is `size` pixels."""
    side = next((side for side, reach in ((48, 5), (96, 10)) if size <= reach), 192)
    return View(part, f"stamp {x:.1f} {y:.1f} {side}")


def keep_png(view: View, png: bytes) -> dict[str, object]:
    """Give what is kept of a picture."""
    kept = {"png": png, "reason": None, "status": None, "seconds": None}
    return {"part": view.part, "variant": view.variant, **kept}


@dataclass(frozen=True)
class Wish:
    """A picture that is to be drawn: of an artifact of a plane, or of a whole map where these are None."""

    variant: str
    part: str = ""
    uri: str | None = None
    plane: str | None = None
    map_id: int | None = None

    @property
    def number(self) -> UUID:
        """Identify it, so that those who want the same picture wait for one."""
        return uuid5(SPACE, self.to_json())

    @property
    def view(self) -> View:
        """Give what is to be drawn of the file."""
        return View(self.part, self.variant)

    def to_json(self) -> str:
        """Write it as it is stored."""
        return json.dumps({"wish": asdict(self)}, sort_keys=True).replace("\\u0000", "")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self | None:
        """Read what was stored, None where something else is wanted."""
        return cls(**document["wish"]) if "wish" in document else None
