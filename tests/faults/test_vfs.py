"""The disk under SQLite: what SQLite does on it is what it does on the system's files."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from resumable.conformance.faults import vfs
from resumable.conformance.faults.disk import (
    Created,
    Deleted,
    Disk,
    Event,
    Synced,
    Truncated,
    Written,
)
from resumable.conformance.faults.library import SymbolsHiddenError, can_simulate, library
from resumable.conformance.faults.strike import DISK_FAULTS, DiskFault, Strike
from tests.faults.kit import database

STATEMENTS: Sequence[str] = (
    "create table t (id integer primary key, text)",
    "insert into t values (1, 'one')",
    "insert into t values (2, hex(zeroblob(9000)))",
    "update t set text = 'more' where id = 1",
    "delete from t where id = 2",
    "vacuum",
)
SOME = ("create table t (x)", "insert into t values (1)")


def on_a_disk(journal_mode: str) -> Disk:
    disk = Disk({})
    place = vfs.mount(disk)
    with closing(vfs.connect(place, None)) as connection:
        connection.execute(f"pragma journal_mode = {journal_mode}")
        for statement in STATEMENTS:
            connection.execute(statement)
    vfs.unmount(place)
    vfs.raise_if_broken()
    return disk


@pytest.mark.parametrize("journal_mode", ["delete", "wal", "truncate", "persist"])
def test_a_database_is_byte_for_byte_what_the_system_would_have(
    journal_mode: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "stream.db", isolation_level=None)) as connection:
        connection.execute(f"pragma journal_mode = {journal_mode}")
        for statement in STATEMENTS:
            connection.execute(statement)
    written = (tmp_path / "stream.db").read_bytes()
    assert on_a_disk(journal_mode).image()["stream.db"] == written


def test_a_database_outlives_its_connection_and_is_read_again() -> None:
    disk = on_a_disk("wal")
    place = vfs.mount(disk)
    with closing(vfs.connect(place, None)) as connection:
        assert connection.execute("select * from t").fetchall() == [(1, "more")]
    vfs.unmount(place)


def kinds(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def commit(mode: str) -> list[Event]:
    """What one small commit does to the disk."""
    with database(mode) as found:  # type: ignore[arg-type]  # the tests name their modes
        for statement in SOME:
            found.connection.execute(statement)
        first = len(found.disk.events)
        found.connection.execute("insert into t values (2)")
        return found.disk.events[first:]


def test_a_commit_to_a_wal_is_synced_if_synchronous_is_full_and_not_if_it_is_normal() -> None:
    assert kinds(commit("wal-full")) == ["Written", "Written", "Synced"]
    assert kinds(commit("wal-normal")) == ["Written", "Written"]


def test_a_commit_with_a_journal_is_over_once_that_is_deleted() -> None:
    full, extra = commit("delete-full"), commit("delete-extra")
    assert kinds(full) == kinds(extra)
    assert isinstance(full[0], Created)
    assert full[-1] == Deleted("stream.db-journal", with_directory=False)
    assert extra[-1] == Deleted("stream.db-journal", with_directory=True)


@pytest.mark.parametrize("mode", ["wal-full", "delete-full"])
def test_the_first_sync_of_a_journal_makes_its_name_durable(mode: str) -> None:
    with database(mode) as found:  # type: ignore[arg-type]  # the tests name their modes
        for statement in SOME:
            found.connection.execute(statement)
        synced = [event for event in found.disk.events if isinstance(event, Synced)]
        created = [event for event in found.disk.events if isinstance(event, Created)]
    of_journal = [event for event in synced if event.number == created[0].number]
    assert [event.with_directory for event in of_journal][:2] == [True, False]


def test_a_disk_forks_with_all_that_has_happened_to_it_or_a_part() -> None:
    disk = Disk({"a": b"one"})
    disk.write(disk.files["a"], 5, b"two")
    other = disk.fork()
    file = disk.create("b")
    disk.write(file, 0, b"longer")
    disk.truncate(file, 4)
    disk.sync(file)
    disk.delete("a", with_directory=True)
    assert other.image() == {"a": b"one\0\0two"}
    assert disk.image() == disk.fork().image() == {"b": b"long"}
    assert disk.fork(1).image() == other.image()
    assert Truncated(file.number, 4) in disk.events
    assert Written(0, 5, b"two") in disk.events


@pytest.mark.parametrize("fault", DISK_FAULTS)
def test_every_fault_strikes_a_commit_and_lets_the_next_one_be(fault: DiskFault) -> None:
    with database("delete-full") as found:
        connection, disk = found.connection, found.disk
        for statement in SOME:
            connection.execute(statement)
        disk.strike = strike = Strike(fault, 0)
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("insert into t values (2)")
        disk.strike = None
        assert strike.struck
        connection.execute("insert into t values (3)")
        assert connection.execute("select x from t").fetchall() == [(1,), (3,)]


def test_a_strike_lets_through_as_many_as_it_says_and_strikes_once_or_from_then_on() -> None:
    once, on = Strike("full", 2), Strike("full_on", 2)
    assert [bool(once.code_for("write")) for _ in range(5)] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert [bool(on.code_for("write")) for _ in range(5)] == [False, False, True, True, True]
    assert not Strike("full", 0).code_for("read")
    assert not Strike("busy", 0).code_for("write")


def test_an_error_within_a_callback_is_not_swallowed() -> None:
    disk = Disk({})
    place = vfs.mount(disk)
    connection = vfs.connect(place, None)
    disk.write = None  # type: ignore[method-assign, assignment]  # whatever breaks it
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("create table t (x)")
    connection.close()
    vfs.unmount(place)
    with pytest.raises(TypeError):
        vfs.raise_if_broken()
    vfs.raise_if_broken()


def test_other_connections_of_the_process_keep_the_systems_files(tmp_path: Path) -> None:
    with database("wal-full"), closing(sqlite3.connect(tmp_path / "own.db")) as connection:
        connection.execute("create table t (x)")
    assert (tmp_path / "own.db").exists()


def test_where_the_symbols_are_hidden_the_message_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library.cache_clear()
    can_simulate.cache_clear()
    monkeypatch.setattr("resumable.conformance.faults.library.REGISTER", "no_such_function")
    with pytest.raises(SymbolsHiddenError, match="cannot be reached"):
        library()
    assert not can_simulate()
    monkeypatch.undo()
    library.cache_clear()
    can_simulate.cache_clear()
    assert can_simulate()
