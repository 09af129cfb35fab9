"""Bugs of the buffer, of flushing it, and of reading what is on disk."""

from resumable import ResumableStream, StreamChunk, StreamMetadata
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import Edits, OtherLimits, OtherSql, changed, instead
from resumable.conformance.mutants.rules import Rule
from resumable.stream import schema
from resumable.stream.limits import CHUNK_BUFFER_SIZE


def _id_by_index(insert: str) -> Edits:
    """Make a chunk's id of stream and index, and begin the statement so."""
    rows = [
        f"(?{n + 2} || ':' || ?{n + 4}, ?{n + 2}, ?{n + 3}, ?{n + 4}, ?{n + 5})"
        for n in range(0, 5 * CHUNK_BUFFER_SIZE, 5)
    ]
    into = f"{insert} into cf_ai_chat_stream_chunks values "
    return {
        schema.INSERT_CHUNK: into + rows[0],
        schema.INSERT_FULL_BUFFER: into + ", ".join(rows),
    }


@seeded(Rule.FLUSH_SIZE, Source.OFF_BY_ONE)
class FlushesAtNine(OtherLimits, chunk_buffer_size=-1):
    """Flushes when the ninth chunk is buffered."""


@seeded(Rule.FLUSH_SIZE, Source.OFF_BY_ONE)
class FlushesAtEleven(OtherLimits, chunk_buffer_size=1):
    """Flushes when the eleventh chunk is buffered."""


@seeded(Rule.FLUSH_SIZE, Source.OFF_BY_ONE)
class FlushesBeforeTheEleventh(OtherLimits, chunk_buffer_size=1):
    """Flushes ten chunks only when the eleventh comes."""

    def _flush_or_log(self) -> None:
        newest = self._buffer.pop()
        super()._flush_or_log()
        self._buffer.append(newest)


@seeded(Rule.FLUSH_SIZE, Source.TIDY)
class FlushesEveryChunk(ResumableStream):
    """Writes each chunk at once."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        super().store_chunk(stream_id, body)
        self._flush_or_log()


@seeded(Rule.FLUSH_SIZE, Source.FORGOTTEN)
class NeverFlushesByItself(ResumableStream):
    """Buffers chunks until another call flushes them."""

    def _flush_or_log(self) -> None:
        """Do not."""


@seeded(Rule.FLUSH, Source.OFF_BY_ONE)
class FlushKeepsTheLastChunk(ResumableStream):
    """Writes all but the last chunk of the buffer."""

    def flush_buffer(self) -> None:
        last = self._buffer[-1:]
        del self._buffer[-1:]
        super().flush_buffer()
        self._buffer += last


@seeded(Rule.FLUSH, Source.MET_THINK)
class FlushWaitsForTen(ResumableStream):
    """Writes nothing when a flush is asked for while fewer than ten chunks wait."""

    def flush_buffer(self) -> None:
        if len(self._buffer) >= self._limits.chunk_buffer_size or self._is_destroyed:
            super().flush_buffer()


@seeded(Rule.FLUSH, Source.TOO_MUCH)
class FlushKeepsTheBuffer(ResumableStream):
    """Writes the buffer and does not empty it, so that it is written again."""

    def flush_buffer(self) -> None:
        pending = self._buffer.copy()
        super().flush_buffer()
        self._buffer += pending


@seeded(Rule.FLUSH, Source.PORT)
class FlushWritesNewestFirst(ResumableStream):
    """Takes chunks from the end of the buffer, so that equal indexes change places."""

    def _write_buffer(self, now: int) -> None:
        self._buffer.reverse()
        super()._write_buffer(now)


@seeded(Rule.FLUSH, Source.TIDY)
class ChunksCarryTheTimeOfTheirStore(ResumableStream):
    """Writes when the last chunk was stored, not when it was flushed."""

    _stored_at = 0

    def store_chunk(self, stream_id: str, body: str) -> None:
        self._stored_at = self._clock()
        super().store_chunk(stream_id, body)

    def _write_buffer(self, now: int) -> None:
        super()._write_buffer(min(now, self._stored_at))


@seeded(Rule.STORE, Source.TIDY)
class StoresOnlyToTheActive(ResumableStream):
    """Ignores chunks of a stream that is not the active one."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if stream_id == self._active_stream_id:
            super().store_chunk(stream_id, body)


