"""What every question to a search has: its subject, its limits, and how its answer is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from psycopg.sql import Composable

from tapext.adql.catalogue import Catalogue
from tapext.formats.registry import Format
from tapext.formats.writer import Info
from tapext.similar.subjects import Subject
from tapext.uploads.parameter import Upload
from tapext.votype import Field


@dataclass(frozen=True, kw_only=True)
class Inquiry(ABC):
    """A question about what is alike.

    `model` is what the client says its vectors were made by. `is_cut` says that the client named the most
    rows that it takes, and is told whether there are more. `infos` are written into the answer.
    """

    subject: Subject
    format: Format
    media_type: str
    base_url: str
    model: str | None = None
    is_cut: bool = False
    runid: str | None = None
    uploads: tuple[Upload, ...] = ()
    infos: tuple[Info, ...] = ()

    # The command whose JSON has vectors and names their model.
    describer: ClassVar[str]

    @property
    def may_overflow(self) -> bool:
        """Tell whether one row more is asked for than is written, to see whether there are more."""
        return self.is_cut and self.subject.count == 1

    @property
    @abstractmethod
    def k(self) -> int:
        """Number of rows for each question."""

    @abstractmethod
    def describe_columns(self, catalogue: Catalogue) -> tuple[Field, ...]:
        """Describe the columns of the answer."""

    @abstractmethod
    def list_wanted(self, map_id: int, catalogue: Catalogue) -> Composable | None:
        """Give the query for what an answer may hold, None where nothing is left out."""

    @abstractmethod
    def find(self, questions: Composable, map_id: int, catalogue: Catalogue, *, is_exact: bool) -> Composable:
        """Give the query for the answer to questions; an exact one uses no index."""
