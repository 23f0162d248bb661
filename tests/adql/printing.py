"""Trees as ADQL text, with brackets around all that could be read in another way."""

from __future__ import annotations

from tapext.adql import tree


def write(query: tree.Query) -> str:
    withs = ", ".join(f"{name(item.name)} AS ({selection(item.query)})" for item in query.withs)
    return f"WITH {withs} {selection(query.selection)}" if withs else selection(query.selection)


def name(found: tree.Name) -> str:
    return '"' + found.text.replace('"', '""') + '"' if found.delimited else found.text


def path(names: tuple[tree.Name, ...]) -> str:
    return ".".join(map(name, names))


def selection(found: tree.Selection) -> str:
    body = f"({selection(found.body)})" if isinstance(found.body, tree.Selection) else operand(found.body)
    order = ", ".join(sort_key(key) for key in found.order_by)
    return (
        body
        + (f" ORDER BY {order}" if order else "")
        + ("" if found.offset is None else f" OFFSET {found.offset}")
    )


def operand(found: tree.Select | tree.SetOperation | tree.Selection) -> str:
    if isinstance(found, tree.Select):
        return select(found)
    if isinstance(found, tree.Selection):
        return f"({selection(found)})"
    written = [
        operand(part) if isinstance(part, tree.Select) else f"({bare(part)})" for part in found.operands
    ]
    text = written[0]
    for word, every, part in zip(found.operators, found.all, written[1:], strict=True):
        text += f" {word}{' ALL' if every else ''} {part}"
    return text


def bare(found: tree.SetOperation | tree.Selection) -> str:
    return selection(found) if isinstance(found, tree.Selection) else operand(found)


def sort_key(key: tree.Order) -> str:
    written = str(key.key) if isinstance(key.key, int) else value(key.key)
    return written + (" DESC" if key.descending else "")


def select(found: tree.Select) -> str:
    parts = ["SELECT"]
    parts += ["DISTINCT"] if found.distinct else []
    parts += [f"TOP {found.top}"] if found.top is not None else []
    parts += [", ".join(map(item, found.items)), "FROM", ", ".join(map(source, found.sources))]
    parts += [f"WHERE {condition(found.where)}"] if found.where else []
    parts += [f"GROUP BY {', '.join(map(value, found.group_by))}"] if found.group_by else []
    parts += [f"HAVING {condition(found.having)}"] if found.having else []
    return " ".join(parts)


def item(found: tree.Item | tree.Star) -> str:
    if isinstance(found, tree.Star):
        return f"{path(found.qualifier)}.*" if found.qualifier else "*"
    return value(found.value) + alias(found.alias)


def alias(found: tree.Name | None) -> str:
    return "" if found is None else f" AS {name(found)}"


def source(found: tree.Source) -> str:
    if isinstance(found, tree.Table):
        return path(found.path) + alias(found.alias)
    if isinstance(found, tree.Derived):
        return f"({selection(found.query)}){alias(found.alias)}"
    return bracketed_source(found.first) + "".join(map(join, found.joins))


def bracketed_source(found: tree.Source) -> str:
    return f"({source(found)})" if isinstance(found, tree.Joined) else source(found)


def join(found: tree.Join) -> str:
    words = f" {'NATURAL ' if found.natural else ''}{found.kind} JOIN {bracketed_source(found.source)}"
    if found.condition is not None:
        return f"{words} ON {condition(found.condition)}"
    return f"{words} USING ({', '.join(map(name, found.using))})" if found.using else words


def value(found: tree.Value) -> str:
    match found:
        case tree.Number(number):
            return repr(number)
        case tree.Text(text):
            return "'" + text.replace("'", "''") + "'"
        case tree.Null():
            return "NULL"
        case tree.Column(names):
            return path(names)
        case tree.Signed(sign, inner):
            return f"({sign}{value(inner)})"
        case tree.Chain(operands, operators):
            words = [value(operands[0])]
            for operator, part in zip(operators, operands[1:], strict=True):
                words += [operator, value(part)]
            return f"({' '.join(words)})"
        case tree.Call(function, arguments):
            return f"{function}({', '.join(map(value, arguments))})"
        case tree.Aggregate(function, inner, distinct):
            written = "*" if inner is None else ("DISTINCT " if distinct else "") + value(inner)
            return f"{function}({written})"
        case tree.Cast(inner, target, length):
            words_of = "DOUBLE PRECISION" if target == "DOUBLE" else target
            return f"CAST({value(inner)} AS {words_of}{'' if length is None else f'({length})'})"
        case tree.SubQuery(query):
            return f"({selection(query)})"


def condition(found: tree.Condition) -> str:
    match found:
        case tree.Comparison(operator, left, right):
            return f"{value(left)} {operator} {value(right)}"
        case tree.Between(inner, low, high, negated):
            return f"{value(inner)} {no(negated)}BETWEEN {value(low)} AND {value(high)}"
        case tree.In(inner, choices, negated):
            written = ", ".join(map(value, choices)) if isinstance(choices, tuple) else selection(choices)
            return f"{value(inner)} {no(negated)}IN ({written})"
        case tree.Like(inner, pattern, negated, ignore_case):
            return f"{value(inner)} {no(negated)}{'ILIKE' if ignore_case else 'LIKE'} {value(pattern)}"
        case tree.IsNull(inner, negated):
            return f"{value(inner)} IS {no(negated)}NULL"
        case tree.Exists(query):
            return f"EXISTS ({selection(query)})"
        case tree.Not(inner):
            return f"NOT ({condition(inner)})"
        case tree.And(operands):
            return " AND ".join(f"({condition(part)})" for part in operands)
        case tree.Or(operands):
            return " OR ".join(f"({condition(part)})" for part in operands)


def no(negated: bool) -> str:
    return "NOT " if negated else ""
