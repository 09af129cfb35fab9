"""What a disk that fails may leave behind, and what it may not."""

import pytest

from model import (
    INITIAL,
    Burst,
    Complete,
    Disk,
    Flush,
    Memory,
    Outcome,
    Replay,
    ReplayToDeadSocket,
    Reply,
    Restart,
    Start,
    State,
    Store,
    WhileDiskFails,
)
from model.commands import Call
from tests.model.lives import SMALL, WRITING, life_of, permitted_states, started

DISK_FAILED = Reply(refused="disk", disk_failed=True)
KEPT = Reply(disk_failed=True)
DONE = Reply()


@pytest.mark.parametrize("call", WRITING, ids=lambda each: type(each).__name__)
def test_a_call_that_the_disk_fails_has_done_nothing(call: Call) -> None:
    life = life_of(*started(2), limits=SMALL)
    assert life.permitted(WhileDiskFails(call, 0)) == (
        *life.permitted(call),
        Outcome(DISK_FAILED, life.state),
    )


def test_half_a_flush_and_a_lost_buffer_are_refused() -> None:
    life = life_of(*started(2), limits=SMALL)
    disk, memory = life.state
    whole = life.permitted(Flush())[0].state
    half = State(disk._replace(chunks=whole.disk.chunks[:1]), memory)
    lost = State(disk, memory._replace(buffer=()))
    permitted = [state for _, state in life.permitted(WhileDiskFails(Flush(), 1))]
    assert half not in permitted
    assert lost not in permitted
    assert State(whole.disk, memory) not in permitted  # A retry would count twice.


def test_an_active_stream_without_a_row_is_refused() -> None:
    permitted = permitted_states(then=WhileDiskFails(Start("s1", "r"), 0))
    assert State(Disk(), Memory("s1", "r", is_live=True)) not in permitted
    assert INITIAL in permitted


def test_a_complete_that_failed_may_not_claim_success_or_end_the_row() -> None:
    life = life_of(*started(2), limits=SMALL)
    permitted = life.permitted(WhileDiskFails(Complete("s1"), 0))
    done = life.permitted(Complete("s1"))[0]
    assert Outcome(KEPT, done.state) not in permitted
    assert Outcome(DISK_FAILED, done.state) not in permitted
    assert Outcome(DONE, life.state) not in permitted


def test_a_chunk_is_kept_although_its_flush_failed() -> None:
    life = life_of(*started(2), limits=SMALL)
    memory = life.state.memory
    clean, kept = life.permitted(WhileDiskFails(Store("s1", "c2"), 0))
    assert clean == life.permitted(Store("s1", "c2"))[0]
    assert kept.reply == KEPT
    assert kept.state.disk == life.state.disk
    assert kept.state.memory.buffer[:2] == memory.buffer
    assert [pending.position for pending in kept.state.memory.buffer] == [0, 1, 2]


def test_a_store_may_not_raise_and_keep_nor_return_and_forget() -> None:
    life = life_of(*started(2), limits=SMALL)
    permitted = life.permitted(WhileDiskFails(Store("s1", "c2"), 0))
    kept = permitted[1].state
    assert Outcome(DISK_FAILED, kept) not in permitted
    assert Outcome(DISK_FAILED, life.state) not in permitted
    assert Outcome(KEPT, life.state) not in permitted


def with_full_buffer() -> State:
    """A stream whose every flush has failed, until the buffer took no more."""
    life = life_of(*started(2), limits=SMALL)
    while len(life.state.memory.buffer) < SMALL.buffer_chunks_max:
        life.state = life.permitted(WhileDiskFails(Store("s1", "x"), 0))[1].state
    return life.state


def test_a_full_buffer_takes_no_chunk_that_the_disk_does_not() -> None:
    life = life_of(limits=SMALL)
    life.state = with_full_buffer()
    clean, failed = life.permitted(WhileDiskFails(Store("s1", "y"), 0))
    assert failed == Outcome(DISK_FAILED, life.state)
    assert len(clean.state.disk.chunks) == SMALL.buffer_chunks_max
    assert [pending.body for pending in clean.state.memory.buffer] == ["y"]


def test_a_full_buffer_skips_a_chunk_that_is_too_large() -> None:
    life = life_of(limits=SMALL)
    life.state = with_full_buffer()
    too_large = Store("s1", "x" * (SMALL.chunk_bytes_max + 1))
    assert life.do(too_large) == Outcome(DONE, life.state)
    assert life.permitted(WhileDiskFails(too_large, 0)) == (
        Outcome(DONE, life.state),
        Outcome(KEPT, life.state),
    )


def test_a_burst_may_be_failed_from_any_of_its_flushes_on() -> None:
    life = life_of(Start("s1", "r"), limits=SMALL)
    permitted = life.permitted(WhileDiskFails(Burst("s1", "c", 7), 0))
    kept = [(len(state.disk.chunks), len(state.memory.buffer)) for _, state in permitted]
    # Nothing fails; the first flush fails, and the sixth chunk is refused; the second fails.
    assert kept == [(6, 1), (0, 5), (3, 4)]
    assert [reply for reply, _ in permitted] == [DONE, DISK_FAILED, KEPT]


def test_a_replay_that_the_disk_fails_leaves_the_stream_flushed_or_not() -> None:
    life = life_of(*started(3), Restart(), Store("s1", "c3"), limits=SMALL)
    clean, nothing, *sent = life.permitted(WhileDiskFails(Replay("r"), 0))
    assert clean == life.permitted(Replay("r"))[0]
    assert nothing == Outcome(DISK_FAILED, life.state)
    reply = Reply(None, clean.reply.frames, "disk", disk_failed=True)
    assert sent == [
        Outcome(reply, life.state),
        Outcome(reply, life.permitted(Flush())[0].state),
    ]
    assert clean.state not in [outcome.state for outcome in sent]


def test_a_replay_to_a_dead_socket_that_the_disk_fails_has_sent_what_was_taken_or_nothing() -> (
    None
):
    life = life_of(*started(4), limits=SMALL)
    before, flush = life.state, life.permitted(Flush())[0].state
    taken = life.permitted(Replay("r"))[0].reply.frames[:2]
    permitted = life.permitted(WhileDiskFails(ReplayToDeadSocket("r", 2), 0))
    assert [(reply.refused, reply.frames, state) for reply, state in permitted] == [
        ("socket", taken, before),
        ("socket", taken, flush),
        ("disk", (), before),
        ("disk", taken, before),
        ("disk", taken, flush),
    ]
