"""The tree of errors that users see: each message is one sentence that says what to do.

`fault` is the DataLink 1.1 (sect. 3.1.4) word, `status` the HTTP status of a DALI answer, `exit_code`
what the command line ends with.
"""

from __future__ import annotations

import re

INTERNAL = "The service failed; its log has the reason."


class CaomAiError(Exception):
    """Something failed that the user did not cause."""

    fault = "FatalFault"
    status = 500
    exit_code = 1

    @property
    def public(self) -> str:
        """What clients of the service may read: what is wrong inside is the operator's to know."""
        return str(self) if self.status != CaomAiError.status else INTERNAL


class UsageError(CaomAiError):
    """The request cannot be served as it was written."""

    fault = "UsageFault"
    status = 400
    exit_code = 2


class ParameterError(UsageError):
    """A parameter, option or setting has a value that is not allowed."""


class RowValueError(UsageError):
    """A value of some row cannot be used; PostgreSQL quotes it, whoever may see that row."""

    @property
    def public(self) -> str:
        """The same without the value."""
        return re.sub(r'"[^"]*"', '"..."', str(self))


class TooLargeError(UsageError):
    """The request is larger than what the service takes."""

    status = 413


class SlowClientError(UsageError):
    """The client sends its request too slowly."""

    status = 408


class QueryError(UsageError):
    """An ADQL query is wrong at a place: line and column, both counted from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column


class NotFoundError(CaomAiError):
    """What was named does not exist, or may not be seen."""

    fault = "NotFoundFault"
    status = 404


class AuthorizationError(CaomAiError):
    """The caller may not do this."""

    fault = "DefaultFault"
    status = 403


class TransientError(CaomAiError):
    """Try again later: a time limit, a full pool, an archive that is down."""

    fault = "TransientFault"
    status = 503


class ImageError(CaomAiError):
    """A file cannot be fingerprinted; the message is the reason an astronomer reads."""

    fault = "UsageFault"
    status = 400


class UnusableImageError(ImageError):
    """The file is broken or holds nothing to measure: recorded as failed."""


class NotAnImageError(ImageError):
    """The file is sound but is no image (a spectrum, a cube, a table): recorded as skipped."""
