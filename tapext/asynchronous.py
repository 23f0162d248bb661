"""What a job of /tap/async does (TAP 1.1 sect. 2.3): a query, as /sync answers it, with time of its own."""

from __future__ import annotations

from math import inf

from tapext.parameters import Parameters
from tapext.pools import Pool
from tapext.query import ask
from tapext.question import read_question
from tapext.service import Service
from tapext.uws.work import Result


class QueryWork:
    """Asks queries on connections that are not those of /sync, so that neither waits for the other."""

    kind = "tap"
    path = "tap/async"

    def __init__(self, service: Service, pool: Pool) -> None:
        self._service, self._pool = service, pool

    async def begin(self, parameters: Parameters, base_url: str) -> Result:
        """Read the parameters and begin to answer; what breaks midway is an error of the whole job."""
        question = read_question(parameters, self._service.settings, base_url)
        chunks = await ask(self._service, question, pool=self._pool, seconds=inf, whole=True)
        return Result(chunks, question.media_type)
