"""A place in the tokens of a query, and the sentences that say what should stand there."""

from __future__ import annotations

from caomai.errors import QueryError
from tapext.adql.lexer import END, INVALID, Token, error_at, split
from tapext.adql.spelling import nearest
from tapext.adql.tree import Name
from tapext.adql.words import ADVICE, CLAUSE_WORDS, RESERVED

# Nesting is counted in the calls that it costs here and in the resolver: Python allows 1,000 in all.
MAX_DEPTH = 600
BRACKET = 3
CALL = 4
QUERY = 12

NAME = "a name"
LONGEST_SHOWN = 40
# Whole numbers of so many digits fit a BIGINT.
MAX_DIGITS = 18


class Cursor:
    """Reads tokens one by one; `kind` is that of the current token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self._tokens = split(text)
        self.token = self.before = next(self._tokens)
        self.kind = self.token.kind
        self._following = next(self._tokens, self.token)

    def advance(self) -> Token:
        """Step over the current token and give it."""
        token = self.before = self.token
        self.token = self._following
        self.kind = self.token.kind
        # Nothing steps over the last token, END or INVALID.
        self._following = next(self._tokens, self.token)
        return token

    def peek(self) -> str:
        """Give the kind of the token after the current one."""
        return self._following.kind

    def accept(self, kind: str) -> bool:
        """Step over the current token if it is of a kind."""
        if self.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str, expected: str = "") -> Token:
        """Step over a token that must be there."""
        if self.kind != kind:
            raise self.unexpected(expected or kind)
        return self.advance()

    def enter(self, weight: int) -> None:
        """Count a level of nesting; `leave` it afterwards."""
        self.depth += weight
        if self.depth > MAX_DEPTH:
            raise self.too_deep()

    def leave(self, weight: int) -> None:
        """Leave a level of nesting."""
        self.depth -= weight

    def too_deep(self) -> QueryError:
        """Make the error of a query that nests too deeply."""
        limit = MAX_DEPTH // BRACKET
        return self.error(
            f"Brackets are nested too deeply: {limit} levels are allowed, {MAX_DEPTH // QUERY} of queries"
        )

    def name(self, expected: str = NAME) -> Name:
        """Read an identifier."""
        if self.kind not in ("name", "quoted"):
            raise self.unexpected(expected)
        token = self.advance()
        return Name(token.text, token.kind == "quoted", at=token.at)

    def path(self, longest: int, expected: str) -> tuple[Name, ...]:
        """Read identifiers joined by dots, stopping before `.*`."""
        names = [self.name(expected)]
        while self.kind == "." and self.peek() != "*":
            self.advance()
            names.append(self.name("a name after the dot"))
            if len(names) > longest:
                raise error_at(self.text, names[0].at, f"A name has at most {longest} parts here")
        return tuple(names)

    def whole(self, expected: str) -> int:
        """Read an unsigned whole number that PostgreSQL can count rows by."""
        digits = self.token.text.lstrip("0")
        if self.kind != "integer" or len(digits) > MAX_DIGITS:
            raise self.unexpected(expected)
        self.advance()
        return int(digits or "0")

    def error(self, message: str) -> QueryError:
        """Make an error at the current token."""
        return error_at(self.text, self.token.at, message)

    def unexpected(self, expected: str) -> QueryError:
        """Make the error of a token that may not stand here."""
        kind, text, _ = self.token
        if kind == INVALID:
            return self.error(text)
        if kind == END:
            return self.error(f"Expected {expected}, but the query ends here")
        if text.upper() in ADVICE and kind not in ("quoted", "text"):
            return self.error(ADVICE[text.upper()])
        if kind in RESERVED and (expected.startswith(NAME) or kind not in CLAUSE_WORDS):
            return self.error(
                f'{text} is a reserved word of ADQL: write "{text}" in double quotes to use it as a name'
            )
        return self.error(f"Expected {expected}, found {show(self.token)}{self.meant()}")

    def meant(self) -> str:
        """Give `; did you mean WORD?` where a word of the grammar is misspelt here or just before."""
        for token in (self.token, self.before):
            if token.kind == "name" and (meant := nearest(token.text, CLAUSE_WORDS)):
                return meant if token is self.token else f"{meant[:-1]} instead of {token.text}?"
        return ""


def show(token: Token) -> str:
    """Write a token for an error message."""
    if token.kind in RESERVED:
        return token.kind
    shown = token.text if len(token.text) <= LONGEST_SHOWN else token.text[:LONGEST_SHOWN] + "..."
    return f'"{shown}"' if token.kind == "quoted" else f"'{shown}'"
