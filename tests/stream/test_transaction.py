"""A commit that SQLite has undone by itself did not happen."""

import sqlite3
from contextlib import closing
from typing import Any, Self

import pytest

from resumable import StorageError
from resumable.stream.transaction import Transaction
from tests.stream.bench import connect


class Undone(sqlite3.Cursor):
    """Its commit fails with ``code``, and leaves no transaction open."""

    code = 0

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        if sql != "commit":
            return super().execute(sql, parameters)
        super().execute("rollback")
        error = sqlite3.OperationalError("no")
        error.sqlite_errorcode = self.code
        raise error


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL]
)
def test_a_commit_that_failed_and_left_nothing_open_is_told(code: int) -> None:
    with closing(connect(":memory:")) as connection:
        cursor = connection.cursor(Undone)
        cursor.code = code
        cursor.execute("create table t (x)")
        with pytest.raises(StorageError), Transaction(connection, cursor):
            cursor.execute("insert into t values (1)")
        assert connection.execute("select * from t").fetchall() == []
