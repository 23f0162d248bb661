"""Queries whose results hold every kind of value, and requests that end in every way."""

from __future__ import annotations

QUERIES = {
    "observations": "SELECT * FROM caom2.Observation",
    "planes": "SELECT * FROM caom2.Plane",
    "files": "SELECT a.*, p.partID, p.name FROM caom2.Artifact AS a"
    " JOIN caom2.Part AS p ON p.artifactID = a.artifactID",
    "obscore": "SELECT * FROM ivoa.ObsCore",
    "fingerprints": "SELECT * FROM caom2_ai.fingerprint",
    "objects": "SELECT o.*, n.previewURL FROM caom2_ai.object_node AS o"
    " JOIN caom2_ai.node AS n ON n.mapID = o.mapID AND n.node = o.node",
    "maps": "SELECT m.*, l.* FROM caom2_ai.map AS m LEFT JOIN caom2_ai.label AS l ON l.mapID = m.mapID",
    "geometry": "SELECT TOP 5 POINT('ICRS', ra, dec) AS place, CIRCLE('ICRS', ra, dec, 1) AS disk,"
    " NULL AS nothing, dec / 3 AS third, publisherID || 'x' AS words FROM caom2_ai.fingerprint",
    "tap_schema": "SELECT * FROM tap_schema.columns",
    "nothing": "SELECT * FROM caom2.Plane WHERE planeID IS NULL",
}
REQUESTS: dict[str, dict[str, object]] = {
    "overflow": {"QUERY": "SELECT * FROM caom2.Plane", "MAXREC": 3},
    "metadata": {"QUERY": "SELECT * FROM caom2_ai.fingerprint", "MAXREC": 0},
    "misspelt": {"QUERY": "SELECT <x> & 'y' FROM caom2.Plane"},
    "no query": {},
    "unknown table": {"QUERY": "SELECT x FROM y"},
    "unknown format": {"QUERY": "SELECT 1 AS x FROM tap_schema.tables", "RESPONSEFORMAT": "doc"},
}
# Those that hold all the types.
RICH = ("observations", "planes", "obscore", "fingerprints", "objects", "geometry")
FLAVOURS = ("votable/td", "votable/b", "votable/b2")
