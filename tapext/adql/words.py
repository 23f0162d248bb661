"""Reserved words of ADQL 2.1 (sect. 2.1 and appendix A), and advice for what other dialects write."""

from __future__ import annotations

_SQL92 = """
ABSOLUTE ACTION ADD ALL ALLOCATE ALTER AND ANY ARE AS ASC ASSERTION AT AUTHORIZATION AVG BEGIN BETWEEN BIT
BIT_LENGTH BOTH BY CASCADE CASCADED CASE CAST CATALOG CHAR CHARACTER CHARACTER_LENGTH CHAR_LENGTH CHECK CLOSE
COALESCE COLLATE COLLATION COLUMN COMMIT CONNECT CONNECTION CONSTRAINT CONSTRAINTS CONTINUE CONVERT
CORRESPONDING COUNT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURSOR DATE
DAY DEALLOCATE DECIMAL DECLARE DEFAULT DEFERRABLE DEFERRED DELETE DESC DESCRIBE DESCRIPTOR DIAGNOSTICS
DISCONNECT DISTINCT DOMAIN DOUBLE DROP ELSE END ESCAPE EXCEPT EXCEPTION EXEC EXECUTE EXISTS EXTERNAL EXTRACT
FALSE FETCH FIRST FLOAT FOR FOREIGN FOUND FROM FULL GET GLOBAL GO GOTO GRANT GROUP HAVING HOUR IDENTITY
IMMEDIATE IN INDICATOR INITIALLY INNER INPUT INSENSITIVE INSERT INT INTEGER INTERSECT INTERVAL INTO IS
ISOLATION JOIN KEY LANGUAGE LAST LEADING LEFT LEVEL LIKE LOCAL LOWER MATCH MAX MIN MINUTE MODULE MONTH NAMES
NATIONAL NATURAL NCHAR NEXT NO NOT NULL NULLIF NUMERIC OCTET_LENGTH OF ON ONLY OPEN OPTION OR ORDER OUTER
OUTPUT OVERLAPS PAD PARTIAL POSITION PRECISION PREPARE PRESERVE PRIMARY PRIOR PRIVILEGES PROCEDURE PUBLIC READ
REAL REFERENCES RELATIVE RESTRICT REVOKE RIGHT ROLLBACK ROWS SCHEMA SCROLL SECOND SECTION SELECT SESSION
SESSION_USER SET SIZE SMALLINT SOME SPACE SQL SQLCODE SQLERROR SQLSTATE SUBSTRING SUM SYSTEM_USER TABLE
TEMPORARY THEN TIME TIMESTAMP TIMEZONE_HOUR TIMEZONE_MINUTE TO TRAILING TRANSACTION TRANSLATE TRANSLATION TRIM
TRUE UNION UNIQUE UNKNOWN UPDATE UPPER USAGE USER USING VALUE VALUES VARCHAR VARYING VIEW WHEN WHENEVER WHERE
WITH WORK WRITE YEAR ZONE
"""

_ADQL = """
ABS ACOS AREA ASIN ATAN ATAN2 BIGINT BOX CEILING CENTROID CIRCLE CONTAINS COORD1 COORD2 COORDSYS COS DEGREES
DISTANCE EXP FLOOR ILIKE INTERSECTS IN_UNIT LOG LOG10 MOD OFFSET PI POINT POLYGON POWER RADIANS RAND REGION
ROUND SIN SQRT TAN TOP TRUNCATE
"""

RESERVED = frozenset((_SQL92 + _ADQL).split())

AGGREGATES = frozenset(("AVG", "COUNT", "MAX", "MIN", "SUM"))

# Words of the grammar: where one of them is met instead of a value, something was left out before it.
_CLAUSES = """
ALL AND AS ASC BETWEEN BY DESC DISTINCT EXCEPT EXISTS FROM FULL GROUP HAVING ILIKE IN INNER INTERSECT IS JOIN
LEFT LIKE NATURAL NOT NULL OFFSET ON OR ORDER OUTER RIGHT SELECT TOP UNION USING WHERE WITH
"""
CLAUSE_WORDS = frozenset(_CLAUSES.split())

