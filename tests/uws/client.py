"""A client of the jobs: plain requests that follow no redirection, and jobs read back from XML."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from tests.tap.client import Answer, Words
from tests.waiting import PATIENCE

UWS = "{http://www.ivoa.net/xml/UWS/v1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
QUICK = "SELECT TOP 5 publisherID FROM caom2.Plane ORDER BY publisherID"


class NoRedirection(urllib.request.HTTPRedirectHandler):
    """Leaves 303 to the test."""

    def redirect_request(self, *_: object) -> None:
        return None


class Client:
    """Somebody who makes jobs at a service, with cookies of his own."""

    def __init__(self, service: str, path: str = "tap/async") -> None:
        self.url = f"{service}/{path}"
        self._opener = urllib.request.build_opener(
            NoRedirection(), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def send(
        self, method: str, url: str, words: Words = (), headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request; parameters go into the body of a POST and the URL of others."""
        data = urlencode(words).encode() if method == "POST" else None
        address = f"{url}?{urlencode(words)}" if words and data is None else url
        request = urllib.request.Request(address, data, dict(headers or {}), method=method)
        try:
            with self._opener.open(request, timeout=90) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def get(self, url: str, **words: object) -> Answer:
        return self.send("GET", url, words)

    def post(self, url: str, **words: object) -> Answer:
        return self.send("POST", url, words)

    def create(self, query: str = QUICK, **words: object) -> str:
        """Make a job; gives its address."""
        answer = self.post(self.url, LANG="ADQL", QUERY=query, **words)
        assert answer.status == 303, answer.text
        return str(answer.headers["Location"])

    def start(self, query: str = QUICK, **words: object) -> str:
        """Make a job that runs at once; gives its address."""
        return self.create(query, PHASE="RUN", **words)

    def phase(self, job: str) -> str:
        return self.get(f"{job}/phase").text

    def wait(self, job: str, *phases: str, seconds: float = PATIENCE) -> str:
        """Wait until a job is in one of some phases, or in none that will change."""
        end = time.monotonic() + seconds
        phase = self.phase(job)
        while phase not in (phases or ("COMPLETED", "ERROR", "ABORTED")) and time.monotonic() < end:
            self.get(job, WAIT=1, PHASE=phase)
            phase = self.phase(job)
        return phase

    def job(self, url: str) -> Any:
        """Read the document of a job."""
        answer = self.get(url)
        assert answer.status == 200, answer.text
        return answer.root

    def texts(self, url: str) -> dict[str, str | None]:
        """Read what a job says of itself in single words."""
        return {child.tag.removeprefix(UWS): child.text for child in self.job(url)}

    def listed(self, **words: object) -> list[str]:
        """List the addresses of the jobs of this client."""
        return [reference.get(f"{XLINK}href") for reference in self.get(self.url, **words).root]
