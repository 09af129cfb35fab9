"""Bugs of doing all or nothing, which show when the process dies or the disk fails."""

from contextlib import suppress
from sqlite3 import Error

from resumable import Client, ResumableStream, StorageError
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherLimits, OtherSql, instead
from resumable.conformance.mutants.rules import Rule
from resumable.stream.rows import Status


@seeded(Rule.ONE_TRANSACTION, Source.ORIGINAL)
class FlushCommitsEachChunk(ResumableStream):
    """Writes each chunk in a transaction of its own."""

    def flush_buffer(self) -> None:
        pending = self._buffer
        try:
            while pending:
                self._buffer = pending[:1]
                super().flush_buffer()
                pending = pending[1:]
        finally:
            self._buffer = pending
        self._refuse_if_unusable()


@seeded(Rule.ONE_TRANSACTION, Source.ORIGINAL)
class StartIsTwoTransactions(ResumableStream):
    """Flushes, and then starts."""

    def start(self, request_id: str) -> str:
        self.flush_buffer()
        return super().start(request_id)


@seeded(Rule.ONE_TRANSACTION, Source.ORIGINAL)
class CompleteIsTwoTransactions(ResumableStream):
    """Flushes, and then completes."""

    def complete(self, stream_id: str) -> None:
        self.flush_buffer()
        super().complete(stream_id)


@seeded(Rule.ONE_TRANSACTION, Source.ORIGINAL)
class MarkErrorIsTwoTransactions(ResumableStream):
    """Flushes, and then marks the error."""

    def mark_error(self, stream_id: str) -> None:
        self.flush_buffer()
        super().mark_error(stream_id)


@seeded(Rule.ONE_TRANSACTION, Source.ORIGINAL)
class SweepIsAnotherTransaction(ResumableStream):
    """Completes, and then sweeps."""

    def complete(self, stream_id: str) -> None:
        now = self._clock()
        is_due = self._cleanup_is_due(now)
        self._end(stream_id, "completed", sweeps=False)
        if is_due:
            with self._transaction:
                self._delete_finished(now)
            self._last_cleanup_ms = now


@seeded(Rule.ONE_TRANSACTION, Source.ORIGINAL)
class ClearIsTwoTransactions(ResumableStream):
    """Clears the chunks, and then the streams."""

    def clear_all(self) -> None:
        self._refuse_if_unusable()
        with self._transaction:
            self._cursor.execute("delete from cf_ai_chat_stream_chunks")
        super().clear_all()


@seeded(Rule.ONE_TRANSACTION, Source.TOO_MUCH)
class FailureIsCommitted(OtherSql):
    """Commits what was written before the failure."""

    edits = instead("rollback", "commit")


@seeded(Rule.ONE_TRANSACTION, Source.TOO_MUCH)
class FailureStaysInTheCallersTransaction(OtherSql):
    """Leaves what was written before the failure to a caller who has a transaction open."""

    edits = instead("rollback to resumable_stream", "release resumable_stream")


@seeded(Rule.RAISED, Source.ORIGINAL)
class FlushLosesTheRest(ResumableStream):
    """Keeps the rows before the one that failed, and loses those after it."""

    def flush_buffer(self) -> None:
        pending, self._buffer = self._buffer, []
        for chunk in pending:
            self._buffer.append(chunk)
            try:
                super().flush_buffer()
            except StorageError:
                self._buffer.clear()
                raise
        super().flush_buffer()


@seeded(Rule.RAISED, Source.ORIGINAL)
class FlushEmptiesTheBufferFirst(ResumableStream):
    """Empties the buffer before the commit, so that a failed flush loses it."""

    def flush_buffer(self) -> None:
        try:
            super().flush_buffer()
        except StorageError:
            self._buffer.clear()
            raise


@seeded(Rule.RAISED, Source.ORIGINAL)
class CompletesAfterAFailureWithoutChunks(ResumableStream):
    """Loses the buffer when a completion fails; the next one completes no chunks."""

    def complete(self, stream_id: str) -> None:
        try:
            super().complete(stream_id)
        except StorageError:
            self._buffer.clear()
            raise


@seeded(Rule.RAISED, Source.ORIGINAL)
class StartIsActiveWithoutARow(ResumableStream):
    """Is live before the new row is on disk, which may fail."""

    def start(self, request_id: str) -> str:
        self._is_live = True
        return super().start(request_id)


