"""Series into which oddities are put: of images that nothing was trained on."""

from __future__ import annotations

from pathlib import Path

from fingerprinting.evaluation.oddities import NOTHING, TYPES, Size, list_series, read_bases
from fingerprinting.evaluation.split import SHARES, choose_part
from fingerprinting.simulation.write import write_set


def test_series_are_made_of_real_frames_of_the_part_alone(tmp_path: Path) -> None:
    assert len(list(write_set(tmp_path, 6, seed=3, types=("sparse",), shape=(420, 440)))) == 6
    names = {part: [base.name for base in read_bases((tmp_path,), part)] for part in SHARES}
    assert names["test"]
    assert all(choose_part(name) == part for part, some in names.items() for name in some)
    series = list(list_series(Size(side=64, bases=1), (tmp_path,), "test"))
    assert [kind for kind, _ in series] == [*[""] * len(TYPES), "real_"]
    pixels, _, lens = series[-1][1](NOTHING, 0)
    assert min(pixels.shape) > 300
    assert lens is None
