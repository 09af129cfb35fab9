"""The state of a stream store, split by fate: what a crash keeps, and what it forgets."""

from typing import Literal, NamedTuple

Status = Literal["streaming", "completed", "error"]


class Stream(NamedTuple):
    """One row of metadata."""

    id: str
    request: str
    status: Status
    created_at: int
    ended_at: int | None


class Chunk(NamedTuple):
    """One stored chunk. ``position`` (the original's ``chunk_index``) need not be unique
    within a stream; see ``in_order``."""

    stream: str
    body: str
    position: int
    flushed_at: int


class Disk(NamedTuple):
    """What a crash keeps: both tables, each in the order of insertion."""

    streams: tuple[Stream, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    has_tables: bool = True
    """False from ``destroy`` until the next instance creates the tables again."""


class Pending(NamedTuple):
    """A chunk in the buffer. Its position is fixed when it is stored, not at the flush."""

    stream: str
    body: str
    position: int


class Memory(NamedTuple):
    """What a crash forgets; the defaults are a fresh instance that found nothing to restore."""

    active: str | None = None
    request: str | None = None
    is_live: bool = False
    """True when this instance started the active stream. ``clear_all`` leaves it as it was."""

    next_position: int = 0
    """One counter for *all* streams."""

    buffer: tuple[Pending, ...] = ()
    swept_at: int = 0
    """When this instance last swept; 0 makes the first ``complete`` sweep."""

    is_destroyed: bool = False


class State(NamedTuple):
    """A store and the one instance that works on it. After a crash: ``State(disk)``."""

    disk: Disk = Disk()
    memory: Memory = Memory()


def in_order(disk: Disk, stream: str) -> list[Chunk]:
    """The chunks of a stream as a replay sends them: by position, equal ones as inserted."""
    own = [chunk for chunk in disk.chunks if chunk.stream == stream]
    return sorted(own, key=lambda chunk: chunk.position)
