"""Circumstances that rules tell apart: of the state, of the command, of what came before.

What was observed plays no part here; see ``evidence`` for that.
"""

from collections.abc import Iterator

from model.commands import (
    REBIRTHS,
    Burst,
    Call,
    ClearAll,
    Command,
    Complete,
    Destroy,
    InTransaction,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restore,
    Start,
    Store,
    WhileDiskFails,
    WhileFaulty,
    innermost,
)
from model.departure import Departure
from model.frames import well_formed
from model.state import Chunk, Pending, Stream
from model.transitions import restorable


def always(_: Departure) -> bool:
    """In every circumstance."""
    return True


# -- The instance --


def is_destroyed(it: Departure) -> bool:
    return it.before.memory.is_destroyed


def has_active(it: Departure) -> bool:
    return it.before.memory.active is not None


def nothing_active(it: Departure) -> bool:
    return it.before.memory.active is None


def is_live(it: Departure) -> bool:
    return it.before.memory.is_live


def is_orphan(it: Departure) -> bool:
    return has_active(it) and not is_live(it)


def has_pending(it: Departure) -> bool:
    return bool(it.before.memory.buffer)


def lives_on(it: Departure) -> bool:
    """The instance has something in memory that a ``restore`` has to leave alone."""
    return is_live(it) or has_pending(it) or has_active(it)


def sweep_is_close(it: Departure) -> bool:
    """A sweep is not due, or was not a millisecond ago."""
    return it.now - it.before.memory.swept_at <= it.limits.sweep_interval_ms + 1


def sweeps_for_the_first_time(it: Departure) -> bool:
    return it.before.memory.swept_at == 0


# -- The disk --


def something_streams(it: Departure) -> bool:
    return bool(restorable(it.before.disk))


def several_stream(it: Departure) -> bool:
    return sum(1 for row in it.before.disk.streams if row.status == "streaming") > 1


def has_tie(it: Departure) -> bool:
    return len(restorable(it.before.disk)) > 1


def newest_is_stale(it: Departure) -> bool:
    return any(age > it.limits.stale_age_ms for age in _ages_of_newest(it))


def newest_is_almost_stale(it: Departure) -> bool:
    return any(age == it.limits.stale_age_ms for age in _ages_of_newest(it))


def newest_lies_ahead(it: Departure) -> bool:
    return any(age < 0 for age in _ages_of_newest(it))


def old_ended(it: Departure) -> bool:
    """A stream ended at least as long ago as a sweep keeps."""
    return bool(old_rows(it))


def old_rows(it: Departure) -> list[Stream]:
    cutoff = it.now - it.limits.sweep_age_ms
    rows = it.before.disk.streams
    return [row for row in rows if row.ended_at is not None and row.ended_at <= cutoff]


def _ages_of_newest(it: Departure) -> list[int]:
    return [it.now - row.created_at for row in restorable(it.before.disk)]


# -- The command --


def ends_another(it: Departure) -> bool:
    stream = getattr(it.command, "stream", None)
    return has_active(it) and stream != it.before.memory.active


def ends_again(it: Departure) -> bool:
    """The stream that is to end has ended before."""
    stream = getattr(it.command, "stream", None)
    return any(row.id == stream and row.ended_at is not None for row in it.before.disk.streams)


def fills_buffer(it: Departure) -> bool:
    return _brings_buffer_to(it.limits.flush_chunks, it, it.command)


def fills_no_buffer(it: Departure) -> bool:
    return not fills_buffer(it)


def exceeds_buffer(it: Departure) -> bool:
    """The call comes to as many chunks as a disk that fails leaves waiting at the most."""
    return any(
        _brings_buffer_to(it.limits.buffer_chunks_max, it, call)
        for call in (innermost(it.command), *_failed(it))
    )


def asks_for_another(it: Departure) -> bool:
    """A replay under another id than the active stream's."""
    request = getattr(innermost(it.command), "request", None)
    return request is not None and well_formed(request) != it.before.memory.request


def calls_when_orphan_is_done(it: Departure) -> bool:
    """A call from inside ``send``, with the frame in hand after which an orphan ends."""
    if not isinstance(it.command, ReplayWhileSending) or not is_orphan(it):
        return False
    chunks: list[Chunk | Pending] = [*it.before.disk.chunks, *it.before.memory.buffer]
    active = it.before.memory.active
    return it.command.at_frame == sum(chunk.stream == active for chunk in chunks)


def calls_for_another_active(it: Departure) -> bool:
    """A call from inside ``send`` that may change which stream is active."""
    changing = Start | Complete | MarkError | Replay | Restore | ClearAll | Destroy
    return isinstance(it.command, ReplayWhileSending) and isinstance(it.command.call, changing)


def _brings_buffer_to(count: int, it: Departure, command: Command | Call) -> bool:
    """The command stores chunks, and with those pending there are ``count`` or more."""
    if not isinstance(command, Store | Burst):
        return False
    stored = command.count if isinstance(command, Burst) else 1
    return len(it.before.memory.buffer) + stored >= count


# -- The program: what is unusual in it is there for a reason --


def disk_failed(it: Departure) -> bool:
    """The disk has failed a call, now or earlier."""
    return any(_failed(it))


def disk_failed_a_store(it: Departure) -> bool:
    return any(isinstance(call, Store | Burst) for call in _failed(it))


def socket_died(it: Departure) -> bool:
    return any(isinstance(call, ReplayToDeadSocket) for call in _calls(it)) and has_active(it)


def was_restored(it: Departure) -> bool:
    restores = (*REBIRTHS, Restore)
    return any(isinstance(command, restores) for command in it.earlier)


def restored_while_living(it: Departure) -> bool:
    return any(isinstance(innermost(command), Restore) for command in it.earlier)


def was_cleared(it: Departure) -> bool:
    return any(isinstance(innermost(command), ClearAll) for command in it.earlier)


def stores_too_large(it: Departure) -> bool:
    return any(size > it.limits.chunk_bytes_max for size in _sizes(it))


def stores_the_largest(it: Departure) -> bool:
    return any(size == it.limits.chunk_bytes_max for size in _sizes(it))


def has_surrogate(it: Departure) -> bool:
    texts = [text for call in _calls(it) for text in texts_of(call)]
    return any("\ud800" <= letter <= "\udfff" for text in texts for letter in text)


def is_set_up_oddly(it: Departure) -> bool:
    """The caller's connection is unusual, or has a transaction open, and a call raises."""
    joins = isinstance(it.command, InTransaction) and it.where == "raises"
    return it.is_set_up_oddly or (joins and it.permitted is None)


def texts_of(call: Command | Call) -> Iterator[str]:
    """The body or the request that a call brings."""
    if isinstance(call, Store | Burst):
        yield call.body
    yield from [call.request] if hasattr(call, "request") else []


def _failed(it: Departure) -> Iterator[Command | Call]:
    struck = [*it.earlier, it.command] if it.disk_failed else it.earlier
    for command in struck:
        around = command.call if isinstance(command, InTransaction) else command
        if isinstance(around, WhileDiskFails | WhileFaulty):
            yield around.call


def _calls(it: Departure) -> list[Command | Call]:
    return [innermost(command) for command in (*it.earlier, it.command)]


def _sizes(it: Departure) -> list[int]:
    bodies = [call.body for call in _calls(it) if isinstance(call, Store)]
    return [len(well_formed(body).encode()) for body in bodies]
