"""Objects marked on an image: the columns of their table, and DS9 regions, the same online and offline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

RADII: Final = 3.0  # of the axes (one standard deviation): an ellipse that holds nearly all light of a star
LEAST_RADIUS: Final = 3.0  # pixels: a cosmic ray is seen too
# Okabe & Ito (2008), which everybody can tell apart; white for their dark blue, because the sky is dark.
COLOURS: Final = (
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66),
    (204, 121, 167), (213, 94, 0), (255, 255, 255),
)  # fmt: skip
OTHERS: Final = (160, 160, 160)
REGION_TYPE: Final = "text/x-ds9-region"
REGION_HEAD: Final = (
    "# Region file format: DS9 version 4.1\n"
    'global color=#a0a0a0 width=1 font="helvetica 10 normal roman" select=1 edit=0 move=0 delete=1\n'
)


@dataclass(frozen=True)
class Column:
    """A column of the table of objects, as a VOTable FIELD describes it."""

    name: str
    datatype: str
    unit: str | None
    ucd: str
    description: str

    @property
    def arraysize(self) -> str | None:
        """Give the arraysize: text has any length."""
        return "*" if self.datatype in {"char", "unicodeChar"} else None


PART: Final = Column(
    "part",
    "char",
    None,
    "meta.id;meta.file",
    "number of the extension, 0 for the primary one; slices as 1[2]",
)
# What people call the node; the other columns are those of caom2_ai.object_node.
LABEL: Final = Column(
    "label", "unicodeChar", None, "meta.note;src.class", "what the node is called; several names with commas"
)
LABEL_ORIGIN: Final = Column(
    "labelOrigin",
    "char",
    None,
    "meta.code.class",
    "person, or suggested by a set of labelled objects",
)
OBJECT: Final = (
    Column("node", "short", None, "src.class", "node of Map 1, 0 to 399: gridX + 20 gridY"),
    LABEL,
    LABEL_ORIGIN,
    Column(
        "confidence",
        "float",
        None,
        "stat.confidenceLevel;src.class",
        "probability of the node among all nodes",
    ),
    Column(
        "oddness",
        "float",
        None,
        "stat.param;src.class",
        "share of the objects that the model has learnt from that are less odd: near the centre of a "
        "frequent node, without arcs of light around them",
    ),
    Column(
        "x",
        "float",
        "pixel",
        "pos.cartesian.x;instr.det",
        "column of the centre, FITS convention: the first pixel is 1",
    ),
    Column(
        "y",
        "float",
        "pixel",
        "pos.cartesian.y;instr.det",
        "row of the centre, FITS convention: the first pixel is 1",
    ),
    Column("ra", "double", "deg", "pos.eq.ra;meta.main", "right ascension (ICRS)"),
    Column("dec", "double", "deg", "pos.eq.dec;meta.main", "declination (ICRS)"),
    Column(
        "a",
        "float",
        "pixel",
        "phys.size.smajAxis;src",
        "semi-major axis (standard deviation of the profile)",
    ),
    Column(
        "b",
        "float",
        "pixel",
        "phys.size.sminAxis;src",
        "semi-minor axis (standard deviation of the profile)",
    ),
    Column(
        "theta",
        "float",
        "deg",
        "pos.posAng;instr.det",
        "angle from the x axis to the major axis, towards the y axis",
    ),
    Column("flux", "float", None, "phot.count;src", "flux above the sky, in the unit of the pixels"),
    Column("snr", "float", None, "stat.snr;src", "ratio of signal to noise"),
    Column(
        "flags",
        "short",
        None,
        "meta.code.qual;src",
        "flags of the extraction (SEP): 1 blended, 2 truncated, ...",
    ),
)


@dataclass(frozen=True)
class Mark:
    """One object as a region shows it: FITS pixels, axes of one standard deviation, theta in degrees."""

    part: str
    node: int
    label: str
    confidence: float
    x: float
    y: float
    a: float
    b: float
    theta: float


@dataclass
class Regions:
    """Writes marks as DS9 regions in the pixels of their part; labels, else nodes, have colours in turn."""

    colours: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    part: str | None = None

    def write(self, marks: Iterable[Mark]) -> str:
        """Write some marks, a line each; a comment stands where another part begins."""
        return "".join(map(self._write, marks))

    def _write(self, mark: Mark) -> str:
        begin = "" if mark.part == self.part else f"# part {_plain(mark.part)}\nimage\n"
        self.part = mark.part
        name = mark.label or str(mark.node)
        place = len(self.colours)
        red, green, blue = self.colours.setdefault(name, COLOURS[place] if place < len(COLOURS) else OTHERS)
        radii = (max(RADII * axis, LEAST_RADIUS) for axis in (mark.a, mark.b))
        shape = ",".join(f"{value:.2f}" for value in (mark.x, mark.y, *radii, mark.theta))
        words = " ".join(filter(None, (str(mark.node), mark.label, f"{mark.confidence:.2f}")))
        tags = [f"part {mark.part}", f"node {mark.node}", *filter(None, [mark.label])]
        told = [f"text={{{_plain(words)}}}", *(f"tag={{{_plain(tag)}}}" for tag in tags)]
        return f"{begin}ellipse({shape}) # color=#{red:02x}{green:02x}{blue:02x} {' '.join(told)}\n"


def _plain(text: str) -> str:
    """Write words that cannot end a text in braces, nor a line."""
    return "".join(mark if mark.isprintable() else "?" for mark in text).translate(str.maketrans("{}", "()"))
