"""The web page: one document for its addresses, and the modules, style sheets and pictures it is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SITE: Final = Path(__file__).parents[1] / "site"
PAGE: Final = "index.html"
PRELOADS: Final = "<!-- modulepreload -->"
ROUTER: Final = "app.js"
VIEWS: Final = {"/": "results.js", "/image": "image.js", "/upload": "upload.js"}
MEDIA_TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# A statement that imports, at the beginning of a line; what stands in comments is indented or follows a star.
IMPORT: Final = re.compile(r'^(?:import|export)\b(?:[^"\';]*?\bfrom)?\s*"(\.{1,2}/[^"]+)"', re.MULTILINE)
# The hub of SAMP's Web Profile 2.0 (sect. 5.2.1) listens on a visitor's own machine.
HUBS: Final = "http://localhost:21012 http://127.0.0.1:21012"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    f"connect-src 'self' {HUBS}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What is of one version never changes (RFC 8246); by other names a client asks whether it has.
KEPT: Final = "public, max-age=31536000, immutable"
CHECKED: Final = "no-cache"
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True)
class Part:
    """A file of the page in memory, with its tag (RFC 9110 sect. 8.8.3)."""

    content: bytes
    media_type: str
    tag: str


def make_routes() -> list[Route]:
    """Read the page, once, and give the routes to it and to its parts."""
    files = [path for path in SITE.rglob("*.*") if is_part(path)]
    parts = {path.relative_to(SITE).as_posix(): read_part(path) for path in files}
    document = parts.pop(PAGE)
    version = find_version(parts)
    pages = {path: make_page(document, find_modules(parts, view), version) for path, view in VIEWS.items()}
    return [
        *(Route(path, partial(give, page)) for path, page in pages.items()),
        Route(f"/site/{version}/{{name:path}}", partial(give_part, parts, caching=KEPT)),
        Route("/site/{name:path}", partial(give_part, parts)),
    ]


def is_part(path: Path) -> bool:
    """Tell whether a file is sent to visitors."""
    return path.suffix in MEDIA_TYPES and path.is_file()


def read_part(path: Path) -> Part:
    """Read a file of the page."""
    return make_part(path.read_bytes(), MEDIA_TYPES[path.suffix])


def make_part(content: bytes, media_type: str) -> Part:
    """Give content its tag."""
    return Part(content, media_type, f'"{sha256(content).hexdigest()[:32]}"')


def find_version(parts: Mapping[str, Part]) -> str:
    """Find the name of the folder of all parts, which is another as soon as one of them is."""
    tags = "".join(f"{name}{part.tag}" for name, part in sorted(parts.items()))
    return sha256(tags.encode()).hexdigest()[:12]


def make_page(document: Part, modules: list[str], version: str) -> Part:
    """Name the modules of a view in the document, so that a browser need not find one in another."""
    links = "\n".join(f'<link rel="modulepreload" href="site/{name}">' for name in modules)
    text = document.content.decode().replace(PRELOADS, links)
    return make_part(text.replace('"site/', f'"site/{version}/').encode(), document.media_type)


def find_modules(parts: Mapping[str, Part], view: str) -> list[str]:
    """Find what a view and the page's router import, and what that imports in turn, breadth first."""
    found = dict.fromkeys([ROUTER, view])
    waiting = list(found)
    while waiting:
        name = waiting.pop(0)
        imported = IMPORT.findall(parts[name].content.decode())
        new = dict.fromkeys(normpath(join(dirname(name), one)) for one in imported).keys() - found.keys()
        found |= dict.fromkeys(sorted(new))
        waiting.extend(sorted(new))
    return list(found)


async def give_part(parts: Mapping[str, Part], request: Request, caching: str = CHECKED) -> Response:
    """Give a part of the page by its name; whatever is none, files in other folders say, is unknown."""
    part = parts.get(request.path_params["name"])
    if part is None:
        raise HTTPException(404)
    return await give(part, request, caching)


async def give(part: Part, request: Request, caching: str = CHECKED) -> Response:
    """Give a part, or say that the client has it (RFC 9110 sect. 13.1.2)."""
    headers = HEADERS | {"Cache-Control": caching, "ETag": part.tag}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if part.tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return Response(part.content, headers=headers, media_type=part.media_type)
