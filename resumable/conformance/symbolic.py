"""Text in files: runs of one letter are written as such, so that no trace holds megabytes."""

import re
from typing import Any, Final

_RUN: Final = re.compile(r"(.)\1{63,}", re.DOTALL)


def encode(text: str) -> Any:
    """``text`` for JSON: itself, or, with long runs, a list of parts. A part is a text, or
    ``[letter, count]``."""
    parts: list[Any] = []
    end = 0
    for run in _RUN.finditer(text):
        if run.start() > end:
            parts.append(text[end : run.start()])
        parts.append([run[1], run.end() - run.start()])
        end = run.end()
    if not parts:
        return text
    return parts + ([text[end:]] if end < len(text) else [])


def decode(value: Any) -> str:
    """The inverse of ``encode``. Raises ValueError for anything that it does not return."""
    match value:
        case str():
            return value
        case list():
            return "".join([_part(part) for part in value])
        case _:
            raise ValueError(f"text must be a string or a list of parts, not {value!r}")


def _part(part: Any) -> str:
    match part:
        case str():
            return part
        case [str(letter), int(count)] if count >= 0:
            return letter * count
        case _:
            raise ValueError(f"a part is a string or [letter, count], not {part!r}")
