"""The value of an arithmetic expression: numbers, + - * / and parentheses, and nothing else of Python.

Simplification: floating point, as the published tool has it; sums that a customer is told are decimals elsewhere.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

from shopwright.errors import ToolError

_LONGEST = 400
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def value_of(expression: str) -> float:
    """The value of an expression.

    Raises:
        ToolError: it is too long, is no arithmetic, or divides by zero.
    """
    try:
        if len(expression) > _LONGEST:
            raise SyntaxError(f"it has more than {_LONGEST} characters")
        return _value(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ZeroDivisionError, OverflowError) as error:
        raise ToolError(f"expression {expression!r}: {error}; numbers, + - * / and parentheses are read") from error


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    raise SyntaxError(f"{type(node).__name__} is not arithmetic")
