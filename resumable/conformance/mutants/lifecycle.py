"""Bugs of starting and ending a stream, and of what is told about it."""

from resumable import ResumableStream
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherSql, changed, instead
from resumable.conformance.mutants.rules import Rule
from resumable.stream import schema
from resumable.stream.rows import Status


@seeded(Rule.START, Source.FORGOTTEN)
class StartDoesNotFlush(ResumableStream):
    """Leaves in the buffer what was pending when a stream starts."""

    def start(self, request_id: str) -> str:
        pending, self._buffer = self._buffer, []
        stream_id = super().start(request_id)
        self._buffer = pending
        return stream_id


@seeded(Rule.START, Source.TOO_MUCH)
class StartDropsTheBuffer(ResumableStream):
    """Empties the buffer when a stream starts, written or not."""

    def start(self, request_id: str) -> str:
        self._buffer.clear()
        return super().start(request_id)


@seeded(Rule.START, Source.FORGOTTEN)
class StartKeepsTheIndex(ResumableStream):
    """Lets a new stream go on with the index of the one before."""

    def start(self, request_id: str) -> str:
        index = self._next_index
        stream_id = super().start(request_id)
        self._next_index = index
        return stream_id


@seeded(Rule.START, Source.FORGOTTEN)
class StartIsNotLive(ResumableStream):
    """Starts a stream without noting that it has a reader."""

    def start(self, request_id: str) -> str:
        is_live = self._is_live
        stream_id = super().start(request_id)
        self._is_live = is_live
        return stream_id


@seeded(Rule.START, Source.FORGOTTEN)
class StartKeepsTheOldRequest(ResumableStream):
    """Tells the request of the stream that was active before."""

    def start(self, request_id: str) -> str:
        before = self._active_request_id
        stream_id = super().start(request_id)
        self._active_request_id = request_id if before is None else before
        return stream_id


@seeded(Rule.START, Source.TIDY)
class StartCompletesTheOneBefore(ResumableStream):
    """Completes the active stream when another starts."""

    def start(self, request_id: str) -> str:
        if self._active_stream_id is not None:
            self.complete(self._active_stream_id)
        return super().start(request_id)


@seeded(Rule.START, Source.TIDY)
class StartResumesTheSameRequest(ResumableStream):
    """Returns the active stream, not a new one, when its request comes again."""

    def start(self, request_id: str) -> str:
        if self._active_stream_id is not None and request_id == self._active_request_id:
            return self._active_stream_id
        return super().start(request_id)


@seeded(Rule.START, Source.PORT)
class StartRefusesAnEmptyRequest(ResumableStream):
    """Takes an empty request id for a missing one, and raises."""

    def start(self, request_id: str) -> str:
        if not request_id:
            raise ValueError("request_id is required")
        return super().start(request_id)


@seeded(Rule.START, Source.SQL)
class RequestIdsAreUnique(OtherSql):
    """Replaces the row of an earlier stream of the same request."""

    edits = instead(
        schema.INSERT_STREAM,
        """
        insert or replace into cf_ai_chat_stream_metadata (id, request_id, status, created_at)
        values (coalesce((select id from cf_ai_chat_stream_metadata
                          where request_id = ?2), ?1), ?2, 'streaming', ?3)""",
    )


@seeded(Rule.END, Source.FORGOTTEN)
class CompleteDoesNotFlush(ResumableStream):
    """Leaves in the buffer what was pending when a stream completes."""

    def complete(self, stream_id: str) -> None:
        pending, self._buffer = self._buffer, []
        super().complete(stream_id)
        self._buffer = pending


@seeded(Rule.END, Source.TOO_MUCH)
class CompleteDropsTheBuffer(ResumableStream):
    """Empties the buffer when a stream completes, written or not."""

    def complete(self, stream_id: str) -> None:
        self._buffer.clear()
        super().complete(stream_id)


@seeded(Rule.END, Source.FORGOTTEN)
class CompleteStaysLive(ResumableStream):
    """Says that a completed stream has a reader."""

    def complete(self, stream_id: str) -> None:
        is_live = self._is_live
        super().complete(stream_id)
        self._is_live = is_live


@seeded(Rule.END, Source.FORGOTTEN)
class CompleteKeepsTheRequest(ResumableStream):
    """Tells the request of a stream that has completed."""

    def complete(self, stream_id: str) -> None:
        request_id = self._active_request_id
        super().complete(stream_id)
        self._active_request_id = request_id


@seeded(Rule.END, Source.TIDY)
class CompleteForgetsOnlyTheActive(ResumableStream):
    """Keeps the active stream when another one completes."""

    def complete(self, stream_id: str) -> None:
        active, request_id = self._active_stream_id, self._active_request_id
        is_live, index = self._is_live, self._next_index
        super().complete(stream_id)
        if stream_id != active:
            self._active_stream_id, self._active_request_id = active, request_id
            self._is_live, self._next_index = is_live, index


