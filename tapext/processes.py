"""Several processes of the service: forked from one that is ready, replaced when they die, ended with it."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NoReturn

PR_SET_PDEATHSIG: Final = 1  # of prctl(2)
STOP_SECONDS: Final = 10
PAUSE_SECONDS: Final = 1

log = logging.getLogger("caomai.service")


def run_processes(count: int, work: Callable[[], None], name: str = "service process") -> None:
    """Run `work` in so many child processes, until KeyboardInterrupt."""
    children: set[int] = set()
    try:
        while True:
            while len(children) < count:
                children.add(fork(work))
            process, status = os.wait()
            if process in children:
                children.remove(process)
                code = os.waitstatus_to_exitcode(status)
                log.error("%s %d ended with %d; another takes its place", name, process, code)
                time.sleep(PAUSE_SECONDS)  # one that cannot start must not take all the time of the machine
    finally:
        end_processes(children)


def fork(work: Callable[[], None]) -> int:
    """Start a child process that runs `work`, and give its number."""
    parent = os.getpid()
    child = os.fork()
    return child or _be_child(parent, work)


def _be_child(parent: int, work: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() == parent:
            work()
        code = 0
    except KeyboardInterrupt:
        code = 0
    except BaseException:
        log.exception("service process %d failed", os.getpid())
    finally:
        # What the parent has opened is the parent's to close.
        os._exit(code)


def end_processes(children: set[int]) -> None:
    """Tell children to end, and kill those that do not."""
    tell(children, signal.SIGTERM)
    end = time.monotonic() + STOP_SECONDS
    while (children := set(filter(is_running, children))) and time.monotonic() < end:
        time.sleep(0.02)
    tell(children, signal.SIGKILL)


def tell(children: set[int], number: signal.Signals) -> None:
    """Send a signal to those children that are still there."""
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, number)


def is_running(child: int) -> bool:
    """Tell whether a child has not ended; it may have been waited for before."""
    try:
        return os.waitpid(child, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return False
