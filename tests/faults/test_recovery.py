"""Power that is lost again, while a machine recovers from a first loss."""

from typing import get_args

import pytest

from model import (
    INITIAL,
    Advance,
    Command,
    Complete,
    CutPower,
    CutPowerDuring,
    Flush,
    InsertStale,
    Restart,
    Start,
    Store,
    step,
)
from model.crash import LOSES_NONE, Durability
from resumable.conformance import prose
from resumable.conformance.codec import decode_command, encode_command
from resumable.conformance.explore.scope import SMALL_LIMITS
from resumable.conformance.run import run
from resumable.conformance.setting import Setting
from resumable.conformance.targets.builtin import sqlite, sqlite_file
from tests.faults.kit import sequence

MODES = get_args(Durability)
TWO_STALE = (InsertStale("s1", "r1", 50), InsertStale("s2", "r2", 40))
AGAIN = CutPowerDuring(CutPower("none"), 99, "all")


def streams_after(command: Command) -> set[int]:
    """How many streams may be left of two that are stale."""
    state = INITIAL
    for stale in TWO_STALE:
        state = step(state, stale, 0, SMALL_LIMITS)[0].state
    return {len(each.state.disk.streams) for each in step(state, command, 0, SMALL_LIMITS)}


def test_each_of_two_recoveries_may_delete_a_stale_stream() -> None:
    assert streams_after(CutPower("none")) == {1}
    assert streams_after(AGAIN) == {0, 1}
    assert streams_after(CutPowerDuring(Restart(), 0, "none")) == {0, 1}


def test_a_call_may_have_happened_before_two_recoveries() -> None:
    twice = CutPowerDuring(CutPowerDuring(InsertStale("s3", "r3", 30), 9, "none"), 9, "none")
    assert streams_after(twice) == {0, 1, 2}


@pytest.mark.parametrize("mode", LOSES_NONE)
def test_the_second_loss_comes_after_so_many_changes_of_the_recovery(mode: Durability) -> None:
    """At first the recovery has deleted nothing; in the end, all that it deletes."""
    left = []
    for changes in (0, 99):
        crash = CutPowerDuring(CutPower("none"), changes, "all")
        with sequence(sqlite(), mode, *TWO_STALE, crash) as lockstep:
            left.append(len(lockstep.states[0].disk.streams))
    assert left == [1, 0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("first", ["none", "first 3", "all", "torn 0"])
def test_our_stream_recovers_wherever_the_power_is_lost_again(
    mode: Durability, first: str
) -> None:
    before = (Start("s1", "r1"), Store("s1", "a"), Flush(), Advance(SMALL_LIMITS.sweep_age_ms))
    for changes in range(0, 40, 3):
        lost = CutPowerDuring(Start("s2", "r2"), 30, first)
        for kept in ("none", "all", "data", "some 1"):
            crash = CutPowerDuring(lost, changes, kept)
            after = (Store("s2", "b"), Complete("s2"), CutPower("none"))
            with sequence(sqlite(), mode, *before, crash, *after):
                pass


def test_where_no_power_can_be_lost_a_process_dies_twice() -> None:
    program = (*TWO_STALE, AGAIN, CutPowerDuring(CutPowerDuring(Flush(), 1, "none"), 1, "none"))
    for setting in (Setting(), Setting(storage="file")):
        for target in (sqlite(), sqlite_file()):
            assert run(target, program, setting=setting) is None


def test_both_losses_are_told_and_kept_in_a_trace() -> None:
    crash = CutPowerDuring(CutPowerDuring(Complete("s1"), 3, "none"), 2, "torn 7")
    assert decode_command(encode_command(crash)) == crash
    told = prose.command(crash)
    assert told.index("complete(s1)") < told.index("after 3 changes") < told.index("torn 7")


def test_what_is_no_call_and_no_crash_has_no_power_to_lose() -> None:
    wrong = encode_command(AGAIN) | {"call": encode_command(Advance(1))}
    with pytest.raises(ValueError, match="advance is not"):
        decode_command(wrong)
