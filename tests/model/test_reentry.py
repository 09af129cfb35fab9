"""A call from inside ``send``: what it does to the replay around it, and what it does not."""

import pytest

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    MarkError,
    Outcome,
    Replay,
    ReplayWhileSending,
    Reply,
    Restart,
    Restore,
    Start,
    State,
    Store,
    frames,
)
from model.commands import PlainCall
from model.faults import inside
from model.step import midway
from tests.model.lives import NOW_MS, SMALL, life_of, started

LIVE: tuple[Command, ...] = started(3)
ORPHAN: tuple[Command, ...] = (*started(3), Restart())

CHUNKS = tuple([frames.chunk(f"c{number}", "r") for number in range(3)])
GOES_ON, DONE = frames.live_end("r"), frames.done("r")
LAST = len(CHUNKS)

ENDS: list[PlainCall] = [
    Complete("s1"),
    MarkError("s1"),
    Complete("nobody"),
    ClearAll(),
    Start("s2", "r2"),
]
"""After each of them, ``s1`` is not active any more."""

ends = pytest.mark.parametrize("call", ENDS, ids=repr)
with_a_chunk = pytest.mark.parametrize("at_frame", range(LAST))


def replayed(setup: tuple[Command, ...], call: PlainCall, at_frame: int) -> Outcome:
    life = life_of(*setup, limits=SMALL)
    (outcome,) = life.permitted(ReplayWhileSending("r", call, at_frame))
    return outcome


def after(setup: tuple[Command, ...], *commands: Command) -> State:
    return life_of(*setup, *commands, limits=SMALL).state


@pytest.mark.parametrize("at_frame", range(LAST + 1))
@pytest.mark.parametrize("call", [Store("s1", "x"), Burst("s1", "x", 4), Flush()], ids=repr)
def test_what_is_stored_from_inside_send_is_not_in_this_replay(
    call: PlainCall, at_frame: int
) -> None:
    reply, state = replayed(LIVE, call, at_frame)
    assert reply == Reply(None, (*CHUNKS, GOES_ON))
    assert state == after(LIVE, call)


@ends
@with_a_chunk
def test_a_live_stream_that_ends_meanwhile_is_sent_whole_and_done(
    call: PlainCall, at_frame: int
) -> None:
    reply, state = replayed(LIVE, call, at_frame)
    assert reply == Reply(None, (*CHUNKS, DONE))
    assert state == after(LIVE, call)


@ends
@with_a_chunk
def test_an_orphan_that_ends_meanwhile_is_sent_whole_and_nobodys(
    call: PlainCall, at_frame: int
) -> None:
    reply, state = replayed(ORPHAN, call, at_frame)
    assert reply == Reply(None, (*CHUNKS, DONE))
    assert state == after(ORPHAN, call)


@ends
def test_a_live_stream_that_ends_with_the_last_frame_was_said_to_go_on(call: PlainCall) -> None:
    reply, state = replayed(LIVE, call, LAST)
    assert reply == Reply(None, (*CHUNKS, GOES_ON))
    assert state == after(LIVE, call)


@ends
def test_an_orphan_is_completed_after_whatever_is_done_while_it_is_done(
    call: PlainCall,
) -> None:
    reply, state = replayed(ORPHAN, call, LAST)
    assert reply == Reply("s1", (*CHUNKS, DONE))
    assert state == after(ORPHAN, call, Complete("s1"))
    assert state.memory.active is None


def test_an_orphan_that_was_stored_to_is_still_an_orphan() -> None:
    reply, state = replayed(ORPHAN, Store("s1", "x"), 0)
    assert reply.value == "s1"
    assert state == after(ORPHAN, Store("s1", "x"), Complete("s1"))


@with_a_chunk
def test_a_replay_inside_another_sends_its_frames_in_between(at_frame: int) -> None:
    own = (*CHUNKS[: at_frame + 1], *CHUNKS, GOES_ON, *CHUNKS[at_frame + 1 :], GOES_ON)
    assert replayed(LIVE, Replay("r"), at_frame).reply == Reply(None, own)
    own = tuple([DONE if frame == GOES_ON else frame for frame in own])
    assert replayed(ORPHAN, Replay("r"), at_frame).reply == Reply(None, own)


def test_a_replay_inside_another_goes_under_its_own_request() -> None:
    sent = replayed(LIVE, Replay("q"), LAST).reply.frames
    assert sent[-1] == frames.live_end("q")


