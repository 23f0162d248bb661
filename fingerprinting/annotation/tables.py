"""The objects of a file as a VOTable (1.4) and as DS9 regions, in FITS pixels and ICRS degrees."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from astropy.io import votable
from astropy.io.votable import tree
from numpy.typing import NDArray

from caomai.annotation import LABEL, LABEL_ORIGIN, OBJECT, PART, REGION_HEAD, Column, Mark, Regions
from fingerprinting.annotation.names import Names
from fingerprinting.description import PartDescription

# What a column of the table is called among the objects of a description.
STORED: Final = {"theta": "theta_deg"}


def write_votable(path: Path, parts: Sequence[PartDescription], names: Names, facts: dict[str, str]) -> None:
    """Write the objects of the parts of a file as TABLEDATA; facts become INFOs."""
    file = tree.VOTableFile(version="1.4")
    resource = tree.Resource()
    file.resources.append(resource)
    for name, value in {"QUERY_STATUS": "OK", **facts}.items():
        resource.infos.append(tree.Info(name=name, value=value))
    table = tree.TableElement(file)
    resource.tables.append(table)
    columns = (PART, *OBJECT)
    table.fields.extend(_field(file, column) for column in columns)
    rows = sum(len(part.objects) for part in parts)
    table.create_arrays(rows)
    for column in columns:
        table.array[column.name] = _join(parts, column, names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of masked values that are NaN
        votable.writeto(file, str(path))


def _field(file: tree.VOTableFile, column: Column) -> tree.Field:
    facts = {"arraysize": column.arraysize, "unit": column.unit, "ucd": column.ucd}
    field = tree.Field(file, name=column.name, datatype=column.datatype, **facts)
    field.description = column.description
    return field


def _join(parts: Sequence[PartDescription], column: Column, names: Names) -> NDArray[Any]:
    values = [_read(part, column, names) for part in parts]
    return np.concatenate(values) if values else np.empty(0)


def _read(part: PartDescription, column: Column, names: Names) -> NDArray[Any]:
    if column is PART:
        return np.full(len(part.objects), part.name, object)
    if column in {LABEL, LABEL_ORIGIN}:
        say = names.label if column is LABEL else names.origin
        return np.array([say(int(node)) for node in part.objects["node"]], object)
    values: NDArray[Any] = part.objects[STORED.get(column.name, column.name)]
    return values


def write_regions(path: Path, parts: Sequence[PartDescription], names: Names, facts: dict[str, str]) -> None:
    """Write the objects of the parts of a file as ellipses in the pixels of their part."""
    regions = Regions()
    with path.open("w", encoding="utf-8") as file:
        file.write(REGION_HEAD)
        file.writelines(f"# {name}: {' '.join(value.split())}\n" for name, value in facts.items())
        for part in parts:
            file.write(regions.write(_mark(part.name, row, names) for row in part.objects))


def _mark(part: str, row: np.void, names: Names) -> Mark:
    node = int(row["node"])
    numbers = [float(row[name]) for name in ("confidence", "x", "y", "a", "b", "theta_deg")]
    return Mark(part, node, names.label(node), *numbers)
