"""One owner of a database at a time, by a lock on a file beside it: ``<path>-owner``.

The lock is the system's (``flock``), so that it ends with the process, however that ends,
and nobody has to clean up: the file stays, and means nothing by itself, also in a copy. Why
not another lock:

- SQLite's own, ``locking_mode=EXCLUSIVE``, needs no file, and a flush takes 0.98 of the time.
  But nobody can even read then, such as a backup or a person with ``sqlite3``; anyone who only
  *has* the database open keeps the owner from starting; and if the owner's process opens and
  closes the file by other means (``shutil.copy``), POSIX drops the lock without a word. (All
  three were tried.)
- ``lockf`` is dropped in the same way, and does not tell two owners in one process apart.

What a ``flock`` has against it is handled here: a forked child would share it, and so closes
its copy at once; and whoever removes the file could let a second owner in. So an owner writes
its name into the file, and where there is no name, nobody at all may have the database open.

There is no ``flock`` on Windows, where ``open_database`` is refused.
"""

import errno
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from resumable.stream.errors import DatabaseOpenError, DatabaseOwnedError

SUFFIX = "-owner"
_NAME_BYTES_MAX = 300


def own(file: str) -> int:
    """Become the owner of ``file``; the descriptor that is returned keeps it so until it is
    closed, by the death of this process at the latest.

    Raises DatabaseOwnedError, DatabaseOpenError, and sqlite3.Error if it is no database.
    """
    while True:
        descriptor = _open(file + SUFFIX)
        try:
            _lock(descriptor, file)
            if _is_still_there(file + SUFFIX, descriptor):
                if not _name(descriptor):
                    _expect_nobody(file)
                _write_name(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise DatabaseOpenError(
            f"cannot write {path}: {error.strerror}; give this process write access to it and"
            " to its directory"
        ) from error


def _lock(descriptor: int, file: str) -> None:
    try:
        import fcntl  # noqa: PLC0415 - where there is none, all the rest works
    except ImportError as error:
        raise DatabaseOpenError(
            "this system has no flock, by which open_database keeps others out; use"
            " sqlite3.connect, and see to it that one process alone does"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno == errno.EWOULDBLOCK:
            raise DatabaseOwnedError(
                f"{file} belongs to {_name(descriptor) or 'another process'}; once that has"
                " closed it or has ended, open it again (sqlite3.connect may read it meanwhile)"
            ) from error
        raise DatabaseOpenError(
            f"cannot lock {file + SUFFIX}: {error.strerror}; put the database on a file system"
            " that has locks, such as a local disk"
        ) from error


def _is_still_there(path: str, descriptor: int) -> bool:
    """Whether others will come to this very file. It may have been removed since."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), Path(path).stat())
    return False


def _name(descriptor: int) -> str:
    return os.pread(descriptor, _NAME_BYTES_MAX, 0).decode(errors="replace").strip()


def _write_name(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} on {os.uname().nodename}\n".encode(), 0)


def _expect_nobody(file: str) -> None:
    """Without a name in the owner's file, this is the first owner, or the file was removed
    under a living one. That one has the database open, be it under another name."""
    if not Path(file).exists():
        return
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        connection.execute("pragma locking_mode = exclusive")
        try:
            connection.execute("begin exclusive")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise DatabaseOwnedError(
                f"somebody has {file} open who may be its owner: {file + SUFFIX} is new, or was"
                " removed and made again; close every connection to the database, then open it"
            ) from error
        connection.execute("rollback")
