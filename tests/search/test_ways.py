"""The service compares all images that match where they are few, whatever the index would have found."""

from __future__ import annotations

from caomai.database import Database
from tests.conftest import database_url
from tests.search.test_while_it_grows import NEAREST, publisher_id
from tests.tap.client import ask
from tests.tap.process import serving

ALL = f"{NEAREST} FROM caom2_ai.fingerprint AS f WHERE f.nDetected >= 0 ORDER BY dist".format(publisher_id(7))
TRUTH = ALL.replace(" AS dist", " + 0 AS dist")


def search(archive: Database, query: str, **settings: str) -> list[str]:
    environment = {"CAOMAI_DATABASE_URL": database_url(archive), "CAOMAI_EF_SEARCH": "10", **settings}
    with serving(environment) as (_, url):
        answer = ask(url, query)
    assert answer.status == 200, answer.message
    names: list[str] = answer.table.array["publisherID"].tolist()
    return names


def test_a_poor_index_is_not_asked_where_few_match(poor_index: Database) -> None:
    assert search(poor_index, ALL) == search(poor_index, TRUTH)


def test_an_operator_says_what_few_means(poor_index: Database) -> None:
    assert search(poor_index, ALL, CAOMAI_EXACT_MATCHES="0") != search(poor_index, TRUTH)
