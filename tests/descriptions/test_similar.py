"""/similar by uploaded images: of FITS files and pictures, at once and as jobs, with nothing left behind."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from fingerprinting.answer import make_answer
from fingerprinting.model import load_model
from fingerprinting.pipeline import describe_file
from tests.descriptions.conftest import FRAMES, Site, count_left, upload, wait_until
from tests.tap.client import Answer, get, post, post_body
from tests.tap.process import serving
from tests.uploads.sending import KIND, form
from tests.uws.client import Client

SMALL = 2_000_000
START_SECONDS = 180


@pytest.fixture(scope="module")
def service(site: Site, frame: Path) -> Iterator[str]:
    """Address of a service that describes uploaded images itself; small limits."""
    with serving({**site.environment, "CAOMAI_SYNC_UPLOAD_BYTES": str(SMALL)}) as (_, url):
        wait_until(lambda: upload(url, frame.read_bytes()).status == 200, START_SECONDS)
        yield url
    assert not count_left(site.database)


def read(answer: Answer) -> list[Any]:
    """Read the rows of an answer."""
    assert answer.status == 200, answer.text
    return list(answer.table.array)


def draw(path: Path, kind: str) -> bytes:
    """Make a picture of a frame as it is shown: north is up, so the last row comes first."""
    pixels = np.asarray(fits.getdata(path), np.float64)
    low, high = np.percentile(pixels, (1, 99.7))
    grey = (255 * np.clip((pixels - low) / (high - low), 0, 1)).astype(np.uint8)[::-1]
    buffer = io.BytesIO()
    Image.fromarray(grey).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


def test_an_image_of_the_archive_finds_itself(service: str, site: Site) -> None:
    for publisher_id, path in site.images.items():
        rows = read(upload(service, path.read_bytes(), MAXREC="3"))
        assert len(rows) == 3
        assert rows[0]["publisherID"] == publisher_id
        assert rows[0]["distance"] < 0.01  # the archive keeps halves
        assert rows[1]["distance"] > 0.05


def test_upload_names_images(service: str, site: Site) -> None:
    (first, one), (second, other) = list(site.images.items())[:2]
    words = [("UPLOAD", "m51,param:a;m82,param:b"), ("K", "1")]
    body = form(words, {"a": one.read_bytes(), "b": gzip.compress(other.read_bytes())})
    rows = read(post_body(f"{service}/similar", KIND, body))
    assert [(row["queryID"], row["publisherID"]) for row in rows] == [("m51", first), ("m82", second)]


def pack(paths: list[Path], kind: str | None) -> bytes:
    """Put frames into the extensions of one file, as fpack does where a kind of compression is given."""
    hdus: list[Any] = [fits.PrimaryHDU()]
    for version, path in enumerate(paths, 1):
        pixels = fits.getdata(path)
        hdu = fits.CompImageHDU(pixels, compression_type=kind) if kind else fits.ImageHDU(pixels)
        errors = fits.ImageHDU(np.ones_like(pixels), name="ERR")
        hdu.name, hdu.ver = "SCI", version
        hdus += [hdu, errors]
    buffer = io.BytesIO()
    fits.HDUList(hdus).writeto(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["RICE_1", "GZIP_2", None])
def test_files_that_are_packed_or_have_extensions_are_what_describe_says(
    service: str, site: Site, tmp_path: Path, kind: str | None
) -> None:
    names, paths = zip(*site.images.items(), strict=True)
    (row,) = read(upload(service, pack([paths[0]], kind), K="1"))
    assert (row["publisherID"], bool(row["distance"] < 0.1)) == (names[0], True)
    content, model = pack([paths[0], paths[1]], kind), load_model()
    (tmp_path / "mosaic.fits.fz").write_bytes(content)
    answer = make_answer(describe_file(tmp_path / "mosaic.fits.fz", model), model, [])
    assert [part["part"] for part in answer["hdus"]] == ["1", "3"]
    words = [("VECTOR", json.dumps(answer["vector"])), ("MODEL", answer["model"]), ("K", str(FRAMES))]
    offline = read(post(f"{service}/similar", words))
    sent = read(upload(service, content, K=str(FRAMES)))
    for column in ("publisherID", "distance", "explanation"):
        assert [one[column] for one in sent] == [one[column] for one in offline], column


def test_an_image_and_examples_are_one_question(service: str, site: Site) -> None:
    names, paths = zip(*site.images.items(), strict=True)
    content = paths[0].read_bytes()
    alike = read(upload(service, content, LIKE=names[1], K=str(FRAMES)))
    assert {row["queryID"] for row in alike} == {"LIKE"}
    assert alike[0]["publisherID"] == names[0]
    assert names[1] not in {row["publisherID"] for row in alike}
    alone = {row["publisherID"]: row["distance"] for row in read(upload(service, content, K=str(FRAMES)))}
    unlike = read(upload(service, content, UNLIKE=names[1], EXCLUDE="none", K=str(FRAMES)))
    distances = {row["publisherID"]: row["distance"] for row in unlike}
    assert distances[names[1]] > alone[names[1]]
    assert upload(service, content, UNLIKE="ivo://x/y?a/b").status == 404


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_compared_with_a_warning(service: str, site: Site, kind: str) -> None:
    publisher_id, path = next(iter(site.images.items()))
    answer = upload(service, draw(path, kind), MAXREC=str(FRAMES))
    assert publisher_id in {row["publisherID"] for row in read(answer)}
    warning = f"This is a {kind} picture"
    assert answer.infos["warning"].startswith(warning)
    assert warning in answer.headers["Warning"]
    client = Client(service, "similar/async")
    words = [("PHASE", "RUN"), ("RESPONSEFORMAT", "csv")]
    made = re.search(
        r"<uws:jobId>(\w+)", post_body(client.url, KIND, form(words, {"image": draw(path, kind)})).text
    )
    assert made
    job = f"{client.url}/{made[1]}"
    assert client.wait(job) == "COMPLETED"
    result = get(f"{job}/results/result")
    assert result.text.startswith("queryNumber,")
    assert result.headers["Warning"] == answer.headers["Warning"]
    assert "warning" not in upload(service, path.read_bytes()).infos


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "image.vot is empty"),
        (b"GIF89a" + bytes(5000), "image.vot is not a FITS file"),
        (b"SIMPLE  =                    T" + bytes(50), "image.vot is truncated or damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "image.vot is truncated or damaged: it is no PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "image.vot is truncated or damaged: it is no JPEG"),
        (gzip.compress(b"SIMPLE  =" + bytes(5000), mtime=0)[:-9], "image.vot is truncated or damaged"),
    ],
)
def test_what_is_no_image_is_answered_by_a_sentence(service: str, content: bytes, reason: str) -> None:
    answer = upload(service, content)
    assert answer.status == 400
    assert answer.statuses == ["ERROR"]
    assert reason in answer.message


def test_parameters_are_checked_before_the_image_is_described(service: str, frame: Path) -> None:
    for words, reason in (
        ({"ID": "ivo://a/b?c/d"}, "cannot be given together"),
        ({"VECTOR": "1 2 3"}, "cannot be given together"),
        ({"UPLOAD": "t,https://example.org/table.vot"}, "cannot be uploaded together"),
        ({"MODEL": "f" * 64}, "vectors of two models cannot be compared"),
        ({"EXCLUDE": "all"}, "EXCLUDE must be one of"),
        ({"UPLOAD": "m51,param:other"}, "has no such file"),
    ):
        answer = upload(service, frame.read_bytes(), **words)
        assert answer.status == 400
        assert reason in answer.message


def test_large_images_are_sent_to_jobs(service: str) -> None:
    answer = upload(service, bytes(SMALL + 2_000_000 + (4 << 20)))
    assert answer.status == 413
    assert "/similar/async" in answer.message


def test_a_job_searches_by_an_image_and_keeps_nothing_of_it(service: str, site: Site) -> None:
    publisher_id, path = next(iter(site.images.items()))
    client = Client(service, "similar/async")
    created = post_body(
        client.url, KIND, form([("PHASE", "RUN"), ("MAXREC", "2")], {"image": path.read_bytes()})
    )
    job = re.search(r"<uws:jobId>(\w+)", created.text)
    assert job, created.text
    url = f"{client.url}/{job[1]}"
    assert client.wait(url) == "COMPLETED", client.get(f"{url}/error").text
    (row, _) = read(get(f"{url}/results/result"))
    assert row["publisherID"] == publisher_id
    (folder,) = Path(site.environment["CAOMAI_RESULTS_DIR"]).glob(f"*/{job[1]}")
    assert [file.name for file in folder.iterdir()] == ["result-1"]
    assert client.send("DELETE", url).status == 303
    assert not folder.exists()
    assert get(url).status == 404


def test_jobs_are_listed_for_those_who_made_them_alone(service: str) -> None:
    mine, other = Client(service, "similar/async"), Client(service, "similar/async")
    mine.post(mine.url, ID="ivo://x/y?a/b")
    assert len(mine.listed()) == 1
    assert not other.listed()
    assert not Client(service).listed()


@pytest.mark.usefixtures("service")
def test_nothing_is_left_in_folders(site: Site) -> None:
    spool = Path(site.environment["TMPDIR"])
    known = {"lock", ".ses"}  # the second is of onnxruntime
    wait_until(lambda: {path.name for path in spool.rglob("*") if path.is_file()} <= known)
