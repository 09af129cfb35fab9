"""What a value in a reply has to be, in the words of JSON."""

import json
from typing import Any, Final, TypeVar

T = TypeVar("T")

_CHARS_MAX: Final = 80
_CALLED: Final[dict[type, str]] = {
    bool: "true or false",
    dict: "an object",
    int: "a whole number",
    list: "an array",
    str: "a string",
}


def typed(name: str, value: Any, kind: type[T]) -> T:
    """``value``, which has to be of ``kind``. Raises ValueError."""
    if value is None:
        raise ValueError(f"{name!r} is missing; it must be {_CALLED[kind]}")
    if type(value) is not kind:
        shown = json.dumps(value)
        shown = shown if len(shown) <= _CHARS_MAX else f"{shown[:_CHARS_MAX]}…"
        raise ValueError(f"{name!r} must be {_CALLED[kind]}, not {shown}")
    return value
