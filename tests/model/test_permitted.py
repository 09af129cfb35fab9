"""What the specification permits where it permits more than one thing, and what it refuses.

A specification that permits too much passes everything. So each set of outcomes is compared
whole, and the outcomes of likely bugs are looked for in it in vain.
"""

import pytest

from model import (
    INITIAL,
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    CutPowerDuring,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Outcome,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    Reply,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
    WhileFaulty,
)
from model.commands import Call
from model.faults import inside
from model.transitions import flushed
from tests.model.lives import SMALL, WRITING, after, life_of, permitted_states, started

STALE_MS = SMALL.stale_age_ms
RESTARTS: list[Command] = [Restart(), Reopen(), Restore()]

DONE = Reply()
LATER = 3

restarts = pytest.mark.parametrize("restart", RESTARTS, ids=lambda each: type(each).__name__)


# -- Ties --


@restarts
def test_any_of_the_newest_rows_may_be_restored_and_no_older_one(restart: Command) -> None:
    tie = (InsertStale("old", "r", 2), InsertStale("a", "r", 1), InsertStale("b", "r", 1))
    restored = permitted_states(*tie, then=restart)
    assert [state.memory.active for state in restored] == ["a", "b"]
    assert len({state.disk for state in restored}) == 1


@restarts
def test_any_but_only_one_of_stale_rows_that_tie_is_deleted(restart: Command) -> None:
    tie = (InsertStale("a", "r", STALE_MS + 1), InsertStale("b", "r", STALE_MS + 1))
    left = [
        [row.id for row in state.disk.streams] for state in permitted_states(*tie, then=restart)
    ]
    assert left == [["b"], ["a"]]


@restarts
def test_rows_that_ended_do_not_tie(restart: Command) -> None:
    (state,) = permitted_states(Start("a", "r"), Start("b", "r"), MarkError("b"), then=restart)
    assert state.memory.active == "a"


def test_a_restored_stream_takes_its_own_request_and_counter() -> None:
    tie = (
        *(Start("a", "ra"), Burst("a", "x", 3)),
        *(Start("b", "rb"), Burst("b", "y", 6)),
        *(Start("c", "rc"), Burst("c", "z", 3)),
    )
    assert [state.memory[:4] for state in permitted_states(*tie, then=Restart())] == [
        ("a", "ra", False, 3),
        ("b", "rb", False, 6),
        ("c", "rc", False, 3),
    ]


@pytest.mark.parametrize(
    "command",
    [Flush(), Store("s1", "x"), Start("s2", "r"), Complete("s1"), Replay("r"), ClearAll()],
)
def test_without_a_fault_there_is_no_choice(command: Command) -> None:
    assert len(permitted_states(*started(2), then=command)) == 1


# -- A dead socket --


@pytest.mark.parametrize("taken", range(4))
def test_a_dead_socket_leaves_a_live_stream_flushed_or_not(taken: int) -> None:
    life = life_of(*started(3), limits=SMALL)
    life.do(Advance(LATER), Store("s1", "c3"))
    sent = life.permitted(Replay("r"))[0].reply.frames
    reply = Reply(None, sent[:taken], "socket")
    assert life.permitted(ReplayToDeadSocket("r", taken)) == (
        Outcome(reply, life.state),
        Outcome(reply, life.permitted(Flush())[0].state),
    )


@pytest.mark.parametrize("taken", range(4))
def test_a_dead_socket_leaves_an_orphan_an_orphan(taken: int) -> None:
    life = life_of(*started(3), Restart(), limits=SMALL)
    (outcome,) = life.permitted(ReplayToDeadSocket("r", taken))
    assert outcome.state == life.state
    assert (outcome.reply.refused, outcome.reply.value) == ("socket", None)
    assert len(outcome.reply.frames) == taken


@pytest.mark.parametrize("taken", [4, 5])
def test_a_socket_that_dies_after_the_last_frame_has_no_effect(taken: int) -> None:
    life = life_of(*started(3), Restart(), limits=SMALL)
    assert life.permitted(ReplayToDeadSocket("r", taken)) == life.permitted(Replay("r"))


def test_a_dead_socket_is_not_noticed_when_nothing_is_active() -> None:
    assert life_of().permitted(ReplayToDeadSocket("r", 0)) == (Outcome(DONE, INITIAL),)


