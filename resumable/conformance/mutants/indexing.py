"""Bugs of the one index counter, before and after a restart."""

from resumable import ResumableStream
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherSql, changed
from resumable.conformance.mutants.rules import Rule
from resumable.stream import schema


@seeded(Rule.ONE_COUNTER, Source.TIDY)
class CountsEachStream(ResumableStream):
    """Gives each stream its own index counter."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        taken = [chunk["chunk_index"] for chunk in self.get_stream_chunks(stream_id)]
        taken += [index for other, _, index in self._buffer if other == stream_id]
        self._next_index = max(taken, default=-1) + 1
        super().store_chunk(stream_id, body)


@seeded(Rule.ONE_COUNTER, Source.OFF_BY_ONE)
class CountsFromOne(ResumableStream):
    """Gives index 1 to the first chunk of a stream."""

    def start(self, request_id: str) -> str:
        stream_id = super().start(request_id)
        self._next_index = 1
        return stream_id


@seeded(Rule.ONE_COUNTER, Source.PORT)
class CountsFromTheLastFlush(ResumableStream):
    """Takes a chunk's place in the buffer for its index."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        self._next_index = len(self._buffer)
        super().store_chunk(stream_id, body)


@seeded(Rule.ONE_COUNTER, Source.TOO_MUCH)
class FlushResetsTheIndex(ResumableStream):
    """Begins again at index 0 after a flush that was asked for."""

    def flush_buffer(self) -> None:
        super().flush_buffer()
        self._next_index = 0


@seeded(Rule.ONE_COUNTER, Source.FORGOTTEN)
class CompleteKeepsTheIndex(ResumableStream):
    """Lets what comes after a completion go on with its index."""

    def complete(self, stream_id: str) -> None:
        index = self._next_index
        super().complete(stream_id)
        self._next_index = index


@seeded(Rule.ONE_COUNTER, Source.FORGOTTEN)
class MarkErrorKeepsTheIndex(ResumableStream):
    """Lets what comes after a failure go on with its index."""

    def mark_error(self, stream_id: str) -> None:
        index = self._next_index
        super().mark_error(stream_id)
        self._next_index = index


@seeded(Rule.ONE_COUNTER, Source.FORGOTTEN)
class ClearKeepsTheIndex(ResumableStream):
    """Lets what comes after a clear go on with its index."""

    def clear_all(self) -> None:
        index = self._next_index
        super().clear_all()
        self._next_index = index


@seeded(Rule.ONE_COUNTER, Source.TIDY)
class FlushRenumbers(ResumableStream):
    """Numbers the buffer without repeats when it is written."""

    def _write_buffer(self, now: int) -> None:
        self._buffer[:] = [
            (stream_id, body, self._buffer[0][2] + place)
            for place, (stream_id, body, _) in enumerate(self._buffer)
        ]
        super()._write_buffer(now)


@seeded(Rule.NEXT_INDEX, Source.OFF_BY_ONE)
class RestoreRepeatsTheLastIndex(OtherSql):
    """Goes on at the highest index, not after it."""

    edits = changed(schema.LAST_INDEX, "max(chunk_index)", "max(chunk_index) - 1")


@seeded(Rule.NEXT_INDEX, Source.OFF_BY_ONE)
class RestoreSkipsAnIndex(OtherSql):
    """Leaves a gap of one after a restart."""

    edits = changed(schema.LAST_INDEX, "max(chunk_index)", "max(chunk_index) + 1")


@seeded(Rule.NEXT_INDEX, Source.FORGOTTEN)
class RestoreBeginsAtZero(OtherSql):
    """Begins again at index 0 after a restart."""

    edits = changed(schema.LAST_INDEX, "max(chunk_index)", "max(null)")


@seeded(Rule.NEXT_INDEX, Source.PORT)
class RestoreTakesZeroForNothing(OtherSql):
    """Takes a highest index of 0 for none (``last_index or -1``)."""

    edits = changed(schema.LAST_INDEX, "max(chunk_index)", "nullif(max(chunk_index), 0)")


@seeded(Rule.NEXT_INDEX, Source.SQL)
class RestoreCountsChunks(OtherSql):
    """Goes on at the number of chunks, as if no index were missing."""

    edits = changed(schema.LAST_INDEX, "max(chunk_index)", "count(*) - 1")


@seeded(Rule.NEXT_INDEX, Source.SQL)
class RestoreCountsEveryStream(OtherSql):
    """Goes on after the highest index of any stream."""

    edits = changed(schema.LAST_INDEX, "stream_id = ?", "? is not null")
