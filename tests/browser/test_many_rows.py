"""A visitor scrolls through as many rows as the page takes: only those in sight are elements."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from caomai.database import Database
from caomai.settings import Settings
from tests.tap.process import serving

ROWS, MOST = 30_500, 30_000
OBSERVATIONS = """
    insert into caom2.Observation (
        observationURI, obsID, collection, observationID, algorithm_name, intent, metaRelease, target_name,
        instrument_name, proposal_id, typeCode, lastModified, maxLastModified, metaChecksum, accMetaChecksum)
    select 'caom:MANY/' || n, md5('o' || n)::uuid, 'MANY', 'image-' || n, 'exposure',
        -- Headers that do not say are of no calibration.
        case when n %% 2 = 0 then 'science' end, '2020-01-01', 'Target ' || n %% 97, 'CAMERA' || n %% 5,
        'P' || n %% 11, 'S', '2020-01-01', '2020-01-01', 'md5:0', 'md5:0'
    from generate_series(1, %(rows)s) n
"""
PLANES = """
    insert into caom2.Plane (
        publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease, dataProductType,
        calibrationLevel, time_bounds_lower, time_exposure, energy_bandpassName, lastModified,
        maxLastModified, metaChecksum, accMetaChecksum)
    select 'ivo://caom-ai.local/MANY?image-' || n || '/p', md5('o' || n)::uuid, md5('p' || n)::uuid,
        'caom:MANY/image-' || n || '/p', 'p', '2020-01-01', case when n %% 3 > 0 then date '2020-01-01' end,
        'image', 2, 50000 + n, n %% 1000, 'g', '2020-01-01', '2020-01-01', 'md5:0', 'md5:0'
    from generate_series(1, %(rows)s) n
"""


@pytest.fixture(scope="module")
def many_url(database: Database, database_settings: Settings) -> Iterator[str]:
    """Address of a service over more images than the page shows."""
    with database.connect("ingest") as connection:
        connection.execute(OBSERVATIONS, {"rows": ROWS})
        connection.execute(PLANES, {"rows": ROWS})
    with serving({"CAOMAI_DATABASE_URL": str(database_settings.database_url)}) as (_, url):
        yield url


def test_thirty_thousand_rows_are_scrolled_with_few_elements(page: Page, many_url: str) -> None:
    page.goto(f"{many_url}/")
    sentence = page.locator(".count")
    expect(sentence).to_have_text(
        "Showing 30,000 rows (30,000 before filtering)."
        " There are more rows available by downloading the complete query results."
    )
    grid, rows = page.get_by_role("grid", name="Images found"), page.locator(".grid-body [role=row]")
    expect(grid).to_have_attribute("aria-rowcount", str(MOST + 2))
    most = rows.count()
    for part in (0.25, 0.5, 0.75, 1):
        grid.evaluate("(grid, part) => { grid.scrollTop = part * grid.scrollHeight; }", part)
        place = round(part * MOST)
        expect(page.locator(f"[aria-rowindex='{place - 1}']")).to_be_visible()
        most = max(most, rows.count())
    assert most < 60
    # The newest stand first, and there are 500 more than are shown.
    expect(page.locator(f"[aria-rowindex='{MOST + 2}']")).to_contain_text(f"image-{ROWS - MOST + 1}")
    page.get_by_role("searchbox", name="Filter Target Name").fill("=Target 13")
    expect(sentence).to_contain_text("Showing 309 rows (30,000 before filtering).")
    expect(page.get_by_text("N/A").first).to_be_visible()
    page.get_by_role("searchbox", name="Filter Target Name").fill("")
    # Rows that are not all here are sorted by the service, which has them.
    page.get_by_role("button", name="Start Date", exact=True).click()
    expect(page.locator("[aria-rowindex='3']")).to_contain_text("image-1")
