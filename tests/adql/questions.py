"""Random queries over the archive that mean something, by a seed: types fit, names exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.adql.archive import FIELD_MAP, MAP, OLD_MAP, PLANES

TABLES: Mapping[str, Mapping[str, list[str]]] = {
    "caom2_ai.fingerprint": {
        "number": [
            "nObjects",
            "mapID",
            "ra",
            "dec",
            "fwhm",
            "oddness",
            "sampledFraction",
            "fieldNode",
            "healpix",
        ],
        "text": ["publisherID", "collection", "planeID", "instrument_name"],
        "time": ["dataRelease", "metaRelease"],
        "counts": ["fingerprint"],
        "vector": ["vector"],
    },
    "caom2.Plane": {
        "number": ["time_exposure", "calibrationLevel", "position_dimension_naxis1", "energy_bounds_lower"],
        "text": ["publisherID", "planeID", "productID", "dataProductType", "energy_bandpassName"],
        "time": ["dataRelease", "lastModified"],
    },
    "caom2.Observation": {
        "number": ["target_moving", "environment_seeing"],
        "text": ["obsID", "collection", "typeCode", "target_name", "observationID"],
        "time": ["metaRelease"],
    },
    "caom2_ai.field_node": {"number": ["node", "mapID"], "text": ["publisherID", "planeID"]},
    "caom2_ai.node": {"number": ["node", "nObjects", "gridX"], "text": ["previewURL"]},
    "caom2_ai.label": {
        "number": ["node", "labelPrecision"],
        "text": ["label", "author"],
        "time": ["created"],
    },
    "tap_schema.columns": {"number": ['"size"', "principal"], "text": ["column_name", "ucd", "unit"]},
}
TEXTS = ["''", "'TEST'", "'o''brien'", "'%p1%'", "'r_2'", "'a\\b%'", "'M7 50%'", "'ring'"]
TIMES = ["'2020-01-02'", "'2020-01-05T03:04:05'", "'1999-12-31T23:59:59.5Z'", "TIMESTAMP('2021-01-01')"]
COMPARISONS = ["=", "<>", "!=", "<", ">", "<=", ">="]
LETTERS = {"number": "n", "text": "s", "time": "t", "vector": "v"}
JOINS = ["JOIN", "INNER JOIN", "LEFT JOIN", "RIGHT OUTER JOIN", "FULL JOIN"]


@dataclass(frozen=True)
class Source:
    """A source as it stands in FROM, and its columns by what can be done with them."""

    text: str
    columns: dict[str, list[str]]


class Questions:
    """Makes queries over some tables: the names of their columns by what can be done with them."""

    tables = TABLES
    images: Sequence[str] = [plane.publisher_id for plane in PLANES]

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.aliases = 0

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self, at: Source, depth: int = 2) -> str:
        columns = at.columns.get("number", [])
        simple = [self.pick(*columns)] * 2 if columns else []
        simple += [self.literal(), self.literal()]
        if not depth or self.chance(0.4):
            return self.pick(*simple)
        one, two, text = self.number(at, depth - 1), self.number(at, depth - 1), self.text(at, depth - 1)
        return self.pick(
            *simple,
            f"({one} {self.pick('+', '-', '*')} {two})",
            f"-{self.pick(*simple).lstrip('-')}",
            f"{self.pick('ABS', 'CEILING', 'FLOOR', 'RADIANS', 'DEGREES', 'COS', 'SIN', 'ATAN')}({one})",
            f"SQRT(ABS({one}))",
            f"LOG10(1 + ABS({one}))",
            f"MOD({one}, 7)",
            f"ROUND({one}, {self.pick('0', '2', '-1')})",
            f"TRUNCATE({one})",
            f"ATAN2({one}, {two})",
            f"COALESCE({one}, {two}, 0)",
            f"CAST({one} AS DOUBLE PRECISION)",
            "PI()",
            *self.content(at),
            *self.measures(at, text),
        )

    def literal(self) -> str:
        return self.pick("1", "2", "0.5", "-3", "1e3", "12345678901", *[f"{self.random.randrange(400)}"] * 6)

    def content(self, at: Source) -> list[str]:
        counts, vectors = at.columns.get("counts", []), at.columns.get("vector", [])
        found = []
        for column in counts:
            node = self.random.randrange(400)
            found += [
                f"caomai_count({column}, {node})",
                f"caomai_has({column}, '{node},{self.random.randrange(9)}')",
            ]
            found += [f"caomai_fraction({column}, {node})", f"caomai_label_count({column}, 'ring')"]
        found += [f"caomai_distance({column}, {self.vector(at)})" for column in vectors]
        found += [f"caomai_rank(caomai_distance({column}, {self.vector(at)}))" for column in vectors]
        return found

    def vector(self, at: Source) -> str:
        return self.pick(f"caomai_vector('{self.image()}')", *at.columns.get("vector", []))

    def image(self) -> str:
        return self.random.choice(self.images)

    def measures(self, at: Source, text: str) -> list[str]:
        numbers = at.columns.get("number", [])
        dec = [column for column in numbers if column.endswith("dec")]
        ra = [column for column in numbers if column.endswith("ra")]
        found = [f"caomai_same_field({text}, '{self.image()}')"]
        if ra and dec:
            here = f"POINT('ICRS', {ra[0]}, {dec[0]})"
            found += [f"DISTANCE({here}, POINT({self.random.randrange(360)}, 5))", f"COORD2({here})"]
            found += [
                (
                    f"CONTAINS({here}, CIRCLE({self.random.randrange(360)},"
                    f" {self.random.randrange(-90, 91)}, 100))"
                )
            ]
        return found

    def text(self, at: Source, depth: int = 1) -> str:
        columns = at.columns.get("text", [])
        simple = [self.pick(*columns), self.pick(*TEXTS)] if columns else [self.pick(*TEXTS)]
        if not depth or self.chance(0.5):
            return self.pick(*simple)
        one, two = self.text(at, depth - 1), self.text(at, depth - 1)
        return self.pick(
            f"{one} || {two}",
            f"{self.pick('LOWER', 'UPPER')}({one})",
            f"COALESCE({one}, {two})",
            f"CAST({one} AS {self.pick('VARCHAR(5)', 'CHAR(9)', 'CHAR', 'VARCHAR')})",
            f"CAST({self.number(at, 0)} AS VARCHAR(12))",
        )

    def time(self, at: Source) -> str:
        return self.pick(*TIMES, *at.columns.get("time", []), *at.columns.get("time", []))

    def condition(self, at: Source, depth: int = 2) -> str:
        if depth and self.chance(0.4):
            word = self.pick(" AND ", " OR ")
            parts = word.join(self.condition(at, depth - 1) for _ in range(self.random.randint(2, 3)))
            return self.pick(f"({parts})", f"NOT ({parts})")
        no = self.pick("", "NOT ")
        compare = self.pick(*COMPARISONS)
        times = at.columns.get("time", [])
        choices = [
            f"{self.number(at)} {compare} {self.number(at)}",
            f"{self.text(at)} {compare} {self.text(at)}",
            f"{self.number(at)} {no}BETWEEN {self.number(at, 1)} AND {self.number(at, 1)}",
            f"{self.number(at)} {no}IN ({self.number(at, 0)}, {self.number(at, 1)})",
            f"{self.text(at)} {no}IN ({self.text(at, 0)}, {self.text(at, 0)})",
            f"{self.text(at)} {no}{self.pick('LIKE', 'ILIKE')} {self.pick(*TEXTS)}",
            f"{self.pick(*(column for some in at.columns.values() for column in some))} IS {no}NULL",
        ]
        choices += [f"{self.pick(*times)} {compare} {self.time(at)}"] if times else []
        choices += [
            f"{value} {self.pick('=', '>=', '>')} {self.pick('1', '0')}" for value in self.content(at)
        ]
        choices += [f"1 = {value}" for value in self.measures(at, self.text(at)) if "CONTAINS" in value]
        if "mapID" in "".join(at.columns.get("number", [])) and self.chance(0.2):
            column = next(name for name in at.columns["number"] if name.endswith("mapID"))
            choices = [f"{column} {self.pick('=', '<>')} {self.random.choice([OLD_MAP, MAP, FIELD_MAP])}"]
        if depth:
            choices += [self.membership(at), self.existence(at)]
        return self.pick(*choices)

    def membership(self, at: Source) -> str:
        inner = self.table()
        column = self.pick(*inner.columns["text"])
        where = f" WHERE {self.condition(inner, 0)}" if self.chance(0.5) else ""
        return f"{self.text(at)} {self.pick('', 'NOT ')}IN (SELECT {column} FROM {inner.text}{where})"

    def existence(self, at: Source) -> str:
        inner = self.table()
        condition = (
            self.equal(at, inner) if at.columns.get("text") and "." in at.columns["text"][0] else "1 = 1"
        )
        return (
            f"{self.pick('', 'NOT ')}EXISTS (SELECT 1 FROM {inner.text} WHERE {condition} AND"
            f" {self.condition(inner, 0)})"
        )

    def table(self) -> Source:
        name = self.pick(*self.tables, "caom2_ai.fingerprint", "caom2_ai.fingerprint", "caom2.Plane")
        self.aliases += 1
        alias = f"a{self.aliases}"
        columns = {
            kind: [f"{alias}.{column}" for column in found] for kind, found in self.tables[name].items()
        }
        return Source(f"{name} {self.pick('', 'AS ')}{alias}", columns)

    def derived(self, depth: int) -> Source:
        inner = self.source(depth - 1)
        self.aliases += 1
        alias = f"q{self.aliases}"
        kinds = {"number": self.number(inner), "text": self.text(inner), "time": self.time(inner)}
        top = f"TOP {self.random.randrange(30)} " if self.chance(0.3) else ""
        if top or kinds["time"].startswith("'"):
            del kinds["time"]
        if inner.columns.get("vector") and self.chance(0.5) and not top:
            kinds["vector"] = inner.columns["vector"][0]
        items = ", ".join(f"{text} AS {LETTERS[kind]}x" for kind, text in kinds.items())
        where = f" WHERE {self.condition(inner, 1)}" if self.chance(0.5) else ""
        order = " ORDER BY 1, sx" if top else ""
        text = f"(SELECT {top}{items} FROM {inner.text}{where}{order}) AS {alias}"
        return Source(text, {kind: [f"{alias}.{LETTERS[kind]}x"] for kind in kinds})

    def source(self, depth: int) -> Source:
        if depth and self.chance(0.25):
            return self.derived(depth)
        if depth and self.chance(0.4):
            left, right = self.source(depth - 1), self.table()
            columns = {
                kind: left.columns.get(kind, []) + right.columns.get(kind, [])
                for kind in {**left.columns, **right.columns}
            }
            on = self.equal(left, right)
            return Source(f"{left.text} {self.pick(*JOINS)} {right.text} ON {on}", columns)
        return self.table()

    def equal(self, left: Source, right: Source) -> str:
        """Compare columns of the same name where there are such, so that something is joined."""
        pairs = [(one, other) for one in left.columns["text"] for other in right.columns["text"]]
        named = [pair for pair in pairs if pair[0].split(".")[1] == pair[1].split(".")[1]]
        return " = ".join(self.random.choice(named or pairs))

    def plain(self, depth: int) -> str:
        at = self.source(depth)
        items = [self.pick(self.number(at), self.text(at), self.time(at)) for _ in range(2)]
        distinct, where = self.pick("", "", "DISTINCT "), self.where(at, 2)
        order = self.pick("1, 2", "2 DESC, 1", "x, 1 ASC")
        if not distinct and self.chance(0.5):
            order = self.pick(f"0 + {self.number(at)} DESC, {order}", f"{self.text(at)} || '', {order}")
        top = f"TOP {self.random.randrange(1, 50)} " if self.chance(0.3) else ""
        return f"SELECT {distinct}{top}{items[0]}, {items[1]} AS x FROM {at.text}{where} ORDER BY {order}"

    def where(self, at: Source, depth: int) -> str:
        return f" WHERE {self.condition(at, depth)}" if self.chance(0.7) else ""

    def grouped(self, depth: int) -> str:
        at = self.source(depth)
        key = self.pick(self.text(at, 0), self.number(at, 1))
        every, name = self.pick("", "DISTINCT "), self.pick("COUNT", "SUM", "AVG", "MIN", "MAX")
        one = f"{name}({every}{self.number(at, 1)})"
        other = self.pick(
            "COUNT(*)", f"MAX({self.text(at)})", f"COUNT(DISTINCT {self.text(at)})", f"MIN({self.time(at)})"
        )
        having = f" HAVING {one} > {self.random.randrange(3)}" if self.chance(0.4) else ""
        tail = f"{self.where(at, 1)} GROUP BY {key}{having} ORDER BY 1, n, {other}"
        return f"SELECT {key} AS k, {one} AS n, {other} FROM {at.text}{tail}"

    def united(self, depth: int) -> str:
        kinds = [self.pick("number", "text") for _ in range(2)]
        text = ""
        for _ in range(self.random.randint(2, 3)):
            at = self.source(depth)
            items = ", ".join(self.number(at) if kind == "number" else self.text(at) for kind in kinds)
            word = self.pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT", "EXCEPT ALL")
            text += (f" {word} " if text else "") + f"SELECT {items} FROM {at.text}{self.where(at, 1)}"
        return f"{text} ORDER BY 2, 1"

    def merged(self, depth: int) -> str:
        kind = self.pick("", "LEFT ", "RIGHT ", "FULL ")
        pair = self.pick(
            f"caom2_ai.fingerprint AS f NATURAL {kind}JOIN caom2_ai.field_node AS g",
            f"caom2_ai.fingerprint AS f {kind}JOIN caom2.Plane AS g USING (planeID, publisherID)",
            f"caom2.Plane AS g {kind}JOIN caom2_ai.fingerprint AS f USING (publisherID) {kind}JOIN"
            f" caom2.Observation o"
            " ON o.obsID = f.obsID",
        )
        at = Source(
            pair, {"text": ["publisherID", "g.planeID"], "number": ["f.nObjects"], "counts": ["fingerprint"]}
        )
        return (
            f"SELECT {self.text(at)}, {self.number(at)}, * FROM {pair}{self.where(at, depth)} ORDER BY 1,"
            f" 2, f.planeID"
        )

    def common(self, depth: int) -> str:
        inner, first = self.source(depth), self.table()
        at = Source("w", {"text": ["sx"], "number": ["w.nx"]})
        again = (
            f"SELECT {self.text(at)}, {self.number(at)}, (SELECT COUNT(*) FROM w WHERE"
            f" {self.condition(at, 0)}) FROM w"
        )
        defined = (
            f"w AS (SELECT {self.number(inner)} AS nx, {self.text(inner)} AS sx FROM"
            f" {inner.text}{self.where(inner, 1)})"
        )
        other = f"v AS (SELECT {self.text(first)} AS k FROM {first.text})"
        return f"WITH {defined}, {other} {again}{self.where(at, 1)} ORDER BY 1, 2"

    def query(self) -> str:
        make = self.random.choice(
            [self.plain, self.plain, self.grouped, self.united, self.merged, self.common]
        )
        return make(self.random.randint(0, 2))
