"""Artifact URI -> where the file lies: each scheme has a folder or a URL where an archive keeps its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from caomai.errors import NotFoundError, ParameterError


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
    if template.startswith(("http://", "https://")):
        return _fill(template, uri, path)
    return _find(Path(template), uri, path)


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
