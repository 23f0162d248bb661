"""A visitor sends the results to TOPCAT: by the Web Profile of a real SAMP hub on the same machine."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from queue import SimpleQueue
from threading import Event, Thread
from urllib.request import urlopen

import pytest
from astropy.io.votable import parse_single_table
from playwright.sync_api import Page, expect
from pyvo.samp import SAMPHubServer, SAMPIntegratedClient, WebProfileDialog

from tests.browser.test_results import open_results


class Consent(WebProfileDialog):  # type: ignore[misc]
    """The hub asks its user whether a page may register; this one agrees at once."""

    def show_dialog(self, samp_name: str, details: object, client: object, origin: object) -> None:  # noqa: ARG002
        self.consent()


@pytest.fixture
def hub() -> Iterator[SAMPHubServer]:
    consent, ended = Consent(), Event()

    def attend() -> None:
        while not ended.wait(0.1):
            consent.handle_queue()

    server = SAMPHubServer(web_profile=True, web_profile_dialog=consent, addr="127.0.0.1", mode="multiple")
    user = Thread(target=attend, daemon=True)
    server.start()
    user.start()
    yield server
    server.stop()
    ended.set()
    user.join()


@pytest.fixture
def topcat(hub: SAMPHubServer) -> Iterator[SimpleQueue[dict[str, str]]]:
    """A program that takes tables; gives what it was sent."""
    sent: SimpleQueue[dict[str, str]] = SimpleQueue()
    client = SAMPIntegratedClient(name="topcat", addr="127.0.0.1")
    client.connect(hub=hub)

    def take(key: str, sender: str, mtype: str, params: dict[str, str], extra: object) -> None:  # noqa: ARG001
        sent.put(params)

    client.bind_receive_notification("table.load.votable", take)
    yield sent
    client.disconnect()


def test_results_are_sent_to_topcat(
    page: Page, archive_url: str, topcat: SimpleQueue[dict[str, str]]
) -> None:
    open_results(page, archive_url, "?target=globular")
    page.get_by_text("Save", exact=True).click()
    page.get_by_role("button", name="Send to TOPCAT (SAMP)").click()
    expect(page.get_by_text("Sent to topcat.")).to_be_visible()
    params = topcat.get(timeout=60)
    assert params["name"] == "CAOM-AI results"
    with urlopen(params["url"]) as answer:
        assert len(parse_single_table(BytesIO(answer.read())).array) == 8
