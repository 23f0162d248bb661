"""A service over images whose content is known: stars at known places, a file of two images, hidden ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from astropy.io import fits
from playwright.sync_api import Page, expect
from psycopg.sql import SQL

from caomai.console import Bar
from caomai.database import Database
from caomai.ingest.description import Describer
from caomai.ingest.run import ingest_files, parse_release
from caomai.settings import read_settings
from fingerprinting.simulation.fields import render
from fingerprinting.simulation.write import write_set
from tests.conftest import database_url, new_database
from tests.descriptions.conftest import ask
from tests.tap.process import serving
from tests.waiting import wait_until

HEIGHT, WIDTH = 160, 240
STARS = ((50.0, 120.0), (180.0, 40.0), (120.0, 90.0))  # FITS pixels, the brightest first
HOSTILE = "<script>alert(1)</script>"
SIMILAR = 4
EMBARGO = SQL("update {} set dataRelease = '2999-01-01' where publisherID like '%/crowded-02'")
DESCRIBERS = "select workerID from caom2_ai_queue.describer"
SYNC_BYTES = 500_000  # larger files go to jobs


@dataclass(frozen=True)
class Site:
    """Address of a service, and the publisherIDs and files of some of its images."""

    url: str
    ids: dict[str, str]
    files: dict[str, Path]

    def open(self, page: Page, name: str) -> None:
        """Open the page of an image, and wait until its objects are there."""
        page.goto(f"{self.url}/image?{urlencode({'ID': self.ids[name]})}")
        expect(page.get_by_role("listbox", name="Objects")).to_be_visible()


@pytest.fixture(scope="package")
def site(socket_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("sky")
    write_stars(folder / "stars.fits")
    write_mosaic(folder / "mosaic.fits", seed=5)
    write_mosaic(folder / "secret.fits", seed=8)
    others = write_set(folder, SIMILAR, seed=3, types=("sparse", "crowded"), shape=(WIDTH, WIDTH))
    files = {path.stem: path for path in (folder / "stars.fits", folder / "mosaic.fits", *others)}
    with new_database(socket_folder) as database:
        settings = read_settings(database_url=database_url(database), observation_id="{stem}")
        describer = Describer.from_settings(settings)
        ingest_files(settings, describer, list(files.values()), parse_release("2020-01-01"), Bar("files"))
        ingest_files(settings, describer, [folder / "secret.fits"], parse_release("2999-01-01"), Bar("files"))
        fingerprint(database)
        with database.connect("owner") as connection:
            for table in ("caom2.Plane", "caom2_ai.fingerprint"):
                connection.execute(EMBARGO.format(SQL(table)))
            rows = connection.execute("select publisherID from caom2.Plane").fetchall()
        ids = {row[0].rpartition("/")[2]: row[0] for row in rows}
        environment = {
            "CAOMAI_DATABASE_URL": database_url(database),
            "CAOMAI_WORKER": "true",
            "CAOMAI_SYNC_UPLOAD_BYTES": str(SYNC_BYTES),
            "CAOMAI_RESULTS_DIR": str(tmp_path_factory.mktemp("results")),
            "TMPDIR": str(tmp_path_factory.mktemp("spool")),
        }
        with serving(environment) as (_, url):
            # A worker that has the machine to itself is there in a few seconds.
            wait_until(lambda: bool(ask(database, DESCRIBERS)), 120)
            yield Site(url, ids, files)


def fingerprint(database: Database) -> None:
    """Describe all images in a process of its own: the browser's event loop is in the way here."""
    environment = {"CAOMAI_DATABASE_URL": database_url(database), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "caomai", "fingerprint", "-n", "1"]
    subprocess.run(command, env=os.environ | environment, check=True, capture_output=True, timeout=300)


def write_stars(path: Path) -> None:
    """Write a frame of round stars at known places, whose header would like to be markup."""
    y, x = np.mgrid[1 : HEIGHT + 1, 1 : WIDTH + 1]
    pixels = np.random.default_rng(4).normal(100, 3, (HEIGHT, WIDTH))
    for order, (column, row) in enumerate(STARS):
        pixels += 3000 / 4**order * np.exp(-((x - column) ** 2 + (y - row) ** 2) / (2 * 1.7**2))
    hdu = fits.PrimaryHDU(pixels.astype("f4"))
    hdu.header["TRIMSEC"] = f"[21:{WIDTH},1:150]"  # the places are those of the whole frame all the same
    hdu.header["OBJECT"] = HOSTILE
    hdu.header["INSTRUME"] = "<b>CAMERA</b>"
    hdu.header["FILTER"] = "r"
    hdu.header["DATE-OBS"] = "2020-02-03T04:05:06"
    hdu.header["EXPTIME"] = 30.0
    hdu.header["CTYPE1"], hdu.header["CTYPE2"] = "RA---TAN", "DEC--TAN"
    hdu.header["CRPIX1"], hdu.header["CRPIX2"] = STARS[0]
    hdu.header["CRVAL1"], hdu.header["CRVAL2"] = 150.0, 2.5
    hdu.header["CD1_1"], hdu.header["CD2_2"] = -1e-4, 1e-4
    hdu.writeto(path)


def write_mosaic(path: Path, seed: int) -> None:
    """Write a file of two images of the sky, of different shapes."""
    frames = [render("sparse", seed, (200, 240)), render("sparse", seed + 1, (300, 180))]
    fits.HDUList([fits.PrimaryHDU(), *(fits.ImageHDU(frame.pixels) for frame in frames)]).writeto(path)
