"""All or nothing, on a connection that belongs to somebody else."""

import sqlite3
from types import TracebackType
from typing import Final

from resumable.stream.errors import StorageError

_CURES: Final = {
    sqlite3.SQLITE_READONLY: "open it with write access",
    sqlite3.SQLITE_NOTADB: "give the path of a SQLite database, or of no file",
    sqlite3.SQLITE_BUSY: "another connection holds the lock; try again",
    sqlite3.SQLITE_FULL: "free some space and try again",
}


class Transaction:
    """A context manager that one instance enters again and again, never nested.

    Outside a transaction it takes the write lock at once (``begin immediate``), so that a
    busy database refuses before anything was done. Inside one that the caller has open it
    is a savepoint, and the caller's commit decides. Any exception rolls back; one of
    SQLite's is raised as StorageError.
    """

    __slots__ = ("_begun", "_connection", "_execute")

    def __init__(self, connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> None:
        self._connection: Final = connection
        self._execute: Final = cursor.execute
        self._begun = False

    def __enter__(self) -> None:
        try:
            joins = self._connection.in_transaction
            self._execute("savepoint resumable_stream" if joins else "begin immediate")
        except sqlite3.Error as error:
            raise storage_error(error) from error
        self._begun = not joins

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            try:
                self._execute("commit" if self._begun else "release resumable_stream")
                return
            except sqlite3.Error as failure:
                error = failure
        self._roll_back()
        if isinstance(error, sqlite3.Error) and not isinstance(error, StorageError):
            raise storage_error(error) from error

    def _roll_back(self) -> None:
        """After some errors (a full disk, an I/O error) SQLite has rolled back already."""
        if not self._connection.in_transaction:
            return
        if self._begun:
            self._execute("rollback")
        else:
            self._execute("rollback to resumable_stream")
            self._execute("release resumable_stream")


def storage_error(error: sqlite3.Error) -> StorageError:
    """What SQLite said, and what can be done about it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    cure = f"; {_CURES[code]}" if code in _CURES else ""
    return StorageError(f"the database refused: {error}{cure}")
