"""/similar/objects: the objects that look most like others, whichever way they are turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL, Composable
from psycopg.sql import Literal as Value

from caomai.errors import ParameterError
from caomai.likeness import AND, EXCLUDE_OBJECTS, MOST_SIMILAR_OBJECTS, SIMILAR_OBJECTS, ExcludeObjects
from caomai.likeness import compose as compose_images
from tapext.adql import parse
from tapext.adql.catalogue import Catalogue
from tapext.adql.translate import translate
from tapext.formats.registry import find_format
from tapext.parameters import LONGEST_SHOWN, Parameters
from tapext.similar.columns import OBJECT_COLUMNS, describe_columns
from tapext.similar.images import find_images
from tapext.similar.inquiry import Inquiry
from tapext.similar.object_subjects import compose, is_object_id, read_object_subject
from tapext.similar.places import choose_objects, choose_planes
from tapext.similar.question import list_values, read_distance, read_k
from tapext.uploads.parameter import read_uploads
from tapext.votype import Field

NODES: Final = 400


@dataclass(frozen=True, kw_only=True)
class ObjectQuestion(Inquiry):
    """Objects like which ones are wanted, and which of them an answer may hold.

    `places` is an ADQL query for their objectIDs, `planes` one for the planeIDs of their images; None is all.
    """

    number: int
    max_distance: float | None
    exclude: ExcludeObjects
    collections: tuple[str, ...]
    instruments: tuple[str, ...]
    nodes: tuple[int, ...]
    places: str | None
    planes: str | None

    describer = "caom-ai describe --vectors"

    @property
    def k(self) -> int:
        """Number of objects for each question."""
        return self.number

    def describe_columns(self, catalogue: Catalogue) -> tuple[Field, ...]:
        """Describe the columns of the answer."""
        return describe_columns(catalogue, OBJECT_COLUMNS)

    def list_wanted(self, map_id: int, catalogue: Catalogue) -> Composable | None:
        """Give the query for the objects that an answer may hold, None where none is left out."""
        filters = (self.collections, self.instruments, self.nodes, self.places, self.planes)
        return compose("list_wanted", wanted=self._want(map_id, catalogue)) if any(filters) else None

    def find(self, questions: Composable, map_id: int, catalogue: Catalogue, *, is_exact: bool) -> Composable:
        """Give the query for the objects most like each question; an exact one uses no index."""
        wanted = [self._want(map_id, catalogue)]
        if self.exclude == "object":
            wanted.append(compose("exclude_object"))
        elif self.exclude != "none":
            wanted.append(compose_images(f"exclude_{self.exclude}"))
        return compose(
            "find_similar",
            questions=questions,
            wanted=AND.join(wanted),
            nearness=compose_images("nearness_exactly" if is_exact else "nearness"),
            k=Value(self.k + self.may_overflow),
            mapID=Value(map_id),
            maxDistance=Value(self.max_distance),
        )

    def _want(self, map_id: int, catalogue: Catalogue) -> Composable:
        wanted: list[Composable] = [
            compose(
                "wanted",
                mapID=Value(map_id),
                collections=Value(list(self.collections) or None),
                instruments=Value(list(self.instruments) or None),
                nodes=Value(list(self.nodes) or None),
            )
        ]
        for column, query in (("objectID", self.places), ("planeID", self.planes)):
            if query is not None:
                chosen = translate(parse(query), catalogue).sql
                wanted.append(SQL("f.{} in ({})").format(SQL(column), chosen))
        return AND.join(wanted)


def read_objects_question(parameters: Parameters, base_url: str) -> ObjectQuestion:
    """Read and check the parameters of a search."""
    if find_images(parameters):
        raise ParameterError(
            "An image is not one object: let /annotate show its objects, or ask with VECTOR about one that "
            "`caom-ai describe --vectors` finds in it."
        )
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT"))
    uploads = read_uploads(parameters)
    return ObjectQuestion(
        subject=read_object_subject(parameters, uploads),
        number=read_k(parameters, SIMILAR_OBJECTS, MOST_SIMILAR_OBJECTS),
        max_distance=read_distance(parameters),
        exclude=parameters.choose("EXCLUDE", EXCLUDE_OBJECTS, "observation"),
        collections=list_values(parameters, "COLLECTION"),
        instruments=list_values(parameters, "INSTRUMENT"),
        nodes=tuple(map(read_node, list_values(parameters, "NODE"))),
        places=choose_objects(list_values(parameters, "POS")),
        planes=choose_planes((), list_values(parameters, "TIME")),
        format=wanted.format,
        media_type=wanted.media_type,
        base_url=base_url,
        model=parameters.one("MODEL"),
        is_cut=parameters.one("MAXREC") is not None,
        runid=parameters.runid,
        uploads=uploads,
    )


def read_node(text: str) -> int:
    """Read the number of a node of Map 1."""
    if not is_object_id(text) or int(text) >= NODES:
        raise ParameterError(
            f"NODE must be a whole number from 0 to {NODES - 1}, not {text[:LONGEST_SHOWN]!r}."
        )
    return int(text)
