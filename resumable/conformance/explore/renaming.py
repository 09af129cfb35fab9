"""Names in place of ids, and distances in place of times: see ``sameness`` for the reasons."""

import datetime as dt
import itertools
import re
import sqlite3
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from resumable.conformance.explore.memory import attributes

Tree = Any
"""Nested lists and tuples of what ``marshal`` takes."""

_TIMES_MS: Final = 10_000_000_000
"""A number so close to now (115 days) is a time: no counter or size comes near."""

_MADE_UP: Final = re.compile(r"(?=\S*[\dA-Z])\S{16,}")
"""Text of this form that is nothing the harness has given is an id of the target's own."""


class _Numbers(dict[Any, Any]):
    """A number for each name, given when it first appears."""

    def __missing__(self, name: str) -> int:
        number = self[name] = len(self)
        return number


class Renaming:
    """The renaming of one state.

    ``names`` maps the target's ids to symbolic names; ``owner`` is whose memory is looked
    into, and not looked into again where the memory refers to it.
    """

    def __init__(
        self, names: Mapping[str, str], now_ms: int, owner: object | None = None
    ) -> None:
        self.names: Final = names
        self.now_ms: Final = now_ms
        self.streams: Final = _Numbers({None: None})
        """By the symbolic name."""

        self.requests: Final = _Numbers({None: None})
        self.bodies: Final = _Numbers({"": ""})
        """Empty text, which may be anything, stays empty."""

        self._made_up: Final = _Numbers()
        self._met: Final[dict[int, tuple[int, object]]] = {id(owner): (0, owner)}
        """By the address: number, and the object itself, so that the address stays its own."""

    def anything(self, value: Any) -> Tree:
        """Whatever a target holds, and what that holds, as a tree. An object that is met
        again is only referred to, which tells it from an equal one."""
        kind = type(value)
        if kind is str:
            return self._text(value)
        if value is None or kind is bool or kind is bytes:
            return value
        if kind is int:
            return ("time", self.now_ms - value) if self._is_near(value) else value
        if kind is float:
            return self._float(value)
        if kind is tuple:
            return [self.anything(each) for each in value]
        return self._object(value)

    def _is_near(self, at_ms: float) -> bool:
        return abs(at_ms - self.now_ms) < _TIMES_MS

    def _float(self, value: float) -> Tree:
        """Python's own clock gives seconds as a float."""
        in_ms = value * 1000
        return ("time", round(self.now_ms - in_ms, 3)) if self._is_near(in_ms) else value

    def _text(self, text: str) -> Tree:
        """What has been met as a stream, a request or a body goes by its number."""
        if not text:
            return text
        name = self.names.get(text, text)
        if name is not text or name in self.streams:
            return "stream", self.streams[name]
        for what, known in (("request", self.requests), ("body", self.bodies)):
            if text in known:
                return what, known[text]
        return ("id", self._made_up[text]) if _MADE_UP.fullmatch(text) else text

    def _object(self, value: Any) -> Tree:
        met = self._met.get(id(value))
        if met is not None:
            return "again", met[0]
        self._met[id(value)] = len(self._met), value
        kind = type(value)
        if kind is set or kind is frozenset:
            value = sorted(value, key=lambda each: str(self.names.get(each, each)))
        parts = _READERS.get(kind, _reduced)(value)
        return kind.__qualname__, [self.anything(part) for part in parts]


def _reduced(value: Any) -> Iterable[Any]:
    """What a copy would be made from, if it can be copied."""
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:  # noqa: BLE001 - a stranger's object may refuse in any way
        return attributes(value).items()
    if isinstance(reduced, str):
        return (reduced,)
    return (*reduced[:3], *[list(items) for items in reduced[3:5] if items is not None])


def _function(function: types.FunctionType) -> Iterable[Any]:
    """Its code is its name; what it closes over may be state."""
    cells = function.__closure__ or ()
    return (function.__module__, function.__qualname__, [_content(cell) for cell in cells])


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not yet assigned
        return None


def _generator(generator: "types.GeneratorType[Any, Any, Any]") -> Iterable[Any]:
    frame = generator.gi_frame
    return () if frame is None else (frame.f_lasti, dict(frame.f_locals))


def _name(value: Any) -> Iterable[Any]:
    return (value.__name__,)


def _nothing(_value: Any) -> Iterable[Any]:
    """Its rows are in the key by themselves."""
    return ()


_READERS: Final[dict[type, Callable[[Any], Iterable[Any]]]] = {
    list: iter,
    set: iter,
    frozenset: iter,
    dict: lambda items: itertools.chain.from_iterable(items.items()),
    types.FunctionType: _function,
    types.GeneratorType: _generator,
    types.ModuleType: _name,
    type: _name,
    dt.datetime: lambda value: (value.timestamp(),),
    sqlite3.Connection: _nothing,
    sqlite3.Cursor: _nothing,
}
