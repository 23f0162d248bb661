"""The functions a query may call: ADQL's own, and those declared in the headers of sql/functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from caomai.errors import CaomAiError
from tapext.adql.types import NAMED

SCHEMA = "caom2_ai"
# The function that looks up the search vector of an image: an ID that it does not know is the user's mistake.
VECTOR = "caomai_vector"
# The same of an object.
OBJECT_VECTOR = "caomai_object_vector"
# The numbers of objects in a node that an index knows (caom2_ai.node_levels).
LEVELS = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function: its name and a word of types.NAMED."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function and how PostgreSQL writes it: {0}, {1} stand for its arguments, also in `predicate`.

    `predicate` is a condition that an index can answer; it holds wherever the function gives neither 0 nor
    NULL. `levels` is one that holds wherever it gives `{level}` or more, for each of LEVELS. A `boolean`
    function is 1 where its predicate holds, and 0 or NULL elsewhere. A `symmetric` function gives the same
    with its two arguments exchanged.
    A `total` function takes every value of its types: it never raises an error. Its REAL[] are vectors of
    `axes` numbers.
    """

    name: str
    arguments: tuple[Argument, ...]
    returns: str
    description: str = ""
    predicate: str | None = None
    levels: str | None = None
    template: str = ""
    optional: int = 0
    ucd: str | None = None
    total: bool = False
    symmetric: bool = False
    boolean: bool = False
    axes: int | None = None
    notes: tuple[str, ...] = ()
    example: str = ""

    @property
    def signature(self) -> str:
        """Give the form of a user defined function that TAPRegExt declares."""
        arguments = ", ".join(f"{argument.name} {argument.type}" for argument in self.arguments)
        return f"{self.name}({arguments}) -> {self.returns}"

    def condition(self, least: float) -> str | None:
        """Give what an index can answer that holds wherever the function gives `least` or more."""
        level = max((level for level in LEVELS if level <= least), default=None)
        if level is None or self.levels is None:
            return self.predicate
        return self.levels.replace("{level}", str(level))


def _standard(name: str, template: str, *types: str, returns: str = "DOUBLE", optional: int = 0) -> Function:
    arguments = tuple(Argument(letter, word) for letter, word in zip("xyz", types, strict=False))
    return Function(name, arguments, returns, template=template, optional=optional)


def _numeric(name: str, *, count: int = 1) -> Function:
    places = ", ".join(f"{{{place}}}::double precision" for place in range(count))
    return _standard(name.upper(), f"{name}({places})", *["DOUBLE"] * count)


# ADQL 2.1 sect. 2.3: arguments and results are DOUBLE. What MOD, ROUND and TRUNCATE take is numeric already,
# which rounds halves away from zero and takes places.
STANDARD = {
    function.name: function
    for function in (
        *map(_numeric, ("abs", "acos", "asin", "atan", "cos", "cot", "degrees", "exp", "floor", "radians")),
        *map(_numeric, ("sin", "sqrt", "tan")),
        _numeric("atan2", count=2),
        _numeric("power", count=2),
        _standard("CEILING", "ceil({0}::double precision)", "DOUBLE"),
        _standard("LOG", "ln({0}::double precision)", "DOUBLE"),
        _standard("LOG10", "log({0}::double precision)", "DOUBLE"),
        _standard("MOD", "mod({0}, {1})::double precision", "DOUBLE", "DOUBLE"),
        _standard("PI", "pi()"),
        # The seed means nothing since ADQL 2.1.
        _standard("RAND", "random()", "INTEGER", optional=1),
        _standard("ROUND", "round({0}, {1})::double precision", "DOUBLE", "INTEGER", optional=1),
        _standard("TRUNCATE", "trunc({0}, {1})::double precision", "DOUBLE", "INTEGER", optional=1),
        _standard("LOWER", "lower({0})", "VARCHAR", returns="VARCHAR"),
        _standard("UPPER", "upper({0})", "VARCHAR", returns="VARCHAR"),
    )
}

_HEADER = re.compile(
    r"--\s*ADQL:\s*(?P<name>\w+)\s*\((?P<arguments>[^)]*)\)\s*->\s*(?P<returns>[\w\[\] ]+?)[ \t]*\n"
    r"--\s*(?P<description>.+?)[ \t]*\n"
)
_FACT = re.compile(
    r"^--\s*(?P<key>predicate|levels|written|ucd|axes|note|example):\s*(?P<words>.+?)\s*$", re.MULTILINE
)
_FLAG = re.compile(r"^--\s*(total|symmetric|boolean)\s*$", re.MULTILINE)
_PLACE = re.compile(r"\$(\d)")


def read_functions(folder: Path) -> tuple[Function, ...]:
    """Read the user defined functions of a folder of .sql files, each described by its header."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql")))
    return tuple(found for found in map(read_header, texts) if found is not None)


def read_header(text: str) -> Function | None:
    """Read the header of a .sql file: signature, meaning, and then in any order what else it says.

    `predicate:`, `levels:` and `written:` (what a query calls, if not the function itself) name the arguments
    $1, $2; `ucd:`, `axes:`, `note:` (several), `example:`, and the bare words `total`, `symmetric` and
    `boolean`.
    """
    match = _HEADER.match(text)
    if match is None:
        return None
    arguments = tuple(_read_argument(part) for part in match["arguments"].split(",") if part.strip())
    _check_types(match["name"], [*(argument.type for argument in arguments), match["returns"]])
    said = [(fact["key"], fact["words"]) for fact in _FACT.finditer(text)]
    facts, flags = dict(said), _FLAG.findall(text)
    places = ", ".join(f"${place}" for place in range(1, len(arguments) + 1))
    called = f"{SCHEMA}.{match['name'].lower()}({places})"
    return Function(
        match["name"],
        arguments,
        match["returns"],
        match["description"],
        _as_template(facts["predicate"]) if "predicate" in facts else None,
        _as_template(facts["levels"]) if "levels" in facts else None,
        _as_template(facts.get("written", called)),
        ucd=facts.get("ucd"),
        total="total" in flags,
        symmetric="symmetric" in flags,
        boolean="boolean" in flags,
        axes=int(facts["axes"]) if "axes" in facts else None,
        notes=tuple(words for key, words in said if key == "note"),
        example=facts.get("example", ""),
    )


def _as_template(text: str) -> str:
    return _PLACE.sub(lambda place: f"{{{int(place[1]) - 1}}}", text)


def _read_argument(part: str) -> Argument:
    name, _, word = part.strip().partition(" ")
    return Argument(name, word.strip())


def _check_types(name: str, words: Iterable[str]) -> None:
    unknown = [word for word in words if word not in NAMED]
    if unknown:
        raise CaomAiError(
            f"The header of the function {name} has the type {unknown[0]}, which ADQL does not know."
        )
