"""Which maps people search, and how new ones take over: complete, in step with labels, all at once."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.rows import DictRow, dict_row

from caomai.database import read_queries
from caomai.errors import UsageError
from fingerprinting.maps import Maps, refresh

SAMPLE: Final = 3000  # image HDUs in which objects are compared
LEAST_OVERLAP: Final = 0.5  # of a node with a label's nodes, for the label to be carried

Connection = psycopg.Connection[Any]


def take_over(connection: Connection, maps: Maps) -> bool:
    """Let people search these maps from now on, if nearly all images are on them; tell whether that is new.

    What people see of the maps is in order before. The connection is the owner's.
    """
    if is_current(connection, maps.object_map):
        return make_current(connection, maps)
    if not is_complete(connection, maps.object_map):
        return False
    refresh(connection, maps)
    inherit(connection, "object", maps.object_map)
    inherit(connection, "field", maps.field_map)
    return make_current(connection, maps)


def show_fields(connection: Connection, maps: Maps) -> bool:
    """Let people see a field map that has all images, if they search its object map; tell whether they do."""
    if not is_current(connection, maps.object_map):
        return False
    inherit(connection, "field", maps.field_map)
    make_current(connection, maps)
    return True


def make_current(connection: Connection, maps: Maps) -> bool:
    """Let people search these maps from now on, once the images are on them; tell whether that is new."""
    with connection.transaction():
        _execute(connection, "maps", "lock_maps")
        return is_complete(connection, maps.object_map) and switch(
            connection, maps.object_map, maps.field_map
        )


def switch(connection: Connection, object_map: int, field_map: int) -> bool:
    """Make an object map and a field map over it the current ones, in one moment; tell if that is new."""
    changed = False
    with connection.transaction():
        _execute(connection, "maps", "lock_maps")
        usable = _execute(connection, "maps", "count_usable", first=object_map, second=field_map).fetchone()
        if usable is None or usable["maps"] != 2:  # noqa: PLR2004
            raise UsageError(f"Map {object_map} or {field_map} is being dropped: nobody can search them.")
        for kind, number in (("object", object_map), ("field", field_map)):
            _execute(connection, "maps", "unset_current", kind=kind, mapID=number)
            changed |= _execute(connection, "maps", "set_current", mapID=number).rowcount > 0
    return changed


def is_current(connection: Connection, number: int) -> bool:
    """Tell whether people search an object map."""
    row = _execute(connection, "maps", "find_current", kind="object").fetchone()
    return row is not None and row["mapid"] == number


def is_complete(connection: Connection, object_map: int) -> bool:
    """Tell whether a map has at least nine in ten of the images that people can search now.

    Images that the new model refuses count as missing: where they are many, an operator must decide.
    """
    row = _execute(connection, "maps", "is_complete", mapID=object_map).fetchone()
    return row is not None and bool(row["complete"])


def inherit(connection: Connection, kind: str, number: int) -> int:
    """Match the nodes of a map with those of the current one and carry its labels over; give their number."""
    row = _execute(connection, "maps", "find_current", kind=kind).fetchone()
    if row is None or row["mapid"] == number:
        return 0
    match_nodes(connection, kind, row["mapid"], number)
    return carry_labels(connection, row["mapid"], number)


def match_nodes(connection: Connection, kind: str, first: int, second: int) -> int:
    """Find which nodes of two maps of a kind hold the same; give the number of pairs, both ways.

    Objects are the same at the same pixel of the same file; field maps are matched by their images. Only
    public images count.
    """
    names = {"first": first, "second": second, "images": SAMPLE}
    with connection.transaction():
        _execute(connection, "maps", "lock_maps")
        _execute(connection, "models", "delete_matches", **names)
        return _execute(connection, "models", f"match_{kind}s", **names).rowcount


def carry_labels(connection: Connection, first: int, second: int) -> int:
    """Give nodes of the second map the labels of the first, where enough of their objects had them there."""
    names = {"first": first, "second": second, "least": LEAST_OVERLAP}
    return _execute(connection, "models", "carry_labels", **names).rowcount


def _execute(connection: Connection, noun: str, query: str, **parameters: object) -> psycopg.Cursor[DictRow]:
    return connection.cursor(row_factory=dict_row).execute(read_queries(noun)[query], parameters)
