"""What VOTable's datatype and arraysize say of a value (VOTable 1.4 sect. 2.1, 2.2)."""

from __future__ import annotations

from math import prod
from typing import Final

TEXTS: Final = ("char", "unicodeChar")


class Sized:
    """A FIELD, as far as the size of its values goes."""

    datatype: str
    arraysize: str | None

    @property
    def is_text(self) -> bool:
        """Tell whether a value is one string."""
        return self.datatype in TEXTS

    @property
    def is_array(self) -> bool:
        """Tell whether a value holds several elements that are no characters."""
        return not self.is_text and self.arraysize not in {None, "1"}

    @property
    def length(self) -> int | None:
        """Give the number of elements or characters where each value has the same."""
        sizes = (self.arraysize or "1").split("x")
        return prod(map(int, sizes)) if all(size.isdigit() for size in sizes) else None
