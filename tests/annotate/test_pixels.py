"""/annotate with pixels: uploaded images and pictures, which a worker describes and draws."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image as Picture
from regions import Regions

from caomai.console import Bar
from caomai.database import Database
from caomai.ingest.description import Describer
from caomai.ingest.run import ingest_files, parse_release
from caomai.settings import Settings
from fingerprinting.labels.label import Label, now
from fingerprinting.labels.store import open_labels, set_label
from fingerprinting.model import load_model
from fingerprinting.pipeline import describe_file
from fingerprinting.session import fingerprint_archive
from fingerprinting.simulation.fields import render
from tests.tap.client import VOT, Answer, get, post_body
from tests.tap.process import serving
from tests.uploads.sending import KIND, form
from tests.waiting import wait_until

SHAPE = (200, 240)
START_SECONDS = 180


@dataclass(frozen=True)
class Site:
    url: str
    file: Path
    publisher_id: str
    hidden: str
    label_node: int


def write_mosaic(path: Path, seed: int) -> Path:
    """Write a file of two images of the sky."""
    frames = [render("sparse", seed + number, SHAPE) for number in range(2)]
    hdus = [fits.ImageHDU(frame.pixels) for frame in frames]
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
    return path


@pytest.fixture(scope="module")
def site(
    database: Database, database_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A service with its worker over an archive of two mosaics, one of which is hidden."""
    folder = tmp_path_factory.mktemp("mosaics")
    files = [write_mosaic(folder / f"{name}.fits", seed) for name, seed in (("open", 5), ("secret", 8))]
    for file, release in zip(files, ("2020-01-01", "2999-01-01"), strict=True):
        describer = Describer.from_settings(database_settings)
        ingest_files(database_settings, describer, [file], parse_release(release), Bar("files"))
    assert fingerprint_archive(database_settings, 1, watch=False, quiet=True).done == 2
    with closing(database.connect_administrator()) as connection:
        rows = connection.execute("select publisherID from caom2.Plane order by publisherID").fetchall()
        common = connection.execute(
            "select node from caom2_ai.object_node group by node order by count(*) desc limit 1"
        ).fetchone()
    node = common[0] if common else 0
    with open_labels(database_settings) as (labels, current):
        set_label(labels, current.number, Label(node, "star, faint", "me", now()))
    environment = {
        "CAOMAI_DATABASE_URL": str(database_settings.database_url),
        "CAOMAI_WORKER": "true",
        "TMPDIR": str(tmp_path_factory.mktemp("spool")),
    }
    with serving(environment) as (_, url):
        drawn = {"ID": rows[0][0], "FORMAT": "png"}
        wait_until(lambda: get(f"{url}/annotate", drawn).status == 200, START_SECONDS)
        yield Site(url, files[0], rows[0][0], rows[1][0], node)


def upload(site: Site, content: bytes, **words: str) -> Answer:
    return post_body(f"{site.url}/annotate", KIND, form([*words.items()], {"IMAGE": content}))


def look(answer: Answer) -> tuple[Picture.Image, np.ndarray]:
    assert answer.status == 200, answer.text
    assert answer.kind == "image/png"
    picture = Picture.open(io.BytesIO(answer.body))
    return picture, np.asarray(picture.convert("RGB"), int)


def test_a_picture_of_an_archived_image_shows_its_objects(site: Site) -> None:
    picture, first = look(get(f"{site.url}/annotate", {"ID": site.publisher_id, "FORMAT": "png"}))
    assert picture.info["Title"] == f"Objects of {site.publisher_id}"
    # 240 x 200 pixels, five times enlarged, beside a legend of the colours in which ellipses are drawn.
    assert picture.width > 5 * 240 + 200
    colourful = (np.ptp(first, axis=2) > 60)[200:1000, 50:1200]
    assert 200 < colourful.sum() < 0.2 * colourful.size
    _, second = look(get(f"{site.url}/annotate", {"ID": site.publisher_id, "FORMAT": "png", "PART": "2"}))
    assert first.shape == second.shape
    assert (first[100:, :1200] != second[100:, :1200]).any()


def test_a_picture_of_a_hidden_image_is_as_unknown_as_any(site: Site) -> None:
    unknown = get(f"{site.url}/annotate", {"ID": "ivo://nobody/X?a/b", "FORMAT": "png"})
    hidden = get(f"{site.url}/annotate", {"ID": site.hidden, "FORMAT": "png"})
    assert unknown.status == hidden.status == 404
    assert unknown.body == hidden.body


