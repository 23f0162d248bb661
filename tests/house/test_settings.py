"""Settings that cannot be used are told in one sentence that says what the setting means."""

from __future__ import annotations

import pytest

from caomai.errors import ParameterError
from caomai.settings import Settings, read_settings

WRONG = {
    "PORT": ("abc", "valid integer"),
    "CONNECTIONS": ("0", "greater than or equal to 1"),
    "DATABASE_URL": ("somewhere", "valid URL"),
    "ARTIFACTS": ("file=/data", "not written as JSON"),
    "AUTHORITY": ("!", "match pattern"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named_with_its_meaning(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, reason = WRONG[name]
    monkeypatch.setenv(f"CAOMAI_{name}", value)
    meaning = Settings.model_fields[name.lower()].description
    assert meaning is not None
    with pytest.raises(ParameterError) as raised:
        read_settings()
    sentence = str(raised.value)
    assert sentence.startswith(f"CAOMAI_{name} cannot be used: ")
    assert reason in sentence
    assert meaning in sentence


def test_a_wrong_entry_of_a_setting_is_blamed_on_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAOMAI_ARTIFACTS", '{"file": 1}')
    with pytest.raises(ParameterError, match="CAOMAI_ARTIFACTS cannot be used"):
        read_settings()
