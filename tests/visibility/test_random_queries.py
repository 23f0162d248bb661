"""Property: an answer is the same as if hidden rows had been deleted, errors too (architecture sect. 4)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visibility.conftest import Archive
from tests.visibility.questions import Questions


@given(st.integers(0, 2**40))
@settings(max_examples=500)
def test_no_query_is_influenced_by_hidden_rows(archives: tuple[Archive, Archive], seed: int) -> None:
    query = Questions(seed).query()
    whole, pruned = (archive.ask(query) for archive in archives)
    assert whole == pruned, query
