"""Bugs of what a client that came back is sent, and of what becomes of the stream."""

from collections.abc import Callable, Iterable

from resumable import Client, ResumableStream
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherFrames, OtherSql, changed, instead
from resumable.conformance.mutants.rules import Rule
from resumable.stream import schema
from resumable.stream.frames import Frames

Send = Callable[[str], object]


@seeded(Rule.REPLAY, Source.FORGOTTEN)
class ReplayDoesNotFlush(ResumableStream):
    """Sends only what was flushed before."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        pending, self._buffer = self._buffer, []
        try:
            return super().replay_chunks(connection, request_id)
        finally:
            self._buffer = pending


@seeded(Rule.REPLAY, Source.TIDY)
class ReplaysOnlyTheSameRequest(ResumableStream):
    """Sends nothing if another request is asked for than the active stream answers."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        if request_id != self._active_request_id:
            return None
        return super().replay_chunks(connection, request_id)


@seeded(Rule.REPLAY, Source.TIDY)
class ReplaysUnderItsOwnRequest(ResumableStream):
    """Sends the active stream's request id, not the one that was asked for."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        return super().replay_chunks(connection, self._active_request_id or request_id)


@seeded(Rule.REPLAY, Source.PORT)
class ReplaysUnderTheStreamId(ResumableStream):
    """Sends the stream's id where the request's belongs."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        return super().replay_chunks(connection, self._active_stream_id or request_id)


@seeded(Rule.REPLAY, Source.SQL)
class ReplaysEveryStream(OtherSql):
    """Sends the chunks of all streams."""

    edits = changed(schema.CHUNKS, "stream_id = ?", "? is not null")


@seeded(Rule.REPLAY, Source.SQL)
class ReplaysAHundredChunks(OtherSql):
    """Sends no more than the first hundred chunks."""

    edits = instead(schema.CHUNKS, schema.CHUNKS + " limit 100")


@seeded(Rule.REPLAY, Source.OFF_BY_ONE)
class ReplaySkipsAChunkAfterEachPage(OtherSql):
    """Leaves out the first chunk of each page but the first, in a long answer."""

    edits = changed(
        schema.CHUNKS, "(chunk_index, rowid) > (?, ?)", "chunk_index > ? + 1 and rowid != ?"
    )


@seeded(Rule.REPLAY, Source.PORT)
class ReplaySkipsEmptyChunks(OtherFrames):
    """Sends no chunk whose body is empty."""

    def frames(self, frame: str) -> Iterable[str]:
        if not frame.startswith('{"body":"","done":false') or "replayComplete" in frame:
            yield frame


@seeded(Rule.REPLAY, Source.TIDY)
class NobodyGetsDone(ResumableStream):
    """Sends done to a client when nothing is active."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        if not self.has_active_stream():
            connection.send(Frames(request_id).done)
        return super().replay_chunks(connection, request_id)


@seeded(Rule.REPLAY_ORDER, Source.SQL)
class ReplaysBackwards(OtherSql):
    """Sends the last chunk first."""

    edits = changed(schema.CHUNKS, "by chunk_index", "by chunk_index desc")


@seeded(Rule.REPLAY_ORDER, Source.SQL)
class ReplaysInTheOrderOfText(OtherSql):
    """Sorts indexes as text: 0, 1, 10, 2."""

    edits = changed(schema.CHUNKS, "by chunk_index", "by '' || chunk_index")


@seeded(Rule.REPLAY_ORDER, Source.SQL)
class ReplaysInNoOrder(OtherSql):
    """Leaves it to SQLite in which order chunks are read, which is mostly the right one."""

    edits = changed(schema.CHUNKS, "order by chunk_index, rowid", "")


@seeded(Rule.REPLAY_ORDER, Source.TIDY)
class ReplaysAsWritten(OtherSql):
    """Sends chunks as they were written, whatever their index."""

    edits = changed(schema.CHUNKS, "by chunk_index, rowid", "by rowid")


@seeded(Rule.REPLAY_ORDER, Source.SQL)
class ReplaysEqualIndexesBackwards(OtherSql):
    """Sends the later one of two chunks with the same index first."""

    edits = changed(schema.CHUNKS, "by chunk_index, rowid", "by chunk_index, rowid desc")


@seeded(Rule.LIVE_REPLAY, Source.MET_0_1_6)
class LiveReplayHasNoEnd(OtherFrames):
    """Does not say that a replay of a live stream is complete."""

    def frames(self, frame: str) -> Iterable[str]:
        if "replayComplete" not in frame:
            yield frame


@seeded(Rule.LIVE_REPLAY, Source.PORT)
class LiveReplayIsDone(OtherFrames):
    """Sends done at the end of a live stream's replay, though more will come."""

    def frames(self, frame: str) -> Iterable[str]:
        if "replayComplete" in frame:
            frame = frame.replace("false", "true").replace(',"replayComplete":true', "")
        yield frame


