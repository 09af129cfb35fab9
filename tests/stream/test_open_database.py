"""What a service opens: durable, with one owner, and errors that say what to do."""

import errno
import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from resumable import (
    ArgumentTypeError,
    DatabaseOpenError,
    DatabaseOwnedError,
    ResumableStream,
    ResumableStreamError,
    open_database,
)
from resumable.stream import database, owner
from resumable.stream.database import SETTINGS, OwnedConnection
from tests.stream.bench import rows
from tests.stream.forking import in_child
from tests.stream.owners import opens

# -- Settings --


def test_a_commit_waits_for_the_disk(opened: sqlite3.Connection) -> None:
    pragmas = ("journal_mode", "synchronous", "busy_timeout", "fullfsync")
    values = [opened.execute(f"pragma {name}").fetchone()[0] for name in pragmas]
    assert values == ["wal", 2, 1000, 1]
    assert {setting.pragma for setting in SETTINGS} == set(pragmas)


def test_every_setting_has_its_reason() -> None:
    for setting in SETTINGS:
        assert setting.reason.endswith(".")
        assert setting.cost


def test_a_stray_statement_of_the_caller_leaves_no_transaction_open(
    opened: sqlite3.Connection, database_path: str
) -> None:
    stream = ResumableStream(opened)
    opened.execute("create table mine (x)")
    opened.execute("insert into mine values (1)")
    stream.store_chunk(stream.start("request"), "a")
    stream.flush_buffer()
    with closing(sqlite3.connect(database_path)) as onlooker:
        assert len(rows(onlooker)[1]) == 1


def test_a_rollback_journal_becomes_a_write_ahead_log(database_path: str) -> None:
    with closing(sqlite3.connect(database_path)) as connection:
        ResumableStream(connection).start("request")
    with closing(open_database(database_path)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
        assert ResumableStream(connection).active_request_id == "request"


def test_what_others_keep_in_the_database_stays_as_it_was(database_path: str) -> None:
    with closing(sqlite3.connect(database_path)) as connection:
        connection.execute("pragma user_version = 7")
        connection.execute("create table mine (x)")
    with closing(open_database(database_path)) as connection:
        assert connection.execute("pragma user_version").fetchone() == (7,)
        assert connection.execute("select count(*) from mine").fetchone() == (0,)


# -- Errors --

Refused = Callable[[Path], "str | os.PathLike[str]"]


def no_database(folder: Path) -> Path:
    (folder / "a.db").write_bytes(b"PDF, say" * 1000)
    return folder / "a.db"


REFUSED: dict[str, tuple[Refused, str]] = {
    "not a database": (no_database, "give the path of a SQLite database, or of no file"),
    "no directory": (lambda folder: folder / "no" / "a.db", "no is not there; make it first"),
    "a directory": (lambda folder: folder, "is a directory; give the path of a file in it"),
    "memory": (lambda _: ":memory:", "use sqlite3.connect for that"),
    "no name": (lambda _: "", "use sqlite3.connect for that"),
}


@pytest.mark.parametrize(("make", "cure"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_opened_is_refused_with_a_cure(
    tmp_path: Path, make: Refused, cure: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(DatabaseOpenError, match=cure) as refused:
        open_database(path)
    assert isinstance(refused.value, ResumableStreamError)
    assert isinstance(refused.value, sqlite3.Error)


@pytest.mark.parametrize("path", [None, 5, b"stream.db"])
def test_a_path_of_another_type_is_refused(path: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="path must be str or PathLike"):
        open_database(path)


def refused_to_nobody(path: str) -> str:
    """What a process without any right is told, whoever runs the tests."""

    def child() -> NoReturn:
        if os.geteuid() == 0:
            os.setuid(65534)
        open_database(path)
        raise AssertionError("it was opened")

    return in_child(child)


@pytest.fixture
def writable_by_all(tmp_path: Path) -> Path:
    """A folder that every user can reach and write to."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o711)
    tmp_path.chmod(0o777)
    return tmp_path


def test_a_read_only_file_is_refused_with_a_cure(writable_by_all: Path) -> None:
    path = writable_by_all / "stream.db"
    open_database(path).close()
    path.chmod(0o444)
    Path(f"{path}{owner.SUFFIX}").chmod(0o666)
    answer = refused_to_nobody(str(path))
    assert answer.startswith("DatabaseOpenError: ")
    assert answer.endswith("give this process write access to the file")


def test_a_folder_that_cannot_be_written_is_refused_with_a_cure(writable_by_all: Path) -> None:
    path = writable_by_all / "stream.db"
    open_database(path).close()
    Path(f"{path}{owner.SUFFIX}").unlink()
    writable_by_all.chmod(0o555)
    answer = refused_to_nobody(str(path))
    assert answer.startswith("DatabaseOpenError: ")
    assert answer.endswith("write access to it and to its directory")


def test_a_lock_of_somebody_who_does_not_own_is_told_as_that(database_path: str) -> None:
    open_database(database_path).close()
    with closing(sqlite3.connect(database_path, isolation_level=None)) as stranger:
        stranger.execute("begin immediate")
        with pytest.raises(DatabaseOpenError, match="who is not its owner has locked it"):
            open_database(database_path)
    assert opens(database_path)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOLCK])
def test_a_file_system_without_locks_is_refused_with_a_cure(
    database_path: str, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def no_locks(_descriptor: int, _how: int) -> None:
        raise OSError(code, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(
        DatabaseOpenError, match=r"^cannot lock .*No locks available; .* a local disk"
    ):
        open_database(database_path)


class WithoutLog(OwnedConnection):
    """On a file system that keeps no write-ahead log."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        asked = sql.replace("journal_mode = wal", "journal_mode")
        return super().execute(asked, parameters)


def test_a_file_system_without_a_write_ahead_log_is_refused_with_a_cure(
    database_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "OwnedConnection", WithoutLog)
    cure = r"^this file system cannot keep .* \(the journal mode is delete\); .* a local disk$"
    with pytest.raises(DatabaseOpenError, match=cure):
        open_database(database_path)
    monkeypatch.undo()
    assert opens(database_path)


def test_a_system_without_flock_is_refused_with_a_cure(
    database_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(DatabaseOpenError, match="has no flock"):
        open_database(database_path)


class Refusing(sqlite3.Connection):
    """Refuses to be alone, with an error of this ``code``."""

    code = 0

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql == "begin exclusive":
            error = sqlite3.OperationalError("refused")
            error.sqlite_errorcode = self.code
            raise error
        return super().execute(sql, parameters)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_PERM, DatabaseOpenError),
        (sqlite3.SQLITE_BUSY, DatabaseOwnedError),
        (sqlite3.SQLITE_READONLY, DatabaseOpenError),
    ],
)
def test_only_a_lock_tells_of_another_owner(
    database_path: str, monkeypatch: pytest.MonkeyPatch, code: int, told: type[Exception]
) -> None:
    Path(database_path).touch()
    monkeypatch.setattr(Refusing, "code", code)
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Refusing))
    with pytest.raises(told):
        open_database(database_path)


AT_EXIT = """
import atexit, sys
opened = []

def at_the_very_end():
    try:
        open_database(sys.argv[1])
    except DatabaseOwnedError:
        print("still owned")

atexit.register(at_the_very_end)  # Before all others, so that it comes after them.
from resumable import DatabaseOwnedError, open_database
opened.append(open_database(sys.argv[1]))
"""


def test_a_database_is_owned_until_the_process_has_ended(database_path: str) -> None:
    command = [sys.executable, "-c", AT_EXIT, database_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "still owned\n"
