"""What holds in every step, whatever was done before."""

from typing import Final

from model.commands import (
    REBIRTHS,
    Advance,
    Burst,
    ClearAll,
    Complete,
    Destroy,
    Flush,
    InTransaction,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
    crashes,
)
from model.frames import chunk as chunk_frame
from model.frames import well_formed
from model.properties import Moment, Property, claim
from model.state import Disk, in_order
from model.transitions import flushed

ALWAYS: Final[list[Property]] = []

REPLAYS: Final = (Replay, ReplayToDeadSocket)
DELETES: Final = (ClearAll, Destroy, Complete, *REPLAYS, Restore)


# -- Every command --


@claim(ALWAYS)
def what_is_refused_has_changed_nothing_but_may_have_flushed(it: Moment) -> bool:
    """A burst is several calls, and only its last one was refused; so is a replay around
    a destroy. A constructor that was refused is called again."""
    if (
        it.reply.refused is None
        or isinstance(it.call, Burst | Restart)
        or it.after == it.before
    ):
        return True
    if isinstance(it.command, ReplayWhileSending) and isinstance(it.call, Destroy):
        return it.after.memory.is_destroyed
    return _replays(it) and it.after == flushed(it.before, it.now)


@claim(ALWAYS)
def a_request_is_known_while_a_stream_is_active_and_only_then(it: Moment) -> bool:
    memory = it.after.memory
    return (memory.active is None) == (memory.request is None)


@claim(ALWAYS)
def only_a_start_makes_an_instance_live(it: Moment) -> bool:
    is_new = it.after.memory.is_live and not it.before.memory.is_live
    return not is_new or isinstance(it.call, Start)


@claim(ALWAYS)
def the_buffer_stays_within_its_maximum(it: Moment) -> bool:
    return len(it.after.memory.buffer) <= it.limits.buffer_chunks_max


@claim(ALWAYS)
def a_row_keeps_its_request_and_its_beginning(it: Moment) -> bool:
    before, after = it.before.disk.streams, it.after.disk.streams
    if before is after:
        return True
    origins = {row.id: (row.request, row.created_at) for row in before}
    return all(
        origins.get(row.id) in (None, (row.request, row.created_at)) for row in after
    ) and len({row.id for row in after}) == len(after)


@claim(ALWAYS)
def what_has_ended_never_streams_again(it: Moment) -> bool:
    before, after = it.before.disk.streams, it.after.disk.streams
    if before is after:
        return True
    ended = {row.id for row in before if row.status != "streaming"}
    return not any(row.status == "streaming" and row.id in ended for row in after)


@claim(ALWAYS)
def a_row_has_an_end_exactly_if_it_does_not_stream(it: Moment) -> bool:
    after = it.after.disk.streams
    return after is it.before.disk.streams or all(
        (row.ended_at is None) == (row.status == "streaming") for row in after
    )


@claim(ALWAYS)
def chunks_are_only_ever_added_at_the_end_or_deleted(it: Moment) -> bool:
    before, after = it.before.disk.chunks, it.after.disk.chunks
    if before is after or after[: len(before)] == before:
        return True
    old = iter(before)
    kept = sum(1 for chunk in after if chunk in old)
    return all(chunk.flushed_at == it.now for chunk in after[kept:])


@claim(ALWAYS)
def only_some_commands_delete(it: Moment) -> bool:
    return (
        _is_reborn(it)
        or isinstance(it.call, DELETES)
        or _replays(it)
        or (
            len(it.after.disk.streams) >= len(it.before.disk.streams)
            and len(it.after.disk.chunks) >= len(it.before.disk.chunks)
        )
    )


@claim(ALWAYS)
def only_a_replay_sends(it: Moment) -> bool:
    return not it.reply.frames or _replays(it)


@claim(ALWAYS)
def an_instance_that_was_destroyed_stays_so(it: Moment) -> bool:
    if not it.before.memory.is_destroyed or _is_reborn(it):
        return True
    return it.after == it.before


def _is_reborn(it: Moment) -> bool:
    return crashes(it.command) or isinstance(it.command, Reopen)


# -- Single commands --


@claim(ALWAYS, Advance)
def time_alone_changes_nothing(it: Moment) -> bool:
    return it.after is it.before


@claim(ALWAYS, *REBIRTHS)
def a_new_instance_knows_the_disk_and_nothing_else(it: Moment) -> bool:
    memory = it.after.memory
    forgotten = (memory.buffer, memory.swept_at, memory.is_live, memory.is_destroyed)
    return forgotten == ((), 0, False, False) and it.after.disk.has_tables


