"""Our own changes to a source file, where cosmic-ray has none: what is left out or negated."""

import ast
import builtins
from collections.abc import Iterator
from typing import Final

from tests.mutation.source import Change, Source

SWAPPED: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}


def changes_of(source: Source) -> Iterator[Change]:
    """Every change of ours."""
    for node in ast.walk(source.tree):
        if not source.is_type(node):
            yield from _left_out(source, node)
            yield from _without_call(source, node)
            yield from _turned_round(source, node)


def _left_out(source: Source, node: ast.AST) -> Iterator[Change]:
    """A statement, an alternative, an argument, an element, a condition is not there."""
    match node:
        case ast.Expr(ast.Call()) | ast.AugAssign() | ast.Raise():
            yield source.with_text(node, "pass")
        case ast.Assign([ast.Attribute()]):
            yield source.with_text(node, "pass")
        case ast.BinOp(left, ast.BitOr(), right):
            yield source.with_text(node, source.text_of(left))
            yield source.with_text(node, source.text_of(right))
        case ast.MatchOr(patterns):
            yield from [source.without(each, patterns) for each in patterns]
        case ast.match_case(guard=ast.expr() as guard):
            yield source.with_text(guard, "True")
        case ast.Tuple(elements, ast.Load()) if len(elements) > 1:
            yield from [source.without(each, elements) for each in elements]
        case ast.Call(_, arguments, keywords) if len([*arguments, *keywords]) > 1:
            given = [*arguments, *keywords]
            yield from [source.without(each, given) for each in keywords]
        case ast.comprehension(ifs=conditions):
            yield from [source.with_text(each, "True") for each in conditions]


def _without_call(source: Source, node: ast.AST) -> Iterator[Change]:
    """In place of what a function makes of it, there is its first argument."""
    match node:
        case ast.Call(ast.Name(function), [first, *_]) if function.islower():
            if not hasattr(builtins, function):
                yield source.with_text(node, source.text_of(first))


def _turned_round(source: Source, node: ast.AST) -> Iterator[Change]:
    """A condition is negated; the least is the most; one is all."""
    match node:
        case ast.FunctionDef(returns=ast.Name("bool")):
            for each in ast.walk(node):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield source.with_text(each, f"return not ({source.text_of(each.value)})")
        case ast.comprehension(ifs=conditions):
            for each in conditions:
                yield source.with_text(each, f"not ({source.text_of(each)})")
        case ast.Call(ast.Name(name) as function) if name in SWAPPED:
            yield source.with_text(function, SWAPPED[name])
        case ast.Compare(left, [ast.In() | ast.NotIn() as operator], [right]):
            word = "not in" if isinstance(operator, ast.In) else "in"
            yield source.with_text(
                node, f"{source.text_of(left)} {word} {source.text_of(right)}"
            )
