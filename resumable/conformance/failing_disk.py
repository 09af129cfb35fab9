"""A disk that fails: from some row on, every write of a row is an error of SQLite's.

Triggers do it, on the target's own connection: the statement fails inside SQLite, after
rows before it were written, and the product is not changed.
"""

import sqlite3
from types import TracebackType
from typing import Final, Self

from resumable.conformance.raw import TRIGGERS, tables, tuples

_OPERATIONS: Final = ("insert", "update", "delete")


class FailingDisk:
    """The disk under one connection. While it is entered, rows fail once those that ``fails
    after`` allows are written; ``failed`` tells whether any did.

    The triggers stay on the connection, and let everything through at other times; see
    ``without_triggers``.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection: Final = connection
        self._left: int | None = None
        self.failed = False
        connection.create_function("resumable_writes_row", 0, self._write_row)

    def fails_after(self, rows_written: int) -> Self:
        """To be entered next: the ``rows_written`` first rows are written."""
        for table in tables(self.connection):
            for operation in _OPERATIONS:
                self.connection.execute(
                    f'create temp trigger if not exists "{TRIGGERS}{operation}_{table}"'
                    f' before {operation} on main."{table}"'
                    " begin select resumable_writes_row(); end"
                )
        self._left = rows_written
        self.failed = False
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._left = None

    def _write_row(self) -> None:
        if self._left is None:
            return
        if self._left == 0:
            self.failed = True
            raise OSError("the harness lets this disk fail")
        self._left -= 1


def without_triggers(connection: sqlite3.Connection) -> None:
    """Drop what failing disks left, for whoever traces statements: a trigger that runs looks
    like one."""
    names = tuples(connection).execute("select name from temp.sqlite_master").fetchall()
    for (name,) in names:
        if name.startswith(TRIGGERS):
            connection.execute(f'drop trigger temp."{name}"')
