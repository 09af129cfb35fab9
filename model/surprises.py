"""What the specification permits, as the original does it, and a service would rather not have.

Each is named after what is bad about it, and may be forbidden: then a step that shows it is
a divergence, although it conforms. Nothing here changes what conforms.
"""

from typing import Final

from model.commands import (
    Advance,
    Burst,
    ClearAll,
    Complete,
    Flush,
    InsertStale,
    MarkError,
    Reopen,
    Replay,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
)
from model.frames import well_formed
from model.limits import ORIGINAL
from model.properties import Moment
from model.surprise import (
    SURPRISES,
    Surprise,
    call_of,
    ends,
    is_reborn,
    new_positions,
    positions,
    row_of,
    rows_after_active,
    surprise,
    was_done,
)

__all__ = ["SURPRISES", "Surprise"]

_A: Final = Start("s1", "r1")
_B: Final = Start("s2", "r2")
_OUTLIVED: Final = Advance(ORIGINAL.stale_age_ms + 1)
_OVER_A_DAY: Final = Advance(ORIGINAL.sweep_age_ms + 1)
_TOO_LARGE: Final = "a" * (ORIGINAL.chunk_bytes_max + 1)


# -- Starting and storing --


@surprise("A stream that another one supersedes has ended.", _A, _B)
def superseded_still_streams(it: Moment) -> bool:
    """Starts a stream, and leaves another one streaming on disk."""
    started = isinstance(call_of(it), Start) and was_done(it)
    return started and sum(row.ended_at is None for row in it.after.disk.streams) > 1


@surprise(
    "The chunks of a stream are sent in the order in which they were stored.",
    *(_A, Store("s1", "a"), _B, Store("s1", "b")),
)
def chunks_out_of_order(it: Moment) -> bool:
    """Gives a chunk an index that its stream had passed already."""
    *earlier, last = new_positions(it) or [0]
    return bool(earlier) and last <= max(earlier)


@surprise(
    "The chunks of a stream are counted from 0, without a gap.",
    *(_A, Store("x", "a"), Store("s1", "b")),
)
def gap_in_a_stream(it: Moment) -> bool:
    """Leaves out an index, which another stream has taken."""
    *earlier, last = new_positions(it) or [0]
    return last > max(earlier, default=-1) + 1


@surprise("store_chunk raises if it does not keep the chunk.", Store("x", _TOO_LARGE))
def chunk_skipped(it: Moment) -> bool:
    """Leaves out a chunk that is too large, which nobody sees."""
    call = call_of(it)
    if not isinstance(call, Store) or not was_done(it):
        return False
    return len(positions(it.after, call.stream)) == len(positions(it.before, call.stream))


@surprise("store_chunk refuses a stream that is not on disk.", Store("x", "a"))
def stored_to_no_stream(it: Moment) -> bool:
    """Takes a chunk that belongs to no stream, and that nothing ever deletes."""
    return isinstance(call_of(it), Store | Burst) and was_done(it) and row_of(it) is None


@surprise("store_chunk refuses a stream that has ended.", _A, Complete("s1"), Store("s1", "a"))
def stored_after_the_end(it: Moment) -> bool:
    """Takes a chunk of a stream that has ended, from index 0 again."""
    row = row_of(it)
    stored = isinstance(call_of(it), Store | Burst) and was_done(it)
    return stored and row is not None and row.ended_at is not None


# -- Ending --


@surprise("complete and mark_error refuse a stream that is not on disk.", Complete("x"))
def unknown_stream_ended(it: Moment) -> bool:
    """Ends a stream that is not on disk, and forgets whatever was active."""
    return ends(it) and row_of(it) is None


@surprise("The end of one stream leaves another one active.", _A, _B, Complete("s1"))
def active_forgotten(it: Moment) -> bool:
    """Forgets the active stream, since another one has ended."""
    row, active = row_of(it), it.before.memory.active
    return ends(it) and row is not None and active not in {None, row.id}


@surprise("The first end of a stream stands.", _A, Complete("s1"), MarkError("s1"))
def ended_twice(it: Moment) -> bool:
    """Ends a stream a second time, and changes how or when it ended."""
    row = row_of(it)
    return (
        ends(it)
        and row is not None
        and row.ended_at is not None
        and row not in it.after.disk.streams
    )


@surprise("is_live is False while no stream is active.", _A, ClearAll())
def live_without_a_stream(it: Moment) -> bool:
    """Forgets the active stream, and still calls itself live."""
    memory = it.after.memory
    return isinstance(call_of(it), ClearAll) and memory.is_live and memory.active is None


@surprise(
    "What ended over 24 h ago is deleted at the next start, end or restart.",
    *(_A, Complete("s1"), _OVER_A_DAY, Restart()),
)
def old_streams_stay(it: Moment) -> bool:
    """Keeps a stream that ended over 24 h ago."""
    cutoff = it.now - it.limits.sweep_age_ms
    is_time = is_reborn(it) or isinstance(call_of(it), Start | Complete | MarkError)
    return (
        is_time
        and was_done(it)
        and any(
            row.ended_at is not None and row.ended_at < cutoff for row in it.after.disk.streams
        )
    )


