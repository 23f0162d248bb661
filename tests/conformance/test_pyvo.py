"""The service as pyvo sees it: what it describes, answers, takes along and links to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import pyvo
from astropy.table import Table

from tapext.datalink import SIMILAR
from tests.tap.archive import ARCHIVE, COLLECTION
from tests.tap.visitor import visiting

NEAR = "SELECT TOP 3 publisherID, obsID, ra, dec FROM caom2_ai.fingerprint ORDER BY publisherID"


@pytest.fixture(scope="module")
def client(service: str) -> Iterator[Any]:
    with visiting(service) as made:
        yield made


def test_ca_10_capabilities_name_formats_limits_and_uploads(client: Any) -> None:
    tap = client.get_tap_capability()
    assert [model.ivo_id for model in tap.datamodels] == ["ivo://ivoa.net/std/ObsCore#core-1.1"]
    assert (client.maxrec, client.hardlimit) == (100_000, 10_000_000)
    assert {method.ivo_id.partition("#")[2] for method in client.upload_methods} == {
        "upload-inline",
        "upload-http",
        "upload-https",
    }
    assert (tap.retentionperiod.default, tap.executionduration.default) == (7 * 86_400, 3600)
    assert "caomai_distance" in [
        feature.form.partition("(")[0]
        for feature in tap.get_adql().get_feature_list("ivo://ivoa.net/std/TAPRegExt#features-udf")
    ]


def test_ep_05_tables_and_their_columns(client: Any) -> None:
    assert {"caom2.Plane", "caom2_ai.fingerprint", "ivoa.ObsCore", "tap_schema.columns"} <= set(
        client.tables.keys()
    )
    columns = {column.name: column for column in client.tables["ivoa.ObsCore"].columns}
    assert (columns["s_ra"].unit, columns["s_ra"].ucd) == ("deg", "pos.eq.ra")
    keys = [key.targettable for key in client.tables["ivoa.ObsCore"].foreignkeys]
    assert "caom2_ai.fingerprint" in keys


@pytest.mark.parametrize("how", ["run_sync", "run_async"])
def test_answers_are_the_same_sync_and_async(client: Any, how: str) -> None:
    table = getattr(client, how)(NEAR).to_table()
    assert [str(name) for name in table["publisherID"]] == sorted(map(str, table["publisherID"]))
    assert str(table["publisherID"][0]).startswith(COLLECTION)
    assert str(table["ra"].unit) == "deg"


@pytest.mark.parametrize("how", ["run_sync", "run_async"])
def test_pa_10_maxrec_is_said_to_overflow(client: Any, how: str) -> None:
    result = getattr(client, how)("SELECT publisherID FROM caom2.Plane", maxrec=2)
    assert (len(result), result.status[0]) == (2, "OVERFLOW")


@pytest.mark.parametrize("how", ["run_sync", "run_async"])
def test_re_05_errors_are_sentences(client: Any, how: str) -> None:
    with pytest.raises(pyvo.dal.DALQueryError, match=r"publisherIDs.*did you mean publisherID"):
        getattr(client, how)("SELECT publisherIDs FROM caom2.Plane")


@pytest.mark.parametrize("how", ["run_sync", "run_async"])
def test_pa_13_tables_come_along(client: Any, how: str) -> None:
    mine = Table(
        {
            "name": ["a", "b", "c"],
            "ra": [9.0, 27.0, 200.0],
            "dec": [-19.0, -17.0, 80.0],
            "number": np.array([1, 2, 3], dtype=np.int64),
        }
    )
    result = getattr(client, how)(
        "SELECT m.name, m.number, f.publisherID FROM TAP_UPLOAD.mine AS m"
        " JOIN caom2_ai.fingerprint AS f ON DISTANCE(m.ra, m.dec, f.ra, f.dec) < 0.1 ORDER BY number",
        uploads={"mine": mine},
    ).to_table()
    assert list(
        zip(map(str, result["name"]), result["number"], map(str, result["publisherID"]), strict=True)
    ) == [
        ("a", 1, ARCHIVE[1].publisher_id),
        ("b", 2, ARCHIVE[3].publisher_id),
    ]


def test_uw_01_a_job_is_made_run_and_deleted(client: Any) -> None:
    job = client.submit_job(NEAR, runid="mine")
    assert job.phase == "PENDING"
    job.run().wait(timeout=60)
    assert job.phase == "COMPLETED"
    assert len(job.fetch_result()) == 3
    assert job.job_id in {known.jobid for known in client.get_job_list()}
    job.delete()
    assert job.job_id not in {known.jobid for known in client.get_job_list()}


@pytest.mark.parametrize(
    "table", ["caom2_ai.fingerprint", "caom2.Plane", "ivoa.ObsCore", "caom2_ai.object_node"]
)
def test_dl_10_results_lead_to_links(client: Any, table: str) -> None:
    column = "obs_publisher_did" if table == "ivoa.ObsCore" else "publisherID"
    image = ARCHIVE[20].publisher_id
    result = client.run_sync(f"SELECT TOP 1 * FROM {table} WHERE {column} = '{image}'")
    links = next(result.iter_datalinks())
    assert {str(link["ID"]) for link in links} == {image}
    assert "#this" in [link.semantics for link in links]
    assert len([link for link in links if link.semantics == SIMILAR]) == 10
