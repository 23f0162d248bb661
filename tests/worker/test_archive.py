"""Artifact URIs become local files, and nothing else becomes one."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from caomai.artifacts import resolve
from caomai.errors import AuthorizationError, CaomAiError, NotFoundError, ParameterError, TransientError
from fingerprinting.archive import Limits, download_folder, fetch

CONTENT = b"SIMPLE  =                    T" + bytes(100_000)


def md5(data: bytes) -> str:
    return "md5:" + hashlib.md5(data).hexdigest()


class Archive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/files/cadc:X/a.fits")
            self.end_headers()
        elif self.path == "/escape":
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/etc/passwd")
            self.end_headers()
        elif self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT) + 1))
            self.end_headers()
            self.wfile.write(CONTENT)
        elif self.path.startswith("/status/"):
            self.send_error(int(self.path.rpartition("/")[2]))
        else:
            self.send_response(200)
            self.send_header("X-Path", self.path)
            self.end_headers()
            self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def archive() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_scheme_leads_to_its_folder(tmp_path: Path) -> None:
    (tmp_path / "CFHT").mkdir()
    (tmp_path / "CFHT" / "a b.fits").write_bytes(CONTENT)
    places = {"cadc": str(tmp_path)}
    with fetch("cadc:CFHT/a%20b.fits", md5(CONTENT), places, tmp_path) as path:
        assert path.read_bytes() == CONTENT
    assert (tmp_path / "CFHT" / "a b.fits").exists()


@pytest.mark.parametrize("path", ["../secret", "CFHT/../../secret", "%2e%2e/secret", "link/secret", "link"])
def test_no_uri_leads_out_of_its_folder(tmp_path: Path, path: str) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret").write_text("secret")
    (inside / "link").symlink_to(outside)
    with pytest.raises(ParameterError, match="out of its folder"):
        resolve(f"cadc:{path}", {"cadc": str(inside)})


@pytest.mark.parametrize("path", ["/etc/passwd", "//etc/passwd"])
def test_an_absolute_path_is_taken_inside_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(NotFoundError):
        resolve(f"cadc:{path}", {"cadc": str(tmp_path)})


def test_a_pipe_is_refused_instead_of_read_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ParameterError, match="no regular file"):
        resolve("cadc:pipe", {"cadc": str(tmp_path)})


def test_an_unknown_scheme_names_the_setting() -> None:
    with pytest.raises(ParameterError, match="CAOMAI_ARTIFACTS"):
        resolve("mast:HST/product/a.fits", {"cadc": "/"})


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("https://a.org/files/{uri}", "https://a.org/files/cadc:CFHT/a%20b.fits%3Fx=1%23y"),
        ("https://a.org/{path}", "https://a.org/CFHT/a%20b.fits%3Fx=1%23y"),
        ("https://a.org/get?name={name}", "https://a.org/get?name=a%20b.fits%3Fx=1%23y"),
    ],
)
def test_a_template_becomes_a_url_that_the_uri_cannot_bend(template: str, url: str) -> None:
    assert resolve("cadc:CFHT/a b.fits?x=1#y", {"cadc": template}) == url


def test_a_download_is_verified_and_removed_afterwards(archive: str, tmp_path: Path) -> None:
    with fetch("cadc:X/a.fits.fz", md5(CONTENT), {"cadc": archive + "/files/{uri}"}, tmp_path) as path:
        assert path.name == "a.fits.fz"
        assert path.read_bytes() == CONTENT
        assert path.is_relative_to(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_redirection_is_followed(archive: str, tmp_path: Path) -> None:
    with fetch("cadc:moved", None, {"cadc": archive + "/{path}"}, tmp_path) as path:
        assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "limits", "error"),
    [
        ("status/404", Limits(), NotFoundError),
        ("status/410", Limits(), NotFoundError),
        ("status/403", Limits(), AuthorizationError),
        ("status/503", Limits(), TransientError),
        ("short", Limits(), TransientError),
        ("escape", Limits(), TransientError),
        ("big", Limits(size=50_000), ParameterError),
        ("slow", Limits(seconds=-1), TransientError),
    ],
)
def test_a_download_that_fails_leaves_nothing(
    archive: str, tmp_path: Path, path: str, limits: Limits, error: type[CaomAiError]
) -> None:
    with (
        pytest.raises(error, match=path),
        fetch(f"cadc:{path}", None, {"cadc": archive + "/{path}"}, tmp_path, limits),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_an_archive_that_is_down_is_tried_again_later(tmp_path: Path) -> None:
    with (
        pytest.raises(TransientError, match="did not deliver"),
        fetch("cadc:x", None, {"cadc": "http://127.0.0.1:1/{path}"}, tmp_path),
    ):
        pass


@pytest.mark.parametrize("algorithm", ["md5", "sha256", "MD5"])
def test_a_changed_file_asks_for_a_new_ingest(tmp_path: Path, algorithm: str) -> None:
    (tmp_path / "a.fits").write_bytes(CONTENT)
    right = f"{algorithm}:{hashlib.new(algorithm.lower(), CONTENT).hexdigest()}"
    with fetch("cadc:a.fits", right, {"cadc": str(tmp_path)}, tmp_path) as path:
        assert path == tmp_path / "a.fits"
    (tmp_path / "a.fits").write_bytes(CONTENT + b"more")
    with (
        pytest.raises(TransientError, match="ingest it again"),
        fetch("cadc:a.fits", right, {"cadc": str(tmp_path)}, tmp_path),
    ):
        pass


def test_downloads_of_a_killed_process_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "caom-ai-downloads-left"
    left.mkdir()
    (left / "lock").touch()
    (left / "half.fits").write_bytes(CONTENT)
    os.utime(left, (0, 0))
    with download_folder() as first:
        assert not left.exists()
        os.utime(first, (0, 0))
        with download_folder() as second:
            assert first.exists()
            assert second != first
    assert not list(tmp_path.iterdir())
