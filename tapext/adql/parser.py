"""Recursive descent over the clauses of an ADQL 2.0 or 2.1 query."""

from __future__ import annotations

from tapext.adql import tree
from tapext.adql.cursor import BRACKET, QUERY, show
from tapext.adql.expression import ExpressionParser
from tapext.adql.lexer import END, INVALID, error_at
from tapext.adql.words import ADVICE

_JOIN_WORDS = frozenset(("NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "JOIN"))
_SET_OR_END = frozenset(("UNION", "EXCEPT", "INTERSECT", "ORDER", "OFFSET", ")"))
_AFTER_FROM = "',', JOIN, WHERE, GROUP BY, HAVING, ORDER BY, OFFSET, a set operator or the end of the query"
_AFTER_ORDER = "',', ASC, DESC, OFFSET or the end of the query"
_MAX_SOURCES = 100


def parse(text: str) -> tree.Query:
    """Read a query; a QueryError says where it is wrong and what was expected."""
    parser = _Parser(text)
    try:
        return parser.query()
    except RecursionError:
        # The caller's own stack was deep already.
        raise parser.too_deep() from None


class _Parser(ExpressionParser):
    def query(self) -> tree.Query:
        if self.kind == END:
            raise self.error("The query is empty")
        withs = self._withs() if self.kind == "WITH" else ()
        if self.kind not in ("SELECT", "(", INVALID):
            raise self.error(f"Expected SELECT, found {show(self.token)}: only queries are served")
        selection = self.selection()
        if self.kind != END:
            raise self.unexpected(_AFTER_ORDER if selection.order_by else _AFTER_FROM)
        return tree.Query(selection, withs, self.text)

    def _withs(self) -> tuple[tree.With, ...]:
        self.advance()
        if self.token.text.upper() == "RECURSIVE" and self.peek() in ("name", "quoted"):
            raise self.error(ADVICE["RECURSIVE"])
        return self.listed(self._with)

    def _with(self) -> tree.With:
        name = self.name("a name for the query")
        if self.kind == "(":
            raise self.error("WITH takes no column names: give them by AS in its SELECT")
        self.expect("AS", "AS and a query in brackets")
        return tree.With(name, self._query_in_brackets(), at=name.at)

    def selection(self, first: tree.Selection | None = None) -> tree.Selection:
        at = self.token.at if first is None else first.at
        body = self._set_expression(first)
        order_by: tuple[tree.Order, ...] = ()
        if self.accept("ORDER"):
            self.expect("BY")
            order_by = self.listed(self._order)
        offset = self.whole("a whole number of rows") if self.accept("OFFSET") else None
        if isinstance(body, tree.Selection) and not order_by and offset is None:
            return body
        return tree.Selection(body, order_by, offset, at=at)

    def _set_expression(
        self, first: tree.Selection | None
    ) -> tree.Select | tree.SetOperation | tree.Selection:
        at = self.token.at
        operands = [self._set_term(first)]
        operators, every = [], []
        while self.kind in ("UNION", "EXCEPT"):
            operators.append(self.advance().kind)
            every.append(self.accept("ALL"))
            operands.append(self._set_term(None))
        if not operators:
            return operands[0]
        return tree.SetOperation(tuple(operands), tuple(operators), tuple(every), at=at)

    def _set_term(self, first: tree.Selection | None) -> tree.Select | tree.SetOperation | tree.Selection:
        at = self.token.at
        operands = [self._set_primary() if first is None else _unwrap(first)]
        every = []
        while self.accept("INTERSECT"):
            every.append(self.accept("ALL"))
            operands.append(self._set_primary())
        if not every:
            return operands[0]
        return tree.SetOperation(tuple(operands), ("INTERSECT",) * len(every), tuple(every), at=at)

    def _set_primary(self) -> tree.Select | tree.SetOperation | tree.Selection:
        if self.kind == "(":
            return _unwrap(self._query_in_brackets())
        return self._select()

    def _select(self) -> tree.Select:
        at = self.expect("SELECT").at
        distinct = self.accept("DISTINCT")
        if not distinct:
            self.accept("ALL")
        top = self.whole("a whole number of rows after TOP") if self.accept("TOP") else None
        if top is not None and self.kind in ("DISTINCT", "ALL"):
            raise self.error(f"{self.kind} stands before TOP")
        items = self.listed(self._item)
        self.expect("FROM", "',' or FROM")
        sources = self.listed(self._source)
        where = self.condition() if self.accept("WHERE") else None
        group_by: tuple[tree.Value, ...] = ()
        if self.accept("GROUP"):
            self.expect("BY")
            group_by = self.listed(self.value)
        having = self.condition() if self.accept("HAVING") else None
        return tree.Select(items, sources, distinct, top, where, group_by, having, at=at)

    def _item(self) -> tree.Item | tree.Star:
        at = self.token.at
        if self.accept("*"):
            return tree.Star(at=at)
        value = self.value("a column or another value")
        if self.kind == "." and isinstance(value, tree.Column):
            self.advance()
            self.expect("*", "a name or * after the dot")
            return tree.Star(value.path, at=at)
        return tree.Item(value, self._alias(), at=at)

    def _alias(self) -> tree.Name | None:
        if self.accept("AS"):
            return self.name("a name after AS")
        if self.kind == "name" and self.token.text.upper() in ADVICE and self.peek() in ("integer", "("):
            raise self.unexpected("',' or FROM")
        return self.name() if self.kind in ("name", "quoted") else None

    def _order(self) -> tree.Order:
        at = self.token.at
        key = self.value("a column, a position or another value")
        descending = self.accept("DESC")
        if not descending:
            self.accept("ASC")
        if isinstance(key, tree.Number) and isinstance(key.value, int):
            return tree.Order(key.value, descending, at=at)
        return tree.Order(key, descending, at=at)

    def _source(self) -> tree.Source:
        return self._joined(self._one_source())

    def _joined(self, first: tree.Source) -> tree.Source:
        joins = []
        while self.kind in _JOIN_WORDS:
            joins.append(self._join())
            if len(joins) > _MAX_SOURCES:
                raise self.error(f"At most {_MAX_SOURCES} tables can be joined in one query")
        return tree.Joined(first, tuple(joins), at=first.at) if joins else first

    def _join(self) -> tree.Join:
        at = self.token.at
        natural = self.accept("NATURAL")
        kind = "INNER"
        if self.kind in ("LEFT", "RIGHT", "FULL"):
            kind = self.advance().kind
            self.accept("OUTER")
        else:
            self.accept("INNER")
        self.expect("JOIN")
        source = self._one_source()
        if natural:
            if self.kind in ("ON", "USING"):
                raise self.error(f"A NATURAL JOIN takes no {self.kind}")
            return tree.Join(kind, source, natural=True, at=at)
        if self.kind in _JOIN_WORDS:
            # a JOIN b JOIN c ON ... ON ...: the inner join comes first.
            self.enter(BRACKET)
            source = self._join_before_on(source)
            self.leave(BRACKET)
        if self.accept("ON"):
            return tree.Join(kind, source, condition=self.condition(), at=at)
        self.expect("USING", "ON and a condition, or USING and columns in brackets")
        self.expect("(", "( and column names")
        columns = self.listed(self._using)
        self.expect(")", "',' or )")
        return tree.Join(kind, source, using=columns, at=at)

    def _join_before_on(self, first: tree.Source) -> tree.Source:
        joins = []
        while self.kind in _JOIN_WORDS:
            joins.append(self._join())
        return tree.Joined(first, tuple(joins), at=first.at)

    def _using(self) -> tree.Name:
        return self.name("a name of a column")

    def _one_source(self) -> tree.Source:
        if self.kind == "(":
            return self._derived(self._bracketed_source())
        at = self.token.at
        path = self.path(3, "a table or a query in brackets")
        return tree.Table(path, self._alias(), at=at)

    def _derived(self, found: tree.Source | tree.Selection) -> tree.Source:
        if not isinstance(found, tree.Selection):
            return found
        alias = self._alias()
        if alias is None:
            raise self.error("A query in FROM needs a name: write (SELECT ...) AS name")
        return tree.Derived(found, alias, at=found.at)

    def _bracketed_source(self) -> tree.Source | tree.Selection:
        bracket = self.expect("(")
        if self.kind == "SELECT":
            return self._closed_query(None)
        self.enter(QUERY)
        first = self._bracketed_source() if self.kind == "(" else self._one_source()
        found: tree.Source | tree.Selection
        if isinstance(first, tree.Selection) and self.kind in _SET_OR_END:
            found = self.selection(first)
        else:
            found = self._joined(self._derived(first))
            if not isinstance(found, tree.Joined):
                raise error_at(self.text, bracket.at, "Brackets in FROM hold a join or a query")
        self.expect(")", "a join or )")
        self.leave(QUERY)
        return found


def _unwrap(query: tree.Selection) -> tree.Select | tree.SetOperation | tree.Selection:
    return query if query.order_by or query.offset is not None else query.body
