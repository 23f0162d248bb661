"""What senders call their files, kept in the names of files of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapext.parameters import name_file, read_title


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("m51.fits.fz", "m51.fits.fz"),
        ("my image-2 (r).fits", "my image-2 _r_.fits"),
        ("Größe.fits", "Größe.fits"),
        ("../../etc/passwd", "passwd"),
        ("C:\\images\\m51.fits", "m51.fits"),
        ("a\0\x1b[31m\n.fits", "a___31m_.fits"),
        ("..", ".."),
        ("", ""),
    ],
)
def test_a_title_is_kept_and_leads_nowhere(tmp_path: Path, title: str, kept: str) -> None:
    path = tmp_path / name_file("0", title)
    assert path.resolve().parent == tmp_path.resolve()
    path.touch()
    assert read_title(path) == kept


def test_a_long_title_keeps_its_end(tmp_path: Path) -> None:
    path = tmp_path / name_file("0123456789abcdef", "Ω" * 300 + ".fits")
    path.touch()
    title = read_title(path)
    assert title.endswith("ΩΩ.fits")
    assert len(title.encode()) <= 150
