"""Artifact URI <-> where the file lies: each scheme has a folder or a URL where files are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from caomai.errors import NotFoundError, ParameterError
from caomai.identifiers import ArtifactURI

REMOTE = ("http://", "https://")


def resolve(uri: str, artifacts: Mapping[str, str]) -> Path | str:
    """Find where an artifact lies: a file in the folder of its scheme, or a URL from its template."""
    scheme, separator, path = uri.partition(":")
    template = artifacts.get(scheme) if separator else None
    if template is None:
        raise ParameterError(
            f"No place is known for artifacts such as {uri}: add their scheme to CAOMAI_ARTIFACTS."
        )
    if ".." in unquote(path).split("/") or "\0" in unquote(path):
        raise ParameterError(f"The artifact URI {uri} climbs out of its folder.")
    if template.startswith(REMOTE):
        return _fill(template, uri, path)
    return _find(Path(template), uri, path)


def name_file(path: Path, artifacts: Mapping[str, str]) -> ArtifactURI:
    """Name a file, its path absolute, by the scheme of the innermost folder that it lies in.

    Such a name does not tell where the operator keeps the folder; that of the scheme `file` does.
    """
    folders = {scheme: _absolute(template) for scheme, template in artifacts.items() if scheme != "file"}
    around = {scheme: folder for scheme, folder in folders.items() if folder and path.is_relative_to(folder)}
    if not around:
        return ArtifactURI.from_file(os.fsencode(path))
    scheme = max(around, key=lambda one: len(around[one].parts))
    return ArtifactURI.from_folder(scheme, os.fsencode(path.relative_to(around[scheme])))


def find_place(uri: str, artifacts: Mapping[str, str]) -> Path | None:
    """Say where name_file found a file of this name, whether it is there still or not."""
    parsed = ArtifactURI.parse(uri)
    if (local := parsed.to_file()) is not None:
        return Path(os.fsdecode(local))
    folder = _absolute(artifacts.get(parsed.scheme, REMOTE[0]))
    return folder and folder / os.fsdecode(parsed.to_path())


def _absolute(template: str) -> Path | None:
    """Give the folder of a scheme, not where links lead: people know it by the name they gave."""
    return None if template.startswith(REMOTE) else Path(os.path.abspath(Path(template).expanduser()))  # noqa: PTH100


def _fill(template: str, uri: str, path: str) -> str:
    """Put the URI into a URL; what could end the path of a URL is escaped."""
    values = {"{uri}": uri, "{path}": path, "{name}": path.rpartition("/")[2]}
    for key, value in values.items():
        template = template.replace(key, quote(value, safe="/:@%+~!$&'()*,;="))
    return template


def _find(folder: Path, uri: str, path: str) -> Path:
    root = folder.expanduser().resolve()
    found = (root / unquote(path).lstrip("/")).resolve()
    if not found.is_relative_to(root):
        raise ParameterError(f"The artifact {uri} leads out of its folder {root}.")
    if not found.exists():
        raise NotFoundError(f"The file of {uri} is not at {found}.")
    if not found.is_file():
        raise ParameterError(f"The artifact {uri} leads to {found}, which is no regular file.")
    return found
