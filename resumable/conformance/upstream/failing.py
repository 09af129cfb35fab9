"""What the original does when the disk fails: it goes on as if half of it had happened.

Each call is written down once more, statement by statement, with as many rows as the disk
still takes. A statement that would write more writes none, and raises; what ran before it
stays, on disk and in memory.
"""

from collections.abc import Callable
from typing import Any, Final

from model import (
    Burst,
    ClearAll,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    Limits,
    MarkError,
    Outcome,
    Replay,
    ReplayToDeadSocket,
    Restore,
    Start,
    State,
    Store,
    WhileDiskFails,
)
from model.outcome import DONE, Reply
from model.state import Status, Stream
from model.transitions import (
    buffered,
    cleared,
    destroyed,
    ended,
    flushed,
    is_orphan,
    last_sent,
    restorable,
    restored,
    sent,
    started,
    swept,
    with_stale,
)
from resumable.conformance.upstream import requests


def while_disk_fails(
    state: State,
    command: WhileDiskFails,
    now: int,
    limits: Limits,
    resumed: Stream | None = None,
) -> Outcome:
    """The one outcome of a call on a disk that takes ``rows_written`` rows. What a restore
    looks at is the oldest of the newest rows, unless ``resumed`` is said to be."""
    call = _Call(state, command.rows_written, now, limits, resumed)
    try:
        reply = _CALLS[type(command.call)](call, command.call)
    except _DiskFailedError:
        return Outcome(Reply(None, call.frames, "disk", disk_failed=True), call.state)
    return Outcome(reply, call.state)


class _DiskFailedError(Exception):
    """The statement wrote nothing."""


class _Call:
    """A call in progress: what it has left so far, and how many rows the disk still takes."""

    def __init__(
        self, state: State, rows_left: int, now: int, limits: Limits, resumed: Stream | None
    ) -> None:
        self.state = state
        self.frames: tuple[str, ...] = ()
        self._rows_left = rows_left
        self._now: Final = now
        self._limits: Final = limits
        self._resumed: Final = resumed

    def start(self, command: Start) -> Reply:
        self.flush()
        after = started(self.state, command.stream, command.request, self._now)
        after = requests.remembering(after, command.request)
        self._remember(after)
        self._write(1, after)
        return Reply(command.stream)

    def store(self, command: Store | Burst) -> Reply:
        for body in command.bodies if isinstance(command, Burst) else [command.body]:
            self.state = buffered(self.state, command.stream, body, self._limits)
            if len(self.state.memory.buffer) >= self._limits.flush_chunks:
                self.flush()
        return DONE

    def flush(self, _command: Flush = Flush()) -> Reply:  # noqa: B008 - it holds nothing
        """The buffer is forgotten first; what the disk does not take of it is lost."""
        buffer = self.state.memory.buffer
        self._remember(self.state, buffer=())
        for chunk in buffer:
            one = State(self.state.disk, self.state.memory._replace(buffer=(chunk,)))
            self._write(1, flushed(one, self._now))
        return DONE

    def complete(self, command: Complete) -> Reply:
        self._end(command.stream, "completed")
        return DONE

    def mark_error(self, command: MarkError) -> Reply:
        self._end(command.stream, "error")
        return DONE

    def replay(self, command: Replay | ReplayToDeadSocket) -> Reply:
        active = self.state.memory.active
        if active is None:
            return DONE
        self.flush()
        frames = sent(self.state, command.request)
        frames.append(last_sent(self.state, active, command.request))
        self.frames = requests.as_sent(tuple(frames), command.request)
        if isinstance(command, ReplayToDeadSocket) and command.frames_taken < len(frames):
            self.frames = self.frames[: command.frames_taken]
            return Reply(None, self.frames, "socket")
        orphan = active if is_orphan(self.state, active) else None
        if orphan is not None:
            self._end(orphan, "completed")
        return Reply(orphan, self.frames)

    def restore(self, _command: Restore) -> Reply:
        rows = [self._resumed] if self._resumed else restorable(self.state.disk)[:1]
        for row in rows:
            after = restored(self.state, row, self._now, self._limits)
            if after.disk is self.state.disk:
                self.state = after
            else:
                self._delete([row])
        return DONE

    def clear_all(self, _command: ClearAll) -> Reply:
        self._remember(self.state, buffer=())
        disk = self.state.disk
        self._write(len(disk.chunks), self._with_disk(chunks=()))
        self._write(len(disk.streams), self._with_disk(streams=()))
        self.state = cleared(self.state)
        return DONE

    def destroy(self, _command: Destroy) -> Reply:
        self.flush()
        self.state = destroyed(self.state)
        return DONE

    def insert_stale(self, command: InsertStale) -> Reply:
        if any(row.id == command.stream for row in self.state.disk.streams):
            return Reply(None, (), "duplicate")
        created_at = self._now - command.age_ms
        self._write(1, with_stale(self.state, command.stream, command.request, created_at))
        return DONE

    def _end(self, stream: str, status: Status) -> None:
        self.flush()
        rows = [row for row in self.state.disk.streams if row.id == stream]
        self._write(len(rows), ended(self.state, stream, status, self._now))
        if status == "completed":
            self._sweep()

    def _sweep(self) -> None:
        """It counts as done before it has begun."""
        after = swept(self.state, self._now, self._limits)
        kept = set(after.disk.streams)
        gone = [row for row in self.state.disk.streams if row not in kept]
        self._remember(self.state, swept_at=after.memory.swept_at)
        self._delete(gone)

    def _delete(self, streams: list[Stream]) -> None:
        """All their chunks in one statement, then the rows in another."""
        ids = {row.id for row in streams}
        before = self.state.disk
        chunks = tuple([chunk for chunk in before.chunks if chunk.stream not in ids])
        rows = tuple([row for row in before.streams if row.id not in ids])
        self._write(len(before.chunks) - len(chunks), self._with_disk(chunks=chunks))
        self._write(len(ids), self._with_disk(streams=rows))

    def _write(self, rows: int, after: State) -> None:
        if rows > self._rows_left:
            raise _DiskFailedError
        self._rows_left -= rows
        self.state = after

    def _remember(self, state: State, **changed: Any) -> None:
        self.state = State(self.state.disk, state.memory._replace(**changed))

    def _with_disk(self, **changed: Any) -> State:
        return self.state._replace(disk=self.state.disk._replace(**changed))


_CALLS: Final[dict[type, Callable[[_Call, Any], Reply]]] = {
    Start: _Call.start,
    Store: _Call.store,
    Burst: _Call.store,
    Flush: _Call.flush,
    Complete: _Call.complete,
    MarkError: _Call.mark_error,
    Replay: _Call.replay,
    ReplayToDeadSocket: _Call.replay,
    Restore: _Call.restore,
    ClearAll: _Call.clear_all,
    Destroy: _Call.destroy,
    InsertStale: _Call.insert_stale,
}