@seeded(Rule.LIVE_REPLAY, Source.TOO_MUCH)
class LiveReplayCompletes(ResumableStream):
    """Completes a live stream that was replayed."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        orphan = super().replay_chunks(connection, request_id)
        if self._active_stream_id is not None:
            self.complete(self._active_stream_id)
        return orphan


@seeded(Rule.LIVE_REPLAY, Source.PORT)
class LiveReplayReturnsTheId(ResumableStream):
    """Returns the id of a live stream, as if it were an orphan."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        orphan = super().replay_chunks(connection, request_id)
        return orphan or self._active_stream_id


@seeded(Rule.ORPHAN_REPLAY, Source.MET_0_1_6)
class OrphanReplayHasNoEnd(OtherFrames):
    """Does not say that an orphan is done, so that the client waits for ever."""

    def frames(self, frame: str) -> Iterable[str]:
        if '"done":true' not in frame:
            yield frame


@seeded(Rule.ORPHAN_REPLAY, Source.PORT)
class OrphanReplayIsNotDone(OtherFrames):
    """Sends replayComplete at the end of an orphan's replay, though nothing will come."""

    def frames(self, frame: str) -> Iterable[str]:
        if '"done":true' in frame:
            frame = (
                frame.replace('"done":true', '"done":false')[:-1] + ',"replayComplete":true}'
            )
        yield frame


@seeded(Rule.ORPHAN_REPLAY, Source.MET_0_1_6)
class OrphanIsNeverFinished(ResumableStream):
    """Says that an orphan is done, and leaves it streaming."""

    def _end_replay(self, send: Send, frames: Frames, stream_id: str) -> str | None:
        if self._is_live:
            return super()._end_replay(send, frames, stream_id)
        send(frames.done)
        return stream_id


@seeded(Rule.ORPHAN_REPLAY, Source.FORGOTTEN)
class OrphanIsNotReturned(ResumableStream):
    """Returns None for an orphan, so that nobody keeps the partial answer."""

    def replay_chunks(self, connection: Client, request_id: str) -> None:
        super().replay_chunks(connection, request_id)


@seeded(Rule.ORPHAN_REPLAY, Source.TIDY)
class OrphanIsMarkedAsError(ResumableStream):
    """Ends a replayed orphan as failed, not as completed."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        orphan = super().replay_chunks(connection, request_id)
        if orphan is not None:
            self.mark_error(orphan)
        return orphan


@seeded(Rule.ORPHAN_REPLAY, Source.PORT)
class OrphanIsCompletedWithoutSweep(ResumableStream):
    """Completes a replayed orphan, and leaves out the sweep."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        swept_at, self._last_cleanup_ms = self._last_cleanup_ms, self._clock()
        try:
            return super().replay_chunks(connection, request_id)
        finally:
            self._last_cleanup_ms = swept_at


@seeded(Rule.ORPHAN_REPLAY, Source.TIDY)
class OrphanIsDeleted(ResumableStream):
    """Deletes an orphan's chunks once they were sent."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        orphan = super().replay_chunks(connection, request_id)
        if orphan is not None:
            with self._transaction:
                self._cursor.execute(schema.DELETE_CHUNKS, (orphan,))
        return orphan


@seeded(Rule.ORPHAN_REPLAY, Source.PORT)
class OrphanBecomesLive(ResumableStream):
    """Takes the client that came back for the reader of the stream."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        self._is_live = self.has_active_stream()
        return super().replay_chunks(connection, request_id)
