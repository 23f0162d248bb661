"""The picture of an image with its objects marked: thin ellipses in colours, few captions, a legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from caomai.annotation import OTHERS, RADII
from fingerprinting.annotation.backdrop import Backdrop
from fingerprinting.annotation.names import Group, Names, group
from fingerprinting.pictures.sheet import (
    BODY,
    FAINT,
    LIGHT,
    MARGIN,
    NIGHT,
    SMALL,
    Caption,
    Colour,
    Sheet,
    font,
    measure,
    plain,
    shorten,
)

LEGEND: Final = 250  # pixels
LINE: Final = 26
LONGEST: Final = 160  # pixels: of a caption
CORNERS: Final = 40  # of a drawn ellipse
FINE: Final = 2  # times finer the marks are drawn, so that thin lines are smooth
LEAST_RADIUS: Final = 5.0  # pixels of the screen
MOST_CAPTIONS: Final = 24
MOST_ALIKE: Final = 2  # captions with the same words; one where the legend tells the colour
CROWD: Final = 600  # marks beyond which lines are thinner, and those of common nodes fainter
LEAST_SIDE: Final = 300  # pixels: so high is the legend, and so wide the title, at least

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Marks:
    """Ellipses on the picture, (n,) each: centres and radii in its pixels, theta in radians, y downward."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    theta: NDArray[np.float64]

    def corners(self, one: int) -> list[tuple[float, float]]:
        """Give the outline of an ellipse in the pixels of the fine drawing."""
        turn = np.linspace(0, 2 * np.pi, CORNERS + 1)
        along, across = self.a[one] * np.cos(turn), self.b[one] * np.sin(turn)
        cosine, sine = np.cos(self.theta[one]), np.sin(self.theta[one])
        x = self.x[one] + along * cosine - across * sine
        y = self.y[one] - along * sine - across * cosine
        return list(zip((x * FINE).tolist(), (y * FINE).tolist(), strict=True))


def place_marks(backdrop: Backdrop, objects: NDArray[np.void]) -> Marks:
    """Put the ellipses of objects (the fields of PartDescription.objects) on a picture."""
    x, y = backdrop.place(objects["x"], objects["y"])
    a, b = (np.maximum(RADII * objects[axis] * backdrop.zoom, LEAST_RADIUS) for axis in ("a", "b"))
    return Marks(x, y, a, b, np.radians(objects["theta_deg"].astype(np.float64)))


def draw_annotated(
    backdrop: Backdrop, objects: NDArray[np.void], names: Names, title: str, notes: Sequence[str]
) -> Sheet:
    """Draw a picture with all objects marked, under a title, beside a legend."""
    height, width = backdrop.grey.shape
    caption = Caption(title, notes)
    sheet = Sheet.make(
        max(width + LEGEND, LEAST_SIDE) + 3 * MARGIN, max(height, LEAST_SIDE) + caption.height + MARGIN, NIGHT
    )
    caption.write_on(sheet)
    groups, marks = group(objects["node"], names), place_marks(backdrop, objects)
    picture = Sheet(Image.fromarray(backdrop.grey).convert("RGB"))
    draw_marks(picture, marks, groups)
    write_captions(picture, marks, objects, names, groups)
    sheet.image.paste(picture.image, (MARGIN, caption.height))
    draw_legend(sheet, (width + 2 * MARGIN, caption.height), groups, len(objects))
    return sheet


def draw_marks(picture: Sheet, marks: Marks, groups: Sequence[Group]) -> None:
    """Draw the ellipses: those of common nodes below those of rare ones."""
    width, height = picture.image.size
    layer = Image.new("RGBA", (width * FINE, height * FINE))
    pencil = ImageDraw.Draw(layer)
    crowded = len(marks.x) > CROWD
    for one in sorted(groups, key=lambda one: -len(one.members)):
        opacity = 120 if crowded and len(one.members) > CROWD / 2 else 230
        line = 2 if crowded else 3
        for member in one.members.tolist():
            corners = marks.corners(member)
            if not crowded:
                pencil.line(corners, fill=(0, 0, 0, 120), width=line + 3, joint="curve")
            pencil.line(corners, fill=(*one.colour, opacity), width=line, joint="curve")
    small = layer.resize((width, height), Image.Resampling.BOX)
    picture.image.paste(small, (0, 0), small)