def test_an_uploaded_image_is_answered_as_one_of_the_archive(site: Site) -> None:
    answer = upload(site, site.file.read_bytes())
    table = answer.table.array
    expected = describe_file(site.file, load_model())
    assert answer.infos["nDetected"] == str(sum(part.n_detected for part in expected))
    for part in expected:
        rows = table[table["part"] == part.name]
        assert rows["node"].tolist() == part.objects["node"].tolist()
        assert rows["x"].tolist() == pytest.approx(part.objects["x"].tolist(), abs=1e-3)
        assert rows["theta"].tolist() == pytest.approx(part.objects["theta_deg"].tolist())
    parts = [
        (info.get("value"), info.text)
        for info in answer.root.iter(f"{VOT}INFO")
        if info.get("name") == "part"
    ]
    assert parts == [(part.name, f"240 x 200 pixels, objects found: {part.n_detected}") for part in expected]
    counts = np.bincount(table["node"], minlength=400)
    assert answer.infos["fingerprint"] == " ".join(map(str, counts))
    query = f"SELECT fieldNode FROM caom2_ai.fingerprint WHERE publisherID = '{site.publisher_id}'"
    (row,) = get(f"{site.url}/tap/sync", {"LANG": "ADQL", "QUERY": query}).table.array
    assert answer.infos["fieldNode"] == str(row["fieldNode"])
    stored = get(f"{site.url}/annotate", {"ID": site.publisher_id}).table.array
    assert sorted(stored["node"].tolist()) == sorted(table["node"].tolist())
    for rows in (stored, table):
        named = rows["node"] == site.label_node
        assert named.any()
        assert set(rows["label"][named]) == {"star, faint"}
        assert set(rows["label"][~named]) == {""}


