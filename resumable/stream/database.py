"""A database as a service should open it."""

import os
import sqlite3
import weakref
from pathlib import Path
from typing import Any, Final, NamedTuple

from resumable.stream import home
from resumable.stream.errors import (
    ArgumentTypeError,
    DatabaseOpenError,
    ForkedError,
)
from resumable.stream.owner import own


class Setting(NamedTuple):
    """One setting of SQLite's, why it is what it is, and what that costs: the time of a flush
    of ten chunks with another value, as a ratio (ext4 on a virtual machine)."""

    pragma: str
    value: str | int
    reason: str
    cost: str


SETTINGS: Final = (
    Setting(
        "busy_timeout",
        1000,
        "The owner alone writes, but a backup may hold a lock for a moment. A whole service"
        " waits with this call, so that it is a second, not sqlite3's five.",
        "nothing without a lock: 0.98 with 0",
    ),
    Setting(
        "journal_mode",
        "wal",
        "A commit is one append and one sync, where a rollback journal takes several of each."
        " Who reads does not block the owner.",
        "it saves: 3.3 with delete and the same durability (extra)",
    ),
    Setting(
        "synchronous",
        "full",
        "Every commit is synced, so that what was acknowledged survives a loss of power. With"
        " normal, every commit since the last checkpoint could be lost.",
        "most of a flush: 0.30 with normal",
    ),
    Setting(
        "fullfsync",
        "on",
        "On macOS a plain sync stops short of the medium. Elsewhere it means nothing.",
        "nothing but on macOS: 0.9 to 1.0 with off",
    ),
)
"""In the order in which they are made. What each costs on your disk is printed by
``pytest -s tests/benchmarks/test_settings.py --basetemp=<a folder on it>``."""

_CURES: Final = {
    sqlite3.SQLITE_READONLY: "give this process write access to the file",
    sqlite3.SQLITE_PERM: "give this process write access to the file",
    sqlite3.SQLITE_CANTOPEN: "give this process write access to the file and its directory",
    sqlite3.SQLITE_NOTADB: "give the path of a SQLite database, or of no file",
    sqlite3.SQLITE_CORRUPT: "restore it from a backup",
    sqlite3.SQLITE_BUSY: "somebody who is not its owner has locked it; close that connection",
    sqlite3.SQLITE_FULL: "free some space",
}


class OwnedConnection(sqlite3.Connection):
    """The connection of a database's owner. To close it ends the ownership; one that is only
    dropped is closed when Python next collects its garbage.

    In a forked child it owns nothing: no stream can be made on it there, and it closes
    nothing.
    """

    def __init__(self, file: str, owner: int) -> None:
        self._process: Final = home.process
        self._disown: Final = weakref.finalize(self, os.close, owner)
        self._disown.atexit = False  # The end of the process will do, and comes after all else.
        try:
            super().__init__(file, isolation_level=None)
        except BaseException:
            self._disown()
            raise
        _OWNED.add(self)

    def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
        """A stream asks for one as it is made. Raises ForkedError."""
        if home.process is not self._process:
            raise ForkedError(
                "this connection belongs to the process that opened it, not to a fork of that;"
                " in the child, open the database anew, once the parent has closed it"
            )
        return super().cursor(factory)

    def close(self) -> None:
        if self._disown.alive:
            super().close()
            self._disown()

    def leave_to_parent(self) -> None:
        """In a child: let go of the lock, which stays the parent's."""
        self._disown()


_OWNED: Final[weakref.WeakSet[OwnedConnection]] = weakref.WeakSet()


def _in_child() -> None:
    for connection in list(_OWNED):
        connection.leave_to_parent()


if hasattr(os, "register_at_fork"):  # Windows has no forks.
    os.register_at_fork(after_in_child=_in_child)


def open_database(path: str | os.PathLike[str]) -> sqlite3.Connection:
    """Open the file, or make it, so that what a ``ResumableStream`` on it has acknowledged
    survives a loss of power, and nobody else writes to it meanwhile.

    ``SETTINGS`` says what is set, and why. The connection commits each statement by itself
    (``isolation_level=None``), since a transaction that a stray ``execute`` leaves open would
    swallow what the stream flushes. It belongs to the thread that opens it.

    A second ``open_database`` of the same file is refused, from this process or another, until
    the connection is closed or its process has died; ``sqlite3.connect`` can read meanwhile.
    Beside the database lies ``<path>-owner``, for ever; ``resumable.stream.owner`` says why.

    Raises DatabaseOwnedError; DatabaseOpenError, whose message names the cure, if the file is
    no database, cannot be written or locked, or its directory is not there; ArgumentTypeError.
    """
    file = _checked(path)
    try:
        connection = OwnedConnection(file, own(file))
        try:
            _set_up(connection)
        except BaseException:
            connection.close()
            raise
    except DatabaseOpenError:
        raise
    except sqlite3.Error as error:
        raise _open_error(file, error) from error
    return connection


def _checked(path: str | os.PathLike[str]) -> str:
    """The one name of the file, links resolved: two names must not have two owners."""
    if not isinstance(path, str | os.PathLike):
        raise ArgumentTypeError(f"path must be str or PathLike, not {type(path).__name__}")
    name = os.fsdecode(path)
    if name in {"", ":memory:"}:
        raise DatabaseOpenError(
            f"{name!r} is no file, so that nothing would survive; use sqlite3.connect for that"
        )
    file = Path(os.path.realpath(name))
    if not file.parent.is_dir():
        raise DatabaseOpenError(f"the directory {file.parent} is not there; make it first")
    if file.is_dir():
        raise DatabaseOpenError(f"{file} is a directory; give the path of a file in it")
    return str(file)


def _set_up(connection: sqlite3.Connection) -> None:
    for pragma, value, *_ in SETTINGS:
        connection.execute(f"pragma {pragma} = {value}")
    (mode,) = connection.execute("pragma journal_mode").fetchone()
    if mode != "wal":
        raise DatabaseOpenError(
            f"this file system cannot keep a write-ahead log (the journal mode is {mode}); put"
            " the database on a local disk"
        )
    # Only a transaction opens the log, by which others see that the database is in use; and
    # only a write tells a file that is read-only.
    connection.execute("begin immediate")
    connection.execute("pragma user_version = 0")
    connection.execute("rollback")


def _open_error(file: str, error: sqlite3.Error) -> DatabaseOpenError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    cure = f"; {_CURES[code]}" if code in _CURES else ""
    return DatabaseOpenError(f"cannot open {file}: {error}{cure}")
