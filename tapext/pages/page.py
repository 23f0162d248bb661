"""Pages for people, made of the templates beside it: XHTML that is well-formed XML."""

from __future__ import annotations

from pathlib import Path
from string import Template

from tapext.markup import escape


def write_page(title: str, name: str, **parts: str) -> str:
    """Write a page; the parts that fill its template are markup already."""
    body = _read(f"{name}.html").substitute(parts)
    return _read("page.html").substitute(title=escape(title), style=_read("style.css").template, body=body)


def _read(name: str) -> Template:
    return Template(Path(__file__).with_name(name).read_text(encoding="utf-8"))
