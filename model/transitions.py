"""What the commands are made of: small functions from one state to the next.

Each is named after what it does to the state. ``now`` is the clock in milliseconds.
"""

from model import frames
from model.frames import well_formed
from model.limits import Limits
from model.state import Chunk, Disk, Memory, Pending, State, Status, Stream, in_order


def flushed(state: State, now: int) -> State:
    """The buffer is on disk; its chunks carry the time of the flush."""
    disk, memory = state
    if not memory.buffer:
        return state
    rows = tuple(
        [Chunk(stream, body, position, now) for stream, body, position in memory.buffer]
    )
    disk = Disk(disk.streams, disk.chunks + rows, disk.has_tables)
    return State(disk, memory._replace(buffer=()))


def started(state: State, stream: str, request: str, now: int) -> State:
    """What was pending is flushed; ``stream`` is active and live; the counter is at zero."""
    disk, memory = flushed(state, now)
    request = well_formed(request)
    row = Stream(stream, request, "streaming", now, None)
    memory = memory._replace(active=stream, request=request, is_live=True, next_position=0)
    return State(disk._replace(streams=(*disk.streams, row)), memory)


def buffered(state: State, stream: str, body: str, limits: Limits) -> State:
    """The chunk is pending under the next position; one that is too large leaves no trace."""
    body = well_formed(body)
    if _utf8_bytes(body) > limits.chunk_bytes_max:
        return state
    disk, (active, request, is_live, position, buffer, swept_at, is_destroyed) = state
    buffer += (Pending(stream, body, position),)
    memory = Memory(active, request, is_live, position + 1, buffer, swept_at, is_destroyed)
    return State(disk, memory)


def stored(state: State, stream: str, body: str, now: int, limits: Limits) -> State:
    """The chunk is pending, or is flushed with all others if it fills the buffer."""
    before = flushed(state, now) if must_flush_first(state, limits) else state
    after = buffered(before, stream, body, limits)
    if after is before:
        return state
    return flushed(after, now) if len(after.memory.buffer) >= limits.flush_chunks else after


def must_flush_first(state: State, limits: Limits) -> bool:
    """The buffer is at its maximum, which only a disk that kept failing can bring about."""
    return len(state.memory.buffer) >= limits.buffer_chunks_max


def ended(state: State, stream: str, status: Status, now: int) -> State:
    """What was pending is flushed, the row (if there is one) has ended, and *whatever*
    stream was active is forgotten."""
    disk, memory = flushed(state, now)
    streams = tuple(
        [
            row._replace(status=status, ended_at=now) if row.id == stream else row
            for row in disk.streams
        ]
    )
    memory = memory._replace(active=None, request=None, is_live=False, next_position=0)
    return State(disk._replace(streams=streams), memory)


def swept(state: State, now: int, limits: Limits) -> State:
    """Streams that ended long ago are gone with their chunks, if a sweep is due."""
    disk, memory = state
    if now - memory.swept_at < limits.sweep_interval_ms:
        return state
    cutoff = now - limits.sweep_age_ms
    for row in disk.streams:
        if row.ended_at is not None and row.ended_at < cutoff:
            disk = without(disk, row)
    return State(disk, memory._replace(swept_at=now))


def completed(state: State, stream: str, now: int, limits: Limits) -> State:
    """The stream has ended as completed, and a sweep that was due has run."""
    return swept(ended(state, stream, "completed", now), now, limits)


def cleared(state: State) -> State:
    """Nothing is stored, pending or active. ``is_live`` stays: the original forgets it."""
    memory = state.memory._replace(active=None, request=None, next_position=0, buffer=())
    return State(state.disk._replace(streams=(), chunks=()), memory)


def destroyed(state: State) -> State:
    """The tables are gone, and this instance is of no further use."""
    memory = state.memory
    if memory.is_destroyed:
        return state
    return State(Disk(has_tables=False), Memory(is_live=memory.is_live, is_destroyed=True))


def sent(state: State, request: str) -> list[str]:
    """A replay's frames but the last: one for each chunk of the active stream on disk."""
    active, request = state.memory.active, well_formed(request)
    assert active is not None
    return [frames.chunk(chunk.body, request) for chunk in in_order(state.disk, active)]


def last_sent(state: State, stream: str, request: str) -> str:
    """The frame that ends a replay of ``stream``: it goes on if it is active still, and
    live. Whatever else became of it, nothing more will come."""
    memory, request = state.memory, well_formed(request)
    goes_on = memory.active == stream and memory.is_live
    return frames.live_end(request) if goes_on else frames.done(request)


def is_orphan(state: State, stream: str) -> bool:
    """``stream`` is active, and nobody will finish it but a replay."""
    return state.memory.active == stream and not state.memory.is_live


def with_stale(state: State, stream: str, request: str, created_at: int) -> State:
    """A streaming row that nobody started is on disk."""
    disk, memory = state
    row = Stream(stream, well_formed(request), "streaming", created_at, None)
    return State(disk._replace(streams=(*disk.streams, row)), memory)


def restorable(disk: Disk) -> list[Stream]:
    """The newest streaming rows. Several mean a tie, and any of them may be restored."""
    streaming = [row for row in disk.streams if row.status == "streaming"]
    if len(streaming) <= 1:
        return streaming
    newest = max([row.created_at for row in streaming])
    return [row for row in streaming if row.created_at == newest]


def restored(state: State, row: Stream, now: int, limits: Limits) -> State:
    """``row`` is active, or deleted if it is stale. Whether anyone reads it, the instance
    knows as before: a fresh one says no."""
    disk, memory = state
    if now - row.created_at > limits.stale_age_ms:
        return State(without(disk, row), memory)
    positions = [chunk.position for chunk in disk.chunks if chunk.stream == row.id]
    next_position = max(positions, default=-1) + 1
    return State(
        disk,
        memory._replace(active=row.id, request=row.request, next_position=next_position),
    )


def without(disk: Disk, row: Stream) -> Disk:
    """The stream and its chunks are gone."""
    streams = tuple([other for other in disk.streams if other is not row])
    chunks = tuple([chunk for chunk in disk.chunks if chunk.stream != row.id])
    return disk._replace(streams=streams, chunks=chunks)


def _utf8_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
