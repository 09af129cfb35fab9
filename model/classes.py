"""The classes of states that a person tells apart: a life, and circumstances of it.

A state has exactly one of ``LIVES``, and any number of ``CIRCUMSTANCES``. A matrix of them
against the commands shows what a run has tried, and a graph of the lives how a stream lives.
"""

from typing import Final

from model.limits import Limits
from model.state import Disk, Memory, State, Stream
from model.transitions import must_flush_first, restorable

IDLE: Final = "idle"
IDLE_PENDING: Final = "idle, chunks pending"
LIVE_EMPTY: Final = "live, buffer empty"
LIVE_PART: Final = "live, part of a buffer"
LIVE_FULL: Final = "live, buffer full"
ORPHANED: Final = "orphaned"
ORPHANED_PENDING: Final = "orphaned, chunks pending"
DESTROYED: Final = "destroyed"

LIVES: Final[dict[str, str]] = {
    IDLE: "no stream is active and nothing is pending",
    IDLE_PENDING: "no stream is active, but chunks of one that is not are pending",
    LIVE_EMPTY: "the active stream was started by this instance; nothing is pending",
    LIVE_PART: "live, and fewer chunks are pending than fill the buffer",
    LIVE_FULL: "live, and a disk that failed has left a full buffer pending",
    ORPHANED: "the active stream was restored, so that nobody will end it but a replay",
    ORPHANED_PENDING: "orphaned, and chunks are pending",
    DESTROYED: "the tables are gone",
}

NOTHING_STORED: Final = "nothing on disk"
STALE: Final = "stale row on disk"
JUST_NOT_STALE: Final = "row at the stale age"
TIE: Final = "tie on disk"
SUPERSEDED: Final = "several rows streaming"
ENDED: Final = "ended row on disk"
TO_SWEEP: Final = "row to be swept"
SWEEP_DUE: Final = "sweep due"
CLOCK_BEHIND: Final = "clock behind"
CHUNKS_WITHOUT_ROW: Final = "chunks without a row"
ACTIVE_WITHOUT_ROW: Final = "active without a row"
LIVE_WITHOUT_STREAM: Final = "live without a stream"
BUFFER_AT_MAXIMUM: Final = "buffer at its maximum"

CIRCUMSTANCES: Final[dict[str, str]] = {
    NOTHING_STORED: "neither a row nor a chunk is on disk",
    STALE: "a streaming row is older than a restart would restore",
    JUST_NOT_STALE: "a streaming row has exactly the age that is still restored",
    TIE: "several streaming rows are the newest",
    SUPERSEDED: "several rows are streaming, whenever they began",
    ENDED: "a stream that was completed or failed is on disk",
    TO_SWEEP: "a stream ended longer ago than a sweep keeps",
    SWEEP_DUE: "a complete would sweep",
    CLOCK_BEHIND: "something on disk, or the last sweep, lies in the future",
    CHUNKS_WITHOUT_ROW: "chunks on disk belong to no stream that is",
    ACTIVE_WITHOUT_ROW: "the active stream has been deleted from the disk",
    LIVE_WITHOUT_STREAM: "the instance calls itself live, but no stream is active",
    BUFFER_AT_MAXIMUM: "one more chunk is refused unless the disk takes all of them",
}

CLASSES: Final[dict[str, str]] = LIVES | CIRCUMSTANCES
"""Every class with what it means."""


def life_of(memory: Memory, limits: Limits) -> str:
    """The one of ``LIVES`` that an instance is in."""
    if memory.is_destroyed:
        return DESTROYED
    pending = len(memory.buffer)
    if memory.active is None:
        return IDLE_PENDING if pending else IDLE
    if not memory.is_live:
        return ORPHANED_PENDING if pending else ORPHANED
    if not pending:
        return LIVE_EMPTY
    return LIVE_PART if pending < limits.flush_chunks else LIVE_FULL


def classes_of(state: State, now: int, limits: Limits) -> tuple[str, ...]:
    """Every class of a state at ``now`` (ms), its life first."""
    disk, memory = state
    life = life_of(memory, limits)
    if life is DESTROYED:
        return (DESTROYED,)
    found = [life]
    if now - memory.swept_at >= limits.sweep_interval_ms:
        found.append(SWEEP_DUE)
    if memory.is_live and memory.active is None:
        found.append(LIVE_WITHOUT_STREAM)
    if must_flush_first(state, limits):
        found.append(BUFFER_AT_MAXIMUM)
    found.extend(_classes_of_disk(disk, memory, now, limits))
    return tuple(found)


def _classes_of_disk(disk: Disk, memory: Memory, now: int, limits: Limits) -> list[str]:
    if not disk.streams and not disk.chunks:
        found = [NOTHING_STORED]
    else:
        found = _classes_of_streaming(disk, now, limits)
        found.extend(_classes_of_ended(disk.streams, now, limits))
    ids = [row.id for row in disk.streams]
    if memory.active is not None and memory.active not in ids:
        found.append(ACTIVE_WITHOUT_ROW)
    if not {chunk.stream for chunk in disk.chunks}.issubset(ids):
        found.append(CHUNKS_WITHOUT_ROW)
    begun = [row.created_at for row in disk.streams]
    ended = [row.ended_at for row in disk.streams if row.ended_at is not None]
    if max([memory.swept_at, *begun, *ended]) > now:
        found.append(CLOCK_BEHIND)
    return found


def _classes_of_streaming(disk: Disk, now: int, limits: Limits) -> list[str]:
    ages = [now - row.created_at for row in disk.streams if row.ended_at is None]
    found = []
    if len(ages) > 1:
        found.append(SUPERSEDED)
        _newest, *tied = restorable(disk)
        if tied:
            found.append(TIE)
    if ages and max(ages) > limits.stale_age_ms:
        found.append(STALE)
    if limits.stale_age_ms in ages:
        found.append(JUST_NOT_STALE)
    return found


def _classes_of_ended(rows: tuple[Stream, ...], now: int, limits: Limits) -> list[str]:
    since_end = [now - row.ended_at for row in rows if row.ended_at is not None]
    if not since_end:
        return []
    return [ENDED, TO_SWEEP] if max(since_end) > limits.sweep_age_ms else [ENDED]
