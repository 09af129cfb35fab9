"""Bugs of deleting what ended long ago: when, and which rows."""

from sqlite3 import Connection
from typing import Any

from resumable import ResumableStream
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import (
    NOTHING_OF_ONE,
    OtherLimits,
    OtherSql,
    changed,
    instead,
)
from resumable.conformance.mutants.rules import Rule
from resumable.stream import schema

_SWEEP_CHUNKS, _SWEEP_STREAMS = schema.SWEEP


@seeded(Rule.SWEEP_TIME, Source.OFF_BY_ONE)
class SweepIntervalExclusive(OtherLimits, cleanup_interval_ms=1):
    """Does not sweep at exactly ten minutes after the last sweep."""


@seeded(Rule.SWEEP_TIME, Source.OFF_BY_ONE)
class SweepIntervalOneLess(OtherLimits, cleanup_interval_ms=-1):
    """Sweeps a millisecond before ten minutes are over."""


@seeded(Rule.SWEEP_TIME, Source.TIDY)
class SweepsAtEveryCompletion(ResumableStream):
    """Sweeps whenever a stream completes."""

    def _cleanup_is_due(self, now: int) -> bool:  # noqa: ARG002 - the bug
        return True


@seeded(Rule.SWEEP_TIME, Source.FORGOTTEN)
class NeverSweeps(ResumableStream):
    """Keeps every stream for ever."""

    def _cleanup_is_due(self, now: int) -> bool:  # noqa: ARG002 - the bug
        return False


@seeded(Rule.SWEEP_TIME, Source.PORT)
class FirstCompletionDoesNotSweep(ResumableStream):
    """Counts the ten minutes from its construction, as if it had swept then."""

    def __init__(self, connection: Connection, **others: Any) -> None:
        super().__init__(connection, **others)
        self._last_cleanup_ms = self._clock()


@seeded(Rule.SWEEP_TIME, Source.TIDY)
class SweepsWhenConstructed(ResumableStream):
    """Sweeps at a restart, too."""

    def _find_restorable(self) -> tuple[str, str, int] | None:
        self._delete_finished(self._clock())
        return super()._find_restorable()


@seeded(Rule.SWEEP_TIME, Source.TIDY)
class StartSweeps(ResumableStream):
    """Sweeps when a stream starts, too."""

    def start(self, request_id: str) -> str:
        stream_id = super().start(request_id)
        with self._transaction:
            self._delete_finished(self._clock())
        return stream_id


@seeded(Rule.SWEEP_TIME, Source.TIDY)
class MarkErrorSweeps(ResumableStream):
    """Sweeps when a stream fails, too."""

    def mark_error(self, stream_id: str) -> None:
        self._end(stream_id, "error", sweeps=True)


@seeded(Rule.SWEEP_TIME, Source.TIDY)
class SweepIntervalIsAbsolute(ResumableStream):
    """Sweeps when the clock went back by ten minutes."""

    def _cleanup_is_due(self, now: int) -> bool:
        return abs(now - self._last_cleanup_ms) >= self._limits.cleanup_interval_ms


@seeded(Rule.SWEEP_TIME, Source.TIDY)
class AnEmptySweepDoesNotCount(ResumableStream):
    """Sweeps again soon, if the last sweep found nothing to delete."""

    def complete(self, stream_id: str) -> None:
        swept_at, streams = self._last_cleanup_ms, self.get_all_stream_metadata()
        super().complete(stream_id)
        if len(self.get_all_stream_metadata()) == len(streams):
            self._last_cleanup_ms = swept_at


@seeded(Rule.SWEEP_TIME, Source.TIDY)
class ClearForgetsTheSweep(ResumableStream):
    """Sweeps at the first completion after a clear."""

    def clear_all(self) -> None:
        super().clear_all()
        self._last_cleanup_ms = 0


@seeded(Rule.SWEEP, Source.OFF_BY_ONE)
class SweepAgeInclusive(OtherLimits, cleanup_age_threshold_ms=-1):
    """Sweeps a stream that ended exactly 24 hours ago."""


@seeded(Rule.SWEEP, Source.OFF_BY_ONE)
class SweepAgeOneMore(OtherLimits, cleanup_age_threshold_ms=1):
    """Keeps a stream that ended 24 hours and a millisecond ago."""


@seeded(Rule.SWEEP, Source.MET_0_1_0)
class ErrorsAreNeverSwept(OtherSql):
    """Sweeps completed streams only, so that failed ones pile up."""

    edits = changed(schema.SWEEP, ", 'error'", "")


@seeded(Rule.SWEEP, Source.SQL)
class CompletedAreNeverSwept(OtherSql):
    """Sweeps failed streams only."""

    edits = changed(schema.SWEEP, "'completed', ", "")


@seeded(Rule.SWEEP, Source.SQL)
class SweepKeepsChunks(OtherSql):
    """Deletes rows of old streams before it looks for their chunks, and so keeps these."""

    edits = instead(_SWEEP_CHUNKS, _SWEEP_STREAMS) | instead(_SWEEP_STREAMS, _SWEEP_CHUNKS)


@seeded(Rule.SWEEP, Source.MET_LATER)
class SweepKeepsRows(OtherSql):
    """Deletes chunks of old streams, and keeps their rows."""

    edits = instead(_SWEEP_STREAMS, NOTHING_OF_ONE)


@seeded(Rule.SWEEP, Source.SQL)
class SweepAgeCountsFromTheStart(OtherSql):
    """Sweeps by when a stream started, not by when it ended."""

    edits = changed(schema.SWEEP, "completed_at", "created_at")


@seeded(Rule.SWEEP, Source.MET_LATER)
class SweepsWhatStillStreams(OtherSql):
    """Sweeps streams that never ended, once they are old."""

    edits = changed(
        schema.SWEEP,
        "status in ('completed', 'error') and completed_at",
        "coalesce(completed_at, created_at)",
    )


@seeded(Rule.SWEEP, Source.SQL)
class SweepDeletesAllChunks(OtherSql):
    """Deletes all chunks, not only those of old streams."""

    edits = instead(_SWEEP_CHUNKS, "delete from cf_ai_chat_stream_chunks where ? is not null")


@seeded(Rule.SWEEP, Source.TIDY)
class SweepsOldChunks(OtherSql):
    """Sweeps chunks by their own age, not by the end of their stream."""

    edits = instead(_SWEEP_CHUNKS, "delete from cf_ai_chat_stream_chunks where created_at < ?")


@seeded(Rule.SWEEP, Source.TIDY)
class SweepsChunksOfNoStream(OtherSql):
    """Sweeps chunks, too, that were stored under an unknown id."""

    edits = changed(
        _SWEEP_CHUNKS,
        "where stream_id in",
        "where stream_id not in (select id from cf_ai_chat_stream_metadata) or stream_id in",
    )


@seeded(Rule.SWEEP, Source.PORT)
class SweepsBeforeTheEnd(ResumableStream):
    """Sweeps before it ends the stream, which may be an old one that ends again."""

    def complete(self, stream_id: str) -> None:
        now = self._clock()
        if self._cleanup_is_due(now):
            with self._transaction:
                self._delete_finished(now)
        super().complete(stream_id)
