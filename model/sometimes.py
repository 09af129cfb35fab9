"""What a run has to have seen: rare and telling moments, named."""

from typing import Final

from model.commands import (
    Advance,
    Burst,
    ClearAll,
    Complete,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Reopen,
    Replay,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from model.properties import Moment, Property, claim
from model.sometimes_replaying import REPLAYING
from model.state import Stream
from model.transitions import restorable

SOMETIMES: Final[list[Property]] = [*REPLAYING]


# -- Starting and storing --


@claim(SOMETIMES, Start)
def a_start_supersedes_a_live_stream(it: Moment) -> bool:
    memory = it.before.memory
    return memory.is_live and memory.active is not None


@claim(SOMETIMES, Start)
def a_start_flushes_what_was_pending(it: Moment) -> bool:
    return bool(it.before.memory.buffer) and not it.after.memory.buffer


@claim(SOMETIMES, Store)
def a_store_fills_the_buffer(it: Moment) -> bool:
    return bool(it.before.memory.buffer) and _disk_grew(it)


@claim(SOMETIMES, Burst)
def a_burst_crosses_the_flush(it: Moment) -> bool:
    return bool(it.after.memory.buffer) and _disk_grew(it)


@claim(SOMETIMES, Store)
def a_chunk_too_large_is_skipped(it: Moment) -> bool:
    return it.after is it.before and it.reply.refused is None


@claim(SOMETIMES, Store, Burst)
def two_streams_share_the_counter(it: Moment) -> bool:
    active, row = it.before.memory.active, _row(it)
    return active is not None and row is not None and row.id != active


@claim(SOMETIMES, Store, Burst)
def a_chunk_comes_after_the_end_of_its_stream(it: Moment) -> bool:
    row = _row(it)
    return row is not None and row.ended_at is not None


@claim(SOMETIMES, Store, Burst)
def a_chunk_belongs_to_no_stream(it: Moment) -> bool:
    return _row(it) is None and it.reply.refused is None


@claim(SOMETIMES, Flush, Start, Complete, MarkError, Store)
def a_position_is_used_twice_in_a_stream(it: Moment) -> bool:
    taken = {(chunk.stream, chunk.position) for chunk in it.before.disk.chunks}
    fresh = it.after.disk.chunks[len(it.before.disk.chunks) :]
    return any((chunk.stream, chunk.position) in taken for chunk in fresh)


# -- Ending and sweeping --


@claim(SOMETIMES, Complete, MarkError)
def an_unknown_stream_ends_the_active_one(it: Moment) -> bool:
    return _row(it) is None and it.before.memory.active is not None


@claim(SOMETIMES, Complete, MarkError)
def an_older_stream_ends_while_another_is_active(it: Moment) -> bool:
    active, row = it.before.memory.active, _row(it)
    return active is not None and row is not None and row.id != active


@claim(SOMETIMES, Complete, MarkError)
def a_stream_ends_a_second_time(it: Moment) -> bool:
    row = _row(it)
    return row is not None and row.ended_at is not None


@claim(SOMETIMES, Complete)
def a_sweep_deletes(it: Moment) -> bool:
    return len(it.after.disk.streams) < len(it.before.disk.streams)


@claim(SOMETIMES, Complete)
def a_sweep_keeps_what_is_exactly_at_the_age(it: Moment) -> bool:
    cutoff = it.now - it.limits.sweep_age_ms
    return _swept(it) and any(row.ended_at == cutoff for row in it.after.disk.streams)


@claim(SOMETIMES, Complete)
def a_sweep_comes_exactly_at_the_interval(it: Moment) -> bool:
    return _swept(it) and it.now - it.before.memory.swept_at == it.limits.sweep_interval_ms


@claim(SOMETIMES, Complete)
def a_complete_comes_too_soon_to_sweep(it: Moment) -> bool:
    return not _swept(it) and it.reply.refused is None


# -- Restarting --


@claim(SOMETIMES, Restart, Reopen)
def a_restart_deletes_a_stale_row(it: Moment) -> bool:
    return len(it.after.disk.streams) < len(it.before.disk.streams)


@claim(SOMETIMES, Restart, Reopen)
def a_row_at_the_stale_age_is_restored(it: Moment) -> bool:
    edge = it.now - it.limits.stale_age_ms
    active, rows = it.after.memory.active, it.after.disk.streams
    return any(row.id == active and row.created_at == edge for row in rows)


@claim(SOMETIMES, Restart, Reopen)
def a_tie_is_met_at_a_restart(it: Moment) -> bool:
    return len(restorable(it.before.disk)) > 1


@claim(SOMETIMES, Restart, Reopen)
def a_fresh_row_hides_a_stale_one(it: Moment) -> bool:
    edge = it.now - it.limits.stale_age_ms
    rows = it.after.disk.streams
    return it.after.memory.active is not None and any(
        row.ended_at is None and row.created_at < edge for row in rows
    )


@claim(SOMETIMES, Restart)
def a_crash_loses_a_buffer(it: Moment) -> bool:
    return bool(it.before.memory.buffer)


@claim(SOMETIMES, Restart, Reopen)
def a_new_instance_follows_a_destroyed_one(it: Moment) -> bool:
    return it.before.memory.is_destroyed


@claim(SOMETIMES, Restore)
def a_live_instance_restores(it: Moment) -> bool:
    return it.before.memory.is_live and it.after != it.before


@claim(SOMETIMES, KillDuring)
def a_kill_undoes_a_start(it: Moment) -> bool:
    return isinstance(it.call, Start) and it.call.stream not in _ids(it)


@claim(SOMETIMES, KillDuring)
def a_kill_comes_too_late_to_undo_a_start(it: Moment) -> bool:
    return isinstance(it.call, Start) and it.call.stream in _ids(it)


# -- The rest of the world --


@claim(SOMETIMES, Advance)
def the_clock_goes_back_behind_what_is_stored(it: Moment) -> bool:
    return any(row.created_at > it.now for row in it.before.disk.streams)


@claim(SOMETIMES, ClearAll)
def a_clear_leaves_the_instance_live(it: Moment) -> bool:
    return it.before.memory.active is not None and it.after.memory.is_live


@claim(SOMETIMES, Store, Start, Complete, Replay)
def a_call_after_destroy_is_refused(it: Moment) -> bool:
    return it.reply.refused == "closed"


@claim(SOMETIMES, InsertStale)
def an_id_is_taken(it: Moment) -> bool:
    return it.reply.refused == "duplicate"


@claim(SOMETIMES, InTransaction)
def a_transaction_of_the_caller_takes_a_flush(it: Moment) -> bool:
    return _disk_grew(it) and not it.after.memory.buffer


@claim(SOMETIMES, WhileDiskFails)
def a_call_fails_with_the_disk(it: Moment) -> bool:
    return it.reply.refused == "disk"


@claim(SOMETIMES, WhileDiskFails)
def a_chunk_is_kept_though_its_flush_failed(it: Moment) -> bool:
    return it.reply.disk_failed and len(it.after.memory.buffer) >= it.limits.flush_chunks


@claim(SOMETIMES, WhileDiskFails)
def a_buffer_at_its_maximum_refuses_a_chunk(it: Moment) -> bool:
    pending = len(it.before.memory.buffer)
    return it.reply.refused == "disk" and pending >= it.limits.buffer_chunks_max


@claim(SOMETIMES, Store, Burst, Flush, Start, Complete, MarkError)
def a_flush_succeeds_where_one_had_failed(it: Moment) -> bool:
    return len(it.before.memory.buffer) >= it.limits.flush_chunks and _disk_grew(it)


def _row(it: Moment) -> Stream | None:
    """The row of the stream that the call names."""
    name = getattr(it.call, "stream", None)
    for row in it.before.disk.streams:
        if row.id == name:
            return row
    return None


def _ids(it: Moment) -> list[str]:
    return [row.id for row in it.after.disk.streams]


def _disk_grew(it: Moment) -> bool:
    return len(it.after.disk.chunks) > len(it.before.disk.chunks)


def _swept(it: Moment) -> bool:
    return it.after.memory.swept_at != it.before.memory.swept_at
