"""A file of source, in which the text of a node can be replaced."""

import ast
from collections.abc import Iterator, Sequence
from typing import Any, Final

Change = tuple[int, int, str]
"""First and last line of what is changed, and the whole file as it becomes."""


class Source:
    """A file and its tree. Nodes are those of ``tree``; their columns are counted in bytes."""

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.tree: Final = ast.parse(text)
        self._bytes: Final = text.encode()
        self._line_starts: Final = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._line_starts.append(self._line_starts[-1] + len(line))
        self._types: Final = [self._span(node) for node in _types(self.tree)]

    def is_type_at(self, line: int, column: int) -> bool:
        """Whether nothing but a type stands there."""
        at = self._line_starts[line - 1] + column
        return any(start <= at < end for start, end in self._types)

    def is_type(self, node: Any) -> bool:
        """Whether a node is, or is part of, nothing but a type."""
        return hasattr(node, "lineno") and self.is_type_at(node.lineno, node.col_offset)

    def lines_of_statement(self, line: int, last_line: int) -> range:
        """The smallest statement around these lines; of one with a body, its head."""
        heads = [_head(node) for node in ast.walk(self.tree) if isinstance(node, ast.stmt)]
        around = [head for head in heads if line in head]
        head = min(around, key=len, default=range(line, line + 1))
        return range(head.start, max(head.stop, last_line + 1))

    def place_of(self, line: int) -> str:
        """The class and function around a line, or the module."""
        names = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                head = _head(node)
                if head.start <= line <= (node.end_lineno or line):
                    names.append(node.name)
        return ".".join(names) or "module"

    def text_of(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._bytes[start:end].decode()

    def with_text(self, node: Any, text: str) -> Change:
        """The file with ``text`` in the node's place."""
        return self._replaced(node, *self._span(node), text)

    def without(self, node: Any, all_of_them: Sequence[Any]) -> Change:
        """The file without one of several nodes between which there is always the same."""
        kept = [self.text_of(each) for each in all_of_them if each is not node]
        spans = [self._span(each) for each in all_of_them]
        between = self._bytes[spans[0][1] : spans[1][0]].decode()
        return self._replaced(node, spans[0][0], spans[-1][1], between.join(kept))

    def _replaced(self, node: Any, start: int, end: int, text: str) -> Change:
        changed = self._bytes[:start] + text.encode() + self._bytes[end:]
        return node.lineno, node.end_lineno, changed.decode()

    def _span(self, node: Any) -> tuple[int, int]:
        starts = self._line_starts
        return (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
        )


def _head(statement: ast.stmt) -> range:
    first, body = _first_line(statement), getattr(statement, "body", None)
    last = _first_line(body[0]) - 1 if body else statement.end_lineno or first
    return range(first, max(last, statement.lineno) + 1)


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _types(tree: ast.AST) -> Iterator[ast.expr]:
    """Annotations, what is between the brackets of a type, and unions under a type's name."""
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as type_) | ast.AnnAssign(annotation=type_):
                yield type_
            case ast.FunctionDef(returns=ast.expr() as type_):
                yield type_
            case ast.Subscript(ast.Name(), ast.Tuple() as type_):
                yield type_
            case ast.Assign([ast.Name(name)], ast.BinOp() as type_) if not name.isupper():
                yield type_
