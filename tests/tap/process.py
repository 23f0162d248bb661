"""The service in a process of its own, which never outlives its test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

COMMAND = [sys.executable, "-m", "caomai", "serve", "--port"]


@contextmanager
def serving(
    environment: Mapping[str, str], log: IO[str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve on a free port; gives the process and the address that it prints."""
    variables = os.environ | environment
    with subprocess.Popen(
        [*COMMAND, "0"], stdout=subprocess.PIPE, stderr=log, env=variables, text=True
    ) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            assert words[:1] == ["Serving"]
            yield process, words[1].removesuffix("/tap")
            if process.poll() is None:
                process.terminate()
                assert process.wait(20) == 0
        finally:
            process.kill()
