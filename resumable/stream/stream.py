"""The resumable stream: buffers the chunks of an answer, keeps them, replays them."""

import logging
import sqlite3
import time
from collections.abc import Callable
from itertools import chain
from threading import get_ident
from typing import Any, Final

import nanoid

from resumable.stream import home, schema
from resumable.stream.bodies import Bodies
from resumable.stream.errors import (
    ArgumentTypeError,
    StorageError,
    StreamDestroyedError,
    StreamExistsError,
    WrongThreadError,
)
from resumable.stream.frames import Frames
from resumable.stream.limits import CHUNK_BUFFER_SIZE, DEFAULT_LIMITS, Limits, checked
from resumable.stream.rows import (
    Client,
    Status,
    StreamChunk,
    StreamMetadata,
    StreamMetadataRow,
)
from resumable.stream.text import (
    UTF8_BYTES_PER_CHAR_MAX,
    expect,
    expect_callable,
    expect_sent,
    utf8_bytes,
    well_formed,
)
from resumable.stream.transaction import Transaction, storage_error

log = logging.getLogger("resumable")
log.addHandler(logging.NullHandler())  # Otherwise a service without logging gets it on stderr.

_BufferedChunk = tuple[str, str, int]
"""Stream id, body, index."""

_Send = Callable[[str], object]

_Restorable = tuple[str, str, int]
"""Stream id, request id, next index."""


def now_ms() -> int:
    """The wall clock, in whole milliseconds since the epoch (the original's ``Date.now``)."""
    return time.time_ns() // 1_000_000