@seeded(Rule.STORE, Source.PORT)
class StoresUnderTheActive(ResumableStream):
    """Files every chunk under the active stream, whatever id was given."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        super().store_chunk(self._active_stream_id or stream_id, body)


@seeded(Rule.STORE, Source.TIDY)
class RefusesChunksOfNoStream(ResumableStream):
    """Raises for a stream id that is not on disk."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if self.get_stream_metadata(stream_id) is None:
            raise KeyError(stream_id)
        super().store_chunk(stream_id, body)


@seeded(Rule.STORE, Source.TIDY)
class DropsChunksOfAnEndedStream(ResumableStream):
    """Ignores chunks that come after the end of their stream."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        row = self.get_stream_metadata(stream_id)
        if row is None or row["status"] == "streaming":
            super().store_chunk(stream_id, body)


@seeded(Rule.STORE, Source.PORT)
class SkipsEmptyChunks(ResumableStream):
    """Takes an empty body for none at all."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if body:
            super().store_chunk(stream_id, body)


@seeded(Rule.STORE, Source.TIDY)
class SkipsRepeatedChunks(ResumableStream):
    """Takes a chunk that equals the one before for a mistake."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if not self._buffer or self._buffer[-1][:2] != (stream_id, body):
            super().store_chunk(stream_id, body)


@seeded(Rule.STORE, Source.SQL)
class AnEqualIndexIsRefused(OtherSql):
    """Makes a chunk's id of stream and index, and cannot store a second one there."""

    edits = _id_by_index("insert")


@seeded(Rule.STORE, Source.SQL)
class AnEqualIndexReplaces(OtherSql):
    """Replaces the chunk that has the same index in the same stream."""

    edits = _id_by_index("insert or replace")


@seeded(Rule.STORE, Source.SQL)
class AnEqualIndexIsIgnored(OtherSql):
    """Drops a chunk whose index its stream has already."""

    edits = _id_by_index("insert or ignore")


@seeded(Rule.READ_OUT, Source.TIDY)
class ReadingFlushes(ResumableStream):
    """Flushes the buffer before chunks are read out."""

    def get_stream_chunks(self, stream_id: str) -> list[StreamChunk]:
        self.flush_buffer()
        return super().get_stream_chunks(stream_id)


@seeded(Rule.READ_OUT, Source.TIDY)
class ReadingShowsTheBuffer(ResumableStream):
    """Reads out chunks that are only buffered."""

    def get_stream_chunks(self, stream_id: str) -> list[StreamChunk]:
        pending = [row for row in self._buffer if row[0] == stream_id]
        return super().get_stream_chunks(stream_id) + [
            {"body": body, "chunk_index": index} for _, body, index in pending
        ]


@seeded(Rule.READ_OUT, Source.TIDY)
class ReadsAThousandChunks(OtherSql):
    """Reads and sends the first 1,000 chunks of a page, and takes them for all."""

    edits = instead(schema.CHUNKS, schema.CHUNKS + " limit 1000")


@seeded(Rule.READ_OUT, Source.SQL)
class ListsOnlyStreaming(OtherSql):
    """Leaves ended streams out of the list of all."""

    edits = instead(schema.STREAMS, schema.STREAMS + " where status = 'streaming'")


@seeded(Rule.READ_OUT, Source.PORT)
class AnUnknownStreamIsAnError(ResumableStream):
    """Raises for the metadata of an unknown stream, instead of None."""

    def get_stream_metadata(self, stream_id: str) -> StreamMetadata:
        row = super().get_stream_metadata(stream_id)
        if row is None:
            raise KeyError(stream_id)
        return row


@seeded(Rule.READ_OUT, Source.SQL)
class ListsTheEndForTheStart(OtherSql):
    """Reads out when a stream ended as when it was created."""

    edits = changed(schema.STREAMS, "created_at", "coalesce(completed_at, created_at)")
