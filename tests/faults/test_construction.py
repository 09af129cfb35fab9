"""Errors while an instance is constructed: it raises and has done nothing, and the next one,
once the fault has passed, restores what the specification says."""

import sqlite3
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from model import (
    Advance,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    Restart,
    Start,
    State,
    Store,
    WhileFaulty,
    step,
)
from model.outcome import refused
from resumable import ResumableStream, StorageError
from resumable.conformance.explore.scope import SMALL_LIMITS, small
from resumable.conformance.faults.figures import KINDS, Place, places
from resumable.conformance.faults.planted import NoTransaction
from resumable.conformance.faults.tasks import Batch
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.run import run
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import sqlite, sqlite_file, sqlite_process
from resumable.stream import schema
from tests.explore.kit import of
from tests.faults.kit import sequence

CHUNK = (Start("s1", "r1"), Store("s1", "a"), Flush())
STALE = (*CHUNK, Advance(SMALL_LIMITS.stale_age_ms + 1))
DESTROYED = (*CHUNK, Destroy())
STRIKE = WhileFaulty(Restart(), "io_error", 0)
STRIKING = [kind for kind, each in KINDS.items() if each.fault is not None]


def strike(target: Target, workload: Workload, *kinds: str) -> Any:
    return Batch(small("core"), places(kinds), (workload,)).run(target, lambda: None)


@pytest.mark.parametrize("before", [(), CHUNK, STALE, DESTROYED])
def test_a_restart_is_struck_at_every_point_and_the_next_one_restores(
    before: Workload,
) -> None:
    figures = strike(sqlite(), (*before, Restart()), *STRIKING)
    assert figures.found == {}
    for kind in ("io_error", "io_error_on", "busy_on", "denied"):
        for place, counts in figures.counts.items():
            assert place[0] != kind or counts.raised == counts.points > 0
    assert figures.at("interrupt", "wal-full").raised > 10


def test_what_does_not_strike_a_constructor_passes_over_a_restart() -> None:
    others = [kind for kind in KINDS if kind not in STRIKING]
    figures = strike(sqlite(), (*STALE, Restart()), *others)
    assert figures.total().points == 0


def test_a_constructor_that_was_refused_leaves_what_one_that_was_not_would() -> None:
    state = State()
    for command in STALE[:-1]:
        state = step(state, command, 0, SMALL_LIMITS)[0].state
    clean = step(state, Restart(), STALE[-1].ms, SMALL_LIMITS)
    struck = step(state, STRIKE, STALE[-1].ms, SMALL_LIMITS)
    assert clean[0].state.disk.streams == ()
    assert refused("disk", clean[0].state) in struck
    assert {outcome.state for outcome in struck} == {clean[0].state}
    assert refused("disk", state) not in struck


class _NeverAgain(ResumableStream):
    """Cannot be made on a connection on which that has failed once."""

    failed: ClassVar[list[sqlite3.Connection]] = []

    def __init__(self, connection: sqlite3.Connection, **rest: Any) -> None:
        if any(connection is each for each in self.failed):
            raise StorageError("not again")
        try:
            super().__init__(connection, **rest)
        except StorageError:
            self.failed.append(connection)
            raise


class _RaisesAnything(ResumableStream):
    """Raises what nobody expects if it cannot be made."""

    def __init__(self, connection: sqlite3.Connection, **rest: Any) -> None:
        try:
            super().__init__(connection, **rest)
        except StorageError:
            raise KeyError("tables") from None


@pytest.mark.parametrize("wrong", [_NeverAgain, _RaisesAnything, NoTransaction])
def test_a_constructor_that_raises_and_is_wrong_is_found(wrong: type) -> None:
    place: Place = ("io_error", "delete-full")
    assert place in strike(of(wrong), (*STALE, Restart()), "io_error").found


@pytest.mark.parametrize("fault", ["interrupt", "denied"])
def test_a_constructor_is_struck_on_any_connection_that_can_be(fault: Any) -> None:
    program = (*CHUNK, WhileFaulty(Restart(), fault, 2), Complete("s1"))
    for target in (sqlite(), sqlite_file()):
        assert run(target, program) is None
        assert run(target, program, setting=Setting(storage="file")) is None


def test_a_constructor_that_is_struck_after_a_doubtful_commit_may_find_it() -> None:
    """The commit that failed has reached the log."""
    for point in range(40):
        doubtful = WhileFaulty(Complete("s1"), "io_error_on", point)
        with sequence(sqlite(), "wal-full", *CHUNK, doubtful, STRIKE, Complete("s1")):
            pass


@pytest.mark.parametrize("target", [sqlite, sqlite_file, sqlite_process])
@pytest.mark.parametrize("before", [(), CHUNK, STALE, DESTROYED])
def test_a_constructor_joins_the_transaction_of_the_caller(
    target: Callable[[], Target], before: Workload
) -> None:
    made = target()
    program = (*before, InTransaction(Restart()), Complete("s1"))
    for setting in (DEFAULT, Setting(None, "dict"), Setting(storage="wal-full")):
        assert run(made, program, setting=setting) is None
    made.stop()


class _CommitsFirst(ResumableStream):
    """Makes its tables with a script, which commits what is open."""

    def __init__(self, connection: sqlite3.Connection, **rest: Any) -> None:
        connection.executescript(";".join(schema.CREATE))
        super().__init__(connection, **rest)


def test_a_constructor_that_ends_the_transaction_of_the_caller_is_found() -> None:
    for setting in (DEFAULT, Setting(storage="file"), Setting(storage="wal-full")):
        found = run(of(_CommitsFirst), [InTransaction(Restart())], setting=setting)
        assert found is not None
        assert found.closest[0].where == "connection"


def test_of_two_stale_streams_one_is_deleted_though_two_constructors_ran() -> None:
    """The first has deleted nothing."""
    stale = (InsertStale("s1", "r1", 50), InsertStale("s2", "r2", 40))
    with sequence(sqlite(), "wal-full", *stale, STRIKE) as lockstep:
        assert [row.id for row in lockstep.states[0].disk.streams] == ["s1"]
        assert lockstep.steps[-1].seen.refused == "disk"
