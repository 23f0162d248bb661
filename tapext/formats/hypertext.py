"""Results as a web page for people: a table that grows as it comes, without scripts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from psycopg import sql

from tapext.formats.votable import TableData
from tapext.formats.writer import Document, enumerate_columns
from tapext.markup import escape, text_element
from tapext.votype import Field, write_text

# Nothing runs and nothing is loaded, whatever stands in a cell.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
# TABLEDATA is HTML as well; a cell that is nothing but an address becomes a link.
LINK: Final = re.compile(rb"<TD>(https?://[^\s<>\"']+)</TD>")
LINKED: Final = rb'<TD><a href="\1" rel="nofollow noreferrer">\1</a></TD>'
STYLE: Final = """
:root { color-scheme: light dark; --line: #c4cad3; --soft: #f0f2f5; --faint: #586069; --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --soft: #1d2430; --faint: #a3acb8; --link: #8ab4f8; }
  body { background: #10151d; color: #e6e9ee; }
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
pre { background: var(--soft); padding: .75rem; max-height: 12rem; overflow: auto; white-space: pre-wrap; }
a { color: var(--link); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: max-content; font-size: .875rem; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { background: var(--soft); }
th small { display: block; color: var(--faint); font-weight: normal; }
td { max-width: 28rem; overflow-wrap: break-word; white-space: pre-wrap; unicode-bidi: isolate; }
tbody { font-variant-numeric: tabular-nums; }
tbody tr:nth-child(even) { background: var(--soft); }
.end { font-weight: bold; }
"""


class Html(TableData):
    """A web page; what breaks midway is said in it, where a person who reads it sees it."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.count = 0

    def columns(self) -> list[sql.Composable]:
        """Write every column as text."""
        return [write_text(field, column) for field, column in enumerate_columns(self.document.fields)]

    def head(self) -> bytes:
        """Begin the page."""
        query = "".join(info.value for info in self.document.infos if info.name == "query")
        names = "".join(write_name(field) for field in self.document.fields)
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>Result of a query</title><style>{STYLE}{align(self.document.fields)}</style></head>\n"
            f'<body><main><h1 id="title">Result of a query</h1>\n<pre>{escape(query)}</pre>\n'
            '<div class="table" role="region" aria-labelledby="title" tabindex="0">'
            f"<table><thead><tr>{names}</tr></thead><tbody>\n"
        ).encode()

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Write rows, addresses as links."""
        self.count += len(rows)
        block = super().body(rows)
        return LINK.sub(LINKED, block) if b"<TD>http" in block else block

    def tail(self, *, overflow: bool) -> bytes:
        """End the page."""
        rows = f"{self.count:,} row{'' if self.count == 1 else 's'}"
        more = f"OVERFLOW: there are more than these {rows}; raise MAXREC or narrow the query."
        return close(f'<p class="end" role="status">{more if overflow else f"{rows}."}</p>')

    def fail(self, message: str) -> bytes:
        """End the page with an error."""
        words = f"ERROR: {message} The rows above are not all."
        return close(f'<p class="end" role="alert">{escape(words)}</p>')


def close(words: str) -> bytes:
    """End the page with some last words."""
    return f"</tbody></table></div>\n{words}\n</main></body></html>\n".encode()


def write_name(field: Field) -> str:
    """Write the head of a column: its name, its unit, and what it means."""
    note = " — ".join(filter(None, (field.description, field.ucd)))
    name = f"{escape(field.name)}{text_element('small', field.unit)}"
    return f'<th scope="col" title="{escape(note).replace(chr(34), "&quot;")}">{name}</th>'


def align(fields: Sequence[Field]) -> str:
    """Align numbers at the right, and let long arrays scroll in their cells."""
    rules = []
    for at, field in enumerate(fields, 1):
        if field.is_array:
            rules.append(f"td:nth-child({at}) {{ white-space: nowrap; overflow-x: auto; }}\n")
        elif not field.is_text:
            rules.append(f"td:nth-child({at}) {{ text-align: right; }}\n")
    return "".join(rules)
