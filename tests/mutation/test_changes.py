"""Our own changes: each is made once, and types are left alone."""

import pytest

from tests.mutation.changes import changes_of
from tests.mutation.source import Source

CHANGES: dict[str, set[str]] = {
    "a.clear()": {"pass"},
    "self.a = 1": {"pass"},
    "a += 1": {"pass"},
    "raise Bad": {"pass"},
    "a = B | C": set(),
    "isinstance(a, B | C)": {"pass", "isinstance(a, B)", "isinstance(a, C)"},
    "NAMES = (a, *b, c)": {"NAMES = (*b, c)", "NAMES = (a, c)", "NAMES = (a, *b)"},
    "a: tuple[B, C] = d": set(),
    "Names = tuple[B, C]": set(),
    "a = b(c, d=e)": {"a = b(c)", "a = c"},
    "a = len(b)": set(),
    "a = [b for b in c if d]": {"a = [b for b in c if True]", "a = [b for b in c if not (d)]"},
    "a = any(b)": {"a = all(b)"},
    "a = b in c": {"a = b not in c"},
    "a = b not in c": {"a = b in c"},
    "def a() -> bool: return b": {"def a() -> bool: return not (b)"},
    "def a(b: C | D) -> str: return b": set(),
    "match a:\n case B() | C(): d\n": {"match a:\n case C(): d\n", "match a:\n case B(): d\n"},
    "match a:\n case B() if c: d\n": {"match a:\n case B() if True: d\n"},
    "é = (ä, b)  # ö": {"é = (b)  # ö", "é = (ä)  # ö"},
}


@pytest.mark.parametrize("text", CHANGES)
def test_a_line_has_these_mutants(text: str) -> None:
    changed = [changed for _, _, changed in changes_of(Source(text))]
    assert sorted(changed) == sorted(CHANGES[text])
