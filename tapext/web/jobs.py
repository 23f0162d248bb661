"""A list of jobs and what is below it (UWS 1.1 sect. 2.2), for jobs of one kind."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from caomai.errors import NotFoundError, ParameterError
from tapext.formats import votable
from tapext.formats.registry import headers_of
from tapext.formats.writer import Info
from tapext.parameters import Parameters
from tapext.service import SOFTWARE
from tapext.uws import terms
from tapext.uws.document import RESULT, write_job, write_list, write_moment, write_parameters, write_results
from tapext.uws.job import Job
from tapext.uws.jobs import Jobs
from tapext.web.dali import HEADERS, find_base_url, parameters_of, warn
from tapext.web.parameters import DALI, UPLOADS
from tapext.web.patience import StoredFile

# Nobody logs in: the jobs of a client are those that it made with the same cookie. The identifier of a job
# is a secret that leads to it without the cookie, so that it can be passed on.
COOKIE: Final = "caomai-jobs"
SESSION: Final = re.compile(r"[0-9a-f]{32}")

Write = Callable[[Job, str], str]
Change = Callable[[Jobs, Job, Parameters], Awaitable[None]]

TEXTS: Final[dict[str, Write]] = {
    "phase": lambda job, _: job.phase,
    "quote": lambda _job, _: "",
    "executionduration": lambda job, _: str(job.duration),
    "destruction": lambda job, _: write_moment(job.destruction) or "",
    "owner": lambda job, _: job.owner or "",
}
DOCUMENTS: Final[dict[str, Write]] = {
    "parameters": lambda job, _: write_parameters(job),
    "results": write_results,
}
CHANGES: Final[dict[str, Change]] = {
    "phase": Jobs.set_phase,
    "executionduration": Jobs.set_duration,
    "destruction": Jobs.set_destruction,
    "parameters": Jobs.set_parameters,
}


class JobList:
    """The jobs of one kind, at one path."""

    def __init__(self, kind: str, path: str) -> None:
        self.kind, self.path = kind, path

    def routes(self) -> list[Route]:
        """List the routes of the jobs and of the list."""
        job = f"/{self.path}/{{job}}"
        return [
            Route(f"/{self.path}", self.show_list, middleware=DALI),
            Route(f"/{self.path}", self.create, methods=["POST"], middleware=UPLOADS),
            Route(job, self.show, middleware=DALI),
            Route(job, self.act, methods=["POST"], middleware=DALI),
            Route(job, self.destroy, methods=["DELETE"]),
            Route(f"{job}/error", self.show_error),
            Route(f"{job}/results/{{name}}", self.send_result),
            Route(f"{job}/{{child}}", self.show_child),
            Route(f"{job}/{{child}}", self.change_child, methods=["POST"], middleware=UPLOADS),
        ]

    async def show_list(self, request: Request) -> Response:
        """List the jobs of the client."""
        found = await jobs_of(request).find_all(self.kind, find_session(request), parameters_of(request))
        return _xml(write_list(found, self._url(request)))

    async def create(self, request: Request) -> Response:
        """Make a job."""
        known = find_session(request)
        session = known or secrets.token_hex(16)
        jobs, base_url = jobs_of(request), find_base_url(request)
        job = await jobs.create(self.kind, parameters_of(request), base_url, session)
        answer = self._redirect(request, job)
        if known is None:
            place = urlsplit(base_url)
            answer.set_cookie(
                COOKIE,
                session,
                max_age=int(jobs.settings.max_retention_days * 86_400),
                path=place.path or "/",
                secure=place.scheme == "https",
                httponly=True,
                samesite="lax",
            )
        return answer

    async def show(self, request: Request) -> Response:
        """Tell all about a job, at once or when its phase has changed."""
        parameters = parameters_of(request)
        seconds, phases = terms.read_wait(parameters), terms.read_phases(parameters)
        job = await jobs_of(request).wait(self.kind, request.path_params["job"], seconds, phases)
        return _xml(write_job(job, self._url(request, job.id)))

    async def act(self, request: Request) -> Response:
        """Destroy a job, for clients that cannot send DELETE."""
        job = await self._find(request)
        action = parameters_of(request).one("ACTION") or ""
        if action.upper() != "DELETE":
            raise ParameterError(
                "Only ACTION=DELETE can be posted to a job; post its parameters to /parameters and PHASE to "
                "/phase below it."
            )
        await jobs_of(request).destroy(job)
        return self._redirect(request)

    async def destroy(self, request: Request) -> Response:
        """Destroy a job."""
        await jobs_of(request).destroy(await self._find(request))
        return self._redirect(request)

    async def show_child(self, request: Request) -> Response:
        """Tell one thing about a job."""
        job, child = await self._find(request), request.path_params["child"]
        url = self._url(request, job.id)
        if child in TEXTS:
            return PlainTextResponse(TEXTS[child](job, url), headers=HEADERS)
        if child in DOCUMENTS:
            return _xml(DOCUMENTS[child](job, url))
        raise _no_child(child)

    async def change_child(self, request: Request) -> Response:
        """Change one thing about a job."""
        job, child = await self._find(request), request.path_params["child"]
        if child not in CHANGES:
            raise _no_child(child)
        await CHANGES[child](jobs_of(request), job, parameters_of(request))
        return self._redirect(request, job.id)

    async def show_error(self, request: Request) -> Response:
        """Tell why a job has failed, as /sync would have."""
        job = await self._find(request)
        if job.fault is None:
            raise NotFoundError(f"The job is {job.phase}: nothing has failed.")
        content = votable.write_error(job.fault.message, [Info("server_software", SOFTWARE)])
        return Response(content, headers=HEADERS, media_type=votable.MEDIA_TYPE)

    async def send_result(self, request: Request) -> Response:
        """Send a result, or the part of it that the client asked for (RFC 9110 sect. 14)."""
        job = await self._find(request)
        if request.path_params["name"] != RESULT:
            raise _no_child(request.path_params["name"])
        jobs = jobs_of(request)
        path, warnings = await jobs.find_result(job)
        media_type = job.product.media_type if job.product else None
        headers = HEADERS | headers_of(media_type or "") | warn(warnings)
        return StoredFile(path, jobs.settings, headers, media_type)

    async def _find(self, request: Request) -> Job:
        return await jobs_of(request).find(self.kind, request.path_params["job"])

    def _url(self, request: Request, *names: str) -> str:
        return "/".join([find_base_url(request), self.path, *names])

    def _redirect(self, request: Request, *names: str) -> Response:
        return RedirectResponse(self._url(request, *names), 303)


def jobs_of(request: Request) -> Jobs:
    """Give the jobs of the process."""
    jobs: Jobs = request.state.jobs
    return jobs


def find_session(request: Request) -> str | None:
    """Give the secret by which a client lists its jobs, if it has one."""
    session = request.cookies.get(COOKIE, "")
    return session if SESSION.fullmatch(session) else None


def _xml(document: str) -> Response:
    return Response(document.encode(), headers=HEADERS, media_type="text/xml")


def _no_child(name: str) -> NotFoundError:
    return NotFoundError(f"A job has no {name[:40]!r}.")