def test_a_packed_mosaic_is_annotated_as_describe_tells(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "mosaic.fits.fz"
    with fits.open(site.file) as hdus:
        packed = [fits.CompImageHDU(hdu.data, compression_type="RICE_1") for hdu in hdus[1:]]
        fits.HDUList([fits.PrimaryHDU(), *packed]).writeto(path)
    table = upload(site, path.read_bytes()).table.array
    parts = describe_file(path, load_model())
    assert [part.name for part in parts] == ["1", "2"]
    for part in parts:
        rows = table[table["part"] == part.name]
        assert rows["node"].tolist() == part.objects["node"].tolist()
        assert rows["x"].tolist() == pytest.approx(part.objects["x"].tolist(), abs=1e-3)


def test_an_uploaded_image_becomes_regions_of_one_part_and_a_picture(site: Site) -> None:
    content = site.file.read_bytes()
    found = Regions.parse(upload(site, content, RESPONSEFORMAT="ds9", PART="2").text, format="ds9")
    (part,) = [part for part in describe_file(site.file, load_model()) if part.name == "2"]
    assert [one.center.x + 1 for one in found] == pytest.approx(part.objects["x"].tolist(), abs=0.006)
    assert upload(site, content, MAXREC="3").statuses == ["OK", "OVERFLOW"]
    picture, _ = look(upload(site, content, RESPONSEFORMAT="png", PART="2"))
    assert picture.width > 5 * 240
    assert picture.info["Title"] == "Objects of IMAGE.vot"  # what the form calls the file


def test_an_uploaded_image_is_searched_by_its_vector_as_by_its_pixels(site: Site) -> None:
    infos = upload(site, site.file.read_bytes()).infos
    words = {"VECTOR": infos["vector"], "MODEL": infos["modelHash"], "K": "1"}
    by_vector = get(f"{site.url}/similar", words).table.array
    body = form([("K", "1")], {"IMAGE": site.file.read_bytes()})
    by_pixels = post_body(f"{site.url}/similar", KIND, body).table.array
    for rows in (by_vector, by_pixels):
        assert rows["publisherID"].tolist() == [site.publisher_id]
    assert by_vector["distance"].tolist() == pytest.approx(by_pixels["distance"].tolist(), abs=1e-6)
    assert by_vector["explanation"].tolist() == by_pixels["explanation"].tolist()


SQUARE = 3  # pixels: 2,100 by 1,500 on a picture of 1,024 at most


def write_steps(folder: Path) -> tuple[bytes, np.ndarray]:
    """Write a frame with a bright square at (901..903, 301..303) of FITS; gives its pixels."""
    pixels = np.random.default_rng(3).normal(100, 2, (1501, 2100)).astype("f4")
    pixels[300:303, 900:903] = 5000
    fits.PrimaryHDU(pixels).writeto(folder / "square.fits")
    return (folder / "square.fits").read_bytes(), pixels


def test_a_picture_without_marks_is_the_pixels_in_squares_from_the_lower_left(
    site: Site, tmp_path: Path
) -> None:
    content, pixels = write_steps(tmp_path)
    picture, colours = look(upload(site, content, RESPONSEFORMAT="png", MARKS="none", STRETCH="linear"))
    # ceil(2100 / 1024) = 3; the top row of squares is one row of pixels high.
    assert picture.size == (700, 501)
    assert (np.ptp(colours, axis=2) == 0).all()
    grey = colours[:, :, 0]
    means = pixels[:1500].reshape(500, SQUARE, 700, SQUARE).mean(axis=(1, 3))[::-1]
    below = grey[1:]
    assert np.argwhere(means > 4999).tolist() == [[500 - 1 - 300 // SQUARE, 900 // SQUARE]]
    assert below[means > 4999].tolist() == [255]
    between = (below > 0) & (below < 255)  # neither black nor white
    assert between.mean() > 0.5
    assert np.corrcoef(means[between], below[between])[0, 1] > 0.999
    _, logarithm = look(upload(site, content, RESPONSEFORMAT="png", MARKS="none", STRETCH="log"))
    assert (logarithm[:, :, 0] != grey).mean() > 0.5


def test_a_picture_without_marks_of_an_archived_image_is_its_preview(site: Site) -> None:
    words = {"ID": site.publisher_id, "FORMAT": "png", "MARKS": "none", "STRETCH": "sqrt", "PART": "2"}
    archived, pixels = look(get(f"{site.url}/annotate", words))
    assert archived.size == (240, 200)
    del words["ID"]
    _, uploaded = look(upload(site, site.file.read_bytes(), **words))
    assert (pixels == uploaded).all()
    query = f"SELECT planeID FROM caom2.Plane WHERE publisherID = '{site.publisher_id}'"
    (row,) = get(f"{site.url}/tap/sync", {"LANG": "ADQL", "QUERY": query}).table.array
    _, preview = look(get(f"{site.url}/preview/{row['planeID']}.png", {"stretch": "sqrt", "part": "2"}))
    assert (pixels == preview).all()


@pytest.mark.parametrize(
    ("content", "words", "sentence"),
    [
        (b"SIMPLE  = nothing", {}, "IMAGE.vot is"),
        (None, {"MARKS": "some", "FORMAT": "png"}, "MARKS must be one of"),
        (None, {"MARKS": "none", "STRETCH": "loud", "FORMAT": "png"}, "STRETCH must be one of asinh"),
        (None, {"STRETCH": "log", "FORMAT": "png"}, "give MARKS=none too"),
        (None, {"PART": "7", "MARKS": "none", "FORMAT": "png"}, "no image '7'; it has 1, 2"),
        (b"\x89PNG\r\n\x1a\nnothing", {"FORMAT": "png"}, "damaged"),
        (None, {"PART": "7"}, "no part '7'"),
        (None, {"PART": "7", "FORMAT": "png"}, "no image '7'; it has 1, 2"),
        (None, {"FORMAT": "csv"}, "votable (TABLEDATA), ds9 or png"),
        (None, {"ID": "ivo://x/Y?a/b"}, "as ID, or upload one"),
    ],
)
def test_what_cannot_be_annotated_is_refused_and_forgotten(
    site: Site, database: Database, content: bytes | None, words: dict[str, str], sentence: str
) -> None:
    answer = upload(site, content or site.file.read_bytes(), **words)
    assert answer.status == 400
    assert sentence in answer.text
    with closing(database.connect_administrator()) as connection:
        for table in ("description", "description_chunk"):
            query = f"select count(*) from caom2_ai_queue.{table}"
            assert connection.execute(query.encode()).fetchone() == (0,)


def test_an_archived_file_that_is_gone_is_told_and_the_worker_lives(site: Site, tmp_path: Path) -> None:
    moved = site.file.rename(tmp_path / "away.fits")
    try:
        answer = get(f"{site.url}/annotate", {"ID": site.publisher_id, "FORMAT": "png"})
        assert answer.status == 404
        assert answer.message == "The pixels of this image cannot be had here."
    finally:
        moved.rename(site.file)
    look(get(f"{site.url}/annotate", {"ID": site.publisher_id, "FORMAT": "png"}))
