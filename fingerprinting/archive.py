"""Artifact URI -> local file: each scheme has a folder or a URL where the archive keeps its files."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import os
import re
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote

from caomai.artifacts import resolve
from caomai.errors import AuthorizationError, CaomAiError, NotFoundError, ParameterError, TransientError

BLOCK: Final = 1 << 20
DOWNLOADS: Final = "caom-ai-downloads-"


@dataclass(frozen=True)
class Limits:
    """What a download may cost: size in bytes, times in seconds."""

    size: int = 16 << 30
    seconds: float = 1800
    silence: float = 30


LIMITS: Final = Limits()


@contextmanager
def fetch(
    uri: str, checksum: str | None, artifacts: Mapping[str, str], folder: Path, limits: Limits = LIMITS
) -> Iterator[Path]:
    """Give the local file of an artifact, its checksum verified; a download lies in `folder` meanwhile."""
    place = resolve(uri, artifacts)
    if isinstance(place, Path):
        verify(place, uri, checksum)
        yield place
        return
    with tempfile.TemporaryDirectory(dir=folder) as private:
        path = Path(private) / _file_name(uri)
        _download(place, path, uri, limits)
        verify(path, uri, checksum)
        yield path


def verify(path: Path, uri: str, checksum: str | None) -> None:
    """Compare a file with the checksum that CAOM gives, `algorithm:hex`."""
    if checksum is None:
        return
    algorithm, _, expected = checksum.lower().partition(":")
    if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        raise ParameterError(f"The checksum {checksum} of {uri} names no algorithm that is known here.")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, algorithm).hexdigest()
    if found != expected:
        raise TransientError(f"The file of {uri} has changed since it was ingested: ingest it again.")


def _file_name(uri: str) -> str:
    # The suffix matters to readers (.fz, .gz); the rest must be a plain name.
    name = unquote(uri).rpartition("/")[2].rpartition(":")[2]
    return re.sub(r"[^A-Za-z0-9._+-]", "_", name)[-200:].lstrip(".") or "file"


def _download(url: str, path: Path, uri: str, limits: Limits) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "caom-ai", "Accept-Encoding": "identity"})  # noqa: S310 -- resolve() gives http(s) only
    try:
        with _opener().open(request, timeout=limits.silence) as answer, path.open("wb") as file:
            _copy(answer, file, uri, limits)
    except urllib.error.HTTPError as error:
        raise _explain(error, uri) from error
    except (OSError, http.client.HTTPException) as error:
        raise TransientError(f"The archive did not deliver {uri}: {error}.") from error


def _opener() -> urllib.request.OpenerDirector:
    # The standard opener would follow a redirection to ftp: or read file: and data: URLs.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _copy(answer: http.client.HTTPResponse, file: BinaryIO, uri: str, limits: Limits) -> None:
    end = time.monotonic() + limits.seconds
    done = 0
    while block := answer.read1(BLOCK):  # what has arrived: an archive that trickles is noticed
        done += len(block)
        if done > limits.size:
            raise ParameterError(f"The file of {uri} is larger than {limits.size:,} bytes.")
        if time.monotonic() > end:
            raise TransientError(f"The archive took longer than {limits.seconds:.0f} s to deliver {uri}.")
        file.write(block)
    length = answer.headers.get("Content-Length")
    if length is not None and length.isdigit() and done != int(length):
        raise TransientError(f"The archive broke off after {done} of {length} bytes of {uri}.")


def _explain(error: urllib.error.HTTPError, uri: str) -> CaomAiError:
    if error.code in {404, 410}:
        return NotFoundError(f"The archive has no file for {uri} (HTTP {error.code}).")
    if error.code in {401, 403}:
        return AuthorizationError(f"The archive does not give {uri} to us (HTTP {error.code}).")
    return TransientError(f"The archive answered HTTP {error.code} for {uri}.")


@contextmanager
def download_folder() -> Iterator[Path]:
    """Make the folder of this process's downloads; folders that killed processes left are removed."""
    for left in Path(tempfile.gettempdir()).glob(f"{DOWNLOADS}*"):
        _remove_left(left)
    with tempfile.TemporaryDirectory(prefix=DOWNLOADS) as name, (Path(name) / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(name)


def _remove_left(folder: Path) -> None:
    # A minute of age, so that a folder between its making and its locking is left alone.
    with suppress(OSError):
        status = folder.lstat()
        if status.st_uid != os.getuid() or time.time() - status.st_mtime < 60:  # noqa: PLR2004
            return
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
