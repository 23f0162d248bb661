"""Values of an uploaded table on their way to COPY: whole columns at a time, each value as text or NULL."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from tapext.uploads.fields import COMPLEX, LOGICAL, SIZES, WHOLE, UploadField

NULL: Final = r"\N"
ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": None})
TRUTH: Final = {"t": "1", "true": "1", "1": "1", "f": "0", "false": "0", "0": "0"}
UNKNOWN: Final = ("", "?")
BYTE: Final = 255
# DALI 1.1 sect. 3.3.3; PostgreSQL itself would take `now` and `infinity`.
TIMES: Final = re.compile(r"(?:(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d*)?)?)?Z?)?\n)*", re.ASCII)
STCS: Final = re.compile(r"([A-Z]+)\s+((?:[A-Z]\w*\s+)*)([-+.\dE\s]+)", re.IGNORECASE | re.ASCII)
FRAMES: Final = (
    *([], ["ICRS"], ["J2000"], ["UNKNOWNFRAME"]),
    *(["ICRS", word] for word in ("GEOCENTER", "BARYCENTER", "TOPOCENTER", "SPHERICAL2", "UNKNOWNREFPOS")),
    *(["ICRS", word, "SPHERICAL2"] for word in ("GEOCENTER", "BARYCENTER", "TOPOCENTER", "UNKNOWNREFPOS")),
)
CORNERS: Final = 6  # numbers of a triangle

# Turns values of a column, None or an empty text for NULL, into texts for COPY; a ValueError says what is
# wrong.
Convert = Callable[[Sequence[Any]], Sequence[str]]


def escape_texts(texts: Sequence[str]) -> Sequence[str]:
    """Escape what COPY gives a meaning; most blocks have none of it."""
    joined = "".join(texts)
    if "\\" in joined or "\n" in joined or "\t" in joined or "\r" in joined or "\0" in joined:
        return [text.translate(ESCAPES) for text in texts]
    return texts


def each(convert: Callable[[Any], str]) -> Convert:
    """Make a conversion of columns of one of values that are not NULL."""
    return lambda values: [NULL if value is None else convert(value) for value in values]


def each_cell(convert: Callable[[str], str | None]) -> Convert:
    """Make a conversion of columns of one of texts, in which blanks around do not count."""

    def whole(cells: Sequence[str]) -> Sequence[str]:
        return [(convert(cell) or NULL) if cell else NULL for cell in map(str.strip, cells)]

    return whole


def cells_of(field: UploadField) -> Convert:
    """Give the conversion of a column of TABLEDATA (VOTable 1.4 sect. 5.1): texts, NULL is an empty one."""
    if field.is_text:
        return worded(field) or partial(_texts, null=field.null)
    if field.is_array or field.datatype in COMPLEX:
        return each_cell(partial(_array, field))
    if field.datatype in LOGICAL:
        return each_cell(_truth)
    if field.datatype == "unsignedByte":
        return each_cell(partial(_byte, null=field.null_number))
    nulls = {"", (field.null or "").strip(), str(field.null_number)}
    if field.datatype in WHOLE:
        return partial(_numbers, nulls=frozenset(nulls), whole=True)
    return partial(_numbers, nulls=frozenset(nulls | {"NaN", "nan", "NAN"}), whole=False)


def worded(field: UploadField) -> Convert | None:
    """Give the conversion of texts whose xtype says that they are no texts in the database."""
    match field.role:
        case "timestamp":
            return _times
        case "uuid":
            return each_cell(_word)
        case "shape":
            return each_cell(_shape)
        case "region" | "adql:REGION":
            return each_cell(_stcs_region)
        case "adql:POINT":
            return each_cell(_stcs_point)
    return None


def _texts(cells: Sequence[str], null: str | None) -> Sequence[str]:
    nulls = {"", null or ""}
    escaped = escape_texts(cells)
    return [NULL if cell in nulls else text for cell, text in zip(cells, escaped, strict=True)]


def _numbers(cells: Sequence[str], nulls: frozenset[str], *, whole: bool) -> Sequence[str]:
    """Pass numbers on as they are, for PostgreSQL reads them; each must be one word."""
    joined = "".join(cells)
    if joined.split(None, 1) != [joined] and joined:
        cells = [cell.strip() for cell in cells]
        joined = "".join(cells)
        if len(joined.split()) > 1:
            raise ValueError("is no number")
    if "\\" in joined or not joined.isascii():
        raise ValueError("is no number")
    if whole and ("x" in joined or "X" in joined):
        cells = [str(int(cell, 16)) if "x" in cell.lower() else cell for cell in cells]
    return [NULL if cell in nulls else cell for cell in cells]


def _word(cell: str) -> str:
    if "\\" in cell or len(cell.split()) != 1:
        raise ValueError("is not one word")
    return cell


def _truth(cell: str) -> str | None:
    if cell in UNKNOWN:
        return None
    try:
        return TRUTH[cell.lower()]
    except KeyError:
        raise ValueError("is neither true nor false") from None


def _byte(cell: str, null: float | None) -> str | None:
    number = int(cell, 16 if "x" in cell.lower() else 10)
    if not 0 <= number <= BYTE:
        raise ValueError("does not lie between 0 and 255")
    return None if number == null else str(number)


def _times(cells: Sequence[str]) -> Sequence[str]:
    cells = [cell.strip() for cell in cells]
    # One match of all is faster than a match of each.
    if not TIMES.fullmatch("\n".join([*cells, ""])):
        raise ValueError("is no timestamp such as 2020-01-31T12:00:00")
    return [cell or NULL for cell in cells]


def _array(field: UploadField, cell: str) -> str | None:
    if field.datatype in LOGICAL:
        words = cell.split() if " " in cell or "\n" in cell else list(cell)
        numbers = [_truth("" if word == "?" else word) or "NULL" for word in words]
    else:
        numbers = [_number(word) for word in cell.split()]
    return _join_numbers(field, numbers)


def _number(word: str) -> str:
    if word[:2].lower() == "0x":
        return str(int(word, 16))
    float(word)
    return word


def _join_numbers(field: UploadField, numbers: Sequence[str]) -> str | None:
    """Write an array, if it is as long as its FIELD says; shapes of nothing but NaN are NULL."""
    if field.numbers is not None and len(numbers) != field.numbers:
        raise ValueError(f"has {len(numbers)} numbers, but its arraysize asks for {field.numbers}")
    if field.datatype in COMPLEX and len(numbers) % 2:
        raise ValueError("has an odd number of numbers")
    if field.role is not None:
        if all(number.lower() == "nan" for number in numbers):
            return None
        if field.role == "polygon":
            _check_corners(numbers)
    return f"{{{','.join(numbers)}}}"


def _check_corners(numbers: Sequence[str]) -> None:
    if len(numbers) < CORNERS or len(numbers) % 2:
        raise ValueError("is no polygon: it has at least three corners of two numbers each")


def _shape(cell: str) -> str:
    """Read a shape of DALI 1.2 (sect. 3.3.10) as three numbers (circle) or more (polygon)."""
    word, *numbers = cell.split()
    for number in numbers:
        float(number)
    match word.lower():
        case "circle" if len(numbers) == 3:  # noqa: PLR2004
            pass
        case "polygon":
            _check_corners(numbers)
        case _:
            raise ValueError("is no circle and no polygon: other shapes are not taken")
    return f"{{{','.join(numbers)}}}"


def _stcs_region(cell: str) -> str:
    """Read a region of STC-S (TAP 1.0 sect. 6) in ICRS: without its frame it is a shape."""
    match = STCS.fullmatch(cell)
    if match is None or match[2].upper().split() not in FRAMES:
        raise ValueError("is no circle and no polygon in ICRS: other regions are not taken")
    return _shape(f"{match[1]} {match[3]}")


def _stcs_point(cell: str) -> str:
    match = STCS.fullmatch(cell)
    numbers = match[3].split() if match and match[1].upper() == "POSITION" else []
    if match is None or len(numbers) != 2 or match[2].upper().split() not in FRAMES:  # noqa: PLR2004
        raise ValueError("is no position such as POSITION ICRS 10 20")
    return f"{{{float(numbers[0])!r},{float(numbers[1])!r}}}"


def values_of(field: UploadField, *, empty_is_null: bool) -> Convert:
    """Give the conversion of a column of BINARY or BINARY2: Python's numbers or bytes, NULL is None.

    BINARY has no NULL for what has a length of its own: there `empty_is_null`.
    """
    if field.is_text:
        return partial(_decode_column, field, empty_is_null=empty_is_null)
    if field.is_array or field.datatype in COMPLEX:
        unpack = _unpack_bits if field.datatype == "bit" else partial(_unpack, field)

        def array(value: bytes) -> str:
            text = _join_numbers(field, unpack(value)) if value or not empty_is_null else None
            return NULL if text is None or (empty_is_null and text == "{}") else text

        return each(array)
    if field.datatype in LOGICAL:
        return each(_bit if field.datatype == "bit" else _logical)
    return partial(_written, nulls=frozenset({"None", "nan", repr(_as_stored(field))}))


def _as_stored(field: UploadField) -> float | None:
    """Give the number that stands for NULL with the precision of its column."""
    null = field.null_number
    if null is None or field.datatype != "float":
        return null
    try:
        return float(struct.unpack(">f", struct.pack(">f", null))[0])
    except OverflowError:
        return null


def _written(values: Sequence[object], nulls: frozenset[str]) -> Sequence[str]:
    texts = list(map(repr, values))
    return texts if nulls.isdisjoint(texts) else [NULL if text in nulls else text for text in texts]


def _bit(value: bytes) -> str:
    # The first bit is the highest one, but not all writers have it so where there is only one.
    return "1" if value[0] else "0"


def _logical(value: bytes) -> str:
    word = value.decode("latin-1").strip(" \0")
    return _truth(word) or NULL


def _unpack_bits(value: bytes) -> list[str]:
    """Unpack bits, the first one highest; their number stands before them."""
    count = int.from_bytes(value[:4])
    return list("".join(f"{byte:08b}" for byte in value[4:])[:count])


def _unpack(field: UploadField, value: bytes) -> list[str]:
    datatype = COMPLEX.get(field.datatype, field.datatype)
    size, code = SIZES[datatype]
    elements: Iterable[Any] = struct.unpack(f">{len(value) // size}{code}", value)
    if datatype == "boolean":
        return ["NULL" if (one := _logical(element)) == NULL else one for element in elements]
    return list(map(repr, elements))


def _decode_column(
    field: UploadField, values: Sequence[bytes | None], *, empty_is_null: bool
) -> Sequence[str]:
    texts = _decode_plain(values) if field.datatype == "char" else None
    if texts is None:
        texts = [None if value is None else decode(field, value) for value in values]
    cells = [text or "" for text in texts]
    convert = worded(field)
    if convert is not None:
        return convert(cells)
    nulls = {None, field.null, "" if empty_is_null else None}
    return [NULL if text in nulls else cell for text, cell in zip(texts, escape_texts(cells), strict=True)]


def _decode_plain(values: Sequence[bytes | None]) -> list[str | None] | None:
    """Decode strings all at once; None where one of them is not there, or no UTF-8."""
    try:
        texts = list(map(bytes.decode, values))  # type: ignore[arg-type]
    except (TypeError, UnicodeDecodeError):
        return None
    if "\0" in "".join(texts):
        return [text.partition("\0")[0] for text in texts]
    return list(texts)


def decode(field: UploadField, value: bytes) -> str:
    """Decode a string, which ends at the first NUL; what is no UTF-8 is taken for Latin-1."""
    if field.datatype == "unicodeChar":
        return value.decode("utf-16-be", "replace").partition("\0")[0]
    value = value.partition(b"\0")[0]
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
