"""XML as text: every name is ours, every value is escaped, and what XML 1.0 forbids is dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape as escape_text
from xml.sax.saxutils import quoteattr

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Drop the characters that no XML 1.0 document may hold, even escaped."""
    return FORBIDDEN.sub("", text)


def escape(text: str) -> str:
    """Write text as the content of an element."""
    return escape_text(clean(text), {"\r": "&#13;"})


def element(name: str, attributes: Mapping[str, str | None] | None = None, *children: str) -> str:
    """Write an element; attributes that are None are left out, children are markup already."""
    start = name + "".join(
        f" {key}={quoteattr(clean(value))}" for key, value in (attributes or {}).items() if value is not None
    )
    return f"<{start}>{''.join(children)}</{name}>" if any(children) else f"<{start}/>"


def text_element(name: str, text: str | None, attributes: Mapping[str, str | None] | None = None) -> str:
    """Write an element that holds text, or nothing where there is no text."""
    return "" if text is None else element(name, attributes, escape(text))
