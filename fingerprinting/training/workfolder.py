"""The folder of an unfinished training, OUTPUT.partial: what is in it belongs to one plan and one process."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from caomai.errors import CaomAiError, UsageError
from fingerprinting.training.checkpoint import explain_disk, write_whole

PLAN_FILE: Final = "plan.json"
LOCK_FILE: Final = "lock"


def name_work_folder(output: Path) -> Path:
    """Name the work folder of a model folder: beside it, so that the model appears by one rename."""
    return output.absolute().with_name(f"{output.absolute().name}.partial")


@contextmanager
def open_work_folder(output: Path, plan: Mapping[str, Any], *, restart: bool) -> Iterator[Path]:
    """Take the work folder for this process; what another plan left there is refused, or goes to restart."""
    folder = name_work_folder(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK_FILE).open("wb")
    except OSError as error:
        raise explain_disk(error, folder) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"Another caom-ai train is at work on {output}: wait for it.") from error
        if restart:
            _empty(folder)
        _check_plan(folder, json.loads(json.dumps(plan)), output)
        yield folder


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK_FILE:
            path.unlink()


def _check_plan(folder: Path, plan: Mapping[str, Any], output: Path) -> None:
    path = folder / PLAN_FILE
    if not path.exists():
        write_whole(path, json.dumps(plan, indent=1).encode())
        return
    try:
        before = json.loads(path.read_bytes())
    except ValueError as error:
        raise CaomAiError(f"{path} is broken: begin anew with --restart.") from error
    for name in dict.fromkeys((*plan, *before)):
        if plan.get(name) != before.get(name):
            begun, given = _write(before.get(name)), _write(plan.get(name))
            raise UsageError(
                f"{output} was begun with {name} {begun}, not {given}: give the same parameters to go on, or "
                "--restart to begin anew."
            )


def _write(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}..."  # noqa: PLR2004  # for people


def publish(made: Path, output: Path) -> None:
    """Let a finished folder appear under its name at once, whole; then remove the work folder."""
    try:
        for path in made.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        made.replace(output)
        _sync(output.absolute().parent)
    except OSError as error:
        raise CaomAiError(
            f"The model cannot be put at {output} ({error.strerror}); it is in {made}."
        ) from error
    shutil.rmtree(name_work_folder(output))


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
