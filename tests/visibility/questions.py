"""Random queries that calculate what fails for hidden rows, and only for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.adql import questions
from tests.adql.questions import Source
from tests.visibility.archive import MAP, PLANES, VISIBLE

# Kind of column -> calculations with it that fail for the values of hidden rows.
FRAGILE = {
    "zero": ["1 / {0}", "MOD(7, {0})", "LOG({0})", "LOG10({0})", "POWER({0}, -1)", "5 / (0 + {0})"],
    "negative": ["SQRT({0})", "ACOS({0})", "ASIN({0})", "LOG({0})", "POWER({0}, 0.5)"],
    "huge": ["{0} * 9e9", "EXP({0})", "POWER({0}, 2)", "CAST({0} AS INTEGER)", "CAST({0} AS REAL)"],
    "infinite": ["SIN({0})", "CAST({0} AS BIGINT)", "TAN({0})", "COS({0} + 1)"],
    "full": ["{0} + 1", "{0} * 3", "CAST({0} AS SMALLINT)"],
    "digits": ["CAST({0} AS INTEGER)", "CAST({0} AS DOUBLE PRECISION)", "CAST('1' || {0} AS BIGINT)"],
}
TEXT_KINDS = ("digits", "date", "nodes")
LITERALS = ("1", "2", "0.5", "-3", "7")

TABLES: Mapping[str, Mapping[str, list[str]]] = {
    "caom2_ai.fingerprint": {
        "number": ["mapID", "ra", "dec", "oddness", "fieldNode", "isCurrent"],
        "text": ["publisherID", "planeID", "obsID"],
        "time": ["dataRelease", "metaRelease", "contentRelease"],
        "counts": ["fingerprint"],
        "vector": ["vector"],
        "zero": ["nObjects", "sampledFraction"],
        "full": ["nDetected"],
        "negative": ["noise"],
        "infinite": ["fwhm"],
        "huge": ["timeMid"],
        "digits": ["collection"],
        "nodes": ["instrument_name"],
        "date": ["bandpassName"],
    },
    "caom2_ai.part_fingerprint": {
        "number": ["mapID"],
        "text": ["publisherID", "planeID", "artifactURI"],
        "counts": ["fingerprint"],
        "zero": ["nObjects", "sampledFraction", "naxis1"],
        "full": ["nDetected", "naxis2"],
        "negative": ["noise"],
        "infinite": ["fwhm"],
        "digits": ["part"],
    },
    "caom2_ai.object_node": {
        "number": ["mapID", "node", "ra", "dec", "confidence"],
        "text": ["publisherID", "artifactURI"],
        "zero": ["x", "y", "a"],
        "negative": ["snr"],
        "infinite": ["theta"],
        "digits": ["part"],
    },
    "caom2_ai.object_vector": {
        "number": ["objectID", "mapID", "node", "ra", "dec"],
        "text": ["publisherID", "artifactURI", "collection", "instrument_name"],
        "zero": ["x", "y"],
        "negative": ["snr"],
        "digits": ["part"],
    },
    "caom2_ai.field_node": {"number": ["node", "mapID"], "text": ["publisherID", "planeID"]},
    "caom2_ai.node": {"number": ["node", "nObjects", "nImages"], "text": ["previewURL"]},
    "caom2_ai.label": {"number": ["node"], "text": ["label", "author"]},
    "caom2_ai.map": {"number": ["mapID", "isCurrent"], "text": ["kind", "modelHash"]},
    "caom2.Observation": {
        "number": ["target_moving"],
        "text": ["obsID", "observationURI", "typeCode"],
        "time": ["metaRelease"],
        "zero": ["environment_seeing"],
        "negative": ["target_redshift"],
        "huge": ["environment_ambientTemp"],
        "full": ["sequenceNumber"],
        "digits": ["collection", "target_name", "observationID"],
    },
    "caom2.Plane": {
        "number": ["position_bounds_size"],
        "text": ["publisherID", "planeID", "obsID", "energy_bandpassName"],
        "time": ["dataRelease", "metaRelease", "lastModified"],
        "zero": ["time_exposure"],
        "negative": ["energy_resolvingPower"],
        "huge": ["metrics_background"],
        "infinite": ["metrics_magLimit"],
        "full": ["calibrationLevel"],
        "digits": ["productID"],
        "date": ["provenance_version"],
        "region": ["position_bounds"],
    },
    "caom2.Artifact": {
        "number": [],
        "text": ["uri", "planeID", "artifactID"],
        "time": ["contentRelease"],
        "zero": ["contentLength"],
        "digits": ["contentType"],
    },
    "caom2.Part": {
        "number": [],
        "text": ["artifactID", "partID"],
        "digits": ["name"],
        "nodes": ["productType"],
    },
    "ivoa.ObsCore": {
        "number": ["s_ra", "s_dec", "s_fov"],
        "text": ["obs_publisher_did", "access_url", "obs_id", "data_rights"],
        "region": ["s_region"],
        "zero": ["t_exptime"],
        "negative": ["em_res_power"],
        "full": ["calib_level"],
        "digits": ["obs_collection", "target_name"],
    },
    "TAP_UPLOAD.mine": {"number": ["n"], "text": ["id"], "digits": ["word"]},
}


class Questions(questions.Questions):
    """Makes such queries."""

    tables = TABLES
    images: Sequence[str] = [plane.publisher_id for plane in (*VISIBLE, PLANES[1], PLANES[3])]

    def literal(self) -> str:
        return self.pick(*LITERALS)

    def number(self, at: Source, depth: int = 2) -> str:
        fragile = self.fragile(at)
        return self.pick(*fragile) if fragile and self.chance(0.4) else super().number(at, depth)

    def fragile(self, at: Source) -> list[str]:
        return [
            f"({self.pick(*FRAGILE[kind]).format(self.pick(*columns))})"
            for kind, columns in at.columns.items()
            if kind in FRAGILE and columns
        ]

    def text(self, at: Source, depth: int = 1) -> str:
        words = [column for kind in TEXT_KINDS for column in at.columns.get(kind, [])]
        return self.pick(*words) if words and self.chance(0.3) else super().text(at, depth)

    def time(self, at: Source) -> str:
        dates = [f"CAST({column} AS TIMESTAMP)" for column in at.columns.get("date", [])]
        return self.pick(*dates) if dates and self.chance(0.4) else super().time(at)

    def condition(self, at: Source, depth: int = 2) -> str:
        if not self.chance(0.25):
            return super().condition(at, depth)
        return self.pick(*self.direct(at), super().condition(at, depth))

    def direct(self, at: Source) -> list[str]:
        """Give conditions that need nothing but what fails."""
        found = [f"{value} {self.pick('>', '<>', '<')} {self.literal()}" for value in self.fragile(at)]
        found += [self.place(column) for column in at.columns.get("region", [])]
        lists, counts = at.columns.get("nodes", []), at.columns.get("counts", [])
        if lists and counts:
            found.append(f"caomai_has({counts[0]}, {self.pick(*lists)}) = {self.pick('0', '1')}")
        if at.columns.get("zero"):
            column = self.pick(*at.columns["zero"])
            inner = f"SELECT 1 / {column} FROM caom2_ai.map"
            found += [
                f"{self.literal()} {self.pick('', 'NOT ')}IN ({inner})",
                f"(SELECT MAX({column} / {column}) FROM caom2_ai.map) = 1",
            ]
            found.append(
                f"EXISTS (SELECT 1 FROM caom2_ai.map AS m WHERE m.mapID = {MAP} AND 1 / {column} < m.mapID)"
            )
        return found

    def place(self, region: str) -> str:
        point, circle = (
            f"POINT({self.literal().lstrip('-')}, 0.1)",
            f"CIRCLE(10, 0, {self.literal().lstrip('-')})",
        )
        where = self.pick(
            f"CONTAINS({point}, {region})",
            f"INTERSECTS({circle}, {region})",
            f"INTERSECTS({region}, POLYGON(0, 0, 20, 0, 10, 5))",
        )
        return f"{where} = {self.pick('1', '0')}"

    def derived(self, depth: int) -> Source:
        """Hand columns on from a derived table, to be calculated with outside."""
        inner = self.source(depth - 1)
        kinds = {kind: columns[0] for kind, columns in inner.columns.items() if columns}
        if not self.chance(0.5) or "text" not in kinds:
            return super().derived(depth)
        self.aliases += 1
        items = ", ".join(f"{column} AS {kind}_x" for kind, column in kinds.items())
        where = f" WHERE {self.condition(inner, 1)}" if self.chance(0.5) else ""
        distinct = self.pick("", "", "DISTINCT ")
        alias = f"q{self.aliases}"
        columns = {kind: [f"{alias}.{kind}_x"] for kind in kinds}
        return Source(
            f"(SELECT {distinct}{items} FROM {inner.text}{where}) AS {alias}", {"number": [], **columns}
        )

    def merged(self, depth: int) -> str:
        kind = self.pick("", "LEFT ", "RIGHT ", "FULL ")
        one, other, using = self.random.choice(PAIRS)
        columns = {
            role: [
                f"{alias}.{column}"
                for table, alias in ((one, "f"), (other, "g"))
                for column in TABLES[table].get(role, [])
            ]
            for role in {**TABLES[one], **TABLES[other]}
        }
        join = f"{one} AS f {kind}JOIN {other} AS g USING ({using})"
        at = Source(self.pick(join, f"{one} AS f NATURAL {kind}JOIN {other} AS g"), columns)
        where = self.where(at, depth)
        return f"SELECT {self.text(at)}, {self.number(at)}, {using} FROM {at.text}{where} ORDER BY 1, 2, 3"


PAIRS = [
    ("caom2_ai.fingerprint", "caom2.Plane", "planeID"),
    ("caom2.Artifact", "caom2.Plane", "planeID"),
    ("caom2.Part", "caom2.Artifact", "artifactID"),
    ("caom2.Plane", "caom2.Observation", "obsID"),
    ("caom2_ai.part_fingerprint", "caom2_ai.fingerprint", "planeID"),
    ("caom2_ai.object_node", "caom2_ai.part_fingerprint", "publisherID"),
    ("caom2_ai.field_node", "caom2_ai.fingerprint", "publisherID"),
    ("caom2_ai.object_node", "caom2_ai.node", "node"),
]
