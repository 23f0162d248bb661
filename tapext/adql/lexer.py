"""Text to tokens (ADQL 2.1 sect. 2.1); what is none becomes one of kind INVALID, reported where it is met."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from caomai.errors import QueryError
from tapext.adql.words import ADVICE, RESERVED

MAX_CHARACTERS = 1_048_576

INVALID = "invalid"
END = "end"


class Token(NamedTuple):
    """`kind` is a reserved word, a sign, or one of name, quoted, text, integer, number, invalid, end."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"""(?:[ \t\r\n\f]|--[^\r\n]*)*+(?:
      (?P<word>[A-Za-z][A-Za-z0-9_]*)
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)(?P<tail>[A-Za-z0-9_.]*)
    | (?P<sign><>|<=|>=|!=|\|\||[(),.*/+\-=<>])
    | (?P<text>'[^']*+(?:''[^']*+)*+')
    | (?P<quoted>"(?!"(?!"))[^"]*+(?:""[^"]*+)*+")
    | (?P<end>\Z)
    | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_FOREIGN_SIGNS = ("==", "/*")
# PostgreSQL holds neither in a text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def place(text: str, at: int) -> tuple[int, int]:
    """Give line and column, both counted from 1, of an offset in a text."""
    head = text[:at].replace("\r\n", " \n").replace("\r", "\n")
    return head.count("\n") + 1, at - head.rfind("\n")


def error_at(text: str, at: int, message: str) -> QueryError:
    """Make the error of a mistake at an offset of a query."""
    line, column = place(text, at)
    return QueryError(message, line, column)


def split(text: str) -> Iterator[Token]:
    """Split a query into tokens; the last is of kind END or INVALID."""
    if len(text) > MAX_CHARACTERS:
        counts = f"{MAX_CHARACTERS} characters, this one has {len(text)}"
        raise QueryError(f"A query may have {counts}: upload a table and join it", 1, 1)
    unstorable = None if text.isascii() and "\0" not in text else _UNSTORABLE.search(text)
    if unstorable:
        raise error_at(text, unstorable.start(), f"{_describe(unstorable.group())} may not stand in a query")
    # The regular expression matches at every offset, so the scan cannot skip anything.
    for match in _TOKEN.finditer(text):
        token = _read(text, match)
        yield token
        if token.kind in (END, INVALID):
            return


def _read(text: str, match: re.Match[str]) -> Token:
    group = match.lastgroup or ""
    found = match[group]
    at = match.start(group)
    if group == "word":
        upper = found.upper()
        return Token(upper if upper in RESERVED else "name", found, at)
    if group == "tail":
        return _read_number(match)
    if group == "sign":
        pair = text[at : at + 2]
        return Token(INVALID, ADVICE[pair], at) if pair in _FOREIGN_SIGNS else Token(found, found, at)
    if group in ("text", "quoted"):
        quote = found[0]
        return Token(group, found[1:-1].replace(quote * 2, quote), at)
    return Token(END, "", at) if group == "end" else Token(INVALID, _explain(text, at), at)


def _read_number(match: re.Match[str]) -> Token:
    number = match["number"]
    at = match.start("number")
    if match["tail"]:
        whole = number + match["tail"]
        if whole[:2] in ("0x", "0X"):
            return Token(INVALID, f"'{whole}' is not ADQL: hexadecimal numbers are written in decimal", at)
        return Token(INVALID, f"'{whole}' is neither a number nor a name: a name starts with a letter", at)
    return Token("integer" if number.isdigit() else "number", number, at)


def _explain(text: str, at: int) -> str:
    character = text[at]
    advice = ADVICE.get(text[at : at + 2]) or ADVICE.get(character)
    if advice:
        return advice
    if character in "'\"":
        what = "text" if character == "'" else "name"
        empty = text[at : at + 2] == '""'
        return (
            "A delimited name may not be empty" if empty else f"This {what} has no closing quote {character}"
        )
    shown = _describe(character)
    if character in "\u2018\u2019\u201c\u201d":
        return f"{shown} is not a quote of ADQL: use ' for texts and \" for names"
    if character == "_" or character.isalpha():
        return f"A name starts with a letter from A to Z, not with {shown}: write this one in double quotes"
    blank = character.isspace() or unicodedata.category(character) in ("Zs", "Cf")
    return f"{shown} is not a blank of ADQL: write a space" if blank else f"{shown} has no meaning in ADQL"


def _describe(character: str) -> str:
    if " " < character <= "~":
        return f"'{character}'"
    name = unicodedata.name(character, "a control character").lower()
    return f"{name} (U+{ord(character):04X})"
