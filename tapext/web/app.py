"""The application: one list of routes, one place for errors, and a pool that lives as long as it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypedDict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from caomai.database import Database
from caomai.errors import CaomAiError
from caomai.settings import Settings
from tapext.annotating import AnnotateWork
from tapext.asynchronous import QueryWork
from tapext.descriptions import Descriptions, open_descriptions
from tapext.pools import make_pool
from tapext.service import Service
from tapext.similar.work import SimilarObjectsWork, SimilarWork
from tapext.spool import remove_abandoned
from tapext.uws.jobs import Jobs, open_jobs
from tapext.uws.work import Work
from tapext.web import annotate, files, labels, links, pages, previews, similar, site, tap, vocabulary, vosi
from tapext.web.dali import answer_error, answer_refusal
from tapext.web.jobs import JobList
from tapext.web.parameters import DALI, SMALL_UPLOADS, UPLOADS

BOTH: Final = ["GET", "POST"]
ROUTES: Final = [
    Route("/about", pages.root),
    Route("/tap", pages.root),
    Route("/functions", pages.functions),
    Route("/tap/sync", tap.sync, methods=BOTH, middleware=UPLOADS),
    *JobList(QueryWork.kind, QueryWork.path).routes(),
    Route("/tap/capabilities", vosi.capabilities),
    Route("/tap/availability", vosi.availability),
    Route("/tap/examples", pages.examples),
    Route("/tap/tables", vosi.tables, middleware=DALI),
    Route("/tap/tables/{name:path}", vosi.table),
    Route("/datalink/links", links.links, methods=BOTH, middleware=DALI),
    Route("/rdf/datalink", vocabulary.vocabulary),
    Route("/rdf/datalink.{ending}", vocabulary.vocabulary),
    Route("/similar", similar.similar, methods=BOTH, middleware=SMALL_UPLOADS),
    *JobList(SimilarWork.kind, SimilarWork.path).routes(),
    Route("/similar/objects", similar.objects, methods=BOTH, middleware=SMALL_UPLOADS),
    *JobList(SimilarObjectsWork.kind, SimilarObjectsWork.path).routes(),
    Route("/files/{artifact:uuid}", files.file),
    Route("/labels", labels.show, middleware=DALI),
    Route("/labels", labels.give, methods=["POST"]),
    Route("/annotate", annotate.objects, methods=BOTH, middleware=SMALL_UPLOADS),
    *JobList(AnnotateWork.kind, AnnotateWork.path).routes(),
    *previews.ROUTES,
]


class State(TypedDict):
    """What a request finds in its state."""

    service: Service
    jobs: Jobs
    descriptions: Descriptions


def create_app(settings: Settings, database: Database) -> Starlette:
    """Make the application of one process over a database."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:  # noqa: ARG001
        remove_abandoned()
        beside = settings.model_copy(update={"connections": max(settings.async_jobs, 1)})
        whole = settings.query_seconds + settings.result_seconds
        async with make_pool(settings, database, whole) as pool, make_pool(beside, database) as job_pool:
            service = Service(settings, database, pool)
            async with open_descriptions(settings, database) as descriptions:
                works: list[Work] = [
                    QueryWork(service, job_pool),
                    SimilarWork(service, job_pool, descriptions.for_jobs()),
                    SimilarObjectsWork(service, job_pool, descriptions.for_jobs()),
                    AnnotateWork(service, job_pool, descriptions.for_jobs()),
                ]
                async with open_jobs(settings, database, works) as jobs:
                    yield {"service": service, "jobs": jobs, "descriptions": descriptions}

    return Starlette(
        routes=[*site.make_routes(), *ROUTES],
        lifespan=lifespan,
        exception_handlers={
            CaomAiError: answer_error,
            Exception: answer_error,
            HTTPException: answer_refusal,
        },
    )
