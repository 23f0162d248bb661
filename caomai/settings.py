"""Settings of every command, from the environment (prefix CAOMAI_) and validated at start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, PostgresDsn, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from caomai.errors import ParameterError


def default_data_dir() -> Path:
    """Give the folder of the embedded database, after the XDG base directory specification."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "caom-ai"


class Settings(BaseSettings):
    """What an operator may choose; `caom-ai check` prints it."""

    model_config = SettingsConfigDict(env_prefix="CAOMAI_", extra="ignore", frozen=True)

    database_url: PostgresDsn | None = Field(
        None, description="Any PostgreSQL >= 15 with pgvector >= 0.8 instead of the embedded one."
    )
    query_database_url: PostgresDsn | None = Field(
        None,
        description="The same database as the read-only query user; else the service sets its role.",
    )
    data_dir: Path = Field(default_factory=default_data_dir, description="Folder of the embedded PostgreSQL.")
    authority: str = Field(
        "caom-ai.local",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]{2,}$",
        description="IVOA authority in ivo://AUTHORITY/COLLECTION?observationID/productID.",
    )
    collection: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,63}$")] = Field(
        "LOCAL", description="Collection of ingested FITS files."
    )
    observation_id: str = Field(
        "{folder}.{stem}",
        description="Rule for observationID: {folder}, {stem}, {KEYWORD} or {KEYWORD|stem}.",
    )
    product_id: str = Field("{stem}", description="Rule for productID, as observation_id.")
    artifacts: dict[str, str] = Field(
        {"file": "/"},
        description="Artifact URI scheme -> folder, or URL template with {uri}, {path} or {name}, as JSON.",
    )
    model: Path | None = Field(None, description="Folder of a model that caom-ai train made.")
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port of the service; 0 is any free one.")
    base_url: HttpUrl | None = Field(
        None, description="Address of the service as clients see it; without it the request tells."
    )
    connections: int = Field(8, ge=1, description="Connections for queries; more requests wait.")
    default_rows: int = Field(100_000, ge=0, description="Rows of a result where MAXREC is not given.")
    max_rows: int = Field(10_000_000, ge=0, description="The most rows that MAXREC may ask for.")
    query_seconds: float = Field(60, gt=0, description="Time that a query has until its first row.")
    stall_seconds: float = Field(60, gt=0, description="Time that a client may stop reading a result.")
    upload_bytes: int = Field(512 << 20, ge=1, description="Bytes that the tables of one query may have.")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()


def read_settings(**overrides: object) -> Settings:
    """Read the environment, or say in one sentence which setting is wrong."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise ParameterError(_refuse(name, first["msg"])) from error
    except SettingsError as error:
        # The environment holds text that is no JSON; the message of pydantic-settings quotes the field alone.
        name = str(error).partition('"')[2].partition('"')[0]
        raise ParameterError(_refuse(name, "it is not written as JSON")) from error


def _refuse(name: str, reason: str) -> str:
    reason = reason.removeprefix("Value error, ").removesuffix(".")
    reason = f"{reason[:1].lower()}{reason[1:].replace('nput should', 't should')}"
    field = Settings.model_fields.get(name)
    about = f" It means: {field.description}" if field is not None and field.description else ""
    return f"CAOMAI_{name.upper()} cannot be used: {reason}.{about}"
