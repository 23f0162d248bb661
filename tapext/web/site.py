"""The web page: one document for its addresses, and the modules, style sheets and pictures it is made of."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

SITE: Final = Path(__file__).parents[1] / "site"
PAGE: Final = "index.html"
MEDIA_TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# The hub of SAMP's Web Profile 2.0 (sect. 5.2.1) listens on a visitor's own machine.
HUBS: Final = "http://localhost:21012 http://127.0.0.1:21012"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    f"connect-src 'self' {HUBS}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # It may be kept, but a new version of the service has a new page.
    "Cache-Control": "no-cache",
}


def page(request: Request) -> Response:
    """Give the page, which shows what its address says."""
    return give(request, SITE / PAGE)


def part(request: Request) -> Response:
    """Give a part of the page; names that are no parts, in other folders say, are unknown."""
    path = SITE / request.path_params["name"]
    if path.suffix not in MEDIA_TYPES or path not in SITE.rglob("*.*"):
        raise HTTPException(404)
    return give(request, path)


def give(request: Request, path: Path) -> Response:
    """Give a file, or say that the client has it (RFC 9110 sect. 13.1.2)."""
    content = path.read_bytes()
    headers = HEADERS | {"ETag": f'"{sha256(content).hexdigest()[:32]}"'}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[path.suffix])
