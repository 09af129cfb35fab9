"""Interrupts strike whatever has not taken effect yet, and nothing that has."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from resumable import ResumableStream
from resumable.conformance.faults.striking import striking
from resumable.conformance.setting import Isolation, Setting
from resumable.conformance.targets.database import FileDatabase, MemoryDatabase, new_folder

Work = Callable[[sqlite3.Connection], object]

INSERT = "insert into kept values (?)"


def in_a_with(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute(INSERT, (1,))
        connection.execute(INSERT, (2,))


def in_a_transaction(connection: sqlite3.Connection) -> None:
    connection.execute("begin immediate")
    in_a_with(connection)


def in_a_savepoint(connection: sqlite3.Connection) -> None:
    connection.execute("savepoint here")
    in_a_with(connection)


def by_itself(connection: sqlite3.Connection) -> None:
    connection.execute(INSERT, (1,))


def one_by_one(connection: sqlite3.Connection) -> None:
    for number in (1, 2):
        connection.execute(INSERT, (number,))


def interrupted(work: Work, level: Isolation | None) -> Iterator[int]:
    """For each point at which ``work`` can be interrupted: how many rows it left."""
    database, point, has_struck = MemoryDatabase(), 0, True
    while has_struck:
        connection = database.connect(Setting(level))
        connection.execute("create table kept (number)")
        with striking(database, "interrupt", point) as strike:
            has_raised = False
            try:
                work(connection)
            except sqlite3.OperationalError as error:
                has_raised = "interrupted" in str(error)
        point, has_struck = point + 1, strike.struck
        assert has_raised == has_struck
        connection.rollback()
        if has_struck:
            yield len(connection.execute("select * from kept").fetchall())
        connection.close()


@pytest.mark.parametrize(
    ("work", "level"),
    [
        (in_a_with, "DEFERRED"),
        (in_a_transaction, None),
        (in_a_savepoint, None),
        (by_itself, None),
    ],
)
def test_what_took_effect_is_not_interrupted(work: Work, level: Isolation | None) -> None:
    left = list(interrupted(work, level))
    assert len(left) >= 3
    assert not any(left)


def test_between_two_statements_that_commit_by_themselves_it_strikes() -> None:
    assert set(interrupted(one_by_one, None)) == {0, 1}


def test_who_looks_on_sees_each_commit_while_interrupts_may_strike_and_after() -> None:
    database = FileDatabase(new_folder())
    stream = ResumableStream(database.connect(Setting(None)))
    try:
        with striking(database, "interrupt", 10_000):
            stream.start("r1")
            stream.start("r2")
            assert [len(rows.streams) for rows in database.midway] == [0, 1]
        stream.start("r3")
        assert [len(rows.streams) for rows in database.midway] == [0, 1, 2]
    finally:
        database.close()


def test_what_undoes_a_transaction_is_not_interrupted() -> None:
    """There would be no way left to undo anything."""

    def undone(connection: sqlite3.Connection) -> None:
        connection.execute("begin")
        connection.execute("savepoint here")
        connection.execute(INSERT, (1,))
        try:
            connection.execute("insert into nothing values (1)")
        except sqlite3.OperationalError:
            connection.execute("rollback to here")
            connection.execute("release here")
            connection.execute("rollback")

    database, left = MemoryDatabase(), []
    connection = database.connect(Setting(None))
    connection.execute("create table kept (number)")
    for point in range(100):
        with striking(database, "interrupt", point), suppress(sqlite3.OperationalError):
            undone(connection)
            left.append(connection.in_transaction)
        connection.rollback()
    assert len(left) > 50
    assert not any(left)


@pytest.mark.parametrize("statement", ["begin", "savepoint here", "create table more (number)"])
def test_what_began_or_was_made_is_not_told_as_failed(statement: str) -> None:
    for point in range(50):
        database = MemoryDatabase()
        connection = database.connect(Setting(None))
        with striking(database, "interrupt", point):
            try:
                connection.execute(statement)
            except sqlite3.OperationalError:
                assert not connection.in_transaction
                assert connection.execute("select * from sqlite_master").fetchall() == []
        connection.close()


def test_a_kill_that_meets_a_trigger_in_a_statement_of_its_own_goes_on() -> None:
    database = MemoryDatabase()
    connection = database.connect(Setting(None))
    connection.execute("create table kept (number)")
    connection.execute("create table counted (number)")
    connection.execute(
        "create trigger counts after insert on kept begin insert into counted values (1); end"
    )
    database.kill_after(1)
    connection.execute(INSERT, (1,))
    connection.execute(INSERT, (2,))
    left = database.killed(Setting(None))
    assert left.execute("select * from kept").fetchall() == [(1,)]
    assert left.execute("select * from counted").fetchall() == [(1,)]


def test_a_crash_takes_what_is_temporary() -> None:
    database = MemoryDatabase()
    connection = database.connect(Setting(None))
    connection.execute("create table kept (number)")
    connection.execute("create temp view seen as select * from kept")
    left = database.crash(Setting(None))
    assert left.execute("select name from sqlite_master").fetchall() == [("kept",)]
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        left.execute("select * from seen")
