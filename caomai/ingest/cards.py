"""Values of FITS header cards (FITS 4.0 sect. 4), read with patience: archives hold illegal ones."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

CARD: Final = 80
END: Final = b"END     "
_COMMENTARY: Final = {"", "COMMENT", "HISTORY", "END"}
_STRING: Final = re.compile(rb"\s*'((?:[^']|'')*)'?")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(?:[ED][+-]?\d+)?", re.IGNORECASE)
# What instruments write where they have nothing to say.
_UNSAID: Final = {"", "-", "--", "?", "N/A", "NA", "NAN", "NONE", "NULL", "INDEF", "UNKNOWN", "<UNKNOWN>"}


@dataclass(frozen=True)
class Cards:
    """The cards of one header by keyword; where a keyword is repeated its first card counts."""

    fields: Mapping[str, bytes]

    @classmethod
    def parse(cls, header: bytes) -> Cards:
        """Take the cards of a header apart; those that are not legal are left out."""
        fields: dict[str, bytes] = {}
        last = ""
        for card in split_cards(header):
            keyword, field = _split(card)
            if keyword == "CONTINUE" and last:
                fields[last] = _join(fields[last], card[8:])
            elif field is not None and keyword not in _COMMENTARY:
                last = "" if keyword in fields else keyword
                fields.setdefault(keyword, field)
        return cls(fields)

    def text(self, keyword: str) -> str | None:
        """Give a value as one line of printable text, or None where the header says nothing."""
        field = self.fields.get(keyword)
        if field is None:
            return None
        string = _STRING.match(field)
        value = string[1].replace(b"''", b"'") if string else field.partition(b"/")[0]
        line = " ".join("".join(mark if mark.isprintable() else " " for mark in _decode(value)).split())
        return None if line.upper() in _UNSAID else line

    def number(self, keyword: str) -> float | None:
        """Give a value as a finite number, or None; numbers that were written as text count."""
        text = self.text(keyword)
        if text is None or not _NUMBER.fullmatch(text):
            return None
        value = float(text.upper().replace("D", "E"))
        return value if math.isfinite(value) else None

    def integer(self, keyword: str) -> int | None:
        """Give a value as a whole number, or None."""
        text = self.text(keyword)
        if text is not None and re.fullmatch(r"[+-]?\d{1,30}", text):
            return int(text)
        value = self.number(keyword)
        return int(value) if value is not None and value.is_integer() else None

    def is_string(self, keyword: str) -> bool:
        """Tell whether a value is written between quotes."""
        return self.fields.get(keyword, b"").lstrip().startswith(b"'")

    def flag(self, keyword: str) -> bool:
        """Tell whether a logical value is there and true."""
        return self.text(keyword) == "T"


@dataclass(frozen=True)
class Keywords:
    """The headers that speak for one image, the first before the others: primary, then its science HDU."""

    headers: tuple[Cards, ...]

    def text(self, *keywords: str) -> str | None:
        """Give the first text that any of the keywords has."""
        return next(self.texts(*keywords), None)

    def texts(self, *keywords: str) -> Iterator[str]:
        """Give the texts of all the keywords that say something, in the order of the keywords."""
        for keyword in keywords:
            found = (cards.text(keyword) for cards in self.headers)
            text = next((text for text in found if text is not None), None)
            if text is not None:
                yield text

    def numbers(self, *keywords: str) -> Iterator[float]:
        """Give the finite numbers of all the keywords that have one, in the order of the keywords."""
        for keyword in keywords:
            found = (cards.number(keyword) for cards in self.headers)
            number = next((number for number in found if number is not None), None)
            if number is not None:
                yield number

    def integer(self, *keywords: str) -> int | None:
        """Give the first whole number that any of the keywords has."""
        found = (cards.integer(keyword) for keyword in keywords for cards in self.headers)
        return next((number for number in found if number is not None), None)


def split_cards(header: bytes) -> Iterator[bytes]:
    """Cut a header into its cards of 80 bytes."""
    return (header[start : start + CARD] for start in range(0, len(header), CARD))


def _split(card: bytes) -> tuple[str, bytes | None]:
    if card.startswith(b"HIERARCH "):
        keyword, equals, field = card[9:].partition(b"=")
        return " ".join(keyword.decode("latin-1").upper().split()), field if equals else None
    keyword = card[:8].rstrip()
    return keyword.decode("latin-1").upper(), card[9:] if card[8:9] == b"=" else None


def _join(field: bytes, more: bytes) -> bytes:
    """Append a CONTINUE card (FITS 4.0 sect. 4.2.1.2) to a string that ends in &."""
    head, tail = _STRING.match(field), _STRING.match(more)
    if not head or not tail or not head[1].rstrip().endswith(b"&"):
        return field
    return b"'" + head[1].rstrip()[:-1] + tail[1] + b"'"


def _decode(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
