"""What a commit has come to is asked of SQLite, whatever it says while it fails."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Self

import pytest

from resumable import StorageError
from resumable.stream.transaction import Transaction
from tests.stream.bench import connect


class Failing(sqlite3.Cursor):
    """Does ``instead`` when it should commit, and then fails with ``code``."""

    code = 0
    instead = "select 1"

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        if sql != "commit":
            return super().execute(sql, parameters)
        super().execute(self.instead)
        error = sqlite3.OperationalError("no")
        error.sqlite_errorcode = self.code
        raise error


@pytest.fixture
def cursor() -> Iterator[Failing]:
    with closing(connect(":memory:", isolation_level=None)) as connection:
        cursor = connection.cursor(Failing)
        cursor.execute("create table t (x)")
        yield cursor


def insert(cursor: Failing, code: int, instead: str) -> None:
    cursor.code, cursor.instead = code, instead
    with Transaction(cursor.connection, cursor):
        cursor.execute("insert into t values (1)")


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL]
)
def test_a_commit_that_failed_and_left_nothing_open_is_told(cursor: Failing, code: int) -> None:
    with pytest.raises(StorageError):
        insert(cursor, code, "rollback")
    assert cursor.execute("select * from t").fetchall() == []


def test_a_commit_that_was_interrupted_too_late_has_happened(cursor: Failing) -> None:
    insert(cursor, sqlite3.SQLITE_INTERRUPT, "commit ")
    assert cursor.execute("select * from t").fetchall() == [(1,)]


def test_a_commit_that_was_interrupted_in_time_is_undone_and_told(cursor: Failing) -> None:
    with pytest.raises(StorageError):
        insert(cursor, sqlite3.SQLITE_INTERRUPT, "select 1")
    assert not cursor.connection.in_transaction
    assert cursor.execute("select * from t").fetchall() == []