class ResumableStream:
    """Keeps the chunks of streamed answers in SQLite, for clients that come back.

    Every method is one transaction: it has happened, or it raises and nothing has. A replay
    is two, a flush and the end of an orphan, with all that is sent in between. Inside a
    transaction that the caller has open, it joins that one. Times are whole milliseconds
    since the epoch. A new instance restores the stream that was active before (``restore``).

    An instance belongs to the thread and the process that made it. From another thread, and
    after a fork in the child, every method raises WrongThreadError or ForkedError and does
    nothing, whatever ``check_same_thread`` says. Only the accessors may be read anywhere.

    Two instances must not share a database: the second takes over what the first has live.
    ``open_database`` sees to it that there is one.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        clock: Callable[[], int] = now_ms,
        new_id: Callable[[], str] = nanoid.generate,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Create the tables if they are not there, and restore (the original's constructor).

        ``clock`` gives milliseconds, ``new_id`` an id that no stream has yet. The
        connection stays the caller's: isolation level and row factory are left alone. Its text
        factory has to be ``str``, which is sqlite3's own.

        Raises ArgumentTypeError for arguments of another type, ArgumentValueError for limits
        that no stream could keep, and StorageError if the
        connection is closed, locked, or not one to a database. A read-only one is refused
        unless it has tables and indexes already: then it can be read, but not written to.
        """
        self._thread: Final = get_ident()
        self._process: Final = home.process
        self._connection: Final = expect("connection", connection, sqlite3.Connection)
        self._cursor: Final = self._own_cursor(connection)
        self._transaction: Final = Transaction(connection, self._cursor)
        self._clock: Final[Callable[[], int]] = expect_callable("clock", clock)
        self._new_id: Final[Callable[[], str]] = expect_callable("new_id", new_id)
        expect("clock()", clock(), int)
        self._limits: Final = checked(expect("limits", limits, Limits))
        self._flush_at: Final = limits.chunk_buffer_size
        self._buffer_max: Final = limits.chunk_buffer_max_size
        self._small_chunk_chars: Final = limits.chunk_max_bytes // UTF8_BYTES_PER_CHAR_MAX
        self._active_stream_id: str | None = None
        self._active_request_id: str | None = None
        self._is_live = False
        self._next_index = 0
        self._buffer: list[_BufferedChunk] = []
        self._last_cleanup_ms = 0
        self._is_destroyed = False
        self._chunks_written = 0
        # Begins the ids of all chunks that this instance writes, once there are any: making a
        # nanoid for each costs more than inserting the row.
        self._name: str | None = None
        with self._transaction:
            for statement in schema.CREATE:
                self._cursor.execute(statement)
            found = self._find_restorable()
        self._adopt(found)

    # -- The four accessors. They only read memory, and answer after ``destroy``, too. --

    @property
    def active_stream_id(self) -> str | None:
        """The active stream, or None (the original's ``activeStreamId``)."""
        return self._active_stream_id

    @property
    def active_request_id(self) -> str | None:
        """The request that the active stream answers, or None (``activeRequestId``)."""
        return self._active_request_id

    @property
    def is_live(self) -> bool:
        """Whether this instance started the active stream, so that more chunks will come
        (``isLive``). False for an orphan, which was restored. Surprise: ``clear_all``, and
        ``restore`` on an instance that already lives, leave it as it was."""
        return self._is_live

    def has_active_stream(self) -> bool:
        """Whether a stream is active, live or orphaned (``hasActiveStream``)."""
        return self._active_stream_id is not None

    # -- The life of a stream --

    def start(self, request_id: str) -> str:
        """Begin a stream and return its new id (the original's ``start``).

        What was buffered before is flushed. The stream that was active stays ``streaming``
        on disk, and may be restored after a restart. Request ids may repeat.

        Raises ArgumentTypeError, StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        request_id = well_formed("request_id", request_id)
        stream_id = expect("new_id()", self._new_id(), str)
        now = self._clock()
        with self._transaction:
            self._write_buffer(now)
            self._insert_stream(stream_id, request_id, now)
        self._buffer.clear()
        self._active_stream_id = stream_id
        self._active_request_id = request_id
        self._is_live = True
        self._next_index = 0
        return stream_id

    def complete(self, stream_id: str) -> None:
        """Flush, and end a stream as ``completed`` (the original's ``complete``).

        Streams that ended over 24 h ago are deleted, at most every 10 min. Surprise: *any*
        id, even an unknown one, makes the instance forget its active stream.

        Raises ArgumentTypeError, StorageError, StreamDestroyedError.
        """
        self._end(stream_id, "completed", sweeps=True)

    def mark_error(self, stream_id: str) -> None:
        """Flush, and end a stream as ``error`` (the original's ``markError``).

        Like ``complete``, but it never deletes old streams.

        Raises ArgumentTypeError, StorageError, StreamDestroyedError.
        """
        self._end(stream_id, "error", sweeps=False)

    # -- Chunks --

    def store_chunk(self, stream_id: str, body: str) -> None:
        """Buffer a chunk; every 10th flushes the buffer (the original's ``storeChunk``).

        Once this returns, the chunk is kept: if the flush fails it is logged, and the next
        call that flushes tries again. A body of more than 1,800,000 UTF-8 bytes is skipped
        with a warning and leaves no gap in the indexes. Surprise: all streams share one
        index counter, so that storing to two at once shuffles both.

        Raises ArgumentTypeError, StreamDestroyedError, and StorageError if the connection
        is closed, or if 100 chunks are waiting and still cannot be flushed: then this chunk
        is not kept.
        """
        self._refuse_if_unusable()
        # Most text is plain, and to see it here saves two calls for each chunk.
        if not (
            type(stream_id) is type(body) is str and stream_id.isascii() and body.isascii()
        ):
            stream_id = well_formed("stream_id", stream_id)
            body = well_formed("body", body)
        buffer = self._buffer
        if len(body) > self._small_chunk_chars and self._is_oversized(body):
            return
        if len(buffer) >= self._buffer_max:
            self.flush_buffer()
        buffer.append((stream_id, body, self._next_index))
        self._next_index += 1
        if len(buffer) >= self._flush_at:
            self._flush_or_log()

    def flush_buffer(self) -> None:
        """Write all buffered chunks to disk, or none (the original's ``flushBuffer``).

        Raises StorageError, after which they are all still buffered; StreamDestroyedError.
        """
        self._refuse_if_unusable()
        if not self._buffer:
            return
        with self._transaction:
            self._write_buffer(self._clock())
        self._buffer.clear()

    # -- Replay --

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        """Send the active stream to a client that came back (``replayChunks``).

        ``connection.send`` gets one frame (a ``str`` of JSON) for each chunk, in order, and
        one that ends the replay: ``replayComplete`` if the stream is live and goes on,
        ``done`` if nothing more will come. It must have sent when it returns: an ``async`` one
        is refused. An orphan is completed, and its id returned, so that the caller can keep
        the partial answer; otherwise None. Surprise: it is always the *active* stream that is
        sent, under whatever ``request_id`` was asked for.

        What ``send`` raises comes through, and the stream stays live, or an orphan: the
        next replay sends everything again. Whatever is raised, the flush may have been made.

        Raises ArgumentTypeError, StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        send: _Send = expect_callable("connection.send", getattr(connection, "send", None))
        frames = Frames(well_formed("request_id", request_id))
        stream_id = self._active_stream_id
        if stream_id is None:
            return None
        self.flush_buffer()
        self._send_chunks(send, frames, stream_id)
        return self._end_replay(send, frames, stream_id)

    def _send_chunks(self, send: _Send, frames: Frames, stream_id: str) -> None:
        """What is on disk now. Calls from inside ``send`` change nothing in that."""
        bodies = Bodies(lambda: self._own_cursor(self._connection), stream_id)
        readers = self._transaction.readers
        readers.append(bodies)
        try:
            for page in bodies:
                for frame in frames.chunks(page):
                    expect_sent(send(frame))
        finally:
            readers.remove(bodies)

    def _end_replay(self, send: _Send, frames: Frames, stream_id: str) -> str | None:
        if self._active_stream_id != stream_id:  # It ended from inside ``send``.
            expect_sent(send(frames.done))
            return None
        if self._is_live:
            expect_sent(send(frames.live_end))
            return None
        expect_sent(send(frames.done))
        self.complete(stream_id)
        return stream_id

    # -- Restore, clear, destroy --

    def restore(self) -> None:
        """Make the newest ``streaming`` stream on disk the active one (``restore``).

        One that started over 5 min ago is deleted instead, with its chunks; older ones wait
        for the next restart. Of several that started in the same millisecond it is the last.
        Surprise: an instance that already lives keeps ``is_live`` and its buffer.

        Raises StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        with self._transaction:
            found = self._find_restorable()
        self._adopt(found)

    def clear_all(self) -> None:
        """Delete every stream and chunk, buffered ones too (the original's ``clearAll``).

        Surprise: ``is_live`` stays as it was.

        Raises StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        with self._transaction:
            for statement in schema.CLEAR:
                self._cursor.execute(statement)
        self._buffer.clear()
        self._active_stream_id = None
        self._active_request_id = None
        self._next_index = 0

    def destroy(self) -> None:
        """Drop the tables (the original's ``destroy``).

        Afterwards every other method raises StreamDestroyedError; a second ``destroy`` does
        nothing, and a new instance on the same connection works.

        Raises StorageError.
        """
        if self._is_destroyed:
            return
        self._refuse_if_unusable()
        with self._transaction:
            for statement in schema.DROP:
                self._cursor.execute(statement)
        self._buffer.clear()
        self._active_stream_id = None
        self._active_request_id = None
        self._is_destroyed = True

    # -- Read-outs, for tests and for operators --

    def get_stream_chunks(self, stream_id: str) -> list[StreamChunk]:
        """The flushed chunks of a stream, in the order of a replay (``getStreamChunks``).

        Buffered chunks are not among them: this does not flush.

        Raises ArgumentTypeError, StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        stream_id = well_formed("stream_id", stream_id)
        rows = self._read(schema.CHUNKS, stream_id, *schema.BEFORE_ALL)
        return [{"body": body, "chunk_index": index} for body, index, _ in rows]

    def get_stream_metadata(self, stream_id: str) -> StreamMetadata | None:
        """Status and request of a stream, or None (``getStreamMetadata``).

        Raises ArgumentTypeError, StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        stream_id = well_formed("stream_id", stream_id)
        for status, request_id in self._read(schema.STREAM, stream_id):
            return {"status": status, "request_id": request_id}
        return None

    def get_all_stream_metadata(self) -> list[StreamMetadataRow]:
        """Every stream on disk, in no particular order (``getAllStreamMetadata``).

        Raises StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        return [
            {"id": row_id, "status": status, "request_id": request_id, "created_at": created}
            for row_id, status, request_id, created in self._read(schema.STREAMS)
        ]

    def insert_stale_stream(self, stream_id: str, request_id: str, age_ms: int) -> None:
        """Insert a streaming row that is ``age_ms`` old (``insertStaleStream``), for tests.

        Raises ArgumentTypeError, StreamExistsError, StorageError, StreamDestroyedError.
        """
        self._refuse_if_unusable()
        stream_id = well_formed("stream_id", stream_id)
        request_id = well_formed("request_id", request_id)
        created_at = self._clock() - expect("age_ms", age_ms, int)
        with self._transaction:
            self._insert_stream(stream_id, request_id, created_at)

    # -- Inside a transaction: these write, and leave memory alone --

    def _write_buffer(self, now: int) -> None:
        if self._buffer:
            if self._name is None:
                self._name = nanoid.generate()
            name = self._name
            rows = [
                (f"{name}-{number}", stream_id, body, index, now)
                for number, (stream_id, body, index) in enumerate(
                    self._buffer, self._chunks_written
                )
            ]
            if len(rows) == CHUNK_BUFFER_SIZE:
                # The usual number: one statement takes three quarters of the time of ten.
                self._cursor.execute(schema.INSERT_FULL_BUFFER, [*chain.from_iterable(rows)])
            else:
                self._cursor.executemany(schema.INSERT_CHUNK, rows)
            self._chunks_written += len(rows)

    def _insert_stream(self, stream_id: str, request_id: str, created_at: int) -> None:
        try:
            self._cursor.execute(schema.INSERT_STREAM, (stream_id, request_id, created_at))
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
                raise
            raise StreamExistsError(f"a stream {stream_id!r} exists already") from error

    def _find_restorable(self) -> _Restorable | None:
        """The newest streaming stream, unless it was stale and had to go."""
        row = self._cursor.execute(schema.NEWEST_STREAMING).fetchone()
        if row is None:
            return None
        stream_id, request_id, created_at = row
        age_ms = self._clock() - created_at
        if age_ms > self._limits.stream_stale_threshold_ms:
            self._cursor.execute(schema.DELETE_CHUNKS, (stream_id,))
            self._cursor.execute(schema.DELETE_STREAM, (stream_id,))
            log.warning("deleted the stale stream %s (age: %d ms)", stream_id, age_ms)
            return None
        (last_index,) = self._cursor.execute(schema.LAST_INDEX, (stream_id,)).fetchone()
        next_index = 0 if last_index is None else last_index + 1
        return stream_id, request_id, next_index

    def _cleanup_is_due(self, now: int) -> bool:
        return now - self._last_cleanup_ms >= self._limits.cleanup_interval_ms

    def _delete_finished(self, now: int) -> None:
        ended_before = now - self._limits.cleanup_age_threshold_ms
        for statement in schema.SWEEP:
            self._cursor.execute(statement, (ended_before,))

    # -- Everything else --

    def _end(self, stream_id: str, status: Status, *, sweeps: bool) -> None:
        self._refuse_if_unusable()
        stream_id = well_formed("stream_id", stream_id)
        now = self._clock()
        sweeps = sweeps and self._cleanup_is_due(now)
        with self._transaction:
            self._write_buffer(now)
            self._cursor.execute(schema.END_STREAM, (status, now, stream_id))
            if sweeps:
                self._delete_finished(now)
        self._buffer.clear()
        self._active_stream_id = None
        self._active_request_id = None
        self._is_live = False
        self._next_index = 0
        if sweeps:
            self._last_cleanup_ms = now

    def _adopt(self, found: _Restorable | None) -> None:
        if found is not None:
            self._active_stream_id, self._active_request_id, self._next_index = found

    def _is_oversized(self, body: str) -> bool:
        size, most = utf8_bytes(body), self._limits.chunk_max_bytes
        if size > most:
            log.warning(
                "skipped a chunk of %d bytes: at most %d are stored, so a replay lacks it",
                size,
                most,
            )
        return size > most

    def _flush_or_log(self) -> None:
        try:
            self.flush_buffer()
        except StorageError as error:
            log.error(  # noqa: TRY400 - each further chunk tries again: no traceback each time
                "could not flush; %d chunks wait for the next try: %s",
                len(self._buffer),
                error,
            )

    @staticmethod
    def _own_cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
        """A cursor that gives tuples, whatever the row factory of the connection."""
        if connection.text_factory is not str:
            raise ArgumentTypeError("connection.text_factory must be str")
        try:
            cursor = connection.cursor()
        except sqlite3.Error as error:
            if "thread" in str(error):  # It has no code of its own.
                raise WrongThreadError(
                    f"make connection and stream in the thread that uses them: {error}"
                ) from error
            raise storage_error(error) from error
        cursor.row_factory = None
        return cursor

    def _read(self, statement: str, *parameters: str | int) -> list[Any]:
        try:
            return self._cursor.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise storage_error(error) from error

    def _refuse_if_unusable(self) -> None:
        if self._is_destroyed:
            raise StreamDestroyedError(
                "this stream was destroyed; make a new ResumableStream on the connection"
            )
        if get_ident() != self._thread or home.process is not self._process:
            raise home.elsewhere(self._process)
        try:
            # A closed connection never comes back, so that no chunk could be kept.
            self._connection.in_transaction  # noqa: B018 - reading it raises when closed
        except sqlite3.Error as error:
            raise storage_error(error) from error