@seeded(Rule.RAISED, Source.ORIGINAL)
class EndForgetsBeforeTheCommit(ResumableStream):
    """Forgets the active stream before its end is on disk, which may fail."""

    def _end(self, stream_id: str, status: Status, *, sweeps: bool) -> None:
        self._active_stream_id = None
        super()._end(stream_id, status, sweeps=sweeps)


@seeded(Rule.RAISED, Source.ORIGINAL)
class ClearEmptiesTheBufferFirst(ResumableStream):
    """Empties the buffer before the tables are cleared, which may fail."""

    def clear_all(self) -> None:
        self._buffer.clear()
        super().clear_all()


@seeded(Rule.RAISED, Source.ORIGINAL)
class SweepCountsBeforeTheCommit(ResumableStream):
    """Notes the sweep before the commit, so that after a failure none comes for long."""

    def _delete_finished(self, now: int) -> None:
        self._last_cleanup_ms = now
        super()._delete_finished(now)


@seeded(Rule.RAISED, Source.TIDY)
class FlushFailureIsSwallowed(ResumableStream):
    """Keeps silent when a flush fails that was asked for."""

    def flush_buffer(self) -> None:
        with suppress(StorageError):
            super().flush_buffer()


@seeded(Rule.RAISED, Source.TIDY)
class SweepFailureIsSwallowed(ResumableStream):
    """Completes although its sweep fails."""

    def _delete_finished(self, now: int) -> None:
        with suppress(Error):
            super()._delete_finished(now)


@seeded(Rule.RAISED, Source.TIDY)
class EndFailureIsSwallowed(ResumableStream):
    """Keeps silent when a completion fails."""

    def complete(self, stream_id: str) -> None:
        with suppress(StorageError):
            super().complete(stream_id)


@seeded(Rule.RAISED, Source.TIDY)
class OrphanIsReturnedThoughCompletingFailed(ResumableStream):
    """Returns an orphan's id when it could not be completed."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        active, pending = self._active_stream_id, self._buffer.copy()
        try:
            return super().replay_chunks(connection, request_id)
        except StorageError:
            if self._is_live or pending:
                raise
            return active


@seeded(Rule.KEPT, Source.PORT)
class StoreRaisesWhenItsFlushFails(ResumableStream):
    """Raises from ``store_chunk`` when the flush fails that it triggers."""

    def _flush_or_log(self) -> None:
        self.flush_buffer()


@seeded(Rule.KEPT, Source.PORT)
class ChunkIsLostWhenItsFlushFails(ResumableStream):
    """Loses the tenth chunk when the flush fails that it triggers."""

    def _flush_or_log(self) -> None:
        try:
            self.flush_buffer()
        except StorageError:
            self._buffer.pop()


@seeded(Rule.KEPT, Source.ORIGINAL)
class BufferIsLostWhenItsFlushFails(ResumableStream):
    """Loses all ten chunks when a flush fails, and tells nobody."""

    def _flush_or_log(self) -> None:
        super()._flush_or_log()
        self._buffer.clear()


@seeded(Rule.KEPT, Source.PORT)
class FlushesOnlyAtExactlyTen(ResumableStream):
    """Does not try again at the eleventh chunk, when the flush at the tenth has failed."""

    def _flush_or_log(self) -> None:
        if len(self._buffer) == self._limits.chunk_buffer_size:
            super()._flush_or_log()


@seeded(Rule.KEPT, Source.OFF_BY_ONE)
class RefusesTheHundredth(OtherLimits, chunk_buffer_max_size=-1):
    """Refuses the hundredth chunk that cannot be flushed."""


@seeded(Rule.KEPT, Source.OFF_BY_ONE)
class KeepsAHundredAndOne(OtherLimits, chunk_buffer_max_size=1):
    """Keeps a hundred and one chunks that cannot be flushed."""


@seeded(Rule.KEPT, Source.PORT)
class AFullBufferDropsTheOldest(ResumableStream):
    """Drops the oldest chunk when a hundred wait, as ``deque(maxlen=100)`` does."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if len(self._buffer) >= self._limits.chunk_buffer_max_size:
            del self._buffer[0]
        super().store_chunk(stream_id, body)


@seeded(Rule.KEPT, Source.TIDY)
class AFullBufferDropsTheNewest(ResumableStream):
    """Drops the hundred and first chunk that waits, and tells nobody."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        with suppress(StorageError):
            super().store_chunk(stream_id, body)


@seeded(Rule.KEPT, Source.FORGOTTEN)
class ARefusedChunkTakesAnIndex(ResumableStream):
    """Counts the index on for a chunk that a full buffer refuses."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        try:
            super().store_chunk(stream_id, body)
        except StorageError:
            self._next_index += 1
            raise
