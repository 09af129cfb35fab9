"""What a crash may take depends on the journal, and on what came before it."""

from typing import cast

import pytest

from model import (
    Advance,
    Command,
    CutPower,
    CutPowerDuring,
    Destroy,
    Flush,
    Reopen,
    ReplayWhileSending,
    Restart,
    Start,
    Store,
    WhileFaulty,
)
from model.crash import Durability
from resumable.conformance.divergence import DivergedError
from resumable.conformance.faults.planted import WeakSynchronous
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import sqlite
from resumable.conformance.targets.frozen import Frozen
from tests.faults.kit import sequence

TWO = (Start("s1", "r1"), Start("s2", "r2"))


def streams(lockstep: Lockstep) -> list[str]:
    (state,) = lockstep.states
    return [row.id for row in state.disk.streams]


def left(mode: Durability, *commands: Command) -> list[str]:
    with sequence(sqlite(), mode, *commands) as lockstep:
        return streams(lockstep)


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        ("wal-full", ["s1", "s2"]),
        ("delete-extra", ["s1", "s2"]),
        ("delete-full", ["s1"]),
        ("wal-normal", []),
    ],
)
def test_each_setting_loses_what_its_row_says(mode: Durability, found: list[str]) -> None:
    assert left(mode, *TWO, CutPower("none")) == found


@pytest.mark.parametrize("mode", ["wal-full", "wal-normal", "delete-full", "delete-extra"])
def test_a_process_that_is_killed_loses_nothing(mode: Durability) -> None:
    assert left(mode, *TWO, CutPower("all")) == ["s1", "s2"]
    assert left(mode, *TWO, Restart(), Restart()) == ["s1", "s2"]


@pytest.mark.parametrize("mode", ["wal-normal", "delete-full"])
def test_a_kill_makes_nothing_durable(mode: Durability) -> None:
    lost = left(mode, *TWO, CutPower("none"))
    assert left(mode, *TWO, Restart(), CutPower("none")) == lost
    assert len(lost) < 2


def test_closing_a_wal_in_good_order_makes_all_of_it_durable() -> None:
    assert left("wal-normal", *TWO, Reopen(), CutPower("none")) == ["s1", "s2"]


def test_losing_what_was_closed_in_good_order_is_a_divergence() -> None:
    target = Frozen(WeakSynchronous, name="weak")
    with sequence(target, "wal-normal", *TWO, CutPower("none")) as lockstep:
        assert streams(lockstep) == []
    with (
        sequence(target, "wal-normal", *TWO, Reopen()) as lockstep,
        pytest.raises(DivergedError, match="loses its power"),
    ):
        lockstep.do(CutPower("none"))


def test_what_power_came_back_to_is_not_lost_by_the_next_loss() -> None:
    cut = CutPower("none")
    assert left("delete-full", *TWO, cut, cut) == ["s1"]
    assert left("wal-normal", Start("s1", "r1"), CutPower("first 2"), cut, cut) == []


def test_what_a_restart_deletes_may_come_back_in_a_wal_that_is_not_synced() -> None:
    start, day = Start("s1", "r1"), Advance(86_400_000)
    stale = (start, Reopen(), day, Restart())
    assert left("wal-normal", *stale) == []
    with sequence(sqlite(), "wal-normal", *stale, Advance(-86_400_000)) as lockstep:
        lockstep.do(CutPower("none"))
        assert streams(lockstep) == ["s1"]


@pytest.mark.parametrize("mode", ["wal-full", "wal-normal"])
def test_a_start_that_failed_may_be_found_after_a_kill_under_its_name(mode: Durability) -> None:
    """The error comes at the sync after the frames were written, or (``normal``) never."""
    found = set()
    for point in range(12):
        failing = WhileFaulty(Start("s1", "r1"), "io_error", point)
        with sequence(sqlite(), mode, failing) as lockstep:
            was_refused = lockstep.steps[-1].seen.refused is not None
            lockstep.do(Restart())
            found.add((was_refused, tuple(streams(lockstep))))
    assert (True, ()) in found
    assert ((True, ("s1",)) in found) == (mode == "wal-full")


def test_a_start_that_failed_with_a_journal_is_never_found() -> None:
    for point in range(40):
        failing = WhileFaulty(Start("s1", "r1"), "io_error", point)
        with sequence(sqlite(), "delete-full", failing) as lockstep:
            was_refused = lockstep.steps[-1].seen.refused is not None
            lockstep.do(Restart())
            assert streams(lockstep) == ([] if was_refused else ["s1"])


def test_a_destroy_from_inside_send_may_be_lost_but_not_the_flush_before_it() -> None:
    """Two commits of one command: with a journal that is not durable the last one goes."""
    replay = ReplayWhileSending("r1", Destroy(), 0)
    commands = (TWO[0], Store("s1", "a"), replay, CutPower("none"))
    with sequence(sqlite(), "delete-full", *commands) as lockstep:
        (state,) = lockstep.states
        assert [chunk.body for chunk in state.disk.chunks] == ["a"]


def test_a_call_that_no_frame_came_to_was_never_made() -> None:
    replay = ReplayWhileSending("r1", Destroy(), 2)
    commands = (TWO[0], Store("s1", "a"), replay, CutPower("none"))
    with sequence(sqlite(), "delete-full", *commands) as lockstep:
        (state,) = lockstep.states
        assert not state.disk.chunks


def test_the_next_commit_ends_the_doubt() -> None:
    for point in range(12):
        failing = WhileFaulty(Start("s1", "r1"), "io_error", point)
        with sequence(sqlite(), "wal-full", failing) as lockstep:
            if lockstep.steps[-1].seen.refused is None:
                continue
            for command in (Start("s2", "r2"), Restart()):
                lockstep.do(command)
            assert streams(lockstep) == ["s2"]


def test_losing_more_than_the_row_says_is_a_divergence() -> None:
    target = Frozen(WeakSynchronous, name="weak")
    with (
        sequence(target, "wal-full", *TWO) as lockstep,
        pytest.raises(DivergedError, match="loses its power") as raised,
    ):
        lockstep.do(CutPower("none"))
    assert raised.value.divergence.setting.storage == "wal-full"


def test_a_call_under_way_may_be_lost_but_no_commit_before_it() -> None:
    found = set()
    for changes in range(8):
        cut = CutPowerDuring(Flush(), changes, "none")
        commands = (Start("s1", "r1"), Store("s1", "a"), cut)
        with sequence(sqlite(), "wal-full", *commands) as lockstep:
            (state,) = lockstep.states
            assert streams(lockstep) == ["s1"]
            found.add(len(state.disk.chunks))
    assert found == {0, 1}


def test_a_fork_goes_on_by_itself() -> None:
    with sequence(sqlite(), "wal-full", Start("s1", "r1")) as lockstep:
        other = lockstep.fork(cast(Target, _Standing(lockstep)))
        lockstep.do(Store("s1", "a"))
        assert len(other.steps) == 1
        assert len(lockstep.steps) == 2
        assert other.states != lockstep.states
        assert other.bindings.ids == lockstep.bindings.ids


class _Standing:
    """A target that is open already."""

    def __init__(self, lockstep: Lockstep) -> None:
        self._target = lockstep.target

    def open(self, *_: object) -> None:
        pass

    def __getattr__(self, name: str) -> object:
        return getattr(self._target, name)
