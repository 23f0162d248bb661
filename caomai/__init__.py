"""Common ground of CAOM-AI: command line, settings, errors, database, ingest."""

from importlib.metadata import version

__version__ = version("caom-ai")
