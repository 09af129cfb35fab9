"""The memory of a target: what an instance knows, taken down and put back.

Whatever the instance holds comes along, however deeply it is nested: it is pickled. What
belongs to the process, and not to the state, stays where it is: the connection, cursors on
it, the instance itself, and what ``LEFT_OUT`` names.
"""

import marshal
import pickle
import sqlite3
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any, Final

from resumable import ResumableStream
from resumable.conformance.targets.stream_like import StreamLike

LEFT_OUT: Final[Mapping[str, str]] = {
    "_name": "begins the ids of chunk rows, so that no other instance gives the same",
    "_chunks_written": "ends the ids of chunk rows, none of them twice",
    "_transaction": "is written at the beginning of each transaction, before it is read",
    "_clock": "is the harness's own",
    "_new_id": "gives ids of streams, none of them twice",
    "_limits": "never changes",
    "_flush_at": "never changes",
    "_buffer_max": "never changes",
    "_small_chunk_chars": "never changes",
    "_thread": "never changes",
    "_process": "never changes",
    "_connection": "is the same for good, and its rows are in the key by themselves",
    "_cursor": "holds nothing between two calls",
}
"""What of our own stream (and so of a mutant of it) is no part of its state, and why."""

_INSTANCE: Final = "instance"
_CONNECTION: Final = "connection"
_CURSOR: Final = "cursor"


Picture = dict[str, Any] | bytes
"""What an instance knows: the attributes, if they are values and lists of values, which
nothing can change from elsewhere; or else all that they refer to, pickled."""


def take_down(instance: StreamLike, connection: sqlite3.Connection) -> Picture:
    """What ``instance`` knows. Raises whatever pickling raises, if it holds something that
    cannot be copied (a generator, a lambda)."""
    known = knowledge(instance)
    if _is_simple(known):
        return known | {name: known[name].copy() for name in _lists(known)}
    target = BytesIO()
    _Pickler(target, instance, connection).dump(known)
    return target.getvalue()


class Knowledge:
    """What ``take_down`` has taken down, to be put back any number of times."""

    def __init__(self, picture: Picture) -> None:
        self._picture: Final = picture
        self._lists: Final = _lists(picture) if isinstance(picture, dict) else ()
        self._dumped: Final = _dumped(picture) if isinstance(picture, dict) else None
        self._size = -1

    def put_back(self, instance: StreamLike, connection: sqlite3.Connection) -> None:
        """Make ``instance`` know this, and nothing else."""
        known = self._fresh(instance, connection)
        held = getattr(instance, "__dict__", None)
        if held is None or not held.keys() >= known.keys():
            for name, value in known.items():
                object.__setattr__(instance, name, value)
        else:
            held.update(known)
        if held is None or len(held) != self._size:
            for name in knowledge(instance).keys() - known.keys():
                delattr(instance, name)
            self._size = len(held or ())

    def is_all_of(self, known: dict[str, Any]) -> bool:
        """True only if an instance that knows ``known`` knows just this. Equality would not
        tell truths from numbers."""
        return self._dumped is not None and self._dumped == _dumped(known)

    def _fresh(self, instance: StreamLike, connection: sqlite3.Connection) -> dict[str, Any]:
        """A copy that the instance may change."""
        picture = self._picture
        if isinstance(picture, dict):
            return picture | {name: picture[name].copy() for name in self._lists}
        known: dict[str, Any] = _Unpickler(BytesIO(picture), instance, connection).load()
        return known


def _lists(known: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple([name for name, value in known.items() if type(value) is list])


def _dumped(known: dict[str, Any]) -> bytes | None:
    try:
        return marshal.dumps(known, 2)
    except ValueError:  # something that is no value
        return None


def _is_simple(known: dict[str, Any]) -> bool:
    """Whether all is values, and lists of values that have one name each."""
    lists = [id(known[name]) for name in _lists(known)]
    return len(lists) == len(set(lists)) and all(
        _is_value(value) or (type(value) is list and all(map(_is_value, value)))
        for value in known.values()
    )


def _is_value(value: Any) -> bool:
    """Whether nothing in it can be changed."""
    if type(value) is tuple:
        return all(map(_is_value, value))
    return value is None or type(value) in (str, int, float, bool, bytes)


def knowledge(instance: StreamLike) -> dict[str, Any]:
    """The attributes of ``instance`` that are part of its state."""
    held = attributes(instance)
    if isinstance(instance, ResumableStream):
        return {name: value for name, value in held.items() if name not in LEFT_OUT}
    process = (sqlite3.Connection, sqlite3.Cursor)
    return {name: value for name, value in held.items() if not isinstance(value, process)}


def attributes(value: Any) -> dict[str, Any]:
    """What an object holds, in its ``__dict__`` or in slots. Not to be changed."""
    held: dict[str, Any] = getattr(value, "__dict__", {})
    if slots := _slots(value.__class__):
        held = dict(held)
    for name in slots:
        if hasattr(value, name):
            held[name] = getattr(value, name)
    return held


@cache
def _slots(kind: Any) -> tuple[str, ...]:
    found: list[str] = []
    for each in kind.__mro__:
        slots = each.__dict__.get("__slots__", ())
        found.extend([slots] if isinstance(slots, str) else slots)
    return tuple([name for name in found if name not in ("__dict__", "__weakref__")])


class _Pickler(pickle.Pickler):
    def __init__(
        self, target: BytesIO, instance: StreamLike, connection: sqlite3.Connection
    ) -> None:
        super().__init__(target, pickle.HIGHEST_PROTOCOL)
        self._stays: Final = ((instance, _INSTANCE), (connection, _CONNECTION))

    def persistent_id(self, value: Any) -> str | None:
        for stays, name in self._stays:
            if value is stays:
                return name
        return _CURSOR if type(value) is sqlite3.Cursor else None


class _Unpickler(pickle.Unpickler):
    def __init__(
        self, source: BytesIO, instance: StreamLike, connection: sqlite3.Connection
    ) -> None:
        super().__init__(source)
        self._instance: Final = instance
        self._connection: Final = connection

    def persistent_load(self, name: str) -> Any:
        if name == _CURSOR:
            return self._connection.cursor()
        return self._instance if name == _INSTANCE else self._connection
