"""The service in a process of its own, which never outlives its test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.waiting import is_soon

COMMAND = [sys.executable, "-m", "caomai", "serve", "--port"]


@contextmanager
def serving(
    environment: Mapping[str, str], log: IO[str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve on a free port, nothing being kept; gives the process and the address that it prints."""
    with (
        tempfile.TemporaryDirectory(prefix="caom-ai-test-", ignore_cleanup_errors=True) as home,
        subprocess.Popen(
            [*COMMAND, "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            # Few tests upload images, and a worker takes seconds to start.
            env={**os.environ, "XDG_DATA_HOME": home, "CAOMAI_WORKER": "false", **environment},
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            assert words[:1] == ["Serving"]
            yield process, words[1].removesuffix("/tap")
            if process.poll() is None:
                process.terminate()
                assert process.wait(60) == 0
        finally:
            process.kill()


def is_let_go(connection: socket.socket) -> bool:
    """Wait until no process has the other end of a connection, which this end may not notice."""
    port = f":{connection.getsockname()[1]:04X}"

    def has_nobody() -> bool:
        lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return all(words[9] == "0" for words in lines if words[2].endswith(port))

    return is_soon(has_nobody)
