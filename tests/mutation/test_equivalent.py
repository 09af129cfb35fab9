"""What is said to make no difference stands where it is said to stand, with a reason."""

from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.equivalent import Equivalent, equivalents
from tests.mutation.source import Source

ROOT = Path(__file__).parents[2]

every = pytest.mark.parametrize("entry", equivalents(), ids=lambda each: each.line)


@every
def test_the_line_stands_there(entry: Equivalent) -> None:
    source = Source((ROOT / entry.file).read_text("utf-8"))
    lines = [
        line.strip()
        for number, line in enumerate(source.text.splitlines(), 1)
        if source.place_of(number) == entry.place
    ]
    assert entry.line in " ".join(lines)


@every
def test_it_becomes_something_else_for_a_reason(entry: Equivalent) -> None:
    assert entry.becomes
    assert entry.line not in entry.becomes
    assert len(entry.reason.split()) > 3
    assert entry.reason.endswith(".")


def test_nothing_is_explained_twice() -> None:
    counts = Counter((*entry[:3], each) for entry in equivalents() for each in entry.becomes)
    assert counts.total() == len(counts)


@pytest.mark.parametrize(
    ("line", "place", "lines"),
    [
        (1, "module", range(1, 2)),
        (3, "Class.method", range(3, 5)),  # A head goes with what decorates it.
        (4, "Class.method", range(3, 5)),
        (6, "Class.method", range(5, 8)),
        (9, "module", range(9, 10)),
    ],
)
def test_a_line_belongs_to_the_smallest_statement_around_it(
    line: int, place: str, lines: range
) -> None:
    text = "a = 1\nclass Class:\n @b\n def method(self):\n  c(\n   d,\n  )\n\ne = 2\n"
    source = Source(text)
    assert source.place_of(line) == place
    assert source.lines_of_statement(line, line) == lines
