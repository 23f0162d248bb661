"""/preview and /cutout: pictures of images, of their objects and of the maps, as PNG."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from caomai.errors import NotFoundError, ParameterError, TransientError
from caomai.previews import STRETCHES, TYPICAL, ask_preview, ask_thumbnail
from tapext.previews import UNKNOWN, Picture, Previews
from tapext.web.dali import HEADERS, service_of

Find = Callable[[Previews], Awaitable[Picture]]

PART: Final = re.compile(r"\d{1,5}(\[\d{1,5}\])?")
# A browser that has shown a picture may show it again for a minute; nobody else's may, and no cache between:
# whether it may be seen is asked anew.
KEPT: Final = {"Cache-Control": "private, max-age=60"}
RETRY_SECONDS: Final = "3"
MOST: Final = {"object": 2**51 - 1, "map": 2**31 - 1, "node": 399, "rank": TYPICAL}
LEAST: Final = {"object": 0, "map": 0, "node": 0, "rank": 1}


async def preview(request: Request) -> Response:
    """Show an image."""
    stretch = request.query_params.get("stretch", STRETCHES[0])
    if stretch not in STRETCHES:
        raise ParameterError(f"stretch is one of {', '.join(STRETCHES)}.")
    plane, view = find_plane(request), ask_preview(find_part(request), stretch)
    return await answer(request, lambda previews: previews.find_image(plane, view))


async def thumbnail(request: Request) -> Response:
    """Show an image in small."""
    plane, view = find_plane(request), ask_thumbnail(find_part(request))
    return await answer(request, lambda previews: previews.find_image(plane, view))


async def object_stamp(request: Request) -> Response:
    """Show an object."""
    return await answer(request, lambda previews: previews.find_object(find_number(request, "object")))


async def node_object(request: Request) -> Response:
    """Show one of the objects that stand for a node."""
    return await answer(request, lambda previews: previews.find_typical_object(*find_place(request)))


async def node_image(request: Request) -> Response:
    """Show one of the images that stand for a node."""
    return await answer(request, lambda previews: previews.find_typical_image(*find_place(request)))


async def whole_map(request: Request) -> Response:
    """Show a map: what stands for each of its nodes, in cells of 48 pixels, node 0 at the bottom left."""
    return await answer(request, lambda previews: previews.find_map(find_number(request, "map")))


def find_place(request: Request) -> tuple[int, int, int]:
    """Give map, node and rank of a path."""
    map_id, node, rank = (find_number(request, name) for name in ("map", "node", "rank"))
    return map_id, node, rank


def find_number(request: Request, name: str) -> int:
    """Give a number of a path; there is nothing at those that cannot be one."""
    text: str = request.path_params[name]
    most = MOST[name]
    if (
        not text.isascii()
        or not text.isdigit()
        or len(text) > len(str(most))
        or not LEAST[name] <= int(text) <= most
    ):
        raise NotFoundError(UNKNOWN)
    return int(text)


def find_plane(request: Request) -> UUID:
    """Give the plane of a path."""
    plane: UUID = request.path_params["plane"]
    return plane


def find_part(request: Request) -> str:
    """Give the part that is asked for, '' for none."""
    part = request.query_params.get("part", "")
    if part and not PART.fullmatch(part):
        raise ParameterError("part is the number of an HDU, such as 1, or of a slice, such as 1[2].")
    return part


async def answer(request: Request, find: Find) -> Response:
    """Send a picture, or less where the client has it already."""
    previews = Previews(service_of(request), request.state.descriptions)
    try:
        picture = await find(previews)
    except NotFoundError:
        return PlainTextResponse(f"{UNKNOWN}\n", NotFoundError.status, HEADERS)
    except TransientError as error:
        headers = HEADERS | {"Retry-After": RETRY_SECONDS}
        return PlainTextResponse(f"{error}\n", error.status, headers)
    headers = HEADERS | KEPT | {"ETag": f'"{picture.tag}"'}
    if headers["ETag"] in map(str.strip, request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(picture.png, headers=headers, media_type="image/png")


ROUTES: Final = [
    Route("/preview/{plane:uuid}.png", preview),
    Route("/preview/{plane:uuid}/thumbnail.png", thumbnail),
    Route("/preview/map/{map}.png", whole_map),
    Route("/preview/node/{map}/{node}/{rank}.png", node_image),
    Route("/cutout/node/{map}/{node}/{rank}.png", node_object),
    Route("/cutout/{object}.png", object_stamp),
]
