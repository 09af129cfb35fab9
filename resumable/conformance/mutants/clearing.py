"""Bugs of ``clear_all``, of ``destroy``, and of the helper for tests."""

from resumable import ResumableStream, StreamChunk
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import NOTHING, OtherSql, changed, instead
from resumable.conformance.mutants.rules import Rule
from resumable.stream import schema

_CLEAR_CHUNKS, _CLEAR_STREAMS = schema.CLEAR
_DROP_CHUNKS, _DROP_STREAMS = schema.DROP


@seeded(Rule.CLEAR, Source.MET_0_1_0)
class ClearKeepsTheBuffer(ResumableStream):
    """Keeps what is buffered when all is cleared: the next flush brings it back."""

    def clear_all(self) -> None:
        pending = self._buffer.copy()
        super().clear_all()
        self._buffer += pending


@seeded(Rule.CLEAR, Source.FORGOTTEN)
class ClearKeepsTheActive(ResumableStream):
    """Keeps a stream active whose row was cleared."""

    def clear_all(self) -> None:
        active = self._active_stream_id
        super().clear_all()
        self._active_stream_id = active


@seeded(Rule.CLEAR, Source.FORGOTTEN)
class ClearKeepsTheRequest(ResumableStream):
    """Tells the request of a stream that was cleared."""

    def clear_all(self) -> None:
        request_id = self._active_request_id
        super().clear_all()
        self._active_request_id = request_id


@seeded(Rule.CLEAR, Source.TIDY)
class ClearEndsTheLive(ResumableStream):
    """Says after a clear that nothing has a reader."""

    def clear_all(self) -> None:
        super().clear_all()
        self._is_live = False


@seeded(Rule.CLEAR, Source.FORGOTTEN)
class ClearKeepsChunks(OtherSql):
    """Clears the streams, and keeps their chunks."""

    edits = instead(_CLEAR_CHUNKS, NOTHING)


@seeded(Rule.CLEAR, Source.FORGOTTEN)
class ClearKeepsStreams(OtherSql):
    """Clears the chunks, and keeps their streams."""

    edits = instead(_CLEAR_STREAMS, NOTHING)


@seeded(Rule.CLEAR, Source.TIDY)
class ClearsOnlyWhatEnded(OtherSql):
    """Keeps streams that are still streaming."""

    edits = instead(_CLEAR_STREAMS, _CLEAR_STREAMS + " where status != 'streaming'")


@seeded(Rule.CLEAR, Source.PORT)
class ClearDropsTheTables(ResumableStream):
    """Drops the tables instead of emptying them."""

    def clear_all(self) -> None:
        super().clear_all()
        with self._transaction:
            for statement in schema.DROP:
                self._cursor.execute(statement)


@seeded(Rule.DESTROY, Source.PORT)
class DestroyKeepsTheTables(OtherSql):
    """Empties the tables instead of dropping them."""

    edits = instead(_DROP_CHUNKS, _CLEAR_CHUNKS) | instead(_DROP_STREAMS, _CLEAR_STREAMS)


@seeded(Rule.DESTROY, Source.FORGOTTEN)
class DestroyKeepsTheChunks(OtherSql):
    """Drops only the table of streams."""

    edits = instead(_DROP_CHUNKS, NOTHING)


@seeded(Rule.DESTROY, Source.FORGOTTEN)
class DestroyKeepsTheActive(ResumableStream):
    """Tells a stream that was destroyed."""

    def destroy(self) -> None:
        active = self._active_stream_id
        super().destroy()
        self._active_stream_id = active


@seeded(Rule.DESTROY, Source.ORIGINAL)
class DestroyedStoresChunks(ResumableStream):
    """Takes chunks after ``destroy``, and loses them."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if not self._is_destroyed:
            super().store_chunk(stream_id, body)


@seeded(Rule.DESTROY, Source.ORIGINAL)
class DestroyedFlushes(ResumableStream):
    """Takes a flush after ``destroy`` for one of an empty buffer."""

    def flush_buffer(self) -> None:
        if not self._is_destroyed:
            super().flush_buffer()


@seeded(Rule.DESTROY, Source.TIDY)
class DestroyedReadsNothing(ResumableStream):
    """Reads out no chunks after ``destroy``, instead of raising."""

    def get_stream_chunks(self, stream_id: str) -> list[StreamChunk]:
        return [] if self._is_destroyed else super().get_stream_chunks(stream_id)


@seeded(Rule.DESTROY, Source.TIDY)
class DestroyedComesBack(ResumableStream):
    """Creates the tables again at the next call after ``destroy``."""

    def _refuse_if_unusable(self) -> None:
        if self._is_destroyed:
            self._is_destroyed = False
            for statement in schema.CREATE:
                self._cursor.execute(statement)


@seeded(Rule.DESTROY, Source.PORT)
class SecondDestroyRaises(ResumableStream):
    """Refuses a second ``destroy`` like any other call."""

    def destroy(self) -> None:
        self._refuse_if_unusable()
        super().destroy()


@seeded(Rule.INSERT_STALE, Source.FORGOTTEN)
class InsertedHasNoAge(ResumableStream):
    """Inserts a row that starts now, whatever age is given."""

    def insert_stale_stream(self, stream_id: str, request_id: str, age_ms: int) -> None:
        super().insert_stale_stream(stream_id, request_id, age_ms * 0)


@seeded(Rule.INSERT_STALE, Source.PORT)
class InsertedLiesAhead(ResumableStream):
    """Inserts a row that starts in the future."""

    def insert_stale_stream(self, stream_id: str, request_id: str, age_ms: int) -> None:
        super().insert_stale_stream(stream_id, request_id, -age_ms)


@seeded(Rule.INSERT_STALE, Source.PORT)
class InsertedIsActive(ResumableStream):
    """Makes an inserted row the active stream."""

    def insert_stale_stream(self, stream_id: str, request_id: str, age_ms: int) -> None:
        super().insert_stale_stream(stream_id, request_id, age_ms)
        self._active_stream_id, self._active_request_id = stream_id, request_id


@seeded(Rule.INSERT_STALE, Source.SQL)
class InsertedReplaces(OtherSql):
    """Replaces a row of the same id."""

    edits = changed(schema.INSERT_STREAM, "insert", "insert or replace")


@seeded(Rule.INSERT_STALE, Source.SQL)
class InsertedIsIgnored(OtherSql):
    """Keeps silent when the id is taken."""

    edits = changed(schema.INSERT_STREAM, "insert", "insert or ignore")