# Reserved words that open a function call; any other reserved word in a value's place is a mistake.
_FUNCTIONS = """
ABS ACOS AREA ASIN ATAN ATAN2 BOX CEILING CENTROID CIRCLE COALESCE CONTAINS COORD1 COORD2 COORDSYS COS DEGREES
DISTANCE EXP FLOOR INTERSECTS IN_UNIT LOG LOG10 LOWER MOD PI POINT POLYGON POWER RADIANS RAND REGION ROUND SIN
SQRT TAN TIMESTAMP TRUNCATE UPPER
"""
FUNCTION_WORDS = frozenset(_FUNCTIONS.split())

# What people bring from other dialects, by the word or sign at which the parser would stop.
ADVICE = {
    "LIMIT": "LIMIT is not ADQL: write SELECT TOP n ... instead",
    "FETCH": "FETCH is not ADQL: write SELECT TOP n ... instead",
    "CASE": "CASE is not ADQL: use COALESCE, or one SELECT for each case joined by UNION",
    "OVER": "Window functions are not ADQL: use GROUP BY in a derived table and join it",
    "CROSS": "CROSS JOIN is not ADQL: separate the tables by a comma",
    "RECURSIVE": "WITH RECURSIVE is not ADQL",
    "TRUE": "ADQL has no TRUE: logical columns hold 1 and 0",
    "FALSE": "ADQL has no FALSE: logical columns hold 1 and 0",
    "CURRENT_TIMESTAMP": "ADQL has no clock: write the date as a text such as '2020-01-31T12:00:00'",
    "CURRENT_DATE": "ADQL has no clock: write the date as a text such as '2020-01-31'",
    "ANY": "ANY is not ADQL: use IN, EXISTS, or MIN and MAX in a sub-query",
    "SOME": "SOME is not ADQL: use IN, EXISTS, or MIN and MAX in a sub-query",
    "FLOAT": "FLOAT is not a type of ADQL: use REAL or DOUBLE PRECISION",
    "INT": "INT is not a type of ADQL: use INTEGER",
    "ESCAPE": "ESCAPE is not ADQL",
    "WITH": "WITH may stand only at the very start of a query",
    "::": ":: is not ADQL: use CAST(value AS type)",
    "%": "% is not ADQL: use MOD(x, y)",
    "==": "== is not ADQL: use a single =",
    "/*": "/* */ comments are not ADQL: use -- to the end of the line",
    ";": "A query ends without a semicolon, and only one query may be sent at a time",
    "[": "Subscripts are not ADQL: functions such as caomai_count(fingerprint, node) read elements of arrays",
    "`": 'Names are delimited by double quotes: "name"',
    "&": "Bitwise operators are not supported",
    "|": "Bitwise operators are not supported; texts are joined by ||",
    "^": "^ is not ADQL: use POWER(x, y)",
    "~": "~ is not ADQL: use LIKE with % and _",
    "?": "Parameters in place of values are not supported",
    "!": "! is not ADQL: use NOT, or <> to compare",
}

# Functions of other dialects and what to write instead.
_NO_PARTS = "compare with LIKE, or take parts of the text in your own program"
_NO_CLOCK = "write the date as a text such as '2020-01-31T12:00:00'"
FOREIGN_FUNCTIONS = {
    "CHAR_LENGTH": _NO_PARTS,
    "CHARACTER_LENGTH": _NO_PARTS,
    "CONCAT": "join texts by ||",
    "CONVERT": "use CAST(value AS type)",
    "EXTRACT": "compare with dates such as '2020-01-31'",
    "GETDATE": _NO_CLOCK,
    "IFNULL": "use COALESCE",
    "ISNULL": "use IS NULL or COALESCE",
    "LENGTH": _NO_PARTS,
    "LN": "LOG is the natural logarithm",
    "NOW": _NO_CLOCK,
    "NULLIF": "leave the rows out by WHERE, or use COALESCE for the opposite",
    "NVL": "use COALESCE",
    "POSITION": _NO_PARTS,
    "SUBSTR": _NO_PARTS,
    "SUBSTRING": _NO_PARTS,
    "TRIM": _NO_PARTS,
}
