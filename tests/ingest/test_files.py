"""Which files: folders, suffixes, links, and paths that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caomai.errors import ParameterError
from caomai.ingest.files import find_files

Write = Callable[..., Path]


def test_links_are_walked_once_and_loops_end(write: Write, tmp_path: Path) -> None:
    path = write("data/night/a.fits")
    (tmp_path / "data/night/loop").symlink_to(tmp_path / "data")
    (tmp_path / "data/again").symlink_to(tmp_path / "data/night")
    (tmp_path / "data/self.fits").symlink_to(tmp_path / "data/self.fits")
    files, refused = find_files([tmp_path / "data", path, path.parent])
    names = [str(file.relative_to(tmp_path)) for file in files]
    assert names == ["data/self.fits", "data/again/a.fits", "data/night/a.fits"]
    assert refused == []


def test_folders_are_walked_in_order_for_all_suffixes(tmp_path: Path) -> None:
    for name in (
        "b.fits",
        "a.FIT",
        "c.fts.bz2",
        "sub.fits/d.fits.gz",
        "z/e.fit.fz",
        "readme.txt",
        "x.fits.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    files, _ = find_files([tmp_path])
    assert [str(file.relative_to(tmp_path)) for file in files] == [
        "a.FIT",
        "b.fits",
        "c.fts.bz2",
        "sub.fits/d.fits.gz",
        "z/e.fit.fz",
    ]


def test_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="There is nothing at"):
        find_files([tmp_path / "nowhere"])
    with pytest.raises(ParameterError, match="There is nothing at"):
        find_files([Path("a\0b")])


def test_folder_without_images_is_refused(tmp_path: Path) -> None:
    assert find_files([tmp_path])[1][0].reason == "The folder holds no FITS files."
