"""The database under a target, and how a process around it dies or ends."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from resumable.conformance.raw import emptied, has_temporary, is_open, read_rows, tuples
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.target import Rows

_SCANS: Final = "pragma reverse_unordered_selects"


class Database(Protocol):
    """One database at a time, opened by one connection."""

    connection: sqlite3.Connection
    midway: list[Rows]
    """What a crash between two statements would have kept, in the order seen."""

    on_statement: Callable[[str], None] | None
    """Is told of each statement that begins, except while something else has to be."""

    def connect(self, setting: Setting) -> sqlite3.Connection: ...

    def crash(self, setting: Setting) -> sqlite3.Connection:
        """The process dies between two commands."""
        ...

    def kill_after(self, statements_run: int) -> None:
        """Of the command that now begins, so many statements run before the process dies."""
        ...

    def killed(self, setting: Setting) -> sqlite3.Connection:
        """What ``kill_after`` left. If the command was shorter, the process dies now."""
        ...

    def cut_power(self, kept: str, setting: Setting) -> sqlite3.Connection:
        """The machine loses its power between two commands; ``kept`` as for ``CutPower``."""
        ...

    def note_beginning(self) -> None:
        """What is changed from now on, the command changes that now begins."""
        ...

    def power_cut(self, changes_made: int, kept: str, setting: Setting) -> sqlite3.Connection:
        """What is left if the machine has lost its power after so many changes since the
        beginning that was noted, or since a crash, if there was one since."""
        ...

    def reopen(self, setting: Setting) -> sqlite3.Connection:
        """The process ends in good order."""
        ...

    def close(self) -> None: ...


class WithoutPower:
    """A database on no disk of the harness's: a loss of power takes nothing but the process,
    and comes after the last change."""

    def crash(self, setting: Setting) -> sqlite3.Connection:
        raise NotImplementedError

    def cut_power(self, _kept: str, setting: Setting) -> sqlite3.Connection:
        return self.crash(setting)

    def note_beginning(self) -> None:
        return

    def power_cut(self, _changes_made: int, _kept: str, setting: Setting) -> sqlite3.Connection:
        return self.crash(setting)


class MemoryDatabase(WithoutPower):
    """In memory. A crash rolls back what was not committed, as SQLite would on a file.

    It may be used again after ``close``: emptying a database is cheaper than a new one, as
    long as nothing but the original's tables is in it.
    """

    def __init__(self) -> None:
        self.connection: sqlite3.Connection
        self.midway: list[Rows] = []
        self.on_statement: Callable[[str], None] | None = None
        self._committed: sqlite3.Connection | None = None
        self._statements_left = 0
        self._emptied: sqlite3.Connection | None = None
        self._spared: sqlite3.Connection | None = None
        """What a kill and a reopen leave open, for an engine that goes back to it."""

    def connect(self, setting: Setting) -> sqlite3.Connection:
        level = setting.isolation_level
        if self._emptied is None:
            self.connection = sqlite3.connect(":memory:", isolation_level=level)
        else:
            self.connection, self._emptied = self._emptied, None
            self.connection.isolation_level = level
        scan(self.connection, setting)
        return self.connection

    def crash(self, setting: Setting) -> sqlite3.Connection:
        self.connection.rollback()
        if has_temporary(self.connection):
            return self.reopen(setting)
        self.connection.isolation_level = setting.isolation_level
        return self.connection

    def kill_after(self, statements_run: int) -> None:
        self._statements_left = statements_run
        self.connection.set_trace_callback(self._before_statement)

    def killed(self, setting: Setting) -> sqlite3.Connection:
        self.connection.set_trace_callback(None)
        left_behind, self._committed = self._committed, None
        if left_behind is None:
            return self.crash(setting)
        if self._statements_left >= 0:
            left_behind.close()
            return self.crash(setting)
        doomed, self.connection = self.connection, left_behind
        self.connection.isolation_level = setting.isolation_level
        scan(self.connection, setting)
        self._leave(doomed)
        return self.connection

    def reopen(self, setting: Setting) -> sqlite3.Connection:
        before = self.connection
        before.rollback()
        before.backup(self.connect(setting))
        self._leave(before)
        return self.connection

    def go_back(self) -> bool:
        """Work on the spared connection again, whatever is in it by now. If none is, spare
        this one from now on, and return False."""
        if self._spared is None:
            self._spared = self.connection
            return False
        if self.connection is not self._spared:
            self.connection.close()
            self.connection = self._spared
        return True

    def close(self) -> None:
        if self._spared is not None:
            self.go_back()
            self._spared = None
        if not is_open(self.connection):
            return
        self.connection.rollback()
        if emptied(self.connection):
            self._emptied = self.connection
        else:
            self.connection.close()

    def stop(self) -> None:
        """It is not used again."""
        if self._emptied is not None:
            self._emptied.close()
            self._emptied = None

    def _leave(self, connection: sqlite3.Connection) -> None:
        if connection is not self._spared:
            connection.close()

    def _before_statement(self, _statement: str) -> None:
        """Outside a transaction everything is committed; inside one, what was before it."""
        if self._statements_left >= 0 and not self.connection.in_transaction:
            self._committed = self._committed or sqlite3.connect(":memory:")
            try:
                self.connection.backup(self._committed, progress=_or_give_up)
            except _BusyError:
                return  # A trigger's program is told of, in the midst of a statement.
        self._statements_left -= 1


class FileDatabase(WithoutPower):
    """A file in ``folder``, which is its own: ``close`` deletes it. A second connection looks
    on: at the start of each statement it reads what is committed, which is what a process
    killed there would leave."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._files: Final = folder / "files"
        self.path: Final = self._files / "stream.db"
        self._left_behind: Final = folder / "left_behind"
        self._files.mkdir(parents=True, exist_ok=True)
        self._statements_left = 0
        self.connection: sqlite3.Connection
        self.midway: list[Rows] = []
        self.on_statement: Callable[[str], None] | None = self._look
        self._look_on()

    def connect(self, setting: Setting) -> sqlite3.Connection:
        self.connection = self._open(setting)
        self.connection.set_trace_callback(self.on_statement)
        return self.connection

    def crash(self, setting: Setting) -> sqlite3.Connection:
        """Closing without a commit loses what was not committed."""
        self.connection.close()
        return self.connect(setting)

    reopen = crash

    def kill_after(self, statements_run: int) -> None:
        self._statements_left = statements_run
        self.connection.set_trace_callback(self._before_statement)

    def killed(self, setting: Setting) -> sqlite3.Connection:
        self.connection.close()
        self._onlooker.close()
        if self._statements_left < 0:
            shutil.rmtree(self._files)
            self._left_behind.rename(self._files)
        self._look_on()
        return self.connect(setting)

    def close(self) -> None:
        self.connection.close()
        self._onlooker.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def strike(self) -> None:
        """Keep the files as they are, journal included, as the death of the process would."""
        shutil.copytree(self._files, self._left_behind)

    def _open(self, setting: Setting) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=0, isolation_level=setting.isolation_level
        )
        # A process dies here, never the system: waiting for the disk would prove nothing.
        connection.execute("pragma synchronous = off")
        scan(connection, setting)
        return connection

    def _look_on(self) -> None:
        self._onlooker = self._open(DEFAULT)
        self._version = self._data_version()

    def _before_statement(self, _statement: str) -> None:
        if self._statements_left == 0:
            self.strike()
        self._statements_left -= 1

    def _look(self, _statement: str) -> None:
        version = self._data_version()
        if version != self._version:
            self._version = version
            self.midway.append(read_rows(self._onlooker))

    def _data_version(self) -> int:
        (version,) = self._onlooker.execute("pragma data_version").fetchone()
        return int(version)


class _BusyError(Exception):
    """The database cannot be copied just now."""


def _or_give_up(status: int, _remaining: int, _total: int) -> None:
    """Python would try again and again, and what is busy waits for this very copy."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise _BusyError


def scan(connection: sqlite3.Connection, setting: Setting) -> None:
    """Let SQLite go through a table as the setting says, where no query says it. Setting
    what is set already would make SQLite prepare every statement again."""
    backwards = int(setting.scans == "backwards")
    if tuples(connection).execute(_SCANS).fetchone() != (backwards,):
        connection.execute(f"{_SCANS} = {backwards}")


def new_folder() -> Path:
    """A folder for a database: in memory where the system has that, since the tests are of
    content, not of the disk."""
    return Path(tempfile.mkdtemp(prefix=_prefix(os.getpid()), dir=_base()))


def remove_folders(pid: int) -> None:
    """Remove what a process that was killed could not."""
    for folder in Path(_base()).glob(f"{_prefix(pid)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _base() -> str:
    shared_memory = "/dev/shm"  # noqa: S108 - a private folder is made inside it
    return shared_memory if Path(shared_memory).is_dir() else tempfile.gettempdir()


def _prefix(pid: int) -> str:
    return f"resumable-{pid}-"
