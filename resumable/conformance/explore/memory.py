"""The memory of a target: what an instance knows, taken down and put back.

Whatever the instance holds comes along, however deeply it is nested: it is pickled. What
belongs to the process, and not to the state, stays where it is: the connection, cursors on
it, the instance itself, and what ``LEFT_OUT`` names.
"""

import pickle
import sqlite3
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any, Final

from resumable import ResumableStream
from resumable.conformance.targets.stream_like import StreamLike

LEFT_OUT: Final[Mapping[str, str]] = {
    "_chunk_ids": "gives ids of chunk rows, none of them twice",
    "_transaction": "is written at the beginning of each transaction, before it is read",
    "_clock": "is the harness's own",
    "_new_id": "gives ids of streams, none of them twice",
    "_limits": "never changes",
    "_connection": "is the same for good, and its rows are in the key by themselves",
    "_cursor": "holds nothing between two calls",
}
"""What of our own stream (and so of a mutant of it) is no part of its state, and why."""

_INSTANCE: Final = "instance"
_CONNECTION: Final = "connection"
_CURSOR: Final = "cursor"


def take_down(instance: StreamLike, connection: sqlite3.Connection) -> bytes:
    """What ``instance`` knows. Raises whatever pickling raises, if it holds something that
    cannot be copied (a generator, a lambda)."""
    target = BytesIO()
    _Pickler(target, instance, connection).dump(knowledge(instance))
    return target.getvalue()


class Knowledge:
    """What ``take_down`` has taken down, to be put back any number of times."""

    def __init__(self, picture: bytes) -> None:
        self._picture: Final = picture
        self._values: dict[str, Any] | None = None
        self._lists: tuple[str, ...] = ()
        self._size = -1

    def put_back(self, instance: StreamLike, connection: sqlite3.Connection) -> None:
        """Make ``instance`` know this, and nothing else."""
        known = self._fresh(instance, connection)
        held = getattr(instance, "__dict__", None)
        if held is None or not held.keys() >= known.keys():
            for name, value in known.items():
                setattr(instance, name, value)
        else:
            held.update(known)
        if held is None or len(held) != self._size:
            for name in knowledge(instance).keys() - known.keys():
                delattr(instance, name)
            self._size = len(held or ())

    def has_changed(self, instance: StreamLike) -> bool:
        """False if ``instance`` certainly knows just this."""
        return knowledge(instance) != self._values

    def _fresh(self, instance: StreamLike, connection: sqlite3.Connection) -> dict[str, Any]:
        """A copy that the instance may change. If all is values and lists of values, then
        copying the lists is enough, and quicker than unpickling."""
        if self._values is not None:
            return self._values | {name: self._values[name].copy() for name in self._lists}
        known = _Unpickler(BytesIO(self._picture), instance, connection).load()
        if all(_is_value(value) or _is_list(value) for value in known.values()):
            self._lists = tuple([name for name, value in known.items() if _is_list(value)])
            self._values = known
            return self._fresh(instance, connection)
        return dict(known)


def _is_value(value: Any) -> bool:
    """Whether nothing in it can be changed."""
    if type(value) is tuple:
        return all(map(_is_value, value))
    return value is None or type(value) in (str, int, float, bool, bytes)


def _is_list(value: Any) -> bool:
    return type(value) is list and all(map(_is_value, value))


def knowledge(instance: StreamLike) -> dict[str, Any]:
    """The attributes of ``instance`` that are part of its state."""
    held = attributes(instance)
    if isinstance(instance, ResumableStream):
        for name in LEFT_OUT:
            held.pop(name, None)
        return held
    process = (sqlite3.Connection, sqlite3.Cursor)
    return {name: value for name, value in held.items() if not isinstance(value, process)}


def attributes(value: Any) -> dict[str, Any]:
    """What an object holds, in its ``__dict__`` or in slots."""
    held = dict(getattr(value, "__dict__", ()))
    for name in _slots(value.__class__):
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
