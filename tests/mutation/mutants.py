"""Which small changes are made to a source file: those of cosmic-ray, and our own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutation.changes import changes_of
from tests.mutation.source import Change, Source

NEIGHBOURS: Final = {
    "ReplaceComparisonOperator": {
        "Eq": "NotEq LtE GtE",
        "NotEq": "Eq Lt Gt",
        "Lt": "LtE GtE NotEq",
        "LtE": "Lt Gt Eq",
        "Gt": "GtE LtE NotEq",
        "GtE": "Gt Lt Eq",
        "Is": "IsNot",
        "IsNot": "Is",
    },
    "ReplaceBinaryOperator": {
        "Add": "Sub",
        "Sub": "Add",
        "Mul": "Div",
        "Div": "Mul",
        "FloorDiv": "Mul",
        "LShift": "RShift",
        "BitAnd": "BitOr",
    },
    "ReplaceUnaryOperator": {"USub": "UAdd", "Delete": "Not"},
}
"""What an operator becomes, of all that cosmic-ray would make of it: the nearest, which are
the hardest to tell from it. A union of types is left to our own changes."""


class Mutant(NamedTuple):
    """One change to one file."""

    path: str
    place: str
    """The class and function that is changed, or what is there instead of one."""

    before: str
    """The line as it is, stripped; of several lines, one after the other."""

    after: str
    """What it becomes, likewise."""

    lines: range
    """Those of the statement, in the file as it is."""

    text: str
    """The whole file."""


def mutants_of(root: Path, path: str) -> list[Mutant]:
    """Every mutant of a file that Python can compile, from its top to its end."""
    source = Source((root / path).read_text("utf-8"))
    return [
        Mutant(
            path,
            source.place_of(line),
            *_differing(source.text, text),
            source.lines_of_statement(line, last_line),
            text,
        )
        for line, last_line, text in sorted({*_of_cosmic_ray(source), *changes_of(source)})
        if _compiles(text)
    ]


def _of_cosmic_ray(source: Source) -> Iterator[Change]:
    tree = get_ast(source.text)
    for name in filter(_is_wanted, operator_names()):
        operator = get_operator(name)()
        places = [
            place for node in ast_nodes(tree) for place in operator.mutation_positions(node)
        ]
        for number, (start, end) in enumerate(places):
            if not source.is_type_at(*start):
                yield start[0], end[0], mutate_code(source.text, operator, number)


def _is_wanted(operator: str) -> bool:
    if get_operator(operator).arguments():
        return False
    kind, _, change = operator.removeprefix("core/").partition("_")
    old, _, new = change.partition("_")
    return kind not in NEIGHBOURS or new in NEIGHBOURS[kind].get(old, "").split()


def _compiles(text: str) -> bool:
    try:
        compile(text, "", "exec")
    except SyntaxError:
        return False
    return True


def _differing(text: str, changed: str) -> tuple[str, str]:
    """The lines that differ, before and after."""
    old, new = text.splitlines(), changed.splitlines()
    pairs = zip(old, new, strict=False)
    first = next(at for at, (left, right) in enumerate(pairs) if left != right)
    last, last_new = len(old), len(new)
    while min(last, last_new) > first and old[last - 1] == new[last_new - 1]:
        last, last_new = last - 1, last_new - 1
    return _joined(old[first:last]), _joined(new[first:last_new])


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