# -- Replaying --


@surprise(
    "A replay sends the answer to its request for as long as that is on disk.",
    *(_A, Complete("s1"), Replay("r1")),
)
def answer_not_replayed(it: Moment) -> bool:
    """Sends nothing, although the answer to that request is on disk."""
    call = call_of(it)
    if not isinstance(call, Replay) or not was_done(it) or it.reply.frames:
        return False
    return well_formed(call.request) in {row.request for row in it.before.disk.streams}


@surprise("A replay sends the answer to the request that it names.", _A, Replay("r2"))
def another_answer_replayed(it: Moment) -> bool:
    """Sends the active stream under the id of another request."""
    call = call_of(it)
    if not isinstance(call, Replay) or not was_done(it) or not it.reply.frames:
        return False
    return well_formed(call.request) != it.before.memory.request


@surprise(
    "The end of an orphan leaves a stream active that was started meanwhile.",
    *(_A, Restart(), ReplayWhileSending("r1", _B, 0)),
)
def new_stream_forgotten(it: Moment) -> bool:
    """Forgets a stream that a client has started from inside send, while an orphan ended."""
    if not isinstance(it.command, ReplayWhileSending):
        return False
    was_made = it.command.at_frame < len(it.reply.frames)
    return isinstance(it.command.call, Start) and was_made and it.after.memory.active is None


# -- Restarting --


@surprise(
    "A chunk that store_chunk has taken outlives the process.", _A, Store("s1", "a"), Restart()
)
def chunks_lost_by_a_crash(it: Moment) -> bool:
    """Loses chunks that were only in memory."""
    if not is_reborn(it):
        return False
    rows = {row.id for row in it.after.disk.streams}
    kept = {chunk[:3] for chunk in it.after.disk.chunks}
    return any(each.stream in rows and each not in kept for each in it.before.memory.buffer)


@surprise(
    "A stream whose last chunk is at most five minutes old outlives a restart.",
    *(_A, _OUTLIVED, Store("s1", "a"), Flush(), Restart()),
)
def long_answer_deleted(it: Moment) -> bool:
    """Deletes a stream that still got chunks, since it began over five minutes ago."""
    if not isinstance(it.command, Restart | Reopen):
        return False
    since = it.now - it.limits.stale_age_ms
    rows = {row.id for row in it.after.disk.streams}
    fresh = {chunk.stream for chunk in it.before.disk.chunks if chunk.flushed_at >= since}
    return any(row.id in fresh and row.id not in rows for row in it.before.disk.streams)


@surprise(
    "After a restart the last stream that began is active, or none.",
    *(_A, _B, Complete("s2"), Restart()),
)
def superseded_comes_back(it: Moment) -> bool:
    """Makes a stream active that had been superseded."""
    return is_reborn(it) and any(row.ended_at is not None for row in rows_after_active(it))


@surprise(
    "Of streams that began in one millisecond the last one is resumed.", _A, _B, Restart()
)
def older_of_a_tie(it: Moment) -> bool:
    """Resumes the older of two streams that began in one millisecond."""
    if not is_reborn(it) and not isinstance(call_of(it), Restore):
        return False
    return any(row.ended_at is None for row in rows_after_active(it))


@surprise("Nothing is resumed that begins in the future.", _A, Advance(-1), Restart())
def future_resumed(it: Moment) -> bool:
    """Resumes a stream that has not begun yet by the clock, and is never stale."""
    rows = it.after.disk.streams
    active = it.after.memory.active
    return is_reborn(it) and any(row.id == active and row.created_at > it.now for row in rows)


@surprise(
    "A restart deletes every stale stream.",
    InsertStale("s1", "r1", ORIGINAL.stale_age_ms + 1),
    InsertStale("s2", "r2", ORIGINAL.stale_age_ms + 2),
    Restart(),
)
def stale_streams_stay(it: Moment) -> bool:
    """Keeps a stale stream behind the newest one."""
    since = it.now - it.limits.stale_age_ms
    return is_reborn(it) and any(
        row.ended_at is None and row.created_at < since for row in it.after.disk.streams
    )


@surprise("restore leaves the stream that its instance answers.", _A, _OUTLIVED, Restore())
def own_stream_deleted(it: Moment) -> bool:
    """Deletes the stream that it is answering itself, and goes on."""
    active = it.before.memory.active
    return (
        isinstance(call_of(it), Restore)
        and it.before.memory.is_live
        and active in {row.id for row in it.before.disk.streams}
        and active not in {row.id for row in it.after.disk.streams}
    )


@surprise(
    "What restore takes over is not live.",
    *(_A, InsertStale("s2", "r2", -1), Restore()),
)
def foreign_stream_is_live(it: Moment) -> bool:
    """Takes over a stream that nobody answers, and says that more will come."""
    taken = it.after.memory.active not in {None, it.before.memory.active}
    return isinstance(call_of(it), Restore) and taken and it.after.memory.is_live