@claim(ALWAYS, *REBIRTHS)
def what_is_restored_is_not_stale(it: Moment) -> bool:
    active = it.after.memory.active
    ages = [it.now - row.created_at for row in it.after.disk.streams if row.id == active]
    return all(age <= it.limits.stale_age_ms for age in ages)


@claim(ALWAYS, Restart, Reopen)
def a_restart_deletes_one_stream_at_the_most(it: Moment) -> bool:
    return len(it.before.disk.streams) - len(it.after.disk.streams) in (0, 1)


@claim(ALWAYS, Start)
def a_start_returns_the_stream_that_is_now_live(it: Moment) -> bool:
    if it.reply.refused is not None:
        return True
    memory = it.after.memory
    return memory.is_live and memory.active == it.reply.value and memory.next_position == 0


@claim(ALWAYS, Store, Burst, WhileDiskFails, InTransaction)
def what_is_kept_of_a_chunk_is_well_formed_and_not_too_large(it: Moment) -> bool:
    bodies = [chunk.body for chunk in it.after.memory.buffer]
    bodies += [chunk.body for chunk in it.after.disk.chunks[-1:]]
    return all(
        body == well_formed(body) and len(body.encode()) <= it.limits.chunk_bytes_max
        for body in bodies
    )


@claim(ALWAYS, Store, Burst)
def a_healthy_disk_leaves_no_full_buffer(it: Moment) -> bool:
    stored = _kept(it) > _had(it)
    return not stored or len(it.after.memory.buffer) < it.limits.flush_chunks


@claim(ALWAYS, Start, Store, Burst, Flush, MarkError, WhileDiskFails)
def no_chunk_is_lost(it: Moment) -> bool:
    return _kept(it) >= _had(it) or isinstance(it.call, DELETES)


@claim(ALWAYS, *REPLAYS)
def a_replay_sends_every_chunk_and_one_mark(it: Moment) -> bool:
    active = it.before.memory.active
    if it.reply.refused is not None or active is None:
        return True
    chunks = in_order(flushed(it.before, it.now).disk, active)
    return len(it.reply.frames) == len(chunks) + 1


@claim(ALWAYS, ReplayWhileSending)
def a_call_from_inside_send_changes_no_chunk_of_the_replay(it: Moment) -> bool:
    """Its own frames, if it is a replay, come in between."""
    active, frames = it.before.memory.active, it.reply.frames
    if it.reply.refused is not None or active is None:
        return True
    assert isinstance(it.command, ReplayWhileSending)
    chunks = in_order(flushed(it.before, it.now).disk, active)
    request = well_formed(it.command.request)
    own = tuple([chunk_frame(chunk.body, request) for chunk in chunks])
    others, taken = len(frames) - len(own) - 1, it.command.at_frame + 1
    around = frames[:taken] + frames[taken + others :]
    return around[:-1] == own and (others == 0 or isinstance(it.call, Replay))


@claim(ALWAYS, ReplayWhileSending)
def a_replay_returns_an_orphan_that_it_has_ended_and_no_other(it: Moment) -> bool:
    value, before = it.reply.value, it.before.memory
    return value is None or (value == before.active and not before.is_live)


@claim(ALWAYS, Complete, MarkError)
def an_end_forgets_whatever_was_active(it: Moment) -> bool:
    memory = it.after.memory
    return it.reply.refused is not None or (
        memory.active is None and not memory.is_live and memory.next_position == 0
    )


@claim(ALWAYS, MarkError)
def a_failure_never_sweeps(it: Moment) -> bool:
    return len(it.after.disk.streams) == len(it.before.disk.streams)


@claim(ALWAYS, Complete)
def a_sweep_leaves_nothing_to_be_swept(it: Moment) -> bool:
    if it.after.memory.swept_at == it.before.memory.swept_at:
        return True
    cutoff = it.now - it.limits.sweep_age_ms
    return all(row.ended_at is None or row.ended_at >= cutoff for row in it.after.disk.streams)


@claim(ALWAYS, ClearAll, Destroy)
def what_is_cleared_is_gone(it: Moment) -> bool:
    if it.reply.refused is not None:
        return True
    return it.after.disk[:2] == Disk()[:2] and not it.after.memory.buffer


def _replays(it: Moment) -> bool:
    return isinstance(it.command, ReplayWhileSending) or isinstance(it.call, REPLAYS)


def _had(it: Moment) -> int:
    return len(it.before.disk.chunks) + len(it.before.memory.buffer)


def _kept(it: Moment) -> int:
    return len(it.after.disk.chunks) + len(it.after.memory.buffer)
