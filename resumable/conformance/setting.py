"""The surroundings of a sequence: what a target has to cope with, and to leave alone."""

import sqlite3
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

Isolation = Literal["DEFERRED", "IMMEDIATE", "EXCLUSIVE"]
Rows = Literal["tuple", "Row", "dict"]
Scans = Literal["forwards", "backwards"]
Storage = Literal["memory", "file", "wal-full", "wal-normal", "delete-extra", "delete-full"]


class Setting(NamedTuple):
    """How the caller has opened the connection; the defaults are sqlite3's own."""

    isolation_level: Isolation | None = "DEFERRED"
    rows: Rows = "tuple"
    storage: Storage = "memory"
    """``file`` is slower; between any two statements it looks at what a crash would keep. The
    rest are journal mode and ``synchronous`` on a disk of the harness's own, which can fail
    at each of its calls, and lose its power (``model.crash``)."""

    scans: Scans = "forwards"
    """``backwards``: SQLite gives rows that no ``order by`` puts in order the other way round,
    as another version of it might."""


DEFAULT: Final = Setting()


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


ROW_FACTORIES: Final[dict[Rows, Callable[[sqlite3.Cursor, tuple[Any, ...]], Any] | None]] = {
    "tuple": None,
    "Row": sqlite3.Row,
    "dict": _as_dict,
}
