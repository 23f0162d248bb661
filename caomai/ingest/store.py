"""Rows of one file into the database: only what changed is written, and IDs stay as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple, Self
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from caomai.artifacts import find_place
from caomai.database import read_queries
from caomai.errors import AuthorizationError, ParameterError
from caomai.ingest.rows import Artifact, Description, Plane, Row, accumulate, checksum

Outcome = Literal["new", "changed", "unchanged"]
Found = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """When files become public; `date` None hides them.

    `stored` says which dates that are stored already stay as they are: all, those that have passed, or none.
    """

    date: datetime | None
    stored: Literal["all", "past", "none"]

    def apply(self, stored: Found | None) -> tuple[datetime | None, datetime | None]:
        """Give metaRelease and dataRelease of a plane."""
        if stored is None:
            return self.date, self.date
        return self._choose(stored["meta_release"]), self._choose(stored["data_release"])

    def _choose(self, stored: datetime | None) -> datetime | None:
        past = stored is not None and self.date is not None and stored <= self.date
        return stored if self.stored == "all" or (self.stored == "past" and past) else self.date


class _Lead(NamedTuple):
    """The least of these describes the observation: the plane that is public first, then by name."""

    is_hidden: bool
    released: datetime
    product_id: str


@dataclass(frozen=True)
class Store:
    """Writes descriptions of files through a connection of the ingest role; the caller commits."""

    connection: psycopg.Connection[Any]
    queries: Mapping[str, str]
    release: Release
    now: datetime
    artifacts: Mapping[str, str]

    @classmethod
    def open(
        cls,
        connection: psycopg.Connection[Any],
        release: Release,
        now: datetime,
        artifacts: Mapping[str, str],
    ) -> Self:
        """Check that the database takes files; `now` (UTC, no zone) becomes lastModified of what changes."""
        store = cls(connection, read_queries("ingest"), release, now, artifacts)
        if not store.fetch("find_rights")[0]["allowed"]:
            raise AuthorizationError(
                "The schema caom2 of this database belongs to its archive: nothing can be ingested into it."
            )
        return store

    def begin(self) -> None:
        """Keep other ingests out until the transaction ends."""
        self.run("lock_ingest")

    def put(self, description: Description) -> Outcome:
        """Store one file, or raise ParameterError if its names are taken; the caller rolls back."""
        uri, publisher_id = description.artifact.uri, description.plane.publisher_id
        found = self.fetch("find_artifacts", uri=uri, publisher_id=publisher_id)
        # The row of this very file first: a hidden file stays hidden under a new name.
        found.sort(key=lambda row: bool(row["uri"] != uri))
        description = _apply_release(description, self.release, found[0] if found else None)
        if _is_same(description, found):
            return "unchanged"
        self._make_room(description, found)
        written = self._put_rows(description)
        return "new" if not found else "changed" if written else "unchanged"

    def _make_room(self, description: Description, found: list[Found]) -> None:
        """Remove what this file replaces: its plane under an older name, its artifact at an older place."""
        artifact, plane = description.artifact, description.plane
        for row in found:
            if row["uri"] == artifact.uri and row["publisher_id"] != plane.publisher_id:
                self._remove_plane(row)
            elif row["uri"] != artifact.uri:
                if not self._has_moved(row, artifact):
                    raise ParameterError(
                        f"The publisherID {plane.publisher_id} belongs to {row['uri']} already: "
                        "choose rules for observationID and productID that tell them apart."
                    )
                self.run("move_fingerprints", uri=artifact.uri, old_uri=row["uri"])
                self.run("delete_artifact", artifact_id=row["artifact_id"])
        names = {"observation_uri": description.observation.observation_uri, "obs_id": plane.obs_id}
        for namesake in self.fetch("find_namesake", **names):
            raise ParameterError(
                f"The observation {names['observation_uri']} is published as {namesake['publisher_id']} "
                "already: use the same authority, or another collection."
            )

    def _has_moved(self, row: Found, artifact: Artifact) -> bool:
        """Tell whether a stored artifact is the same content, gone from where it was or there but renamed."""
        path = find_place(row["uri"], self.artifacts)
        same = row["content_checksum"] == artifact.content_checksum
        is_here = path == find_place(artifact.uri, self.artifacts)
        return same and path is not None and (is_here or not os.path.lexists(path))

    def _remove_plane(self, row: Found) -> None:
        for query in ("delete_plane", "delete_position", "delete_fingerprint"):
            self.run(query, plane_id=row["plane_id"])
        if not self.run("delete_empty_observation", obs_id=row["obs_id"]).rowcount:
            self._accumulate_observation(row["obs_id"])

    def _put_rows(self, description: Description) -> int:
        """Write the rows of a file and count those that changed."""
        plane, artifact, parts = description.plane, description.artifact, description.parts
        leads = self._leads(plane)
        below = accumulate(checksum(artifact), [checksum(part) for part in parts])
        with self.connection.pipeline():
            written = [self.put_row("put_observation", description.observation)] if leads else []
            written.append(self.put_row("put_plane", plane, accumulated=accumulate(checksum(plane), [below])))
            written.append(self.put_row("put_artifact", artifact, accumulated=below))
            written += [self.put_row("put_part", part) for part in parts]
            ids = [part.part_id for part in parts]
            self.run("delete_parts", artifact_id=artifact.artifact_id, part_ids=ids)
            if plane.position is None:
                self.run("delete_position", plane_id=plane.plane_id)
            else:
                self.run("put_position", plane_id=plane.plane_id, **vars(plane.position))
            self.run("copy_release", **vars(plane))
        self._accumulate_observation(plane.obs_id)
        return sum(cursor.rowcount for cursor in written)

    def _leads(self, plane: Plane) -> bool:
        """Tell whether a plane describes its observation, now or until now.

        A plane that is hidden from now on must take with it what it said of the observation.
        """
        planes = self.fetch("find_planes", obs_id=plane.obs_id)
        others = [_lead(row) for row in planes if row["plane_id"] != plane.plane_id]
        mine = [_lead(vars(plane)), *(_lead(row) for row in planes if row["plane_id"] == plane.plane_id)]
        return not others or min(mine) < min(others)

    def _accumulate_observation(self, obs_id: UUID) -> None:
        own = self.fetch("find_observation", obs_id=obs_id)[0]
        children = [row["checksum"] for row in self.fetch("find_planes", obs_id=obs_id)]
        accumulated = accumulate(own["checksum"], children)
        if accumulated != own["accumulated"]:
            self.run("accumulate_observation", obs_id=obs_id, accumulated=accumulated, now=self.now)

    def put_row(self, query: str, row: Row, **more: str) -> psycopg.Cursor[Any]:
        """Insert or update a row of CAOM; a row that says the same already is not touched."""
        return self.run(query, **vars(row), **more, checksum=checksum(row), now=self.now)

    def run(self, query: str, **parameters: Any) -> psycopg.Cursor[Any]:
        """Run a query of sql/queries/ingest.sql."""
        return self.connection.execute(self.queries[query], parameters)

    def fetch(self, query: str, **parameters: Any) -> list[Found]:
        """Run a query of sql/queries/ingest.sql and give its rows."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(self.queries[query], parameters).fetchall()


def _apply_release(description: Description, release: Release, stored: Found | None) -> Description:
    meta, data = release.apply(stored)
    return replace(
        description,
        observation=replace(description.observation, meta_release=meta),
        plane=replace(description.plane, meta_release=meta, data_release=data),
    )


def _is_same(description: Description, found: list[Found]) -> bool:
    """Tell whether nothing of a file differs from what is stored."""
    if len(found) != 1 or found[0]["observation_checksum"] != checksum(description.observation):
        return False
    below = accumulate(checksum(description.artifact), [checksum(part) for part in description.parts])
    return bool(found[0]["plane_checksum"] == accumulate(checksum(description.plane), [below]))


def _lead(plane: Found) -> _Lead:
    released = plane["meta_release"]
    return _Lead(released is None, released or datetime.min, plane["product_id"])  # noqa: DTZ901 - UTC, no zone
