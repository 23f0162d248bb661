"""The worker as an operator runs it: real processes, real files, a real database."""

from __future__ import annotations

import os
import signal

import pytest

from tests.processes import children, is_alive
from tests.waiting import wait_until
from tests.worker.archives import Archive

FRAMES = 60


def test_every_image_is_fingerprinted_and_a_second_run_does_nothing(archive: Archive) -> None:
    archive.render(12)
    archive.ingest()
    first = archive.finish(archive.start("fingerprint", "-n", "2", "--json"))
    assert (first["fingerprinted"], first["failed"], first["skipped"], first["left"]) == (12, 0, 0, 0)
    archive.check_whole()
    rows = archive.fetch("select p::text from caom2_ai.part_fingerprint p order by imageID")
    assert len(rows) == 12
    assert archive.fetch("select sum(nImages), count(*) from caom2_ai.node where mapID = 2")[0][1] == 144
    assert archive.fetch("select count(*) from caom2_ai.map where isCurrent") == [(2,)]
    second = archive.fingerprint()
    assert second["fingerprinted"] == 0
    assert archive.fetch("select p::text from caom2_ai.part_fingerprint p order by imageID") == rows


def test_a_worker_killed_with_its_children_goes_on_where_it_was(archive: Archive) -> None:
    archive.render(FRAMES)
    archive.ingest()
    killed = archive.start("fingerprint", "-n", "2")
    wait_until(lambda: archive.count("caom2_ai.part_fingerprint") >= 5)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    archive.check_whole()
    before = set(
        archive.fetch("select imageID, artifactURI, fingerprint::text from caom2_ai.part_fingerprint")
    )
    assert 5 <= len(before) < FRAMES
    again = archive.fingerprint()
    assert again["fingerprinted"] == FRAMES - len(before)
    archive.check_whole()
    after = archive.fetch("select imageID, artifactURI, fingerprint::text from caom2_ai.part_fingerprint")
    assert len(after) == len({uri for _, uri, _ in after}) == FRAMES
    assert before <= set(after)
    assert archive.count("caom2_ai_queue.procrastinate_jobs") == 0


def test_workers_share_the_images_and_do_those_of_one_that_dies(archive: Archive) -> None:
    archive.render(FRAMES)
    archive.ingest()
    lost, other = (archive.start("fingerprint", "-n", "1", "--json") for _ in range(2))
    holders = "select count(distinct worker_id) from caom2_ai_queue.procrastinate_jobs where status = 'doing'"
    wait_until(lambda: archive.count("caom2_ai.part_fingerprint") >= 5 and archive.fetch(holders) == [(2,)])
    orphans = children(lost.pid)
    os.kill(lost.pid, signal.SIGKILL)  # of the parent alone
    lost.wait()
    wait_until(lambda: not any(map(is_alive, orphans)))
    done = archive.finish(other)
    assert 0 < done["fingerprinted"] <= FRAMES
    assert archive.count("caom2_ai.part_fingerprint") == FRAMES
    archive.check_whole()


def test_a_child_that_dies_costs_the_image_it_had(archive: Archive) -> None:
    archive.render(20)
    archive.ingest()
    worker = archive.start("fingerprint", "-n", "1", "--json")
    wait_until(lambda: archive.count("caom2_ai.part_fingerprint") >= 3)
    (child,) = children(worker.pid)
    os.kill(child, signal.SIGKILL)
    done = archive.finish(worker, 3)
    assert (done["fingerprinted"], done["failed"], done["left"]) == (19, 1, 0)
    (refusal,) = done["refused"]
    assert "the process that read it" in refusal["reason"]
    assert archive.fetch("select status, artifactURI from caom2_ai.failure") == [("failed", refusal["uri"])]
    archive.check_whole()
    assert archive.fingerprint()["failed"] == 0  # it is not tried again


@pytest.mark.parametrize("whole_group", [False, True])
def test_a_signal_lets_the_images_in_hand_be_finished(archive: Archive, *, whole_group: bool) -> None:
    archive.render(FRAMES)
    archive.ingest()
    worker = archive.start("fingerprint", "-n", "2", "--json")
    wait_until(lambda: archive.count("caom2_ai.part_fingerprint") >= 3)
    if whole_group:  # as systemd does
        os.killpg(worker.pid, signal.SIGTERM)
    else:
        os.kill(worker.pid, signal.SIGINT)
    ended = archive.finish(worker, 130)
    assert ended["interrupted"]
    assert ended["failed"] == 0
    assert ended["fingerprinted"] == archive.count("caom2_ai.part_fingerprint") < FRAMES
    assert archive.fetch("select count(*) from caom2_ai_queue.procrastinate_jobs where status = 'doing'") == [
        (0,)
    ]
    assert archive.fingerprint()["fingerprinted"] == FRAMES - ended["fingerprinted"]
    archive.check_whole()


def test_a_watching_worker_takes_what_is_ingested_later(archive: Archive) -> None:
    files = archive.render(8)
    archive.ingest(*files[:4])
    worker = archive.start("fingerprint", "-n", "1", "--watch", "--json")
    wait_until(lambda: archive.count("node where nImages > 0") > 0)  # all is in order
    assert archive.count("caom2_ai.fingerprint") == 4
    archive.ingest(*files[4:])
    wait_until(lambda: archive.count("caom2_ai.fingerprint") == 8)
    worker.send_signal(signal.SIGTERM)
    assert archive.finish(worker)["fingerprinted"] == 8
