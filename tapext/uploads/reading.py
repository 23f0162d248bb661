"""Reads an uploaded table in a process of its own: first its columns, then blocks of text for COPY."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from caomai.errors import CaomAiError, ParameterError
from caomai.settings import Settings
from tapext.uploads.child import REFUSED
from tapext.uploads.fields import UploadField, make_field

# Where Python and its modules are, and nothing else of what the service knows.
PASSED: Final = ("LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "VIRTUAL_ENV")
PROCESSOR_SECONDS: Final = 120
BLOCK: Final = 1 << 16
LONGEST_LINE: Final = 8 << 20
LONGEST_SENTENCE: Final = 1000
KILLED: Final = (-signal.SIGKILL, -signal.SIGXCPU)

log = logging.getLogger("caomai.service")


class TableReader:
    """One table while it is read; every error names the table."""

    def __init__(self, name: str, process: Process) -> None:
        self.name = name
        self._process = process
        assert process.stdout is not None
        self._output = process.stdout

    async def fields(self) -> list[UploadField]:
        """Give the columns, once the document has told them."""
        try:
            line = await self._output.readline()
        except ValueError:
            raise self._error("its columns are described in more words than can be read") from None
        if not line.endswith(b"\n"):
            await self._check()
            raise self._error("it ends before its columns")
        return [make_field(attributes) for attributes in json.loads(line)]

    async def blocks(self) -> AsyncIterator[bytes]:
        """Give the rows, as text for COPY; what is wrong with them is raised at the place."""
        while block := await self._output.read(BLOCK):
            yield block
        await self._check()

    async def _check(self) -> None:
        assert self._process.stderr is not None
        words = (await self._process.stderr.read(LONGEST_LINE)).decode("utf-8", "replace").strip()
        code = await self._process.wait()
        if code == REFUSED:
            raise self._error(words[:LONGEST_SENTENCE])
        if code in KILLED:
            raise self._error("it takes more time or memory to be read than it may")
        if code:
            log.error("upload reader failed: table=%s code=%d %s", self.name, code, words[-LONGEST_SENTENCE:])
            raise CaomAiError(f"The table TAP_UPLOAD.{self.name} could not be read; the log has the reason.")

    def _error(self, words: str) -> ParameterError:
        return ParameterError(f"The table TAP_UPLOAD.{self.name} cannot be read: {words}.")


@asynccontextmanager
async def read_table(name: str, path: Path, settings: Settings) -> AsyncIterator[TableReader]:
    """Read a table while the block runs."""
    with path.open("rb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tapext.uploads.child"),
            *(
                str(os.getpid()),
                str(settings.upload_rows),
                str(settings.upload_bytes),
                str(PROCESSOR_SECONDS),
            ),
            stdin=file,
            stdout=PIPE,
            stderr=PIPE,
            limit=LONGEST_LINE,
            env={key: os.environ[key] for key in PASSED if key in os.environ},
        )
    try:
        yield TableReader(name, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
