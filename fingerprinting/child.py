"""The child process of children.py: describes one file after another until its parent goes away."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from caomai.errors import CaomAiError, UnusableImageError
from caomai.previews import Drawn, View
from fingerprinting.description import PartDescription

PR_SET_PDEATHSIG: Final = 1  # of prctl(2)

if TYPE_CHECKING:
    from fingerprinting.annotation.picture import Drawing

# What is asked for: the parts of a file, or some of them, with a thumbnail or without; or the answer to an
# upload; or pictures.
Request = tuple[Path, tuple[str, ...] | None, "bool | Drawing | View | tuple[View, ...]"]
Answer = list[PartDescription] | str | bytes | list[Drawn]
Describe = Callable[[Request], Answer]


def main(pipe_number: str, parent: str, memory: str, folder: str, looks: str) -> None:
    """Serve requests on an inherited pipe.

    `memory` is in bytes, no `folder` means the default model, `looks` is the share of objects to be compared.
    """
    pipe = Connection(int(pipe_number))
    _die_with(int(parent))
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # sent to a whole group: the parent decides
        signal.signal(kind, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    try:
        describe = _load(Path(folder) if folder else None, float(looks))
    except CaomAiError as error:
        pipe.send(error)
        return
    gc.freeze()  # what was imported stays: looking through it again and again takes 4 ms an image
    pipe.send(None)
    while True:
        try:
            request = pipe.recv()
        except EOFError:
            return
        pipe.send(_try(describe, request, int(memory)))


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, in whatever way."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)


def _load(folder: Path | None, looks: float) -> Describe:
    """Load the model once; the imports take longer than an image."""
    from fingerprinting.annotation.picture import Drawing, draw  # noqa: PLC0415
    from fingerprinting.answer import describe_upload  # noqa: PLC0415
    from fingerprinting.encoder import Encoder  # noqa: PLC0415
    from fingerprinting.model import load_model  # noqa: PLC0415
    from fingerprinting.pipeline import Limits, describe_file  # noqa: PLC0415
    from fingerprinting.previews.drawing import draw_views  # noqa: PLC0415

    model = load_model(folder)
    encoder, limits = Encoder(model.encoder), Limits(looks=looks)

    def describe(request: Request) -> Answer:
        path, selection, wish = request
        if isinstance(wish, Drawing):
            return draw(path, wish, model, encoder)
        if isinstance(wish, tuple):
            return draw_views(path, wish)
        if wish is True:
            return describe_upload(path, model, encoder)
        return describe_file(
            path, model, selection, encoder=encoder, limits=limits, thumbnail=isinstance(wish, View)
        )

    return describe


def _try(describe: Describe, request: Request, memory: int) -> Answer | CaomAiError:
    """Describe a file; whatever goes wrong with it is an answer and not the end of this process."""
    path = request[0]
    try:
        return describe(request)
    except CaomAiError as error:
        return error
    except MemoryError:
        return UnusableImageError(f"{path.name} needs more than {memory / 2**30:.1f} GiB of memory.")
    except Exception as error:  # noqa: BLE001 - one image must not stop the others; the log has the cause
        traceback.print_exc()
        return UnusableImageError(f"{path.name} cannot be fingerprinted ({type(error).__name__}: {error}).")


if __name__ == "__main__":
    main(*sys.argv[1:])
