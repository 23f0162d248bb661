"""An archive in a real database, as the tests of the worker have it."""

from __future__ import annotations

from tests.worker.conftest import archive, model

__all__ = ["archive", "model"]
