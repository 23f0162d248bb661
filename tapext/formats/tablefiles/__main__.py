"""The process that writes a file: rows on standard input, the file to an open descriptor."""

from __future__ import annotations

import errno
import importlib
import resource
import sys
from typing import Final

from tapext.formats.tablefiles import INCOMPLETE, NO_ROOM
from tapext.formats.tablefiles.rows import Frames, IncompleteError

MEMORY: Final = 2 << 30
FULL: Final = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def main(kind: str, descriptor: str, most_bytes: str) -> int:
    """Write a file of some kind; the exit status says why there is none."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
    # What is large is imported while the first rows are on their way.
    write = importlib.import_module(f"tapext.formats.tablefiles.{kind}").write
    try:
        with open(int(descriptor), "wb", buffering=1 << 20, closefd=False) as file:
            write(Frames(sys.stdin.buffer), file)
    except IncompleteError:
        return INCOMPLETE
    except OSError as error:
        if error.errno in FULL:
            return NO_ROOM
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