@seeded(Rule.END, Source.PORT)
class EndsTheActive(ResumableStream):
    """Ends the active stream, whichever was named."""

    def _end(self, stream_id: str, status: Status, *, sweeps: bool) -> None:
        super()._end(self._active_stream_id or stream_id, status, sweeps=sweeps)


@seeded(Rule.END, Source.TIDY)
class CompleteIgnoresUnknownIds(ResumableStream):
    """Does nothing when an id completes that is not on disk."""

    def complete(self, stream_id: str) -> None:
        if self.get_stream_metadata(stream_id) is not None:
            super().complete(stream_id)


@seeded(Rule.END, Source.TIDY)
class TheFirstEndStands(OtherSql):
    """Leaves the status and the time of a stream that has ended already."""

    edits = instead(schema.END_STREAM, schema.END_STREAM + " and status = 'streaming'")


@seeded(Rule.END, Source.SQL)
class EndsEveryStream(OtherSql):
    """Ends all streams, not only the one that was named."""

    edits = changed(schema.END_STREAM, "id = ?", "? is not null")


@seeded(Rule.END, Source.SQL)
class EndsEveryStreamOfTheRequest(OtherSql):
    """Ends all streams that answer the same request."""

    edits = changed(
        schema.END_STREAM,
        "where id = ?",
        """where request_id in (
                select request_id from cf_ai_chat_stream_metadata where id = ?)""",
    )


@seeded(Rule.END, Source.SQL)
class EndsAtItsStart(OtherSql):
    """Writes the time of the start as that of the end."""

    edits = changed(schema.END_STREAM, "completed_at = ?", "completed_at = min(created_at, ?)")


@seeded(Rule.END, Source.FORGOTTEN)
class EndsAtNoTime(OtherSql):
    """Writes no time when a stream ends, so that no sweep finds it."""

    edits = changed(schema.END_STREAM, "at = ?", "at = ? + null")


@seeded(Rule.END, Source.PORT)
class ErrorIsSpelledErrored(OtherSql):
    """Writes ``errored`` where the original writes ``error``."""

    edits = changed(schema.END_STREAM, "status = ?", "status = replace(?, 'error', 'errored')")


@seeded(Rule.END, Source.PORT)
class ErrorIsCompleted(ResumableStream):
    """Marks a failed stream as completed."""

    def mark_error(self, stream_id: str) -> None:
        self._end(stream_id, "completed", sweeps=False)


@seeded(Rule.END, Source.FORGOTTEN)
class MarkErrorDoesNotFlush(ResumableStream):
    """Leaves in the buffer what was pending when a stream fails."""

    def mark_error(self, stream_id: str) -> None:
        pending, self._buffer = self._buffer, []
        super().mark_error(stream_id)
        self._buffer = pending


@seeded(Rule.END, Source.MET_0_8_5)
class MarkErrorLosesTheText(ResumableStream):
    """Deletes the text that came before the error."""

    def mark_error(self, stream_id: str) -> None:
        super().mark_error(stream_id)
        with self._transaction:
            self._cursor.execute(schema.DELETE_CHUNKS, (stream_id,))


@seeded(Rule.END, Source.FORGOTTEN)
class MarkErrorStaysActive(ResumableStream):
    """Keeps a failed stream active."""

    def mark_error(self, stream_id: str) -> None:
        active, request_id = self._active_stream_id, self._active_request_id
        super().mark_error(stream_id)
        self._active_stream_id, self._active_request_id = active, request_id


@seeded(Rule.END, Source.FORGOTTEN)
class MarkErrorStaysLive(ResumableStream):
    """Says that a failed stream has a reader."""

    def mark_error(self, stream_id: str) -> None:
        is_live = self._is_live
        super().mark_error(stream_id)
        self._is_live = is_live


@seeded(Rule.ACCESSORS, Source.PORT)
class OrphansAreNotActive(ResumableStream):
    """Says of a restored stream that nothing is active."""

    def has_active_stream(self) -> bool:
        return self._is_live


@seeded(Rule.ACCESSORS, Source.PORT)
class WhatIsActiveIsLive(ResumableStream):
    """Says of whatever is active that it has a reader."""

    @property
    def is_live(self) -> bool:
        return self.has_active_stream()


@seeded(Rule.ACCESSORS, Source.PORT)
class OrphansHaveNoId(ResumableStream):
    """Hides the id of a restored stream."""

    @property
    def active_stream_id(self) -> str | None:
        return self._active_stream_id if self._is_live else None
