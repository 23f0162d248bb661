"""The Astronomical Data Query Language: text to tree, tree to SQL (ADQL 2.0 and 2.1)."""

from tapext.adql.catalogue import Catalogue, read_catalogue
from tapext.adql.parser import parse
from tapext.adql.translate import Translation, translate

__all__ = ["Catalogue", "Translation", "parse", "read_catalogue", "translate"]
