"""The database under a target, and how a process around it dies or ends."""

import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Final, Protocol

from resumable.conformance.raw import read_rows
from resumable.conformance.setting import Setting
from resumable.conformance.target import Rows


class Database(Protocol):
    """One database at a time, opened by one connection."""

    connection: sqlite3.Connection
    midway: list[Rows]
    """What a crash between two statements would have kept, in the order seen."""

    def connect(self, setting: Setting) -> sqlite3.Connection: ...

    def crash(self, setting: Setting) -> sqlite3.Connection: ...

    def reopen(self, setting: Setting) -> sqlite3.Connection: ...

    def close(self) -> None: ...


class MemoryDatabase:
    """In memory. A crash rolls back what was not committed, as SQLite would on a file."""

    def __init__(self) -> None:
        self.connection: sqlite3.Connection
        self.midway: list[Rows] = []

    def connect(self, setting: Setting) -> sqlite3.Connection:
        self.connection = sqlite3.connect(":memory:", isolation_level=setting.isolation_level)
        return self.connection

    def crash(self, setting: Setting) -> sqlite3.Connection:
        self.connection.rollback()
        self.connection.isolation_level = setting.isolation_level
        return self.connection

    def reopen(self, setting: Setting) -> sqlite3.Connection:
        before = self.connection
        before.rollback()
        before.backup(self.connect(setting))
        before.close()
        return self.connection

    def close(self) -> None:
        self.connection.close()


class FileDatabase:
    """A file of its own. A second connection looks on: at the start of each statement it
    reads what is committed, which is what a process killed there would leave."""

    def __init__(self) -> None:
        self._folder: Final = Path(tempfile.mkdtemp(prefix="resumable-", dir=_fast_folder()))
        self._path: Final = self._folder / "stream.db"
        self._onlooker: Final = self._open(Setting())
        self._version = self._data_version()
        self.connection: sqlite3.Connection
        self.midway: list[Rows] = []

    def connect(self, setting: Setting) -> sqlite3.Connection:
        self.connection = self._open(setting)
        self.connection.set_trace_callback(self._look)
        return self.connection

    def crash(self, setting: Setting) -> sqlite3.Connection:
        """Closing without a commit loses what was not committed."""
        self.connection.close()
        return self.connect(setting)

    reopen = crash

    def close(self) -> None:
        self.connection.close()
        self._onlooker.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, setting: Setting) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=0, isolation_level=setting.isolation_level
        )
        # Nothing here outlives this process, so that waiting for the disk proves nothing.
        connection.execute("pragma synchronous = off")
        return connection

    def _look(self, _statement: str) -> None:
        version = self._data_version()
        if version != self._version:
            self._version = version
            self.midway.append(read_rows(self._onlooker))

    def _data_version(self) -> int:
        (version,) = self._onlooker.execute("pragma data_version").fetchone()
        return int(version)


def _fast_folder() -> str | None:
    """Memory-backed where the system has it: the tests are of content, not of the disk."""
    shared_memory = Path("/dev/shm")  # noqa: S108 - a private folder is made inside it
    return str(shared_memory) if shared_memory.is_dir() else None
