"""A disk that fails: from some row on, every write of a row is an error of SQLite's.

Triggers do it, on the target's own connection: the statement fails inside SQLite, after
rows before it were written, and the product is not changed.
"""

import sqlite3
from types import TracebackType
from typing import Final, Self

from resumable.conformance.raw import TABLES

_TRIGGERS: Final = [
    (f"resumable_fails_{operation}_{table}", operation, table)
    for table in TABLES
    for operation in ("insert", "update", "delete")
]


class FailingDisk:
    """While entered, rows written after the first ``rows_written`` fail; see ``failed``."""

    def __init__(self, connection: sqlite3.Connection, rows_written: int) -> None:
        self._connection: Final = connection
        self._left = rows_written
        self.failed = False

    def __enter__(self) -> Self:
        self._connection.create_function("resumable_writes_row", 0, self._write_row)
        for name, operation, table in _TRIGGERS:
            self._connection.execute(
                f"create temp trigger {name} before {operation} on main.{table}"
                " begin select resumable_writes_row(); end"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for name, _, _ in _TRIGGERS:
            self._connection.execute(f"drop trigger if exists temp.{name}")

    def _write_row(self) -> None:
        if self._left == 0:
            self.failed = True
            raise OSError("the harness lets this disk fail")
        self._left -= 1
