"""Several models in one database: the old one is searched until the new one is complete, then all at once."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from caomai.errors import NotFoundError, UsageError
from caomai.settings import read_settings
from fingerprinting.changes import follow_changes
from fingerprinting.inventory import drop_model, list_models, use_model
from fingerprinting.maps import Maps, load_maps, register_maps
from fingerprinting.model import Model, default_folder, hash_model, load_model
from fingerprinting.model_commands import model_commands
from fingerprinting.session import fingerprint_archive
from fingerprinting.store import Artifact, store, store_failure
from fingerprinting.succession import carry_labels, match_nodes, switch, take_over
from fingerprinting.training.card import write_toml
from tests.worker.archives import Archive
from tests.worker.planes import describe, insert_plane

CURRENT = "select kind, mapID from caom2_ai.map where isCurrent order by kind desc"
LABEL = """
    insert into caom2_ai.label (mapID, node, label, author, labelPrecision) values (%s, %s, %s, 'Ada', 0.9)
"""


@pytest.fixture
def first(archive: Archive, model: Model) -> Maps:
    return register_maps(archive.connection, model)


@pytest.fixture
def second(archive: Archive, model: Model, first: Maps) -> Maps:
    assert first.object_map
    return register_maps(archive.connection, replace(model, hash="another", card=model.card | {"id": "new"}))


def fill(archive: Archive, maps: Maps, artifacts: list[Artifact], *nodes: int) -> None:
    with archive.connection.transaction():
        for artifact in artifacts:
            store(archive.connection, artifact, [describe(*nodes)], maps)


def insert(archive: Archive, number: int) -> list[Artifact]:
    with archive.connection.transaction():
        return [insert_plane(archive.connection, f"p{i}") for i in range(number)]


def agree(_: str) -> None:
    """Say yes."""


def refuse(text: str) -> None:
    raise UsageError(text)


def test_the_old_map_is_searched_until_the_new_one_has_nine_in_ten_of_its_images(
    archive: Archive, first: Maps, second: Maps
) -> None:
    artifacts = insert(archive, 20)
    fill(archive, first, artifacts[:10], 1, 2)
    fill(archive, second, artifacts[2:], 3, 4)  # more images, but not those that people know
    assert not take_over(archive.connection, second)
    for artifact in artifacts[:1]:  # what the new model refuses counts as missing
        store_failure(archive.connection, artifact, UsageError("no"), second)
    fill(archive, second, artifacts[1:2], 3)
    assert archive.fetch(CURRENT) == [("object", first.object_map), ("field", first.field_map)]
    assert take_over(archive.connection, second)
    assert archive.fetch(CURRENT) == [("object", second.object_map), ("field", second.field_map)]
    assert not take_over(archive.connection, second)
    assert archive.count("caom2_ai.fingerprint") == 10 + 19
    ranks = f"select count(*) from caom2_ai.distance_rank where mapID = {second.object_map}"
    seen = f"select sum(nImages) from caom2_ai.node where mapID = {second.object_map}"
    assert archive.fetch(ranks)[0][0] > 0  # in order before anybody looked
    assert archive.fetch(seen)[0][0] > 0


def test_a_map_can_be_used_by_hand_where_too_many_images_fail(
    archive: Archive, first: Maps, second: Maps
) -> None:
    artifacts = insert(archive, 10)
    fill(archive, first, artifacts, 1)
    fill(archive, second, artifacts[:6], 2)
    assert not take_over(archive.connection, second)
    with pytest.raises(UsageError, match="4 images that people can search now are not on map"):
        use_model(archive.settings, second.object_map, refuse)
    assert archive.fetch(CURRENT)[0] == ("object", first.object_map)
    assert use_model(archive.settings, second.object_map, agree) == (second.object_map, second.field_map)
    assert archive.fetch(CURRENT)[0] == ("object", second.object_map)
    use_model(archive.settings, first.field_map, refuse)  # and back, by the number of the other map
    assert archive.fetch(CURRENT) == [("object", first.object_map), ("field", first.field_map)]


def test_a_reader_never_sees_objects_of_one_model_with_fields_of_another(
    archive: Archive, first: Maps, second: Maps
) -> None:
    artifacts = insert(archive, 3)
    fill(archive, first, artifacts, 1)
    fill(archive, second, artifacts, 2)
    query = """
        select array_agg(distinct f.mapID), count(f.fieldNode), count(*),
            (select m.objectMapID from caom2_ai_view.map m where m.kind = 'field' and m.isCurrent = 1)
        from caom2_ai_view.fingerprint f where f.isCurrent = 1
    """
    seen, done = [], threading.Event()

    def read() -> None:
        with archive.database.connect("query", autocommit=True) as connection:
            while not done.is_set():
                seen.append(connection.execute(query).fetchone())

    reader = threading.Thread(target=read)
    reader.start()
    # Sixty times, and as often as it takes a busy machine to read six times meanwhile.
    for number in range(100_000):
        maps = (second, first)[number % 2]
        switch(archive.connection, maps.object_map, maps.field_map)
        if number >= 60 and len(seen) > 5:
            break
    done.set()
    reader.join()
    whole = {((maps.object_map,), 3, 3, maps.object_map) for maps in (first, second)}
    assert {(tuple(row[0]), *row[1:]) for row in seen if row} <= whole
    assert len(seen) > 5


def test_functions_that_meet_two_maps_answer_null(archive: Archive, first: Maps, second: Maps) -> None:
    artifacts = insert(archive, 2)
    fill(archive, first, artifacts[:1], 1)
    fill(archive, second, artifacts[1:], 1)
    ids = [artifact.publisher_id for artifact in artifacts]
    with archive.database.connect("query") as connection:
        query = "select caom2_ai.caomai_same_field(%s, %s), caom2_ai.caomai_same_field(%s, %s)"
        assert connection.execute(query, [*ids, ids[0], ids[0]]).fetchone() == (None, 1)


def test_nodes_are_matched_by_the_objects_that_both_maps_have(
    archive: Archive, first: Maps, second: Maps
) -> None:
    artifacts = insert(archive, 4)
    fill(archive, first, artifacts, 1, 1, 1, 1, 7)
    fill(archive, second, artifacts, 5, 5, 5, 6, 6)
    match_nodes(archive.connection, "object", first.object_map, second.object_map)
    match_nodes(archive.connection, "object", first.object_map, second.object_map)  # again is the same
    rows = archive.fetch(
        "select mapID1, node1, mapID2, node2, overlap from caom2_ai.node_match order by 1, 2, 4"
    )
    one, two = first.object_map, second.object_map
    assert rows == [
        (one, 1, two, 5, 0.75), (one, 1, two, 6, 0.25), (one, 7, two, 6, 1.0),
        (two, 5, one, 1, 1.0), (two, 6, one, 1, 0.5), (two, 6, one, 7, 0.5),
    ]  # fmt: skip


def test_hidden_images_leave_no_trace_in_matches(archive: Archive, first: Maps, second: Maps) -> None:
    hidden = insert_plane(archive.connection, "hidden", dataRelease="2999-01-01")
    for maps in (first, second):
        fill(archive, maps, [hidden], 9)
    assert match_nodes(archive.connection, "object", first.object_map, second.object_map) == 0
    assert match_nodes(archive.connection, "field", first.field_map, second.field_map) == 0


def test_labels_go_with_their_nodes_and_say_where_they_are_from(
    archive: Archive, first: Maps, second: Maps
) -> None:
    artifacts = insert(archive, 4)
    fill(archive, first, artifacts, 1, 1, 2, 7, 8)
    fill(archive, second, artifacts, 5, 5, 5, 5, 6)
    for node, label in ((1, "merger"), (2, "merger"), (7, "trail"), (8, "ghost")):
        archive.connection.execute(LABEL, [first.object_map, node, label])
    archive.connection.execute(LABEL, [second.object_map, 6, "ghost"])  # was given there before
    assert take_over(archive.connection, second)
    rows = archive.fetch(f"""
        select node, label, author, round(labelPrecision::numeric, 3)::real, carriedFrom, carriedOverlap
        from caom2_ai.label where mapID = {second.object_map} order by node
    """)
    assert rows == [
        (5, "merger", "Ada", pytest.approx(0.675), first.object_map, 0.75),
        (6, "ghost", "Ada", pytest.approx(0.9), None, None),
    ]
    assert carry_labels(archive.connection, first.object_map, second.object_map) == 0


def test_release_dates_are_followed_on_the_map_that_people_search_too(
    archive: Archive, first: Maps, second: Maps
) -> None:
    artifacts = insert(archive, 2)
    fill(archive, first, artifacts, 1)
    fill(archive, second, artifacts[1:], 2)
    archive.connection.execute("update caom2.Plane set dataRelease = '2999-01-01'")
    moved = "update caom2.Plane set planeID = gen_random_uuid() where productID = 'p1'"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        archive.connection.execute(moved)  # the embedded archive keeps its keys; only attached ones move
    follow_changes(archive.connection, second)
    dates = archive.fetch(
        "select mapID, extract(year from dataRelease)::int from caom2_ai.fingerprint order by 1"
    )
    assert dates == [(first.object_map, 2999), (first.object_map, 2999), (second.object_map, 2999)]
    archive.connection.execute("delete from caom2.Artifact where uri = %s", [artifacts[0].uri])
    follow_changes(archive.connection, second)
    assert archive.count(f"caom2_ai.fingerprint where mapID = {first.object_map}") == 1
    archive.check_whole()


def test_what_is_dropped_is_gone_and_the_rest_stays(archive: Archive, first: Maps, second: Maps) -> None:
    artifacts = insert(archive, 5)
    fill(archive, first, artifacts, 1, 2)
    fill(archive, second, artifacts, 3)
    store_failure(archive.connection, artifacts[0], UsageError("no"), second)
    match_nodes(archive.connection, "object", first.object_map, second.object_map)
    said: list[str] = []
    with pytest.raises(UsageError, match="People search map"):
        drop_model(archive.settings, first.object_map, agree, said.append)
    with pytest.raises(UsageError, match="goes with it"):
        drop_model(archive.settings, second.field_map, agree, said.append)
    with pytest.raises(UsageError, match="goes with 5 images"):
        drop_model(archive.settings, second.object_map, refuse, said.append)
    with pytest.raises(NotFoundError, match="There is no map 999"):
        drop_model(archive.settings, 999, agree, said.append)
    assert drop_model(archive.settings, second.object_map, agree, said.append) == 5
    assert "5 images" in said
    for table in ("fingerprint", "part_fingerprint", "object_node", "field_node", "node", "map"):
        left = {row[0] for row in archive.fetch(f"select distinct mapID from caom2_ai.{table}")}
        assert left <= {first.object_map, first.field_map}
        assert left
    assert archive.count("caom2_ai.failure") == archive.count("caom2_ai.node_match") == 0
    indexes = archive.fetch("select indexname from pg_indexes where indexname like 'fingerprint_vector_%'")
    assert (f"fingerprint_vector_{first.object_map}",) in indexes
    assert (f"fingerprint_vector_{second.object_map}",) not in indexes
    archive.check_whole()


def test_a_drop_that_was_killed_is_ended_before_the_model_is_used_again(
    archive: Archive, model: Model, first: Maps, second: Maps
) -> None:
    fill(archive, second, insert(archive, 3), 3)
    archive.connection.execute("update caom2_ai.map set dropped = true where modelHash = 'another'")
    with pytest.raises(UsageError, match=f"caom-ai models drop {second.object_map}"):
        register_maps(archive.connection, replace(model, hash="another"))
    with pytest.raises(UsageError, match="is being dropped"):
        use_model(archive.settings, second.object_map, agree)
    drop_model(archive.settings, second.object_map, refuse, agree)  # was agreed to before
    assert register_maps(archive.connection, replace(model, hash="another")).object_map > second.object_map
    assert archive.fetch(CURRENT)[0] == ("object", first.object_map)


def test_who_drops_and_who_uses_a_map_do_not_meet(archive: Archive, first: Maps, second: Maps) -> None:
    fill(archive, second, insert(archive, 2), 3)
    current = archive.fetch(CURRENT)
    archive.connection.execute("update caom2_ai.map set isCurrent = false where kind = 'field'")
    archive.connection.execute(
        "update caom2_ai.map set isCurrent = true where mapID = %s", [second.field_map]
    )
    with pytest.raises(UsageError, match="has just become the current one"):  # its fields have
        drop_model(archive.settings, second.object_map, agree, agree)
    assert archive.count("caom2_ai.map where dropped") == 0
    switch(archive.connection, first.object_map, first.field_map)
    archive.connection.execute("update caom2_ai.map set dropped = true where mapID = %s", [second.object_map])
    with pytest.raises(UsageError, match="is being dropped"):
        switch(archive.connection, second.object_map, second.field_map)
    assert archive.fetch(CURRENT) == current
    drop_model(archive.settings, second.object_map, refuse, agree)
    with pytest.raises(UsageError, match="has been dropped meanwhile"):  # a worker that stayed for it
        load_maps(archive.connection, second.model, second.object_map)


def test_readers_are_not_kept_waiting_by_a_drop(archive: Archive, first: Maps, second: Maps) -> None:
    artifacts = insert(archive, 3)
    fill(archive, first, artifacts, 1)
    fill(archive, second, artifacts, 2)
    with archive.database.connect("query") as reader:
        reader.execute("set lock_timeout = '60s'")
        query = "select count(*) from caom2_ai_view.object_node"
        dropping = threading.Thread(
            target=drop_model, args=(archive.settings, second.object_map, agree, agree), daemon=True
        )
        dropping.start()
        while dropping.is_alive():
            reader.execute(query).fetchone()
            reader.rollback()
        assert reader.execute(query).fetchone() == (3,)


def test_maps_are_listed_with_what_is_left_to_do(archive: Archive, first: Maps, second: Maps) -> None:
    artifacts = insert(archive, 4)
    fill(archive, first, artifacts, 1)
    fill(archive, second, artifacts[:1], 1)
    store_failure(archive.connection, artifacts[1], UsageError("no"), second)
    entries = {entry.map_id: entry for entry in list_models(archive.settings)}
    assert [entry.current for entry in entries.values()] == [True, True, False, False]
    old, new = entries[first.object_map], entries[second.object_map]
    assert (old.images, old.waiting, old.failed) == (4, 0, 0)
    assert (new.name, new.images, new.failed) == ("new", 1, 1)
    assert new.waiting is not None
    assert new.waiting >= 2


def run(archive: Archive, monkeypatch: pytest.MonkeyPatch, *words: str, code: int = 0) -> str:
    monkeypatch.setenv("CAOMAI_DATABASE_URL", str(archive.settings.database_url))
    done = CliRunner().invoke(model_commands(), list(words))
    if code:
        assert isinstance(done.exception, UsageError | NotFoundError)
        return str(done.exception)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_lists_uses_and_drops(
    archive: Archive, first: Maps, second: Maps, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts = insert(archive, 2)
    fill(archive, first, artifacts, 1)
    fill(archive, second, artifacts[:1], 1)
    listed: list[dict[str, Any]] = json.loads(run(archive, monkeypatch, "--json"))
    assert [one["mapID"] for one in listed if one["isCurrent"]] == [first.object_map, first.field_map]
    assert "current" in run(archive, monkeypatch).splitlines()[0]
    number = str(second.object_map)
    assert "say --yes" in run(archive, monkeypatch, "use", number, code=2)
    used = json.loads(run(archive, monkeypatch, "use", number, "--yes", "--json"))
    assert used == {"objectMapID": second.object_map, "fieldMapID": second.field_map}
    assert "say --yes" in run(archive, monkeypatch, "drop", str(first.object_map), code=2)
    assert "is gone" in run(archive, monkeypatch, "drop", str(first.object_map), "--yes")
    assert len(json.loads(run(archive, monkeypatch, "--json"))) == 2


def test_a_worker_with_another_model_fills_its_maps_and_takes_over(archive: Archive, tmp_path: Path) -> None:
    archive.render(2)
    archive.ingest()
    archive.fingerprint()
    old = archive.fetch(CURRENT)
    folder = Path(shutil.copytree(default_folder(), tmp_path / "model"))
    card = dict(load_model().card)
    card["parameters"] = card["parameters"] | {"note": "another model by its hash"}
    card |= {"id": "second", "hash": hash_model(card["files"], card["parameters"])}
    (folder / "card.toml").write_text(write_toml(card))
    settings = archive.settings.model_copy(update={"model": folder, "take_over": False})
    assert fingerprint_archive(settings, 1, watch=False, quiet=True).done == 2
    assert archive.fetch(CURRENT) == old
    taking = settings.model_copy(update={"take_over": True})
    assert fingerprint_archive(taking, 1, watch=False, quiet=True).done == 0
    names = archive.fetch("select modelName from caom2_ai.map where isCurrent")
    assert names == [("second",), ("second",)]
    same = archive.fetch("""
        select count(*), min(overlap) from caom2_ai.node_match m
        join caom2_ai.map a on a.mapID = m.mapID1 and a.kind = 'object' where node1 = node2
    """)
    assert same[0][0] > 10
    assert same[0][1] == 1  # the same encoder, so the same nodes
    archive.check_whole()
    assert archive.count("caom2_ai.fingerprint") == 4


def test_the_take_over_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().take_over
    monkeypatch.setenv("CAOMAI_TAKE_OVER", "false")
    assert not read_settings().take_over
