"""The process that reads one uploaded table: VOTable comes in, a line of JSON and the text of COPY go out.

It has no secrets, no open connection and narrow limits, so that a hostile document harms nothing but itself.
"""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import resource
import signal
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import IO, Final

from caomai.errors import CaomAiError, ParameterError
from tapext.uploads.fields import UploadField
from tapext.uploads.votable import VOTableReader

PR_SET_PDEATHSIG: Final = 1  # of prctl(2)
GZIP: Final = b"\x1f\x8b"
BLOCK: Final = 1 << 18
MEMORY: Final = 512 << 20
REFUSED: Final = 3


def main(parent: str, most_rows: str, most_bytes: str, seconds: str) -> int:
    """Read a table from stdin; a sentence on stderr and the exit code 3 say that it cannot be read."""
    confine(int(parent), int(seconds))
    output = sys.stdout.buffer

    def describe(fields: Sequence[UploadField]) -> None:
        # All columns first: the service makes the table before it takes the rows.
        output.write(json.dumps([asdict(field) for field in fields]).encode() + b"\n")
        output.flush()

    try:
        VOTableReader(describe, output.write, int(most_rows)).read(blocks(sys.stdin.buffer, int(most_bytes)))
        output.flush()
    except BrokenPipeError:
        os._exit(0)
    except CaomAiError as error:
        return refuse(str(error))
    except MemoryError:
        return refuse(f"it needs more than {MEMORY >> 20} MiB of memory to be read")
    return 0


def confine(parent: int, seconds: int) -> None:
    """Die with the service, and have little to spend."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 16,
    }
    for kind, value in limits.items():
        resource.setrlimit(kind, (value, value))
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
        signal.SIGHUP,
    ):  # sent to a whole group: the service decides
        signal.signal(number, signal.SIG_IGN)


def refuse(sentence: str) -> int:
    """Say why."""
    sys.stderr.buffer.write(sentence.encode("utf-8", "replace"))
    sys.stderr.buffer.flush()
    return REFUSED


def blocks(source: IO[bytes], most_bytes: int) -> Iterator[bytes]:
    """Give a file in blocks, unpacked if it is gzip, up to a limit of bytes."""
    first = source.read(BLOCK)
    if first[:2] != GZIP:
        yield first
        yield from iter(lambda: source.read(BLOCK), b"")
        return
    source.seek(0)
    total = 0
    try:
        with gzip.GzipFile(fileobj=source) as unpacked:
            while block := unpacked.read(BLOCK):
                total += len(block)
                if total > most_bytes:
                    raise ParameterError(
                        f"unpacked it has more than {most_bytes:,} bytes, which is the limit"
                    )
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ParameterError("its gzip data is broken or cut off") from error


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
