"""Results as files: rows go to a process that writes FITS or Parquet, and its file to the client.

The file has no name, so that nothing is left of it however the processes end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
from asyncio import StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import IO, Any, Final

from caomai.errors import CaomAiError, TransientError
from tapext.formats.tablefiles import NO_ROOM

READ: Final = 1 << 18
ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

log = logging.getLogger("caomai.service")


class FileChunks(AsyncGenerator[bytes]):
    """The chunks of a file that is removed as soon as they are closed; its size is known."""

    def __init__(self, file: IO[bytes]) -> None:
        self.size = os.fstat(file.fileno()).st_size
        self._file = file
        self._chunks = self._read()

    async def _read(self) -> AsyncGenerator[bytes]:
        self._file.seek(0)
        while chunk := await asyncio.to_thread(self._file.read, READ):
            yield chunk

    async def asend(self, value: None) -> bytes:
        """Give the next chunk."""
        return await self._chunks.asend(value)

    async def athrow(self, *error: Any) -> bytes:
        """Raise an error where the last chunk was given."""
        return await self._chunks.athrow(*error)

    async def aclose(self) -> None:
        """Remove the file."""
        await self._chunks.aclose()
        self._file.close()


async def convert(chunks: AsyncGenerator[bytes], kind: str, most_bytes: int) -> FileChunks:
    """Have packed rows written to a file, of `most_bytes` at most, by a process of its own."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as its chunks
    try:
        async with aclosing(chunks):
            # Once it is begun, closing it gives its connection back.
            head = await anext(chunks)
            await _write(head, chunks, await _start(kind, file.fileno(), most_bytes))
    except BaseException:
        file.close()
        raise
    return FileChunks(file)


async def _start(kind: str, descriptor: int, most_bytes: int) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "tapext.formats.tablefiles", kind, str(descriptor), str(most_bytes)),
        stdin=PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=PIPE,
        pass_fds=[descriptor],
        env=os.environ | ONE_THREAD,
        start_new_session=True,  # Ctrl-C ends the service, which ends its children
    )


async def _write(head: bytes, chunks: AsyncGenerator[bytes], process: Process) -> None:
    assert process.stdin is not None
    assert process.stderr is not None
    words = asyncio.create_task(process.stderr.read())
    try:
        await _feed(head, chunks, process.stdin)
        status = await process.wait()
        if status != 0:
            raise _explain(status, (await words).decode(errors="replace"))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        words.cancel()


async def _feed(head: bytes, chunks: AsyncGenerator[bytes], pipe: StreamWriter) -> None:
    try:
        pipe.write(head)
        async for chunk in chunks:
            if pipe.is_closing():  # uvloop would raise a RuntimeError
                return
            pipe.write(chunk)
            await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
    except ConnectionError:
        pass  # it has ended: its exit status tells why


def _explain(status: int, words: str) -> CaomAiError:
    if status == NO_ROOM:
        return TransientError("There is no room for the file of this result: ask for votable, or fewer rows.")
    log.error("file not written: status=%d last words=%s", status, words)
    if status == -signal.SIGKILL:
        return TransientError("The process that wrote the file was killed: ask for votable, or fewer rows.")
    return CaomAiError("The file could not be written; the log of the service has the reason.")
