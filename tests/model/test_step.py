"""What each command does to a state, said with the states themselves."""

from typing import Any

import pytest

from model import (
    INITIAL,
    Advance,
    Burst,
    Chunk,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Disk,
    Flush,
    InsertStale,
    InTransaction,
    MarkError,
    Memory,
    Outcome,
    Pending,
    Reopen,
    Replay,
    Reply,
    Restart,
    Restore,
    Start,
    State,
    Store,
    Stream,
    WhileDiskFails,
)
from model.state import Status
from tests.model.lives import NOW_MS, Life, after, life_of, started

LATER = 7
ROW = Stream("s1", "r", "streaming", NOW_MS, None)
DONE = Reply()


def chunks(count: int, flushed_at: int = NOW_MS) -> tuple[Chunk, ...]:
    return tuple(Chunk("s1", f"c{number}", number, flushed_at) for number in range(count))


def pending(first: int, end: int) -> tuple[Pending, ...]:
    return tuple(Pending("s1", f"c{number}", number) for number in range(first, end))


def test_a_start_adds_a_row_and_makes_it_active_and_live() -> None:
    assert Life().do(Start("s1", "r")) == Outcome(
        Reply("s1"), State(Disk((ROW,)), Memory("s1", "r", is_live=True))
    )


def test_a_start_flushes_first_and_counts_from_zero() -> None:
    life = life_of(*started(2), Advance(LATER))
    life.do(Start("s2", "r2"))
    assert life.state == State(
        Disk((ROW, Stream("s2", "r2", "streaming", NOW_MS + LATER, None)), chunks(2, life.now)),
        Memory("s2", "r2", is_live=True),
    )


def test_a_stored_chunk_is_pending_under_the_next_position() -> None:
    life = life_of(Start("s1", "r"), Store("s1", "c0"))
    assert life.do(Store("s1", "c1")) == Outcome(
        DONE,
        State(
            Disk((ROW,)),
            Memory("s1", "r", is_live=True, next_position=2, buffer=pending(0, 2)),
        ),
    )


def test_the_tenth_chunk_flushes_all_ten() -> None:
    life = life_of(*started(9), Advance(LATER))
    assert life.state.disk.chunks == ()
    life.do(Store("s1", "c9"))
    assert life.state.disk.chunks == chunks(10, NOW_MS + LATER)
    assert life.state.memory.buffer == ()
    assert life.state.memory.next_position == 10


def test_a_burst_is_as_many_stores() -> None:
    burst = after(Start("s1", "r"), Burst("s1", "c", 12))
    assert burst == after(Start("s1", "r"), *[Store("s1", f"c{n}") for n in range(12)])
    assert burst.memory.buffer == pending(10, 12)


def test_a_flush_writes_the_buffer_with_the_time_of_the_flush() -> None:
    life = life_of(*started(2), Advance(LATER))
    before = life.state
    assert life.do(Flush()) == Outcome(
        DONE,
        State(
            before.disk._replace(chunks=chunks(2, NOW_MS + LATER)),
            before.memory._replace(buffer=()),
        ),
    )


def test_a_flush_of_nothing_changes_nothing() -> None:
    assert Life().do(Flush()) == Outcome(DONE, INITIAL)


@pytest.mark.parametrize(
    ("command", "status", "swept_at"),
    [(Complete("s1"), "completed", NOW_MS + LATER), (MarkError("s1"), "error", 0)],
)
def test_an_end_flushes_marks_the_row_and_forgets_the_active_stream(
    command: Command, status: Status, swept_at: int
) -> None:
    life = life_of(*started(2), Advance(LATER))
    row = ROW._replace(status=status, ended_at=life.now)
    assert life.do(command) == Outcome(
        DONE, State(Disk((row,), chunks(2, life.now)), Memory(swept_at=swept_at))
    )


@pytest.mark.parametrize("end", [Complete, MarkError])
def test_an_end_of_an_unknown_stream_forgets_the_active_one(
    end: type[Complete] | type[MarkError],
) -> None:
    state = after(*started(2), end("nobody"))
    assert state.disk.streams == (ROW,)
    assert state.memory[:4] == (None, None, False, 0)


def test_the_last_end_counts() -> None:
    state = after(*started(), Complete("s1"), Advance(LATER), MarkError("s1"))
    assert state.disk.streams == (ROW._replace(status="error", ended_at=NOW_MS + LATER),)


def test_a_replay_of_nothing_active_sends_nothing_and_does_not_flush() -> None:
    life = life_of(Store("nobody", "x"))
    assert life.do(Replay("r")) == Outcome(DONE, after(Store("nobody", "x")))


def test_a_replay_of_a_live_stream_flushes_and_goes_on() -> None:
    life = life_of(*started(11))
    reply, state = life.do(Replay("other"))
    assert reply.value is None
    assert len(reply.frames) == 12
    assert '"id":"other"' in reply.frames[0]
    assert reply.frames[-1].endswith('"replayComplete":true}')
    assert state == after(*started(11), Flush())


