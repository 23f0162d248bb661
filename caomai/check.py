"""What `caom-ai check` finds: the settings as understood, and whether the database is fit for work."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caomai.database import Database, attached_database, embedded_database, read_queries, translate_errors
from caomai.embedded import EmbeddedPostgres
from caomai.errors import CaomAiError
from caomai.migrate import Migration, check_server
from caomai.settings import Settings

PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):([^@/\s]*)@")
SECRET = re.compile(r"(?i)([?&][^=&]*(?:password|secret|token|signature|key)[^=&]*=)[^&]*")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `fault` says what to do about it, None where all is well."""

    name: str
    value: str
    fault: str | None = None


def mask(text: str) -> str:
    """Hide passwords and tokens in an address."""
    return SECRET.sub(r"\1***", PASSWORD.sub(r"\1:***@", text))


def show_settings(settings: Settings) -> dict[str, str]:
    """Give every setting by the name of its environment variable, secrets masked."""
    values = settings.model_dump(mode="json")
    return {f"CAOMAI_{name.upper()}": _show(values[name]) for name in sorted(values)}


def explain_setting(variable: str) -> str:
    """Say what a setting means, by the name of its environment variable."""
    return Settings.model_fields[variable.removeprefix("CAOMAI_").lower()].description or ""


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {mask(str(item))}" for key, item in value.items())
    return "" if value is None else mask(str(value))


def check_folders(settings: Settings) -> list[Finding]:
    """Look whether the folders that settings name are there."""
    named = {f"CAOMAI_ARTIFACTS {scheme}": place for scheme, place in settings.artifacts.items()}
    named |= {"CAOMAI_MODEL": str(settings.model)} if settings.model else {}
    return [
        Finding(name, place, "There is no such folder.")
        for name, place in named.items()
        if "://" not in place and not Path(place).expanduser().is_dir()
    ]


def check_database(settings: Settings) -> list[Finding]:
    """Look at the database without changing it; the embedded one is started for the look if it exists."""
    try:
        if settings.database_url is not None:
            return _look(attached_database(settings))
        embedded = EmbeddedPostgres(settings.data_dir)
        if not embedded.data.exists():
            return [Finding("database", f"embedded, not made yet in {settings.data_dir}")]
        with embedded.using() as socket_folder:
            return _look(embedded_database(socket_folder))
    except CaomAiError as error:
        return [Finding("database", "not usable", str(error))]


def _look(database: Database) -> list[Finding]:
    with closing(database.connect_administrator()) as connection, translate_errors():
        row = connection.execute(read_queries("check")["find_versions"]).fetchone()
        findings = [Finding("PostgreSQL", str(row[0])), Finding("pgvector", str(row[1]))] if row else []
        check_server(connection)
        missing = [script.name for scripts in Migration(connection).pending() for script in scripts]
    if missing:
        return [*findings, Finding("schema", f"{len(missing)} scripts behind", "Run caom-ai db migrate.")]
    return [*findings, Finding("schema", "up to date"), *_count(database)]


def _count(database: Database) -> list[Finding]:
    with closing(database.connect("query")) as connection, translate_errors():
        row = connection.execute(read_queries("check")["count_visible"]).fetchone()
    names = ("visible planes", "visible fingerprints", "maps")
    return [Finding(name, str(number)) for name, number in zip(names, row or (), strict=True)]
