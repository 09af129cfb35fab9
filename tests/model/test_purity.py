"""The specification computes: it keeps nothing, changes nothing and reads no clock."""

import dataclasses
import pickle

import pytest

from model import (
    INITIAL,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    CutPower,
    CutPowerDuring,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    State,
    Store,
    WhileDiskFails,
    WhileFaulty,
    step,
)
from model.commands import AROUND_A_CALL, KINDS, crashes, stream_of
from tests.model.lives import NOW_MS, SMALL, after, started

ONE_OF_EACH: list[Command] = [
    Start("s9", "r"),
    Store("s1", "x"),
    Burst("s1", "x", 4),
    Flush(),
    Complete("s1"),
    MarkError("s1"),
    Replay("r"),
    ReplayToDeadSocket("r", 1),
    ReplayWhileSending("r", Complete("s1"), 1),
    Restart(),
    Reopen(),
    Restore(),
    ClearAll(),
    Destroy(),
    InsertStale("s9", "r", 1),
    Advance(1),
    WhileDiskFails(Flush(), 0),
    InTransaction(Flush()),
    KillDuring(Flush(), 1),
    WhileFaulty(Flush(), "io_error", 1),
    CutPower("none"),
    CutPowerDuring(Flush(), 1, "none"),
]

STATES: dict[str, State] = {
    "new": INITIAL,
    "live": after(*started(4), limits=SMALL),
    "orphaned": after(*started(4), Restart(), limits=SMALL),
    "ended": after(*started(4), Complete("s1"), limits=SMALL),
    "destroyed": after(*started(4), Destroy(), limits=SMALL),
}

each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)
each_command = pytest.mark.parametrize(
    "command", ONE_OF_EACH, ids=lambda each: type(each).__name__
)


def test_every_kind_of_command_is_tried_here() -> None:
    assert tuple(type(command) for command in ONE_OF_EACH) == KINDS


@each_state
@each_command
def test_a_step_answers_the_same_again_and_leaves_its_state_alone(
    state: State, command: Command
) -> None:
    before = pickle.dumps(state)
    first = step(state, command, NOW_MS, SMALL)
    assert pickle.dumps(state) == before
    assert step(state, command, NOW_MS, SMALL) == first


@each_state
@each_command
def test_there_is_always_an_outcome_and_each_can_be_hashed(
    state: State, command: Command
) -> None:
    permitted = step(state, command, NOW_MS, SMALL)
    assert permitted
    assert len(set(permitted)) == len(permitted)


def test_equal_lives_end_in_equal_states() -> None:
    assert after(*started(12)) == after(*started(12))
    assert hash(after(*started(12))) == hash(after(*started(12)))


@each_command
def test_a_command_can_be_hashed_and_not_be_changed(command: Command) -> None:
    assert hash(command) == hash(dataclasses.replace(command))
    for field in dataclasses.fields(command):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(command, field.name, None)
    assert not hasattr(command, "__dict__")  # Millions of them are made.


@each_command
def test_what_happens_around_a_call_is_told_from_a_call_inside_another(
    command: Command,
) -> None:
    is_around = hasattr(command, "call") and not isinstance(command, ReplayWhileSending)
    assert isinstance(command, AROUND_A_CALL) == is_around


@pytest.mark.parametrize(
    ("command", "is_crash"),
    [
        (Restart(), True),
        (InTransaction(Restart()), True),
        (WhileFaulty(Restart(), "full", 0), True),
        (KillDuring(Flush(), 0), True),
        (InTransaction(Restore()), False),
        (WhileFaulty(Restore(), "full", 0), False),
        (Reopen(), False),
    ],
)
def test_the_commands_that_are_a_crash(command: Command, is_crash: bool) -> None:
    assert crashes(command) == is_crash


@pytest.mark.parametrize(
    ("command", "stream"),
    [
        (Start("s1", "r"), "s1"),
        (Burst("s2", "x", 3), "s2"),
        (WhileDiskFails(Complete("s3"), 0), "s3"),
        (InTransaction(Store("s4", "x")), "s4"),
        (KillDuring(MarkError("s5"), 0), "s5"),
        (ReplayWhileSending("r", Store("s6", "x"), 0), "s6"),
        (Flush(), None),
        (InTransaction(Replay("r")), None),
        (Restart(), None),
    ],
)
def test_the_stream_that_a_command_names(command: Command, stream: str | None) -> None:
    assert stream_of(command) == stream
