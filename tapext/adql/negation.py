"""The opposite of a condition, said without NOT: an index answers what is asked for, not what is denied."""

from __future__ import annotations

from dataclasses import replace

from tapext.adql import tree

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def negate(node: tree.Condition) -> tree.Condition:
    """Give the condition that holds where another does not; NULL stays NULL."""
    if isinstance(node, tree.Not):
        return node.operand
    if isinstance(node, tree.And):
        return tree.Or(tuple(map(negate, node.operands)), at=node.at)
    if isinstance(node, tree.Or):
        return tree.And(tuple(map(negate, node.operands)), at=node.at)
    if isinstance(node, tree.Comparison):
        return replace(node, operator=_OPPOSITE[node.operator])
    if isinstance(node, tree.Between | tree.In | tree.Like | tree.IsNull):
        return replace(node, negated=not node.negated)
    return tree.Not(node, at=node.at)
