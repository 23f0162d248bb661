"""Settings of every command, from the environment (prefix CAOMAI_) and validated at start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, HttpUrl, PostgresDsn, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from caomai.errors import ParameterError

# Breadth and length of an index search, as measured (docs/decisions.md).
EF_SEARCH: Final = 100
SCAN_ROWS: Final = 5000
OBJECT_SHARE: Final = 0.02  # 16 of the 800 objects of a frame: a vector takes 1 to 2 ms to enter the index


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
    take_over: bool = Field(
        True, description="Let people search a new model once its maps are complete; else caom-ai models use."
    )
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port of the service; 0 is any free one.")
    processes: int = Field(1, ge=1, le=64, description="Processes of the service on its one port.")
    worker: bool = Field(
        True, description="Let a process beside the service describe images that are uploaded to it."
    )
    thumbnails: bool = Field(
        True,
        description="Draw a thumbnail of each image that is fingerprinted; else when it is first wanted.",
    )
    picture_bytes: int = Field(
        4 << 30, ge=1 << 20, description="Bytes of pictures in the database; those not asked for go first."
    )
    object_share: float = Field(
        OBJECT_SHARE,
        ge=0,
        le=1,
        description="Share of an image's objects that can be compared with others: those of highest S/N.",
    )
    base_url: HttpUrl | None = Field(
        None, description="Address of the service as clients see it; without it the request tells."
    )
    connections: int = Field(8, ge=1, description="Connections of a process for queries; more requests wait.")
    default_rows: int = Field(100_000, ge=0, description="Rows of a result where MAXREC is not given.")
    max_rows: int = Field(10_000_000, ge=0, description="The most rows that MAXREC may ask for.")
    query_seconds: float = Field(60, gt=0, description="Time that a query has until its first row.")
    ef_search: int = Field(
        EF_SEARCH, ge=1, le=1000, description="Breadth of a search for nearest images by their index."
    )
    scan_rows: int = Field(
        SCAN_ROWS, ge=1, description="Images that such a search looks at before all are compared instead."
    )
    exact_matches: int = Field(
        20_000, ge=0, description="Images up to which a search under conditions compares all that match."
    )
    stall_seconds: float = Field(
        60, gt=0, description="Time that a client may stop reading a result, or sending a request."
    )
    min_rate: int = Field(
        10_000, ge=0, description="Bytes a second that a client must read or send on average; 0 is no limit."
    )
    result_seconds: float = Field(
        3600, gt=0, description="Time that the result of a synchronous query may take as a whole."
    )
    results_dir: Path | None = Field(
        None,
        description="Folder of the results of asynchronous jobs, one for all processes; else in data_dir.",
    )
    async_jobs: int = Field(
        2, ge=0, description="Asynchronous jobs that a process runs at a time; 0 leaves them to others."
    )
    async_seconds: int = Field(
        3600, ge=0, le=2**31 - 1, description="Seconds that a job may run unless its EXECUTIONDURATION says."
    )
    max_async_seconds: int = Field(
        21_600, ge=0, le=2**31 - 1, description="The most seconds that a job may ask for; 0 is no limit."
    )
    retention_days: float = Field(
        7, gt=0, le=36_500, description="Days until a job is destroyed unless its DESTRUCTION says."
    )
    max_retention_days: float = Field(
        30, gt=0, le=36_500, description="The most days that a job may ask to be kept."
    )
    max_waiting_jobs: int = Field(1000, ge=0, description="Jobs that may wait or run; more are refused.")
    max_jobs: int = Field(20_000, ge=0, description="Jobs that are kept, finished too; more are refused.")
    result_bytes: int = Field(20 << 30, ge=0, description="The largest result that a job may have.")
    results_bytes: int = Field(200 << 30, ge=0, description="Bytes of all jobs together, their uploads too.")
    upkeep_seconds: float = Field(
        30, gt=0, description="Time between looks for jobs whose destruction is due."
    )
    lost_seconds: float = Field(
        10, gt=0, description="Silence of a process after which its asynchronous jobs go to others."
    )
    upload_bytes: int = Field(512 << 20, ge=1, description="Bytes that the tables of one query may have.")
    sync_upload_bytes: int = Field(
        32 << 20, ge=1, description="Bytes of images and tables that are described while the client waits."
    )
    upload_rows: int = Field(1_000_000, ge=1, description="Rows that an uploaded table may have.")
    upload_hosts: str = Field(
        "*",
        description="Hosts that tables are fetched from: *, any public one; name, .domain or name:port.",
    )

    label_token: SecretStr | None = Field(
        None, min_length=16, description="Secret by which clients may give labels to nodes."
    )
    labelling: Literal["off", "local", "token"] = Field(
        "off", description="Who may give labels: nobody, the service's own machine, or who has the token."
    )
    labels_per_minute: int = Field(30, ge=1, description="Labels that are taken in a minute, of all clients.")

    @field_validator("labelling")
    @classmethod
    def _has_token(cls, mode: str, info: ValidationInfo) -> str:
        if mode == "token" and info.data.get("label_token") is None:
            raise ValueError("it needs CAOMAI_LABEL_TOKEN, a secret of 16 characters or more")
        return mode

    @field_validator("data_dir", "results_dir")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        return folder.expanduser().absolute() if folder else None


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
