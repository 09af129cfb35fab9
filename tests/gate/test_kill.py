"""``KillDuring`` without a process to kill: what a target finds afterwards is what a killed
process would have left, on every kind of storage.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from model import (
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    KillDuring,
    Replay,
    Restart,
    Start,
    State,
    Store,
    WhileDiskFails,
)
from model.commands import Call, CutPowerDuring
from resumable import ResumableStream
from resumable.conformance.bindings import Bindings
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.compare import CRASH
from resumable.conformance.divergence import DivergedError
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.mutants import MUTANTS, target_of
from resumable.conformance.run import run
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import sqlite, sqlite_file, sqlite_process
from resumable.conformance.targets.frozen import Frozen

# An orphan with ten chunks on disk and one in the buffer, before a stale row.
BEFORE = (
    Start("s1", "r1"),
    Burst("s1", "b", 10),
    InsertStale("s2", "r2", 300_001),
    Restart(),
    Store("s1", "a"),
)
CALLS: dict[str, Call] = {
    "start": Start("s3", "r3"),
    "flush": Flush(),
    "complete": Complete("s1"),
    "two flushes": Burst("s1", "c", 20),
    "replay of an orphan": Replay("r1"),
    "clear": ClearAll(),
    "destroy": Destroy(),
    "insert": InsertStale("s3", "r3", 0),
}
TWO_TRANSACTIONS = (CALLS["two flushes"], CALLS["replay of an orphan"])
STATEMENTS = range(28)
"""More than there are in any of the calls."""

every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@contextmanager
def sequence(
    target: Target, *commands: Command, setting: Setting = DEFAULT
) -> Iterator[Lockstep]:
    lockstep = Lockstep(target, setting=setting)
    try:
        for command in commands:
            lockstep.do(command)
        yield lockstep
    finally:
        target.close()


def states_after_kills(
    make: Callable[[], Target], call: Call, *commands: Command
) -> list[tuple[State, ...]]:
    target = make()
    found = []
    for statements_run in STATEMENTS:
        kill = KillDuring(call, statements_run)
        with sequence(target, *BEFORE, *commands, kill) as lockstep:
            found.append(lockstep.states)
    target.stop()
    return found


@every_call
def test_every_storage_is_left_as_a_killed_process_leaves_its_file(call: Call) -> None:
    truth = states_after_kills(sqlite_process, call)
    assert states_after_kills(sqlite, call) == truth
    assert states_after_kills(sqlite_file, call) == truth


@every_call
def test_a_kill_leaves_a_call_undone_and_from_some_statement_on_done(call: Call) -> None:
    found = states_after_kills(sqlite, call)
    changes = sum(1 for one, next_one in pairwise(found) if one != next_one)
    assert changes == (2 if call in TWO_TRANSACTIONS else 1)


def test_a_disk_that_failed_before_adds_no_statements() -> None:
    failure = WhileDiskFails(Flush(), 0)
    for call in CALLS.values():
        assert states_after_kills(sqlite, call, failure) == states_after_kills(sqlite, call)


def test_a_stream_whose_start_was_never_answered_is_known_by_its_name() -> None:
    target = sqlite()
    with sequence(target, KillDuring(Start("s1", "r1"), 100)) as lockstep:
        assert list(lockstep.bindings.ids) == ["s1"]
        for command in (Store("s1", "a"), Complete("s1")):
            lockstep.do(command)
        (state,) = lockstep.states
        assert [chunk.stream for chunk in state.disk.chunks] == ["s1"]


def test_a_stream_whose_start_was_undone_has_no_id() -> None:
    with sequence(sqlite(), KillDuring(Start("s1", "r1"), 1)) as lockstep:
        assert not lockstep.bindings.ids


def test_a_kill_is_told_apart_by_the_rows_even_where_little_is_compared() -> None:
    lockstep = Lockstep(sqlite(), brief=True)
    for command in (*BEFORE, KillDuring(Burst("s1", "c", 20), 14)):
        lockstep.do(command)
    assert len(lockstep.states) == 1
    lockstep.target.close()


class ClosesTheConnection(ResumableStream):
    """A flush closes what belongs to the caller."""

    def flush_buffer(self) -> None:
        self._connection.close()


@pytest.mark.parametrize("setting", [DEFAULT, Setting(storage="file")])
@pytest.mark.parametrize("kill", [KillDuring(Flush(), 0), KillDuring(Flush(), 100)])
def test_a_connection_that_the_target_has_closed_does_not_stop_a_kill(
    kill: KillDuring, setting: Setting
) -> None:
    target = Frozen(ClosesTheConnection, name="closes")
    target.open(setting, EPOCH_MS)
    for _ in range(2):
        seen = target.perform(kill, Bindings(), EPOCH_MS)
        assert (seen.refused is None) == (setting.storage == "file")
    target.close()


class CommitsItsFlush(ResumableStream):
    """Ends a stream in two transactions: its chunks first, then its status."""

    def _write_buffer(self, now: int) -> None:
        super()._write_buffer(now)
        self._cursor.execute("commit")
        self._cursor.execute("begin")


@pytest.mark.parametrize("setting", [DEFAULT, Setting(storage="file")])
def test_a_method_of_two_transactions_is_found_between_them(setting: Setting) -> None:
    target = Frozen(CommitsItsFlush, name="two transactions")
    found = []
    for statements_run in range(8):
        commands = (Start("s1", "r1"), Store("s1", "a"))
        with sequence(target, *commands, setting=setting) as lockstep:
            try:
                lockstep.do(KillDuring(Complete("s1"), statements_run))
            except DivergedError as error:
                found.append((statements_run, error.divergence.closest[0].where))
    # begin, insert, commit | begin, update, two deletes of a sweep, commit
    assert found == [(at, "get_stream_chunks()") for at in (3, 4, 5, 6, 7)]


def test_a_loss_of_power_may_come_after_the_call_and_before_the_restart_deletes() -> None:
    """On a plain file, the call and the restart are two transactions, and both are seen."""
    program = (InsertStale("s1", "r1", 300_001), Store("x", "a"))
    assert run(sqlite_file(), [*program, CutPowerDuring(Complete("x"), 0, "none")]) is None


def test_a_loss_of_power_excuses_no_half_of_a_call() -> None:
    """What is in between the flush and the end of one call is no disk of the two."""
    target = target_of(MUTANTS["complete_is_two_transactions"])
    program = (Start("s1", "r1"), Store("s1", "a"), CutPowerDuring(Complete("s1"), 0, "none"))
    found = run(target, program, setting=DEFAULT._replace(storage="file"))
    assert found is not None
    assert found.closest[0].where == CRASH
