"""Good queries with some words exchanged: many are still queries, some even mean something."""

from __future__ import annotations

import re
from random import Random

_TOKEN = re.compile(r"'[^']*'|[A-Za-z_][\w.]*|[0-9][\w.]*|<>|<=|>=|!=|\|\||.", re.DOTALL)
_SIGNS = ("+", "-", "*", "/", "||", "=", "<", ">=", "<>")
_VALUES = """
NULL|-NULL|'2020-01-01'|'x'|1|2.5|-{}|{} + 1|{} || 'a'|(({}))|COUNT(*)|COUNT({})|COUNT(DISTINCT {})|MAX({})
MIN({})|SUM({})|AVG({})|COALESCE({}, NULL)|CAST({} AS VARCHAR(9))|CAST({} AS REAL)|CAST({} AS BIGINT)
CAST({} AS TIMESTAMP)|POINT(1, 2)|POINT({}, {})|CIRCLE(1, 2, 3)|DISTANCE({}, 1, 2, 3)|AREA(CIRCLE(1, 2, {}))
(SELECT {} FROM caom2_ai.map)|(SELECT MAX({}) FROM caom2_ai.map)|(SELECT NULL FROM caom2_ai.map)
(SELECT COUNT(*) FROM caom2.Plane)|caomai_vector({})|caomai_count({}, 1)|LOWER({})|PI()|RAND()
"""
_CHOICES = [value for line in _VALUES.strip().splitlines() for value in line.split("|")]
_TEXT = """
NULL ( ) , * IS NOT AND OR DISTINCT ALL TOP UNION EXCEPT INTERSECT NATURAL LEFT FULL IN EXISTS LIKE BETWEEN
GROUP BY ORDER HAVING DESC OFFSET AS fingerprint vector position_bounds
"""
_WORDS = _TEXT.split()


def mutate(query: str, seed: int) -> str:
    """Exchange one or two words of a query."""
    random = Random(seed)
    tokens: list[str] = _TOKEN.findall(query)
    places = [place for place, token in enumerate(tokens) if not token.isspace()]
    for _ in range(random.randint(1, 2)):
        place = random.choice(places)
        token = tokens[place]
        others = [tokens[other] for other in places if _kind(tokens[other]) == _kind(token)]
        if random.random() < 0.1:
            tokens[place] = random.choice(["", f"{token} {random.choice(_WORDS)}", random.choice(_WORDS)])
        elif _kind(token) == "value":
            tokens[place] = random.choice([*_CHOICES, *others, *others]).replace("{}", token)
        elif token in _SIGNS:
            tokens[place] = random.choice(_SIGNS)
        else:
            tokens[place] = random.choice(others)
    return "".join(tokens)


def _kind(token: str) -> str:
    if token[:1].isdigit() or token[:1] == "'" or ("." in token and token[0].islower()):
        return "value"
    return "word" if token.isupper() else token
