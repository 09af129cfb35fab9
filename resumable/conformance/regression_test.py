"""A trace as a pytest file that stands on its own."""

import re
from typing import Final

from resumable.conformance.forbidden import names_forbidden
from resumable.conformance.trace import Trace, dumps

_SOURCE: Final = '''"""{doc}"""

from resumable.conformance import assert_conforms

TRACE = r"""
{trace}"""


def test_{name}() -> None:
    assert_conforms({target!r}, TRACE{forbid})
'''


def regression_test(trace: Trace, target: str, name: str) -> str:
    """The text of the file; ``name`` becomes that of the test. What is forbidden now, the
    test forbids, too."""
    return _SOURCE.format(
        doc=_docstring(trace.note or f"{target} diverged from the specification here once."),
        trace=dumps(trace),
        name=re.sub(r"\W+", "_", name).strip("_").lower(),
        target=target,
        forbid=f", forbid={names_forbidden()!r}" if names_forbidden() else "",
    )


def _docstring(text: str) -> str:
    """``text`` between three quotes, whatever it holds."""
    plain = [
        letter if letter.isprintable() and letter != "\\" else repr(letter)[1:-1]
        for letter in text.replace('"""', "'''")
    ]
    return "".join(plain) + (" " if text.endswith('"') else "")
