"""/rdf/datalink: our own term of DataLink semantics, in the form that a client takes (RFC 9110 sect. 12)."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tapext.pages.vocabulary import FORMS, Form
from tapext.web.dali import cache_headers


async def vocabulary(request: Request) -> Response:
    """Give the vocabulary."""
    form = find_form(request.path_params.get("ending"), request.headers.get("accept", ""))
    headers = cache_headers(request) | {"Vary": "Accept"}
    return Response(form.write(), headers=headers, media_type=form.media_type)


def find_form(ending: str | None, accepted: str) -> Form:
    """Find the form by the ending of the address, or the first that the client names; a page if none."""
    if ending is not None:
        for form in FORMS:
            if form.ending == ending:
                return form
        raise HTTPException(404)
    kinds = [kind.partition(";")[0].strip().lower() for kind in accepted.split(",")]
    by_kind = {form.media_type: form for form in FORMS}
    return next((by_kind[kind] for kind in kinds if kind in by_kind), FORMS[0])
