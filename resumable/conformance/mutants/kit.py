"""The ways to get a stream wrong by a few words: other limits, other SQL, other frames."""

from collections.abc import Callable, Iterable, Mapping
from sqlite3 import Connection, Cursor
from typing import Any, ClassVar, Final, Self

from resumable import Client, Limits, ResumableStream
from resumable.stream.limits import DEFAULT_LIMITS

Edits = dict[str, str]

NOTHING: Final = "select 1"
"""In place of a statement without parameters."""

NOTHING_OF_ONE: Final = "select ?"
"""In place of a statement with one parameter."""


def instead(statement: str, wrong: str) -> Edits:
    """``wrong`` in place of a whole statement."""
    return {statement: wrong}


def changed(statements: str | Iterable[str], right: str, wrong: str) -> Edits:
    """``wrong`` in place of a part of each statement, all of which have to have it."""
    edits = {}
    for statement in [statements] if isinstance(statements, str) else statements:
        if right not in statement:
            raise ValueError(f"{right!r} is no part of {statement!r}")
        edits[statement] = statement.replace(right, wrong)
    return edits


class OtherLimits(ResumableStream):
    """Some limits are off by as much as the class statement says."""

    _off: ClassVar[Mapping[str, int]] = {}

    def __init_subclass__(cls, **off: int) -> None:
        super().__init_subclass__()
        cls._off = {**cls._off, **off}

    def __init__(
        self, connection: Connection, *, limits: Limits = DEFAULT_LIMITS, **others: Any
    ) -> None:
        wrong = {name: getattr(limits, name) + by for name, by in self._off.items()}
        super().__init__(connection, limits=limits._replace(**wrong), **others)


class OtherSql(ResumableStream):
    """Some statements are others: ``edits`` maps right ones to wrong ones."""

    edits: ClassVar[Edits] = {}

    @classmethod
    def _own_cursor(cls, connection: Connection) -> Cursor:
        return _EditingCursor(connection, cls.edits)


class OtherFrames(ResumableStream):
    """A client gets whatever ``frames`` makes of each right frame."""

    def frames(self, frame: str) -> Iterable[str]:
        raise NotImplementedError

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        return super().replay_chunks(_Interpreter(connection, self.frames), request_id)


class _EditingCursor(Cursor):
    def __init__(self, connection: Connection, edits: Edits) -> None:
        super().__init__(connection)
        self.row_factory = None
        self._edits: Final = edits

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        return super().execute(self._edits.get(sql, sql), parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        return super().executemany(self._edits.get(sql, sql), parameters)


class _Interpreter:
    """Stands between the stream and the client."""

    def __init__(self, client: Client, frames: Callable[[str], Iterable[str]]) -> None:
        self._client: Final = client
        self._frames: Final = frames

    def send(self, frame: str) -> None:
        for wrong in self._frames(frame):
            self._client.send(wrong)
