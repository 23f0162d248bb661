"""A search with the images that come with it, at once or as a job of /similar/async (UWS 1.1)."""

from __future__ import annotations

from dataclasses import replace

from caomai.errors import ParameterError
from tapext.descriptions import Descriptions
from tapext.parameters import Parameters
from tapext.pools import Pool
from tapext.service import Service
from tapext.similar.images import describe_images, find_images, find_model, list_warnings
from tapext.similar.inquiry import Inquiry
from tapext.similar.objects import read_objects_question
from tapext.similar.question import Question, read_examples, read_question
from tapext.similar.search import answer, check_model
from tapext.similar.subjects import Subject
from tapext.uws.work import Result


class SimilarWork:
    """Searches on connections that are not those of /similar, so that neither waits for the other."""

    kind = "similar"
    path = "similar/async"

    def __init__(self, service: Service, pool: Pool, descriptions: Descriptions) -> None:
        self._service, self._pool, self._descriptions = service, pool, descriptions

    async def begin(self, parameters: Parameters, base_url: str) -> Result:
        """Describe the images of a job and begin to search."""
        question = await self._prepare(parameters, base_url)
        chunks = await answer(self._service, question, self._pool, whole=True)
        return Result(chunks, question.media_type, list_warnings(question.infos))

    async def _prepare(self, parameters: Parameters, base_url: str) -> Inquiry:
        return await prepare(self._service, self._descriptions, parameters, base_url)


class SimilarObjectsWork(SimilarWork):
    """The same for objects, which come with no images."""

    kind = "similar_objects"
    path = "similar/objects/async"

    async def _prepare(self, parameters: Parameters, base_url: str) -> Inquiry:
        return read_objects_question(parameters, base_url)


async def prepare(
    service: Service, descriptions: Descriptions, parameters: Parameters, base_url: str
) -> Question:
    """Read what is asked; images that are asked about are described once all parameters are right."""
    images = find_images(parameters)
    if not images:
        return read_question(parameters, base_url)
    for name in ("ID", "VECTOR"):
        if parameters.all(name):
            raise ParameterError(f"{name} and an image cannot be given together: ask two questions.")
    examples = read_examples(parameters)
    question = read_question(parameters, base_url, examples)
    model = find_model(await service.know())
    if question.model is not None:
        check_model(question.model, model)
    vectors, infos = await describe_images(descriptions, images, model)
    subject: Subject = vectors
    if examples.likes or examples.others:
        subject = replace(examples, vectors=tuple(vectors.vectors.values()))
    return replace(question, subject=subject, model=model, infos=(*question.infos, *infos))
