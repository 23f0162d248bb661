"""/similar/objects: the objects that look most like others, whichever way they are turned."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL, Composable, Composed
from psycopg.sql import Literal as Value

from caomai.database import read_queries
from caomai.errors import ParameterError
from caomai.likeness import AND, EXCLUDE_OBJECTS, MOST_SIMILAR_OBJECTS, SIMILAR_OBJECTS, ExcludeObjects
from tapext.descriptors import lead_on
from tapext.formats.conversion import convert
from tapext.formats.registry import Format, find_format
from tapext.formats.writer import Document, Info
from tapext.parameters import Parameters
from tapext.plans import estimate_rows
from tapext.pools import Pool
from tapext.service import SOFTWARE, Knowledge, Service
from tapext.similar.columns import describe_column
from tapext.similar.question import list_values, read_distance, read_vector
from tapext.similar.search import check_model, check_question
from tapext.similar.subjects import clean
from tapext.stream import copy_blocks, copy_statement, write_blocks
from tapext.votype import Field

AXES: Final = 64
MOST_QUESTIONS: Final = 100
# How far the object may be from the place that is named.
DEGREES, PIXELS = 5 / 3600, 10.0
LARGEST: Final = 2**63
VECTORS: Final = "caom2_ai.object_vector"
COLUMNS: Final[tuple[Field | str, ...]] = (
    Field("queryNumber", "int", ucd="meta.number", description="Which question this answers, from 1"),
    Field("queryID", "char", "*", ucd="meta.id", description="What was asked about"),
    Field("rank", "int", ucd="meta.number", description="Place in the answer: 1 is the nearest"),
    Field("distance", "double", ucd="stat.param", description="0 is the same look, 1.41 unrelated"),
    "objectID",
    "publisherID",
    "artifactURI",
    "part",
    "node",
    Field(
        "label", "unicodeChar", "*", ucd="meta.note", description="What the node is called; ? is a suggestion"
    ),
    "x",
    "y",
    "ra",
    "dec",
    "snr",
    "collection",
    "instrument_name",
    Field("error_message", "char", "*", ucd="meta.code.error", description="Why there is no answer"),
)


@dataclass(frozen=True)
class Place:
    """A place in an image: a position in degrees, or a pixel (FITS, 1-based) of a part or of any."""

    publisher_id: str
    first: float
    second: float
    part: str | None
    is_on_sky: bool


@dataclass(frozen=True)
class ObjectQuestion:
    """Which objects are wanted: those like some objects, like the one at a place, or like some vectors."""

    subject: tuple[int, ...] | Place | tuple[str, ...]
    number: int
    k: int
    is_cut: bool
    max_distance: float | None
    exclude: ExcludeObjects
    collections: tuple[str, ...]
    instruments: tuple[str, ...]
    model: str | None
    format: Format
    media_type: str
    base_url: str
    runid: str | None

    @property
    def is_filtered(self) -> bool:
        """Tell whether some objects are left out whatever is asked about."""
        return bool(self.collections or self.instruments)


def read_objects_question(parameters: Parameters, base_url: str) -> ObjectQuestion:
    """Read and check the parameters of a search."""
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT"))
    subject = read_subject(parameters)
    k = parameters.count("MAXREC", SIMILAR_OBJECTS, MOST_SIMILAR_OBJECTS)
    return ObjectQuestion(
        subject,
        1 if isinstance(subject, Place) else len(subject),
        k,
        parameters.one("MAXREC") is not None,
        read_distance(parameters),
        choose(parameters, "EXCLUDE", EXCLUDE_OBJECTS, "observation"),
        list_values(parameters, "COLLECTION"),
        list_values(parameters, "INSTRUMENT"),
        parameters.one("MODEL"),
        wanted.format,
        wanted.media_type,
        base_url,
        parameters.runid,
    )


def read_subject(parameters: Parameters) -> tuple[int, ...] | Place | tuple[str, ...]:
    """Read what others are compared with."""
    ids, vectors = list_values(parameters, "ID"), list_values(parameters, "VECTOR")
    if bool(ids) == bool(vectors):
        raise ParameterError(
            "Give one of these: ID (an objectID of caom2_ai.object_vector, or a publisherID with RA and DEC "
            "or with X and Y), or VECTOR (with MODEL)."
        )
    if max(len(ids), len(vectors)) > MOST_QUESTIONS:
        raise ParameterError(f"More than {MOST_QUESTIONS} objects cannot be asked about at once.")
    if vectors:
        return tuple(read_vector(text, AXES) for text in vectors)
    if all(re.fullmatch(r"[0-9]{1,19}", text, re.ASCII) and int(text) < LARGEST for text in ids):
        return tuple(map(int, ids))
    if len(ids) > 1:
        raise ParameterError("Of several objects ID must be the numbers (objectID) of all.")
    return read_place(ids[0], parameters)


def read_place(publisher_id: str, parameters: Parameters) -> Place:
    """Read the position or the pixel of an object of an image."""
    on_sky, on_chip = (
        [read_number(parameters, name) for name in names] for names in (("RA", "DEC"), ("X", "Y"))
    )
    for numbers, is_on_sky in ((on_sky, True), (on_chip, False)):
        first, second = numbers
        others = on_chip if is_on_sky else on_sky
        if first is not None and second is not None and others == [None, None]:
            return Place(clean(publisher_id), first, second, parameters.one("PART"), is_on_sky)
    raise ParameterError(
        "With a publisherID give RA and DEC (degrees, ICRS), or X and Y (FITS pixels, with PART where the "
        "file has several): the object nearest to the place is asked about."
    )


def read_number(parameters: Parameters, name: str) -> float | None:
    """Read a parameter that is a finite number."""
    text = parameters.one(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ParameterError(f"{name} must be a number, not {text[:40]!r}.")
    return number


async def answer_objects(service: Service, question: ObjectQuestion) -> AsyncGenerator[bytes]:
    """Give the chunks of the answer; what is wrong before the first row is raised."""
    pool = service.pool
    if question.format.file is None:
        return await _begin(service, question, pool, whole=False)
    async with pool.conversions:
        packed = await _begin(service, question, pool, whole=True)
        return await convert(packed, question.format.file, service.settings.result_bytes)


async def _begin(
    service: Service, question: ObjectQuestion, pool: Pool, *, whole: bool
) -> AsyncGenerator[bytes]:
    knowledge = await service.renew(await service.know(), pool)
    map_id = find_map(knowledge, question)
    questions = ask(question.subject, map_id)
    if question.number == 1:
        await check_question(pool, questions)
    is_exact = False
    if question.is_filtered:
        rows = await estimate_rows(pool, _compose("list_wanted", wanted=_want(question, map_id)))
        is_exact = rows <= service.settings.exact_matches
    query = find_similar_objects(questions, question, map_id, is_exact=is_exact)
    document = describe_answer(question, knowledge)
    writer = question.format.writer(document)
    statement = copy_statement(query, document.fields, writer)
    blocks = copy_blocks(pool, statement, service.settings.query_seconds, None)
    first = await anext(blocks)
    most = question.k if question.is_cut and question.number == 1 else sys.maxsize
    return write_blocks(first, blocks, writer, most, whole=whole)


def find_map(knowledge: Knowledge, question: ObjectQuestion) -> int:
    """Give the number of the current map, to whose model vectors must belong."""
    map_id = knowledge.catalogue.maps.get("object")
    if map_id is None:
        raise ParameterError("The archive has no fingerprints yet: nothing can be compared.")
    if question.model is not None:
        model = next(info.value for info in knowledge.maps if info.name == "modelHash")
        check_model(question.model.strip().lower(), model)
    elif isinstance(question.subject, tuple) and isinstance(question.subject[0], str):
        raise ParameterError(
            "VECTOR needs MODEL, the hash that `caom-ai describe --vectors --json` gives as model."
        )
    return map_id


def ask(subject: tuple[int, ...] | Place | tuple[str, ...], map_id: int) -> Composed:
    """Give the query for the questions, as find_similar takes it."""
    if isinstance(subject, Place):
        return _ask_place(subject, map_id)
    if isinstance(subject[0], int):
        return _compose("ask_objects", ids=Value(list(subject)), mapID=Value(map_id))
    return _compose("ask_vectors", vectors=Value(list(subject)))


def _ask_place(place: Place, map_id: int) -> Composed:
    name, reach, words = (
        ("apart_on_sky", DEGREES, '5" of the position')
        if place.is_on_sky
        else ("apart_in_pixels", PIXELS, f"{PIXELS:g} pixels of the place")
    )
    return _compose(
        "ask_place",
        id=Value(place.publisher_id),
        mapID=Value(map_id),
        part=Value(place.part),
        reach=Value(reach),
        reachText=SQL(words),  # one of two texts of ours
        apart=_compose(name, first=Value(place.first), second=Value(place.second)),
    )


def find_similar_objects(
    questions: Composable, question: ObjectQuestion, map_id: int, *, is_exact: bool
) -> Composed:
    """Give the query for the objects most like each question, with one more to see an overflow."""
    wanted: list[Composable] = [_want(question, map_id)]
    if question.exclude == "object":
        wanted.append(_compose("exclude_object"))
    elif question.exclude != "none":
        wanted.append(SQL(read_queries("similar")[f"exclude_{question.exclude}"]))
    return _compose(
        "find_similar",
        questions=questions,
        wanted=AND.join(wanted),
        nearness=SQL(read_queries("similar")["nearness_exactly" if is_exact else "nearness"]),
        k=Value(question.k + (question.is_cut and question.number == 1)),
        mapID=Value(map_id),
        maxDistance=Value(question.max_distance),
    )


def _want(question: ObjectQuestion, map_id: int) -> Composed:
    return _compose(
        "wanted",
        mapID=Value(map_id),
        collections=Value(list(question.collections) or None),
        instruments=Value(list(question.instruments) or None),
    )


def _compose(name: str, **parts: Composable) -> Composed:
    return SQL(read_queries("similar_objects")[name]).format(**parts)


def describe_answer(question: ObjectQuestion, knowledge: Knowledge) -> Document:
    """Say what surrounds the rows."""
    fields: Sequence[Field] = [
        describe_column(knowledge.catalogue, VECTORS, column) if isinstance(column, str) else column
        for column in COLUMNS
    ]
    named, services = lead_on(fields, question.base_url)
    infos = (Info("server_software", SOFTWARE), *knowledge.maps)
    return Document(named, infos, services)
