"""Text in files: exactly as it was, and yet without megabytes."""

import re
from typing import Any, Final

_RUN_MAX: Final = 100_000_000
_RUN: Final = re.compile(r"(.)\1{63,}", re.DOTALL)
_PAIR: Final = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")


def encode(text: str) -> Any:
    """``text`` for JSON: itself, or a list of parts if it has long runs, or two halves of a
    pair that JSON would put together. A part is a text, or ``[letter, count]``."""
    parts: list[Any] = []
    end = 0
    for run in _RUN.finditer(text):
        parts += _without_pairs(text[end : run.start()])
        parts.append([run[1], run.end() - run.start()])
        end = run.end()
    parts += _without_pairs(text[end:])
    return text if parts in ([], [text]) else parts


def decode(value: Any) -> str:
    """The inverse of ``encode``. Raises ValueError for anything that it does not return."""
    match value:
        case str():
            return value
        case list():
            return "".join([_part(part) for part in value])
        case _:
            raise ValueError(f"text must be a string or a list of parts, not {value!r}")


def _without_pairs(text: str) -> list[str]:
    return [part for part in _PAIR.split(text) if part]


def _part(part: Any) -> str:
    match part:
        case str():
            return part
        case [str(letter), int(count)] if 0 <= count <= _RUN_MAX:
            return letter * count
        case _:
            raise ValueError(
                f"a part is a string or [letter, count up to {_RUN_MAX:,}], not {part!r}"
            )
