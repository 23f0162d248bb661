"""Trees as ADQL text, with brackets around all that could be read in another way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def no(negated: bool) -> str:
    return "NOT " if negated else ""


def value(found: tree.Value) -> str:
    return WRITERS[type(found)](found)


def condition(found: tree.Condition) -> str:
    return WRITERS[type(found)](found)


def values(found: tuple[tree.Value, ...]) -> str:
    return ", ".join(map(value, found))


def chain(found: tree.Chain) -> str:
    words = [value(found.operands[0])]
    for operator, part in zip(found.operators, found.operands[1:], strict=True):
        words += [operator, value(part)]
    return f"({' '.join(words)})"


def aggregate(found: tree.Aggregate) -> str:
    operand = "*" if found.operand is None else ("DISTINCT " if found.distinct else "") + value(found.operand)
    return f"{found.name}({operand})"


def cast(found: tree.Cast) -> str:
    target = "DOUBLE PRECISION" if found.target == "DOUBLE" else found.target
    return f"CAST({value(found.operand)} AS {target}{'' if found.length is None else f'({found.length})'})"


def between(found: tree.Between) -> str:
    return f"{value(found.operand)} {no(found.negated)}BETWEEN {value(found.low)} AND {value(found.high)}"


def membership(found: tree.In) -> str:
    choices = values(found.choices) if isinstance(found.choices, tuple) else selection(found.choices)
    return f"{value(found.operand)} {no(found.negated)}IN ({choices})"


def like(found: tree.Like) -> str:
    word = "ILIKE" if found.ignore_case else "LIKE"
    return f"{value(found.operand)} {no(found.negated)}{word} {value(found.pattern)}"


def all_of(word: str, operands: tuple[tree.Condition, ...]) -> str:
    return f" {word} ".join(f"({condition(part)})" for part in operands)


WRITERS: dict[type[tree.Node], Callable[[Any], str]] = {
    tree.Number: lambda found: repr(found.value),
    tree.Text: lambda found: "'" + found.value.replace("'", "''") + "'",
    tree.Null: lambda _: "NULL",
    tree.Column: lambda found: path(found.path),
    tree.Signed: lambda found: f"({found.sign}{value(found.operand)})",
    tree.Chain: chain,
    tree.Call: lambda found: f"{found.name}({values(found.arguments)})",
    tree.Aggregate: aggregate,
    tree.Cast: cast,
    tree.SubQuery: lambda found: f"({selection(found.query)})",
    tree.Comparison: lambda found: f"{value(found.left)} {found.operator} {value(found.right)}",
    tree.Between: between,
    tree.In: membership,
    tree.Like: like,
    tree.IsNull: lambda found: f"{value(found.operand)} IS {no(found.negated)}NULL",
    tree.Exists: lambda found: f"EXISTS ({selection(found.query)})",
    tree.Not: lambda found: f"NOT ({condition(found.operand)})",
    tree.And: lambda found: all_of("AND", found.operands),
    tree.Or: lambda found: all_of("OR", found.operands),
}
