"""caom-ai recall: what it measures is what comparing all images says, and its advice helps."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from caomai.console import Bar
from caomai.database import Database
from caomai.settings import read_settings
from fingerprinting.recall import Index, Measurement, Report, Trial, advise, find_farthest, measure_recall
from tests.conftest import database_url
from tests.search.conftest import SIZE

GOOD = Index("i", 32, 200, 10, valid=True, dead=0.0, buffers=100)


def measure(archive: Database, **settings: object) -> Report:
    return measure_recall(archive, read_settings(**settings), Trial(queries=40, k=10), Bar("searches"))


def run(archive: Database, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "caomai", "recall", *words],
        env=os.environ | {"CAOMAI_DATABASE_URL": database_url(archive)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_index_of_the_product_finds_the_nearest(archive: Database) -> None:
    report = measure(archive)
    assert (report.map_id, report.images, report.queries) == (1, SIZE.images, 40)
    assert report.is_enough
    assert len(report.measured) == 1
    assert report.index is not None
    assert (report.index.m, report.index.ef_construction) == (32, 200)


def test_a_poor_index_is_found_out_and_wider_searches_are_tried(poor_index: Database) -> None:
    report = measure(poor_index, ef_search=10, scan_rows=1)
    assert not report.is_enough
    breadths = [one.ef_search for one in report.measured]
    assert breadths == sorted(set(breadths))
    assert len(breadths) > 1
    recalls = [one.recall for one in report.measured]
    assert recalls[-1] > recalls[0]
    assert report.advice


def test_the_command_says_it_all_as_json(archive: Database) -> None:
    ended = run(archive, "--json", "--queries", "5", "-k", "3")
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert answer["ok"] is True
    assert answer["goal"] == 0.99
    assert (answer["images"], answer["queries"], answer["k"]) == (SIZE.images, 5, 3)
    assert answer["index"]["name"] == "fingerprint_vector_1"
    assert answer["measured"][0]["recall"] >= 0.99


def test_the_command_fails_where_too_few_are_found(poor_index: Database) -> None:
    ended = run(poor_index, "--queries", "20")
    words = ended.stdout
    assert ended.returncode == 1, words
    assert "m = 2" in words or "CAOMAI_EF_SEARCH" in words


def test_without_an_index_all_images_are_compared(poor_archive: Database) -> None:
    report = measure(poor_archive)
    assert report.index is None
    assert report.measured[0].recall == 1
    assert "no index" in report.advice[0]


def test_an_empty_archive_is_told_what_to_do(database: Database) -> None:
    ended = run(database)
    assert ended.returncode == 1
    assert "caom-ai fingerprint" in ended.stderr


@pytest.mark.parametrize("k", [1, 7, 60])
def test_the_kth_least_distance_is_that_of_sorting(k: int) -> None:
    rng = np.random.default_rng(3)
    vectors, queries = rng.normal(size=(50, 400)), rng.normal(size=(4, 400))
    blocks = iter([vectors[:20].astype(np.float32), vectors[20:].astype(np.float32)])
    seen, farthest = find_farthest(blocks, queries.astype(np.float32), k)
    distances = np.sort(np.linalg.norm(queries[:, None] - vectors[None], axis=2), axis=1)
    assert seen == 50
    np.testing.assert_allclose(farthest, distances[:, min(k, 50) - 1], rtol=1e-4)


@pytest.mark.parametrize(
    ("index", "recalls", "words"),
    [
        (GOOD, {160: 1.0}, None),
        (GOOD, {160: 0.98, 320: 0.995}, "CAOMAI_EF_SEARCH=320"),
        (GOOD, {160: 0.9, 1000: 0.95}, "REINDEX"),
        (Index("i", 16, 64, 10, valid=True, dead=0, buffers=100), {160: 0.9, 1000: 0.95}, "m = 16"),
        (Index("i", 32, 200, 10, valid=False, dead=0, buffers=100), {160: 1.0}, "half-made"),
        (Index("i", 32, 200, 10, valid=True, dead=0.5, buffers=100), {160: 1.0}, "VACUUM"),
        (Index("i", 32, 200, 9 << 20, valid=True, dead=0, buffers=1 << 20), {160: 1.0}, "shared_buffers"),
        (None, {160: 1.0}, "no index"),
    ],
)
def test_the_advice_fits_what_was_measured(
    index: Index | None, recalls: dict[int, float], words: str | None
) -> None:
    measured = tuple(Measurement(ef, recall, recall, 1.0) for ef, recall in recalls.items())
    advice = " ".join(advise(index, measured))
    assert (words in advice) if words else not advice
