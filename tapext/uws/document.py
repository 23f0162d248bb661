"""Jobs as XML (UWS 1.1 sect. 2.2.2; the namespace of 1.1 is that of 1.0)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from tapext.markup import DECLARATION, element, text_element
from tapext.uws.job import Job, Summary

NAMESPACES: Final = {
    "xmlns:uws": "http://www.ivoa.net/xml/UWS/v1.0",
    "xmlns:xlink": "http://www.w3.org/1999/xlink",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
ROOT: Final = {**NAMESPACES, "version": "1.1"}
RESULT: Final = "result"


def write_moment(moment: datetime | None) -> str | None:
    """Write a time as UWS does, in UTC."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_job(job: Job, url: str) -> str:
    """Write all of a job that is at a URL."""
    return DECLARATION + element(
        "uws:job",
        ROOT,
        text_element("uws:jobId", job.id),
        text_element("uws:runId", job.runid),
        _nillable("uws:ownerId", job.owner),
        text_element("uws:phase", job.phase),
        _nillable("uws:quote", None),
        text_element("uws:creationTime", write_moment(job.creation)),
        _nillable("uws:startTime", write_moment(job.start)),
        _nillable("uws:endTime", write_moment(job.end)),
        text_element("uws:executionDuration", str(job.duration)),
        text_element("uws:destruction", write_moment(job.destruction)),
        _parameters(job, {}),
        _results(job, url, {}),
        _error(job),
    )


def write_parameters(job: Job) -> str:
    """Write the parameters of a job."""
    return DECLARATION + _parameters(job, NAMESPACES)


def write_results(job: Job, url: str) -> str:
    """Write what a job that is at a URL has given."""
    return DECLARATION + _results(job, url, NAMESPACES)


def write_list(jobs: Iterable[Summary], url: str) -> str:
    """Write references to jobs of the list that is at a URL."""
    return DECLARATION + element("uws:jobs", ROOT, *(_reference(job, url) for job in jobs))


def _reference(job: Summary, url: str) -> str:
    return element(
        "uws:jobref",
        {"id": job.id, "xlink:type": "simple", "xlink:href": f"{url}/{job.id}"},
        text_element("uws:phase", job.phase),
        text_element("uws:runId", job.runid),
        _nillable("uws:ownerId", job.owner),
        text_element("uws:creationTime", write_moment(job.creation)),
    )


def _nillable(name: str, text: str | None) -> str:
    return element(name, {"xsi:nil": "true"}) if text is None else text_element(name, text)


def _parameters(job: Job, attributes: dict[str, str]) -> str:
    parameters = (text_element("uws:parameter", value, {"id": name}) for name, value in job.parameters)
    return element("uws:parameters", attributes, *parameters)


def _results(job: Job, url: str, attributes: dict[str, str]) -> str:
    if job.product is None:
        return element("uws:results", attributes)
    result = {
        "id": RESULT,
        "xlink:type": "simple",
        "xlink:href": f"{url}/results/{RESULT}",
        "mime-type": job.product.media_type,
        "size": str(job.product.size),
    }
    return element("uws:results", attributes, element("uws:result", result))


def _error(job: Job) -> str:
    if job.fault is None:
        return ""
    kind = "transient" if job.fault.transient else "fatal"
    message = text_element("uws:message", job.fault.message)
    return element("uws:errorSummary", {"type": kind, "hasDetail": "true"}, message)
