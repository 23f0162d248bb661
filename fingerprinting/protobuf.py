"""The fields of a protobuf message, as https://protobuf.dev/programming-guides/encoding has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

VARINT, WIDE, BYTES, NARROW = 0, 1, 2, 5  # wire types
LAST: Final = 0x80  # a byte below it ends a number
Message = memoryview
Field = tuple[int, int | Message]


def read_integers(value: int | Message) -> list[int]:
    """Read one integer, or many packed ones."""
    if isinstance(value, int):
        return [_sign(value)]
    found, place = [], 0
    while place < len(value):
        number, place = _varint(value, place)
        found.append(_sign(number))
    return found


def _sign(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def read_text(value: int | Message) -> str:
    """Read text, whatever its bytes are."""
    return bytes(as_message(value)).decode("utf-8", "replace")


def as_message(value: int | Message) -> Message:
    """Take a field for bytes; ValueError where it is a number."""
    if isinstance(value, int):
        raise ValueError("it is broken")  # noqa: TRY004  # the data are wrong, not the program
    return value


def read_fields(message: Message) -> Iterator[Field]:
    """Read the fields of a protobuf message: their numbers, and integers or bytes."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == BYTES:
            length, place = _varint(message, place)
        elif kind in {WIDE, NARROW}:
            length = 8 if kind == WIDE else 4
        else:
            raise ValueError("it is broken")
        if place + length > len(message):
            raise ValueError("it is broken off")
        yield number, message[place : place + length]
        place += length


def write_field(number: int, content: bytes | Message) -> bytes:
    """Write a field of bytes."""
    return b"".join((_write_varint(number << 3 | BYTES), _write_varint(len(content)), content))


def write_number(number: int, value: int) -> bytes:
    """Write a field that is a number of at least 0."""
    return _write_varint(number << 3) + _write_varint(value)


def _write_varint(value: int) -> bytes:
    written = bytearray()
    while value >= LAST:
        written.append(value & 0x7F | LAST)
        value >>= 7
    return bytes([*written, value])


def _varint(message: Message, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            break
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < LAST:
            return value, place
    raise ValueError("it is broken off")
