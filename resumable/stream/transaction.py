"""All or nothing, on a connection that belongs to somebody else."""

import sqlite3
from contextlib import suppress
from types import TracebackType
from typing import Final, Protocol

from resumable.stream.errors import StorageError

_CURES: Final = {
    sqlite3.SQLITE_READONLY: "open it with write access",
    sqlite3.SQLITE_NOTADB: "give the path of a SQLite database, or of no file",
    sqlite3.SQLITE_BUSY: "another connection holds the lock; try again",
    sqlite3.SQLITE_FULL: "free some space and try again",
}


class Reader(Protocol):
    """Whoever reads the tables bit by bit."""

    def keep(self) -> None: ...


class Transaction:
    """A context manager that one instance enters again and again, never nested.

    Outside a transaction it takes the write lock at once (``begin immediate``), so that a
    busy database refuses before anything was done. Inside one that the caller has open it
    is a savepoint, and the caller's commit decides. Any exception rolls back; one of
    ``sqlite3``'s is raised as StorageError. ``readers`` keep what they have not read yet,
    before anything changes.
    """

    __slots__ = ("_begun", "_connection", "_execute", "readers")

    def __init__(self, connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> None:
        self._connection: Final = connection
        self._execute: Final = cursor.execute
        self._begun = False
        self.readers: Final[list[Reader]] = []

    def __enter__(self) -> None:
        for reader in self.readers:
            reader.keep()
        try:
            self._begun = not self._connection.in_transaction
            self._execute("begin immediate" if self._begun else "savepoint resumable_stream")
        except sqlite3.Error as error:
            self._roll_back()
            raise storage_error(error) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        failure = self._finish() if error is None else error
        if failure is None:
            return
        self._roll_back()
        if isinstance(failure, sqlite3.Error | OverflowError) and not isinstance(
            failure, StorageError
        ):
            raise storage_error(failure) from failure

    def _finish(self) -> sqlite3.Error | None:
        """Commit, or say why not."""
        try:
            self._execute("commit" if self._begun else "release resumable_stream")
        except sqlite3.Error as error:
            return None if _was_interrupted(error) and not self._can_be_undone() else error
        return None

    def _can_be_undone(self) -> bool:
        """Whether a statement that was interrupted left the transaction open. A progress
        handler may strike after the statement took effect: what is committed has happened.
        Only going back to a savepoint tells whether it is still there."""
        if self._begun:
            return self._connection.in_transaction
        try:
            self._execute("rollback to resumable_stream")
        except sqlite3.Error:
            return False
        return True

    def _roll_back(self) -> None:
        """Leave nothing open. SQLite may have done it by itself (an interrupt, a full disk),
        or refuse even this (a closed connection); the first error is the one to tell."""
        with suppress(sqlite3.Error):
            if not self._connection.in_transaction:
                return
            if self._begun:
                self._execute("rollback")
            else:
                self._execute("rollback to resumable_stream")
                self._execute("release resumable_stream")


def _was_interrupted(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT


def storage_error(error: sqlite3.Error | OverflowError) -> StorageError:
    """What SQLite said, and what can be done about it. A number of more than 64 bits gets no
    further than Python's own module."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    cure = f"; {_CURES[code]}" if code in _CURES else ""
    return StorageError(f"the database refused: {error}{cure}")
