"""The Astronomical Data Query Language: text to tree, tree to SQL (ADQL 2.0 and 2.1)."""

from tapext.adql.parser import parse

__all__ = ["parse"]
