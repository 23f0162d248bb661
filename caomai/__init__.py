"""Common ground of CAOM-AI: command line, settings, errors, database, ingest."""

from __future__ import annotations


def __getattr__(name: str) -> str:
    # Small child processes need no version, and looking it up takes half of their start.
    if name != "__version__":
        raise AttributeError(name)
    from importlib.metadata import version  # noqa: PLC0415

    return version("caom-ai")
