"""Identifiers of CAOM 2.4 and the IVOA (IVOA Identifiers 2.0): what names an image, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote_from_bytes, unquote_to_bytes
from uuid import NAMESPACE_URL, UUID, uuid5

from caomai.errors import ParameterError

LONGEST: Final = 512
LONGEST_ARTIFACT: Final = 1024
_AUTHORITY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~*'()+=-]{2,}(?:/[A-Za-z0-9._~*'()+=-]+)*")
_COLLECTION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}")
# Characters of an RFC 3986 query without / and ?, which would split the identifier anew.
_ID: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}")
_SHOWN: Final = 80


@dataclass(frozen=True)
class PublisherID:
    """What names a plane everywhere: ivo://authority/collection?observationID/productID."""

    authority: str
    collection: str
    observation_id: str
    product_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a publisherID, or say what is wrong with it."""
        resource, mark, query = _check(text, "publisherID", LONGEST).partition("?")
        authority, slash, collection = resource.removeprefix("ivo://").rpartition("/")
        if resource[:6] != "ivo://" or not mark or not slash:
            raise _malformed(text, "publisherID", "ivo://AUTHORITY/COLLECTION?observationID/productID")
        _match(_AUTHORITY, authority, "authority", text)
        _match(_COLLECTION, collection, "collection", text)
        return cls(authority, collection, *_split_ids(query, 2, text))

    @property
    def plane_id(self) -> UUID:
        """Give the planeID that follows from this identifier."""
        return uuid5(NAMESPACE_URL, str(self))

    @property
    def observation_uuid(self) -> UUID:
        """Give the obsID: it follows from the identifier without its productID."""
        return uuid5(NAMESPACE_URL, f"ivo://{self.authority}/{self.collection}?{self.observation_id}")

    @property
    def observation(self) -> ObservationURI:
        """Give the observation that this plane belongs to."""
        return ObservationURI(self.collection, self.observation_id)

    @property
    def plane(self) -> PlaneURI:
        """Give the same plane as CAOM names it inside an archive."""
        return PlaneURI(self.collection, self.observation_id, self.product_id)

    def __str__(self) -> str:
        return f"ivo://{self.authority}/{self.collection}?{self.observation_id}/{self.product_id}"


@dataclass(frozen=True)
class ObservationURI:
    """What names an observation inside an archive: caom:collection/observationID."""

    collection: str
    observation_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an observationURI, or say what is wrong with it."""
        return cls(*_parse_caom(text, "observationURI", 2))

    def __str__(self) -> str:
        return f"caom:{self.collection}/{self.observation_id}"


@dataclass(frozen=True)
class PlaneURI:
    """What names a plane inside an archive: caom:collection/observationID/productID."""

    collection: str
    observation_id: str
    product_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a planeURI, or say what is wrong with it."""
        return cls(*_parse_caom(text, "planeURI", 3))

    def __str__(self) -> str:
        return f"caom:{self.collection}/{self.observation_id}/{self.product_id}"


@dataclass(frozen=True)
class ArtifactURI:
    """What names a file: scheme:path, the path percent-encoded as it is written."""

    scheme: str
    path: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an artifact URI of any scheme, or say what is wrong with it."""
        scheme, colon, path = _check(text, "artifact URI", LONGEST_ARTIFACT).partition(":")
        if not colon or not path.strip("/"):
            raise _malformed(text, "artifact URI", "SCHEME:path")
        _match(_SCHEME, scheme, "scheme", text)
        if "\\" in path or b".." in unquote_to_bytes(path).split(b"/"):
            raise ParameterError(f"The artifact URI {_show(text)} climbs out of its folder.")
        return cls(scheme.lower(), path)

    @classmethod
    def from_file(cls, path: bytes) -> Self:
        """Name a local file: `path` is absolute, as the operating system gives it (os.fsencode)."""
        return cls._quote("file", path, "//")

    @classmethod
    def from_folder(cls, scheme: str, path: bytes) -> Self:
        """Name a file by its path below the folder of a scheme."""
        _match(_SCHEME, scheme, "scheme", scheme)
        return cls._quote(scheme.lower(), path)

    @classmethod
    def _quote(cls, scheme: str, path: bytes, slashes: str = "") -> Self:
        uri = cls(scheme, slashes + quote_from_bytes(path, safe="/~+=,:@()"))
        if len(str(uri)) > LONGEST_ARTIFACT:
            raise ParameterError(f"The path is too long for an artifact URI ({LONGEST_ARTIFACT} characters).")
        return uri

    @property
    def uuid(self) -> UUID:
        """Give the artifactID that follows from this identifier."""
        return uuid5(NAMESPACE_URL, str(self))

    def part_uuid(self, name: str) -> UUID:
        """Give the partID of one part of this artifact."""
        return uuid5(NAMESPACE_URL, f"{self}#{name}")

    def to_file(self) -> bytes | None:
        """Give the path that from_file named, or None if this is no local file."""
        local = self.scheme == "file" and self.path.startswith("///")
        return unquote_to_bytes(self.path[2:]) if local else None

    def to_path(self) -> bytes:
        """Give the path below the folder of the scheme."""
        return unquote_to_bytes(self.path).lstrip(b"/")

    def __str__(self) -> str:
        return f"{self.scheme}:{self.path}"


def _parse_caom(text: str, kind: str, count: int) -> list[str]:
    scheme, _, path = _check(text, kind, LONGEST).partition(":")
    collection, slash, ids = path.partition("/")
    if scheme != "caom" or not slash:
        raise _malformed(text, kind, "/".join(("caom:COLLECTION", "observationID", "productID")[:count]))
    _match(_COLLECTION, collection, "collection", text)
    return [collection, *_split_ids(ids, count - 1, text)]


def _split_ids(ids: str, count: int, text: str) -> list[str]:
    names = ("observationID", "productID")[:count]
    parts = ids.split("/")
    if len(parts) != count:
        raise ParameterError(f"The identifier {_show(text)} must end in {'/'.join(names)}.")
    for part, name in zip(parts, names, strict=True):
        _match(_ID, part, name, text)
    return parts


def _check(text: str, kind: str, longest: int) -> str:
    if len(text) > longest:
        raise ParameterError(f"The {kind} {_show(text)} is longer than {longest} characters.")
    if not text.isascii() or not text.isprintable() or set(text) & set(' <>"{}|^`'):
        raise ParameterError(f"The {kind} {_show(text)} holds characters that an identifier must not hold.")
    return text


def _match(pattern: re.Pattern[str], part: str, name: str, text: str) -> None:
    if not pattern.fullmatch(part):
        raise ParameterError(f"The identifier {_show(text)} has no valid {name}.")


def _malformed(text: str, kind: str, form: str) -> ParameterError:
    return ParameterError(f"{_show(text)} is no {kind}: write {form}.")


def _show(text: str) -> str:
    return ascii(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
