"""A sheet to draw on (Pillow): text that is safe to show, tiles of grey, and a PNG that is written whole."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from caomai.errors import CaomAiError

Colour = tuple[int, int, int]
Anchor = Literal["left", "middle", "right"]

NIGHT: Final[Colour] = (18, 18, 20)  # the sheet under pictures of the sky
PAPER: Final[Colour] = (255, 255, 255)  # the sheet under diagrams
INK: Final[Colour] = (25, 25, 28)
FAINT: Final[Colour] = (140, 140, 146)
LIGHT: Final[Colour] = (236, 236, 238)
MARGIN: Final = 24
SMALL, BODY, TITLE = 12, 15, 22  # pixels
HORIZONTAL: Final = {"left": "l", "middle": "m", "right": "r"}


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Load the font that comes with Pillow (Aileron, CC0)."""
    return ImageFont.load_default(size)


def plain(text: str) -> str:
    """Write text with the letters that the font has: accents fall off, what is not printable is a ?."""
    apart = unicodedata.normalize("NFKD", text)
    letters = (mark for mark in apart if not unicodedata.combining(mark))
    return "".join(mark if mark.isascii() and mark.isprintable() else "?" for mark in letters)


def measure(text: str, size: int = BODY) -> int:
    """Give the width of a text, pixels."""
    return round(font(size).getlength(plain(text)))


def shorten(text: str, width: int, size: int = BODY) -> str:
    """Cut a text so that it fits a width, pixels."""
    text = plain(text[: max(width, 1)])  # no letter is narrower than a pixel, and names may be long
    if measure(text, size) <= width:
        return text
    while text and measure(f"{text}...", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}..."


@dataclass(frozen=True)
class Sheet:
    """A picture in the making; places are pixels from the top left corner."""

    image: Image.Image

    @classmethod
    def make(cls, width: int, height: int, colour: Colour) -> Sheet:
        """Make an empty sheet."""
        return cls(Image.new("RGB", (width, height), colour))

    @property
    def draw(self) -> ImageDraw.ImageDraw:
        """Give Pillow's pencil."""
        return ImageDraw.Draw(self.image)

    def write(
        self, place: tuple[float, float], text: str, colour: Colour, size: int = BODY, anchor: Anchor = "left"
    ) -> None:
        """Write one line whose left end, middle or right end is at the place, its middle height too."""
        self.draw.text(place, plain(text), fill=colour, font=font(size), anchor=f"{HORIZONTAL[anchor]}m")

    def write_upward(self, place: tuple[int, int], text: str, colour: Colour, size: int = BODY) -> None:
        """Write one line that runs upward from a place."""
        line = Sheet.make(measure(text, size) + 2, size + 6, self.image.getpixel(place))  # type: ignore[arg-type]
        line.write((0, line.image.height / 2), text, colour, size)
        turned = line.image.rotate(90, expand=True)
        self.image.paste(turned, (place[0] - turned.width // 2, place[1] - turned.height))

    def paste(self, place: tuple[int, int], grey: NDArray[np.uint8], side: int) -> None:
        """Put a grey tile (h, w), row 0 at the top, as a square: whole pixels where it is enlarged."""
        tile = Image.fromarray(np.ascontiguousarray(grey))
        if grey.shape != (side, side):
            larger = side >= max(grey.shape)
            tile = tile.resize((side, side), Image.Resampling.NEAREST if larger else Image.Resampling.BOX)
        self.image.paste(tile.convert("RGB"), place)

    def fill(self, box: tuple[float, float, float, float], colour: Colour) -> None:
        """Fill a box, whose right and lower sides are outside."""
        self.draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=colour)

    def frame(self, box: tuple[float, float, float, float], colour: Colour, width: int = 1) -> None:
        """Draw the frame of a box, inside it."""
        self.draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=colour, width=width)


@dataclass(frozen=True)
class Caption:
    """What stands above a picture: its title, and what must be known to read it."""

    title: str
    notes: Sequence[str] = ()

    @property
    def height(self) -> int:
        """Give the height that it takes with its margins, pixels."""
        return MARGIN + 36 + 19 * len(self.notes)

    def write_on(self, sheet: Sheet, colour: Colour = LIGHT) -> None:
        """Write it at the top of a sheet."""
        room = sheet.image.width - 2 * MARGIN
        sheet.write((MARGIN, MARGIN + 4), shorten(self.title, room, TITLE), colour, TITLE)
        for number, note in enumerate(self.notes):
            sheet.write((MARGIN, MARGIN + 32 + 19 * number), shorten(note, room, BODY), FAINT, BODY)


def find_corner(node: int, side: int, step: tuple[int, int]) -> tuple[int, int]:
    """Give the upper left corner of a node's cell from that of its grid: node = x + side * y, y upward."""
    return node % side * step[0], (side - 1 - node // side) * step[1]


def encode(image: Image.Image, about: Mapping[str, str]) -> bytes:
    """Make a PNG with text chunks that say what it is, without taking long."""
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=_tell(about))
    return stream.getvalue()


def _tell(about: Mapping[str, str]) -> PngInfo:
    info = PngInfo()
    for name, text in about.items():
        info.add_itxt(name, text)
    return info


def save(image: Image.Image, path: Path, about: Mapping[str, str]) -> None:
    """Write a PNG with text chunks that say what it is; the file is there whole or not at all."""
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            image.save(file, "PNG", pnginfo=_tell(about), optimize=True)
        part.replace(path)
    except OSError as error:
        raise CaomAiError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
