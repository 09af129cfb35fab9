"""The connection is the caller's: its settings, its transaction, its savepoints."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from resumable import StorageError
from tests.stream.bench import Bench, rows
from tests.stream.conftest import Connect
from tests.stream.faults import CALLS, LIVE, Call, a_trigger, go_on, prepare

RowFactory = Callable[[sqlite3.Cursor, tuple[Any, ...]], Any]


def as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def as_nothing(_cursor: sqlite3.Cursor, _row: tuple[Any, ...]) -> None:
    """Loses everything, so that a stream that used it would read nothing."""


ISOLATION_LEVELS = [None, "", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"]
ROW_FACTORIES: list[RowFactory | None] = [None, sqlite3.Row, as_dict, as_nothing]

settings = pytest.mark.parametrize(
    ("isolation_level", "row_factory"),
    [(level, factory) for level in ISOLATION_LEVELS for factory in ROW_FACTORIES],
)


@pytest.fixture
def bench_with(database_path: str) -> Iterator[Callable[[Any, Any], Bench]]:
    """Makes a bench whose connection has a level and a factory of its own."""
    opened: list[Bench] = []

    def make(isolation_level: Any, row_factory: Any) -> Bench:
        bench = Bench(database_path, isolation_level=isolation_level)
        bench.connection.row_factory = row_factory
        opened.append(bench)
        bench.reopen()
        return bench

    yield make
    for bench in opened:
        bench.connection.close()


@settings
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_works_under_every_setting_and_leaves_it_alone(
    bench_with: Callable[[Any, Any], Bench],
    unharmed: Bench,
    isolation_level: str | None,
    row_factory: RowFactory | None,
    call: Call,
) -> None:
    bench = bench_with(isolation_level, row_factory)
    prepare(bench)
    prepare(unharmed)
    assert call(bench) == call(unharmed)
    assert not bench.connection.in_transaction
    assert bench.seen() == unharmed.seen()
    assert go_on(bench) == go_on(unharmed)
    assert bench.connection.isolation_level == isolation_level
    assert bench.connection.row_factory is row_factory


@settings
def test_what_a_call_wrote_is_committed_under_every_setting(
    bench_with: Callable[[Any, Any], Bench],
    another: Connect,
    isolation_level: str | None,
    row_factory: RowFactory | None,
) -> None:
    bench = bench_with(isolation_level, row_factory)
    bench.start(chunks=10)
    streams, chunks = rows(another())
    assert (len(streams), len(chunks)) == (1, 10)


def begin(bench: Bench) -> None:
    """The caller is in the middle of something of its own."""
    bench.connection.execute("create table if not exists mine (x)")
    bench.connection.commit()
    bench.connection.execute("begin")
    bench.connection.execute("insert into mine values (1)")


calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@calls
def test_a_call_in_the_callers_transaction_is_committed_with_it(
    file_bench: Bench, another: Connect, call: Call
) -> None:
    prepare(file_bench)
    other = another()
    before = rows(other)
    begin(file_bench)
    call(file_bench)
    assert file_bench.connection.in_transaction
    assert rows(other) == before
    file_bench.connection.commit()
    assert rows(other) == rows(file_bench.connection) != before
    assert other.execute("select x from mine").fetchall() == [(1,)]


@calls
def test_a_call_in_the_callers_transaction_is_rolled_back_with_it(
    file_bench: Bench, another: Connect, call: Call
) -> None:
    prepare(file_bench)
    before = rows(file_bench.connection)
    begin(file_bench)
    call(file_bench)
    file_bench.connection.rollback()
    assert rows(file_bench.connection) == before == rows(another())
    assert file_bench.connection.execute("select x from mine").fetchall() == []


@calls
def test_the_callers_savepoint_is_kept(bench: Bench, call: Call) -> None:
    prepare(bench)
    before = rows(bench.connection)
    begin(bench)
    bench.connection.execute("savepoint of_the_caller")
    call(bench)
    assert rows(bench.connection) != before
    bench.connection.execute("rollback to of_the_caller")
    assert rows(bench.connection) == before
    bench.connection.execute("release of_the_caller")
    assert bench.connection.in_transaction
    bench.connection.commit()
    assert bench.connection.execute("select x from mine").fetchall() == [(1,)]


def test_a_savepoint_of_the_streams_own_name_is_kept_too(bench: Bench) -> None:
    bench.connection.isolation_level = None
    bench.connection.execute("savepoint resumable_stream")
    stream_id = bench.start(chunks=10)
    bench.connection.execute("rollback to resumable_stream")
    bench.connection.execute("release resumable_stream")
    assert bench.bodies(stream_id) == []
    assert not bench.connection.in_transaction


@pytest.mark.parametrize("table", ["cf_ai_chat_stream_chunks", "cf_ai_chat_stream_metadata"])
@pytest.mark.parametrize("action", ["abort", "fail"])
def test_a_call_that_fails_in_the_callers_transaction_undoes_only_itself(
    bench: Bench, table: str, action: str
) -> None:
    prepare(bench)
    bench.connection.execute("create table mine (x)")
    with a_trigger(table, action)(bench):
        bench.connection.execute("begin")
        bench.connection.execute("insert into mine values (1)")
        before = bench.seen()
        with pytest.raises(StorageError):
            bench.stream.complete(LIVE)
        assert bench.seen() == before
        with pytest.raises(sqlite3.OperationalError, match="no such savepoint"):
            bench.connection.execute("release resumable_stream")
        assert bench.connection.in_transaction
        bench.connection.commit()
    assert bench.connection.execute("select x from mine").fetchall() == [(1,)]
    bench.stream.complete(LIVE)
    assert bench.statuses() == {LIVE: "completed"}


def test_a_trigger_may_end_the_callers_transaction_but_leaves_no_half_call(
    bench: Bench,
) -> None:
    prepare(bench)
    before = bench.seen()
    with a_trigger("cf_ai_chat_stream_metadata", "rollback")(bench):
        bench.connection.execute("begin")
        with pytest.raises(StorageError):
            bench.stream.complete(LIVE)
    assert not bench.connection.in_transaction
    assert bench.seen() == before


def test_a_locked_database_is_refused_within_the_callers_transaction(
    file_bench: Bench, another: Connect
) -> None:
    prepare(file_bench)
    other = another()
    file_bench.connection.execute("begin")
    other.execute("begin immediate")
    with pytest.raises(StorageError, match="try again"):
        file_bench.stream.complete(LIVE)
    assert file_bench.connection.in_transaction
    other.rollback()
    file_bench.stream.complete(LIVE)
    file_bench.connection.commit()
    assert file_bench.statuses()[LIVE] == "completed"


def test_an_instance_made_in_the_callers_transaction_joins_it(
    file_bench: Bench, another: Connect
) -> None:
    file_bench.stream.destroy()
    begin(file_bench)
    file_bench.reopen()
    file_bench.start(chunks=10)
    assert rows(another()) == ([], [])
    file_bench.connection.commit()
    assert len(rows(another())[1]) == 10


def test_a_cursor_that_the_caller_has_half_read_is_left_alone(bench: Bench) -> None:
    bench.connection.execute("create table mine (x)")
    bench.connection.executemany("insert into mine values (?)", [(n,) for n in range(5)])
    bench.connection.commit()
    with closing(bench.connection.execute("select x from mine order by x")) as half_read:
        assert half_read.fetchone() == (0,)
        bench.store(bench.start(), *map(str, range(10)))
        bench.replay()
        assert half_read.fetchall() == [(n,) for n in range(1, 5)]
