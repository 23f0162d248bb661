"""Pictures of a real archive show what anybody may see, cut from the right place of the right file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from caomai.console import Bar
from caomai.database import Database
from caomai.errors import CaomAiError, ParameterError
from caomai.settings import Settings
from fingerprinting.model import load_model
from fingerprinting.pictures.holdings import open_holdings
from fingerprinting.pictures.posters import Request, Session
from fingerprinting.session import fingerprint_archive
from tests.worker.archives import Archive


@pytest.fixture(scope="module")
def settings(
    database: Database, database_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """An archive of two frames, of which the second may not be seen yet."""
    with closing(database.connect("owner", autocommit=True)) as connection:
        archive = Archive(tmp_path_factory.mktemp("files"), database, connection, database_settings)
        archive.render(2)
        archive.ingest()
        connection.execute(
            "update caom2.Plane set dataRelease = '2999-01-01' where publisherID like '%sparse-02'"
        )
        fingerprint_archive(database_settings, 1, watch=False, quiet=True)
        yield database_settings


def refuse(name: str, error: CaomAiError) -> None:
    raise AssertionError(name) from error


def test_objects_are_cut_from_public_files_at_their_places(settings: Settings) -> None:
    with open_holdings(settings) as archive:
        members = archive.find_near(range(400), 50, refuse, Bar("objects"))
        counts, images = archive.count(archive.object_map)
        (seen,) = archive.connection.execute("select count(*) from caom2_ai_view.object_node").fetchone() or (
            0,
        )
    assert {source.name for source in members.sources} == {"sparse-01.fits"}
    assert len(members) == counts.sum() == seen > 5
    assert members.counts.tolist() == counts.tolist()
    assert images.max() == 1
    core = members.pictures[:, 29:35, 29:35].astype(float).max(axis=(1, 2))
    edge = np.median(members.pictures.astype(float), axis=(1, 2))
    assert (core > edge + 2).all()  # an object is in the middle, the sky around it


def test_the_map_of_an_archive_has_a_tile_for_each_node_with_public_objects(settings: Settings) -> None:
    session = Session(settings, Request((), 0, 1, 300, None, quiet=True), [])
    with open_holdings(settings) as archive:
        counts, _ = archive.count(archive.object_map)
    sheet = session.draw_node(int(counts.argmax()), 4, {})
    assert sheet.image.height > 200
    assert not session.refused
    other = Request((), 0, 1, 300, None, quiet=True)
    with pytest.raises(ParameterError, match="--simulated"):
        Session(settings, other, []).draw_confusion()


def test_the_oddest_objects_of_a_collection_are_public_and_in_order(settings: Settings) -> None:
    with open_holdings(settings) as archive:
        (collection, *_), *_ = archive.connection.execute(
            "select distinct collection from caom2_ai_view.fingerprint"
        ).fetchall()
        members = archive.find_oddest(collection, 20, 7, refuse, Bar("objects"))
        seen = archive.connection.execute(
            "select oddness from caom2_ai_view.object_node where snr >= 20 order by oddness desc limit 7"
        ).fetchall()
        with pytest.raises(ParameterError, match="No object"):
            archive.find_oddest("nothing", 20, 7, refuse, Bar("objects"))
    assert {source.name for source in members.sources} == {"sparse-01.fits"}
    assert sorted(members.distance.tolist()) == pytest.approx(sorted(row[0] for row in seen))
    sheet = Session(settings, Request((), 0, 1, 300, None, quiet=True), []).draw_oddest(collection, 20, 7, 3)
    assert sheet.image.height > 3 * 128


def test_map_2_of_an_archive_shows_its_public_images(settings: Settings) -> None:
    with open_holdings(settings) as archive:
        typical = archive.find_typical_images(load_model(), refuse, Bar("images"))
    (view,) = [view for view in typical if view is not None]
    assert view.source.name.endswith("sparse-01")
    assert view.thumbnail.shape == (120, 120)


def test_the_command_writes_a_png_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a b;$(x)\u202e<i>.png"
    run = [sys.executable, "-m", "caomai", "picture"]
    made = subprocess.run(
        [*run, "map1", "--simulated", "2", "--counts", "-o", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with Image.open(path) as picture:
        assert picture.info["Title"] == "Map 1"
        assert picture.width > 2000
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    wrong = subprocess.run(
        [*run, "node", "400", "--simulated", "2", "-o", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.returncode == 2
    assert "0 to 399" in wrong.stderr


@pytest.mark.parametrize("picture", ["map1", "node", "oddest", "confusion", "layout", "map2"])
def test_help_teaches(picture: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "caomai", "picture", picture, "--help"],
        env=os.environ | {"COLUMNS": "200"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--output" in done.stdout
    assert len(done.stdout.split()) > 60