def write_captions(
    picture: Sheet, marks: Marks, objects: NDArray[np.void], names: Names, groups: Sequence[Group]
) -> None:
    """Write what the oddest objects are beside them, where there is room."""
    colours: dict[int, Colour] = {member: one.colour for one in groups for member in one.members.tolist()}
    told = {member for one in groups if one.colour != OTHERS for member in one.members.tolist()}
    taken: list[Rectangle] = []
    written: Counter[str] = Counter()
    for member in np.argsort(-objects["oddness"], kind="stable").tolist():
        if len(taken) == MOST_CAPTIONS:
            return
        node = int(objects["node"][member])
        words = shorten(plain(names.label(node)) or str(node), LONGEST, SMALL)
        if written[words] == (1 if member in told else MOST_ALIKE):
            continue
        box = find_room(picture, marks, member, words, taken)
        if box is None:
            continue
        taken.append(box)
        written[words] += 1
        _write_caption(picture, box, words, colours[member])


def _write_caption(picture: Sheet, box: Rectangle, words: str, colour: Colour) -> None:
    """Write words on a dark edge, which can be read on light too."""
    place = box[0] + 2, (box[1] + box[3]) / 2
    picture.draw.text(
        place, words, fill=colour, font=font(SMALL), anchor="lm", stroke_width=2, stroke_fill=(0, 0, 0)
    )


def find_room(
    picture: Sheet, marks: Marks, member: int, words: str, taken: Sequence[Rectangle]
) -> Rectangle | None:
    """Find where a caption fits: right, left, above or below its object, over no other caption."""
    wide, high = measure(words, SMALL) + 4, SMALL + 4
    width, height = picture.image.size
    for x, y in _corners(marks, member, wide, high):
        box = (x, y, x + wide, y + high)
        inside = x >= 0 and y >= 0 and box[2] <= width and box[3] <= height
        if inside and not any(_meet(box, other) for other in taken):
            return box
    return None


def _corners(marks: Marks, member: int, wide: float, high: float) -> Iterator[tuple[float, float]]:
    x, y = marks.x[member], marks.y[member]
    cosine, sine = np.cos(marks.theta[member]), np.sin(marks.theta[member])
    reach = np.hypot(marks.a[member] * cosine, marks.b[member] * sine) + 3
    rise = np.hypot(marks.a[member] * sine, marks.b[member] * cosine) + 3
    yield x + reach, y - high / 2
    yield x - reach - wide, y - high / 2
    yield x - wide / 2, y - rise - high
    yield x - wide / 2, y + rise


def _meet(first: Rectangle, second: Rectangle) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def draw_legend(sheet: Sheet, place: tuple[int, int], groups: Sequence[Group], total: int) -> None:
    """List the groups with their colours and numbers of objects."""
    x, y = place
    sheet.write((x, y + LINE // 2), say_number(total, "object") + " marked", LIGHT, BODY)
    for number, one in enumerate(groups, 1):
        middle = y + number * LINE + LINE // 2 + 6
        sheet.draw.ellipse((x, middle - 7, x + 20, middle + 7), outline=one.colour, width=2)
        count = f"{len(one.members):,}"
        room = LEGEND - 34 - measure(count) - 10
        sheet.write((x + 30, middle), shorten(one.name, room), LIGHT, BODY)
        sheet.write((x + LEGEND - 4, middle), count, FAINT, BODY, "right")


def say_number(number: int, what: str) -> str:
    """Write a number of things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
