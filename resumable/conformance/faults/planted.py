"""Bugs that only faults bring out, each planted into the real class.

A run of faults that does not find them proves nothing. Each names the workload that shows it.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from sqlite3 import Connection, Cursor
from typing import Any, Final, NamedTuple, Self

from model import Advance, ClearAll, Complete, Flush, Restart, Start, Store
from resumable import Limits, ResumableStream, StorageError
from resumable.conformance.codec import snake
from resumable.conformance.explore.scope import SMALL_LIMITS
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.mutants.kit import NOTHING, OtherSql, instead
from resumable.conformance.mutants.transactions import (
    ClearIsTwoTransactions,
    EndForgetsBeforeTheCommit,
    FlushEmptiesTheBufferFirst,
    FlushFailureIsSwallowed,
)
from resumable.conformance.raw import has_tables
from resumable.stream import schema
from resumable.stream.limits import DEFAULT_LIMITS
from resumable.stream.rows import Status

_START: Final = (Start("s1", "r1"),)
_PENDING: Final = (*_START, Store("s1", "a"))
_LONG: Final = Advance(SMALL_LIMITS.sweep_age_ms)


class Planted(NamedTuple):
    """One bug, and the shortest workload that shows it."""

    bug: type[ResumableStream]
    workload: Workload

    @property
    def name(self) -> str:
        """``NoTransaction`` as ``no_transaction``."""
        return snake(self.bug)

    @property
    def target(self) -> str:
        """For ``--target``."""
        return f"{self.bug.__module__}:{self.bug.__qualname__}"

    @property
    def sentence(self) -> str:
        """What it does wrong."""
        return " ".join((self.bug.__doc__ or "").split())


class NoTransaction(ResumableStream):
    """Commits each statement by itself."""

    @classmethod
    def _own_cursor(cls, connection: Connection) -> Cursor:
        return _CommittingCursor(connection)


class NoRollback(OtherSql):
    """Leaves the transaction open when a statement fails."""

    edits = instead("rollback", NOTHING)


class StatusBeforeFlush(ResumableStream):
    """Commits the status of an end, and then its chunks."""

    def _end(self, stream_id: str, status: Status, *, sweeps: bool) -> None:
        with self._transaction:
            self._cursor.execute(schema.END_STREAM, (status, self._clock(), stream_id))
        super()._end(stream_id, status, sweeps=sweeps)


class WeakSynchronous(ResumableStream):
    """Turns off waiting for the disk."""

    @classmethod
    def _own_cursor(cls, connection: Connection) -> Cursor:
        connection.execute("pragma synchronous = off")
        return super()._own_cursor(connection)


class WeakWhileItRestores(ResumableStream):
    """Turns off waiting for the disk while it restores."""

    def __init__(self, connection: Connection, *, limits: Limits = DEFAULT_LIMITS) -> None:
        (before,) = connection.execute("pragma synchronous").fetchone()
        if has_tables(connection):
            connection.execute("pragma synchronous = off")
        try:
            super().__init__(connection, limits=limits)
        finally:
            connection.execute(f"pragma synchronous = {before}")


class WeakAfterAnError(ResumableStream):
    """Turns off waiting for the disk once something has failed."""

    def flush_buffer(self) -> None:
        try:
            super().flush_buffer()
        except StorageError:
            self._connection.execute("pragma synchronous = off")
            raise


class IndexIsNotReloaded(ResumableStream):
    """Counts from 0 again after a restart."""

    def _adopt(self, found: Any) -> None:
        super()._adopt(None if found is None else (*found[:2], 0))


class RetryStoresTwice(ResumableStream):
    """Writes the chunks of a flush that failed twice when it is tried again."""

    _has_failed = False

    def _write_buffer(self, now: int) -> None:
        super()._write_buffer(now)
        if self._has_failed:
            super()._write_buffer(now)

    def flush_buffer(self) -> None:
        try:
            super().flush_buffer()
        except StorageError:
            self._has_failed = True
            raise
        self._has_failed = False


class BeginsWithoutRestoring(ResumableStream):
    """Begins with nothing, if it cannot read what was active."""

    def _find_restorable(self) -> Any:
        try:
            return super()._find_restorable()
        except sqlite3.Error:
            return None


class MakesUpForErrors(ResumableStream):
    """Commits each chunk by itself, and deletes them again if a later one fails."""

    def flush_buffer(self) -> None:
        pending = self._buffer
        count = "select count(*) from cf_ai_chat_stream_chunks"
        (stored,) = self._connection.execute(count).fetchone()
        try:
            for chunk in pending:
                self._buffer = [chunk]
                super().flush_buffer()
            self._buffer = []
        except StorageError:
            self._buffer = pending
            delete = "delete from cf_ai_chat_stream_chunks where rowid > ?"
            with suppress(StorageError), self._transaction:
                self._cursor.execute(delete, (stored,))
            raise


class RollsBackSomeErrors(ResumableStream):
    """Expects an OperationalError, and rolls back no other."""

    @classmethod
    def _own_cursor(cls, connection: Connection) -> Cursor:
        return _ExpectingCursor(connection)


class _Silent(ResumableStream):
    """A flush that fails for a certain reason is none, and nobody hears of it."""

    code: int

    def flush_buffer(self) -> None:
        try:
            super().flush_buffer()
        except StorageError as error:
            if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF != self.code:
                raise


class FullIsNoError(_Silent):
    """Keeps silent about a full disk."""

    code = sqlite3.SQLITE_FULL


class BusyIsNoError(_Silent):
    """Keeps silent about a lock that another holds."""

    code = sqlite3.SQLITE_BUSY


class InterruptIsNoError(_Silent):
    """Keeps silent about an interrupt."""

    code = sqlite3.SQLITE_INTERRUPT


class _CommittingCursor(Cursor):
    """Whatever it executes is committed at once, and nothing begins or ends by itself."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.row_factory = None

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        if sql in {"begin immediate", "commit", "rollback"}:
            return self
        super().execute(sql, parameters)
        if self.connection.in_transaction:
            self.connection.commit()
        return self

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        for row in parameters:
            self.execute(sql, row)
        return self