def test_a_call_that_is_refused_makes_send_raise_and_the_flush_may_stay() -> None:
    life = life_of(*started(2), limits=SMALL)
    taken = ReplayWhileSending("r", InsertStale("s1", "r", 0), 1)
    reply = Reply(None, CHUNKS[:2], "duplicate")
    flushed = life.permitted(Flush())[0].state
    assert life.permitted(taken) == (Outcome(reply, life.state), Outcome(reply, flushed))


@with_a_chunk
def test_what_is_destroyed_meanwhile_is_sent_whole_and_done(at_frame: int) -> None:
    for setup in (LIVE, ORPHAN):
        reply, state = replayed(setup, Destroy(), at_frame)
        assert reply == Reply(None, (*CHUNKS, DONE))
        assert state == after(setup, Destroy())


def test_an_orphan_that_is_destroyed_while_it_is_done_cannot_be_completed() -> None:
    reply, state = replayed(ORPHAN, Destroy(), LAST)
    assert reply == Reply(None, (*CHUNKS, DONE), "closed")
    assert state == after(ORPHAN, Destroy())


def test_a_tie_that_is_restored_inside_send_leaves_a_choice() -> None:
    tie = (Start("s1", "r"), Start("s2", "r"))
    permitted = life_of(*tie).permitted(ReplayWhileSending("r", Restore(), 0))
    assert [state.memory.active for _, state in permitted] == ["s1", "s2"]


def test_a_choice_that_the_end_of_an_orphan_forgets_is_none() -> None:
    life = life_of(*ORPHAN, InsertStale("s2", "r", 0), limits=SMALL)
    (outcome,) = life.permitted(ReplayWhileSending("r", Restore(), LAST))
    assert outcome.state.memory.active is None


@pytest.mark.parametrize("at_frame", [LAST + 1, 9])
def test_a_call_that_comes_after_the_last_frame_is_never_made(at_frame: int) -> None:
    life = life_of(*ORPHAN, limits=SMALL)
    assert life.permitted(ReplayWhileSending("r", ClearAll(), at_frame)) == life.permitted(
        Replay("r")
    )


def test_nothing_is_sent_and_nothing_called_while_nothing_is_active() -> None:
    life = life_of(Store("nobody", "x"), limits=SMALL)
    command = ReplayWhileSending("r", Start("s1", "r"), 0)
    assert life.permitted(command) == (Outcome(Reply(), life.state),)


def test_the_call_finds_the_buffer_flushed() -> None:
    life = life_of(*started(2), limits=SMALL)
    life.do(Advance(1))
    (outcome,) = life.permitted(ReplayWhileSending("r", Restore(), 0))
    assert [chunk.flushed_at for chunk in outcome.state.disk.chunks] == [NOW_MS + 1] * 2


def test_a_crash_inside_may_leave_the_flush_and_the_call_but_no_half_end() -> None:
    life = life_of(*ORPHAN, Store("s1", "x"), limits=SMALL)
    command = ReplayWhileSending("r", Start("s2", "r2"), LAST + 1)
    disks = midway(life.state, command, life.now, SMALL)
    found = [(len(disk.chunks), [row.status for row in disk.streams]) for disk in disks]
    assert found == [(4, ["streaming"]), (4, ["streaming", "streaming"])]


def test_a_crash_inside_finds_the_flush_that_the_call_came_after() -> None:
    life = life_of(*started(2), limits=SMALL)
    command = ReplayWhileSending("r", InsertStale("s2", "r", 1), 0)
    disks = midway(life.state, command, life.now, SMALL)
    assert [len(disk.chunks) for disk in disks] == [2, 2]


@pytest.mark.parametrize("at_frame", [LAST + 1, 9])
def test_a_crash_inside_finds_nothing_of_a_call_that_was_never_made(at_frame: int) -> None:
    life = life_of(*LIVE, limits=SMALL)
    command = ReplayWhileSending("r", Destroy(), at_frame)
    assert midway(life.state, command, life.now, SMALL) == (life.state.disk,)


def test_a_crash_inside_any_other_command_is_as_before() -> None:
    state, burst = after(LIVE), Burst("s1", "x", 4)
    assert midway(state, burst, 0, SMALL) == inside(state, burst, 0, SMALL) != ()
