"""A pool of child processes for pixels: SEP holds the interpreter lock, and bad images kill processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from caomai.errors import CaomAiError, TransientError, UnusableImageError
from caomai.previews import Drawn, View
from fingerprinting.child import Request
from fingerprinting.description import PartDescription

if TYPE_CHECKING:
    from fingerprinting.annotation.picture import Drawing

MEMORY: Final = 3 << 30  # bytes
SECONDS: Final = 900.0
LOOK: Final = 0.2  # seconds between looks whether an answer is still wanted
START: Final = 120.0  # seconds for imports and the model
# Memory of one image is kept for the next: else the kernel clears 100 MB of pages each time, and moves the
# tables of SEP's growing ones. Beyond 256 MB free at the end it goes back. Huge pages save looking pages up.
KEEP_MEMORY: Final = {  # of glibc
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Children:
    """Child processes that describe files; one that dies or takes too long costs only the image it had.

    `looks` is the share of the objects of a file that can be compared with others.
    """

    def __init__(
        self,
        processes: int,
        folder: Path | None = None,
        *,
        memory: int = MEMORY,
        seconds: float = SECONDS,
        looks: float = 0,
    ) -> None:
        self._folder, self._memory, self._seconds, self._looks = folder, memory, seconds, looks
        self._mine = threading.local()
        self._children: set[_Child] = set()
        self._closed = False
        # A child is told to die with the thread that started it, so each belongs to one thread of the pool.
        self._threads = ThreadPoolExecutor(processes, "child")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(
        self, path: Path, selection: Collection[str] | None = None, view: View | None = None
    ) -> Future[list[PartDescription]]:
        """Have a file described; the future raises ImageError for an image that cannot be fingerprinted.

        With the view of a thumbnail the part that stands for the file has one.
        """
        wanted = None if selection is None else tuple(sorted(selection))
        return self._threads.submit(self._ask, (path, wanted, view or False))

    def submit_upload(self, path: Path, unwanted: threading.Event) -> Future[str]:
        """Have a file described that somebody uploaded, a picture too; the future gives JSON or as above.

        It costs the child once `unwanted` is set.
        """
        return self._threads.submit(self._ask, (path, None, True), unwanted)

    def submit_drawing(
        self, path: Path, drawing: Drawing, unwanted: threading.Event | None = None
    ) -> Future[bytes]:
        """Have a file drawn with its objects marked; the future gives a PNG or as above."""
        return self._threads.submit(self._ask, (path, None, drawing), unwanted)

    def submit_views(self, path: Path, views: Sequence[View]) -> Future[list[Drawn]]:
        """Have pictures of a file drawn; the future gives one for each, or its error, or as above."""
        return self._threads.submit(self._ask, (path, None, tuple(views)), threading.Event())

    def warm(self) -> Future[None]:
        """Have a child ready before it is needed: it takes seconds to load the model."""
        return self._threads.submit(lambda: self._find_child().wait_until_ready())

    def close(self) -> None:
        """End all children at once, also in the middle of an image."""
        self._closed = True
        for child in tuple(self._children):
            child.kill()
        self._threads.shutdown(cancel_futures=True)

    def _ask(self, request: Request, unwanted: threading.Event | None = None) -> Any:
        child = self._find_child()
        try:
            if self._closed:
                raise TransientError("The work was stopped.")
            answer = child.ask(request, self._seconds, unwanted)
        except _DeadChildError as death:
            self._drop(child)
            if self._closed:
                raise TransientError("The work was stopped.") from death
            if unwanted is not None:  # somebody waits for the next answer: another child loads the model now
                self._find_child()
            raise UnusableImageError(f"{request[0].name} {death}") from death
        except CaomAiError:
            self._drop(child)
            raise
        if isinstance(answer, CaomAiError):
            raise answer
        return answer

    def _find_child(self) -> _Child:
        """Give the child of this thread, a new one where it has none."""
        child: _Child | None = getattr(self._mine, "child", None)
        if child is None:
            child = self._mine.child = _Child(self._folder, self._memory, self._looks)
            self._children.add(child)
        return child

    def _drop(self, child: _Child) -> None:
        child.kill()
        self._children.discard(child)
        self._mine.child = None


def describe_in_children(
    paths: Iterable[Path], processes: int, folder: Path | None = None
) -> Iterator[tuple[Path, list[PartDescription] | CaomAiError]]:
    """Describe files in child processes, in their order; an image that cannot be gives its error."""
    with Children(processes, folder) as children:
        futures = [(path, children.submit(path)) for path in paths]
        for path, future in futures:
            try:
                yield path, future.result()
            except CaomAiError as error:
                yield path, error


class _DeadChildError(Exception):
    """The rest of a sentence that begins with the file: how the child met its end."""


class _Child:
    """One process with its pipe."""

    def __init__(self, folder: Path | None, memory: int, looks: float) -> None:
        self._pipe, theirs = Pipe()
        arguments = [str(theirs.fileno()), str(os.getpid()), str(memory), str(folder or ""), str(looks)]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", "fingerprinting.child", *arguments],
                pass_fds=[theirs.fileno()],
                env=os.environ | ONE_THREAD | KEEP_MEMORY,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._ready = False

    def ask(self, request: Request, seconds: float, unwanted: threading.Event | None = None) -> Any:
        """Send a request and wait for the answer, as long as it is wanted."""
        self.wait_until_ready()
        try:
            self._pipe.send(request)
        except OSError:
            raise _DeadChildError(self._death()) from None
        return self._receive(seconds, "to be described", unwanted)

    def wait_until_ready(self) -> None:
        """Wait for the model; what goes wrong here is no fault of an image."""
        if self._ready:
            return
        try:
            failure = self._receive(START, "to load the model")
        except _DeadChildError as death:
            raise TransientError(f"A process for pixels cannot be started: it {death}") from death
        if failure is not None:
            raise failure
        self._ready = True

    def kill(self) -> None:
        """End the process; it holds nothing that must be put in order."""
        self._process.kill()
        self._process.wait()

    def _receive(self, seconds: float, what: str, unwanted: threading.Event | None = None) -> Any:
        end = time.monotonic() + seconds
        step = seconds if unwanted is None else LOOK
        try:
            while not self._pipe.poll(min(step, max(end - time.monotonic(), 0))):
                if unwanted is not None and unwanted.is_set():
                    raise _DeadChildError("is not wanted any more.")
                if time.monotonic() >= end:
                    raise _DeadChildError(f"took more than {seconds:g} s {what}.")
            return self._pipe.recv()
        except (EOFError, OSError):
            raise _DeadChildError(self._death()) from None

    def _death(self) -> str:
        """Say what killed the process, in words."""
        status = self._process.wait()
        if status == -signal.SIGKILL:
            return "was given up: the system killed the process that read it, probably for want of memory."
        name = signal.strsignal(-status) if status < 0 else f"exit status {status}"
        return f"was given up: the process that read it died ({name})."