class _ExpectingCursor(Cursor):
    """Rolls back only after an OperationalError."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.row_factory = None
        self._expected = True

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        if sql == "rollback" and not self._expected:
            return self
        return self._noting(lambda: super(_ExpectingCursor, self).execute(sql, parameters))

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        return self._noting(lambda: super(_ExpectingCursor, self).executemany(sql, parameters))

    def _noting(self, execute: Callable[[], Self]) -> Self:
        try:
            return execute()
        except sqlite3.Error as error:
            self._expected = isinstance(error, sqlite3.OperationalError)
            raise


PLANTED: Final = (
    Planted(NoTransaction, (*_PENDING, Complete("s1"))),
    Planted(StatusBeforeFlush, (*_PENDING, Complete("s1"))),
    Planted(ClearIsTwoTransactions, (*_PENDING, Flush(), ClearAll())),
    Planted(MakesUpForErrors, (*_PENDING, Store("s1", "b"))),
    Planted(WeakSynchronous, (*_PENDING, Complete("s1"))),
    Planted(WeakWhileItRestores, (*_PENDING, Flush(), _LONG, Start("s2", "r2"))),
    Planted(WeakAfterAnError, (*_PENDING, Flush())),
    Planted(FlushEmptiesTheBufferFirst, (*_PENDING, Flush())),
    Planted(EndForgetsBeforeTheCommit, (*_PENDING, Complete("s1"))),
    Planted(FlushFailureIsSwallowed, (*_PENDING, Flush())),
    Planted(NoRollback, (*_PENDING, Flush())),
    Planted(RetryStoresTwice, (*_PENDING, Flush())),
    Planted(IndexIsNotReloaded, (*_PENDING, Flush())),
    Planted(BeginsWithoutRestoring, (*_START, Restart())),
    Planted(FullIsNoError, (*_PENDING, Flush())),
    Planted(BusyIsNoError, (*_PENDING, Flush())),
    Planted(InterruptIsNoError, (*_PENDING, Flush())),
    Planted(RollsBackSomeErrors, (*_PENDING, Flush())),
)
