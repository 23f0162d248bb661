"""Names of files in the folders that schemes stand for, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from caomai.artifacts import find_place, name_file, resolve


@pytest.mark.parametrize("name", ["a.fits", "2024/a b.fits", "100%.fits", "größe.fits", "a#b?c;d.fits", "-x"])
def test_a_name_leads_back_to_its_file_and_hides_the_folder(tmp_path: Path, name: str) -> None:
    artifacts = {"file": "/", "lab": str(tmp_path), "cadc": "https://host/{uri}"}
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    uri = name_file(path, artifacts)
    assert uri.scheme == "lab"
    assert str(tmp_path) not in str(uri)
    assert resolve(str(uri), artifacts) == find_place(str(uri), artifacts) == path


def test_the_innermost_folder_counts_and_no_other_means_file(tmp_path: Path) -> None:
    artifacts = {"file": "/", "outer": str(tmp_path), "inner": f"{tmp_path}/in/"}
    assert str(name_file(tmp_path / "in/a.fits", artifacts)) == "inner:a.fits"
    assert str(name_file(tmp_path / "inner/a.fits", artifacts)) == "outer:inner/a.fits"
    assert str(name_file(Path("/elsewhere/a.fits"), artifacts)) == "file:///elsewhere/a.fits"


def test_what_is_elsewhere_has_no_place_here() -> None:
    artifacts = {"cadc": "https://host/{uri}"}
    assert find_place("cadc:HST/a.fits", artifacts) is None
    assert find_place("mast:HST/a.fits", artifacts) is None
    assert find_place("file:///data/a.fits", artifacts) == Path("/data/a.fits")