def test_a_replay_to_a_dead_socket_may_not_end_an_orphan_or_skip_the_error() -> None:
    life = life_of(*started(3), Restart(), limits=SMALL)
    permitted = life.permitted(ReplayToDeadSocket("r", 2))
    ended = life.permitted(Replay("r"))[0]
    assert ended not in permitted
    assert ended.state not in [outcome.state for outcome in permitted]
    assert all(outcome.reply.refused for outcome in permitted)


# -- After destroy --

CALLS: list[Call] = [
    *[call for call in WRITING if not isinstance(call, Destroy)],
    Store("s1", "x"),
    Burst("s1", "x", 3),
    Replay("r"),
    ReplayToDeadSocket("r", 0),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda each: type(each).__name__)
def test_what_was_destroyed_refuses_whatever_surrounds_the_call(call: Call) -> None:
    life = life_of(*started(2), Destroy(), limits=SMALL)
    closed = (Outcome(Reply(refused="closed"), life.state),)
    for command in (call, InTransaction(call), WhileDiskFails(call, 0)):
        assert life.permitted(command) == closed
    assert life.permitted(KillDuring(call, 1)) == (Outcome(DONE, INITIAL),)


# -- A process that is killed --


@pytest.mark.parametrize(
    "call", [each for each in WRITING if not isinstance(each, Restore)], ids=repr
)
def test_a_process_killed_in_a_call_leaves_the_disk_before_or_after(call: Call) -> None:
    life = life_of(Start("s0", "r"), Advance(1), *started(2), Advance(1), limits=SMALL)
    before = life.state.disk
    after_it = life.permitted(call)[0].state.disk
    killed = {state.disk for _, state in life.permitted(KillDuring(call, 1))}
    assert killed == {before, after_it._replace(has_tables=True)}


def test_a_process_killed_in_a_call_has_forgotten_its_memory_and_its_reply() -> None:
    life = life_of(*started(2), limits=SMALL)
    for reply, state in life.permitted(KillDuring(Start("s2", "r"), 1)):
        assert reply == DONE
        assert state.memory.buffer == ()
        assert not state.memory.is_live


def test_a_process_killed_in_a_burst_may_have_flushed_any_of_its_tens() -> None:
    life = life_of(Start("s1", "r"), limits=SMALL)
    killed = life.permitted(KillDuring(Burst("s1", "c", 7), 1))
    assert [len(state.disk.chunks) for _, state in killed] == [0, 3, 6]


def test_a_process_killed_in_an_orphans_replay_may_have_flushed_but_not_half_ended() -> None:
    life = life_of(*started(3), Restart(), Store("s1", "c3"), limits=SMALL)
    killed = life.permitted(KillDuring(Replay("r"), 1))
    found = [(state.disk.streams[0].status, len(state.disk.chunks)) for _, state in killed]
    assert found == [("streaming", 3), ("streaming", 4), ("completed", 4)]


@pytest.mark.parametrize(
    "struck", [WhileDiskFails(Replay("r"), 0), WhileFaulty(Replay("r"), "io_error", 0)]
)
def test_a_replay_of_nothing_that_is_struck_has_not_flushed(struck: Command) -> None:
    life = life_of(Store("unknown", "x"), limits=SMALL)
    assert {state for _, state in life.permitted(struck)} == {life.state}


@pytest.mark.parametrize("replay", [Replay("r"), ReplayToDeadSocket("r", 0)])
def test_a_replay_of_nothing_has_no_flush_that_a_crash_could_leave(replay: Command) -> None:
    state = after(Store("unknown", "x"), limits=SMALL)
    assert inside(state, replay, 0, SMALL) == ()
    assert len(permitted_states(Store("unknown", "x"), then=KillDuring(Replay("r"), 1))) == 1


def test_a_crash_inside_what_a_failing_disk_surrounds_is_one_inside_the_call() -> None:
    state = after(Start("s1", "r"), limits=SMALL)
    burst = Burst("s1", "c", 4)
    assert inside(state, WhileDiskFails(burst, 0), 0, SMALL) == inside(state, burst, 0, SMALL)
    assert inside(state, Complete("s1"), 0, SMALL) == ()


@pytest.mark.parametrize(
    "command",
    [
        Replay("r"),
        ReplayToDeadSocket("r", 0),
        WhileDiskFails(Replay("r"), 0),
        WhileFaulty(Replay("r"), "io_error", 0),
        CutPowerDuring(Replay("r"), 0, "none"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_crash_inside_a_replay_may_leave_its_flush_and_nothing_else(command: Command) -> None:
    state = after(*started(4), limits=SMALL)
    assert inside(state, command, 0, SMALL) == (flushed(state, 0).disk,)
