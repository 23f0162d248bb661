"""Signals that ask a long command to stop, and where it may be stopped."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from caomai.errors import CaomAiError

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(CaomAiError):
    """A signal ended the command; its exit code is the shell's, 128 and the number of the signal."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + number


class StopRequest(BaseException):  # as KeyboardInterrupt, no error that others may handle
    """A signal asked to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Interruption:
    """Ends what is at work by a StopRequest: at once, or, where it is held, when that obeys.

    A second signal is not held.
    """

    def __init__(self) -> None:
        self._number = 0
        self._held = False

    @property
    def asked(self) -> bool:
        """Tell whether a signal waits."""
        return self._number != 0

    def obey(self) -> None:
        """Stop if that was asked for."""
        if self._number:
            raise StopRequest(self._number)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Receive the signals of the process meanwhile."""
        before = {number: signal.signal(number, self._receive) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let signals wait until obey() or the end of the block."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self.obey()

    def _receive(self, number: int, _: FrameType | None) -> None:
        first, self._number = not self._number, number
        if not (self._held and first):
            raise StopRequest(number)