def test_a_replay_of_an_orphan_completes_it() -> None:
    life = life_of(*started(10), Restart(), Advance(LATER))
    reply, state = life.do(Replay("r"))
    assert reply.value == "s1"
    assert len(reply.frames) == 11
    assert '"done":true' in reply.frames[-1]
    assert state == State(
        Disk((ROW._replace(status="completed", ended_at=life.now),), chunks(10)),
        Memory(swept_at=life.now),
    )


def test_a_replay_sends_by_position_and_equal_positions_as_inserted() -> None:
    life = life_of(*started(2), MarkError("nobody"), Burst("s1", "late", 3), Flush(), Restart())
    frames = life.do(Replay("r")).reply.frames
    assert [frame.split('"')[3] for frame in frames] == [
        *("c0", "late0", "c1", "late1", "late2"),
        "",
    ]


@pytest.mark.parametrize("command", [Restart(), Reopen()])
def test_a_new_instance_knows_the_disk_alone(command: Command) -> None:
    life = life_of(*started(12), Advance(LATER))
    assert life.do(command) == Outcome(
        DONE, State(Disk((ROW,), chunks(10)), Memory("s1", "r", next_position=10))
    )


def test_a_new_instance_without_streaming_rows_has_nothing_active() -> None:
    state = after(*started(3), Complete("s1"), Restart())
    assert state.memory == Memory()


def test_a_restored_stream_counts_after_its_highest_position() -> None:
    life = life_of(*started(), Start("s2", "r"), Burst("s1", "x", 4), Burst("s2", "y", 1))
    life.do(MarkError("s2"), Restart())
    assert life.state.memory.next_position == 4


def test_restore_on_a_living_instance_keeps_buffer_and_liveness() -> None:
    life = life_of(*started(11))
    before = life.state.memory
    life.do(Advance(LATER), Restore())
    assert life.state.memory == before._replace(next_position=10)


def test_clear_all_keeps_nothing_but_is_live_and_the_last_sweep() -> None:
    life = life_of(*started(), Complete("s1"), Start("s2", "r"), Burst("s2", "c", 12))
    assert life.do(ClearAll()) == Outcome(
        DONE, State(Disk(), Memory(is_live=True, swept_at=NOW_MS))
    )


def test_destroy_drops_the_tables_and_ends_the_instance() -> None:
    life = life_of(*started(12))
    assert life.do(Destroy()) == Outcome(
        DONE, State(Disk(has_tables=False), Memory(is_live=True, is_destroyed=True))
    )
    assert life.do(Destroy()) == Outcome(DONE, life.state)


@pytest.mark.parametrize("command", [Restart(), Reopen()])
def test_a_new_instance_makes_the_tables_again(command: Command) -> None:
    assert after(*started(3), Destroy(), command) == INITIAL


def test_an_inserted_row_is_as_old_as_asked_for_and_not_active() -> None:
    assert Life().do(InsertStale("old", "r", 99)) == Outcome(
        DONE, State(Disk((Stream("old", "r", "streaming", NOW_MS - 99, None),)), Memory())
    )


def test_an_id_that_is_taken_is_refused() -> None:
    life = life_of(*started(3))
    assert life.do(InsertStale("s1", "r", 99)) == Outcome(
        Reply(refused="duplicate"), after(*started(3))
    )


@pytest.mark.parametrize("ms", [0, 1, -5_000])
def test_time_alone_changes_nothing(ms: int) -> None:
    life = life_of(*started(3))
    before = life.state
    assert life.do(Advance(ms)) == Outcome(DONE, before)


@pytest.mark.parametrize(
    "call",
    [
        *(Store("s1", "x"), Complete("s1"), Replay("r"), Flush()),
        *(WhileDiskFails(Flush(), 0), WhileDiskFails(Start("s2", "r"), 1)),
        Restart(),
    ],
)
def test_a_call_in_the_callers_transaction_does_the_same(
    call: Store | WhileDiskFails | Restart,
) -> None:
    assert life_of(*started(3)).permitted(InTransaction(call)) == life_of(
        *started(3)
    ).permitted(call)


def test_an_instance_made_in_a_transaction_is_alive_where_one_was_destroyed() -> None:
    life = life_of(*started(3), Destroy())
    assert not life.do(InTransaction(Restart())).state.memory.is_destroyed


def test_time_goes_on_after_a_destroy() -> None:
    life = life_of(*started(3), Destroy())
    assert life.do(Advance(LATER)) == Outcome(DONE, life.state)


@pytest.mark.parametrize(
    "around",
    [InTransaction(Destroy()), WhileDiskFails(Destroy(), 0)],
    ids=lambda each: type(each).__name__,
)
def test_a_second_destroy_does_nothing_whatever_surrounds_it(around: Command) -> None:
    life = life_of(*started(3), Destroy())
    assert life.do(around) == Outcome(DONE, life.state)


def test_what_is_no_command_is_refused() -> None:
    no_command: Any = "start"
    with pytest.raises(AssertionError):
        Life().do(no_command)
