"""Bugs of finding the stream that was active before a restart."""

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

_STREAMING = "status = 'streaming'"
_NEWEST_FIRST = "created_at desc, rowid desc"


@seeded(Rule.STALE, Source.OFF_BY_ONE)
class StaleAgeInclusive(OtherLimits, stream_stale_threshold_ms=-1):
    """Treats exactly five minutes as stale."""


@seeded(Rule.STALE, Source.OFF_BY_ONE)
class StaleAgeOneMore(OtherLimits, stream_stale_threshold_ms=1):
    """Restores a stream of five minutes and a millisecond."""


@seeded(Rule.STALE, Source.FORGOTTEN)
class NothingIsStale(OtherLimits, stream_stale_threshold_ms=10**15):
    """Restores a stream of any age."""


@seeded(Rule.STALE, Source.TIDY)
class DeletesEveryStaleStream(OtherSql):
    """Deletes all stale rows at once, not only the newest."""

    edits = instead(
        schema.DELETE_STREAM,
        """
        delete from cf_ai_chat_stream_metadata
        where status = 'streaming' and created_at <= (
            select created_at from cf_ai_chat_stream_metadata where id = ?)""",
    )


@seeded(Rule.STALE, Source.FORGOTTEN)
class StaleChunksAreKept(OtherSql):
    """Deletes the row of a stale stream, and leaves its chunks for ever."""

    edits = instead(schema.DELETE_CHUNKS, NOTHING_OF_ONE)


@seeded(Rule.STALE, Source.FORGOTTEN)
class StaleRowIsKept(OtherSql):
    """Deletes the chunks of a stale stream, and leaves its row."""

    edits = instead(schema.DELETE_STREAM, NOTHING_OF_ONE)


@seeded(Rule.STALE, Source.TIDY)
class StaleIsOnlyIgnored(OtherSql):
    """Does not restore a stale stream, and does not delete it either."""

    edits = instead(schema.DELETE_CHUNKS, NOTHING_OF_ONE) | instead(
        schema.DELETE_STREAM, NOTHING_OF_ONE
    )


@seeded(Rule.STALE, Source.TIDY)
class StaleIsMarkedAsError(OtherSql):
    """Marks a stale stream as failed instead of deleting it."""

    edits = instead(schema.DELETE_CHUNKS, NOTHING_OF_ONE) | instead(
        schema.DELETE_STREAM,
        "update cf_ai_chat_stream_metadata set status = 'error' where id = ?",
    )


@seeded(Rule.STALE, Source.TIDY)
class AgeCountsFromTheLastChunk(OtherSql):
    """Counts the age of a stream from its last chunk, not from its start."""

    edits = changed(
        schema.NEWEST_STREAMING,
        "created_at from cf_ai_chat_stream_metadata",
        """max(created_at, (
                select ifnull(max(created_at), 0) from cf_ai_chat_stream_chunks
                where stream_id = stream.id))
            from cf_ai_chat_stream_metadata as stream""",
    )


@seeded(Rule.STALE, Source.TIDY)
class AgeIsAbsolute(ResumableStream):
    """Deletes a stream that started far in the future, after the clock went back."""

    def _find_restorable(self) -> Any:
        found = super()._find_restorable()
        latest = self._clock() + self._limits.stream_stale_threshold_ms
        newest = self._cursor.execute(schema.NEWEST_STREAMING).fetchone()
        if found is None or newest[2] <= latest:
            return found
        self._cursor.execute(schema.DELETE_STREAM, (found[0],))
        return None


@seeded(Rule.RESTORE, Source.SQL)
class RestoresTheOldest(OtherSql):
    """Restores the oldest streaming row."""

    edits = changed(schema.NEWEST_STREAMING, _NEWEST_FIRST, "created_at")


@seeded(Rule.RESTORE, Source.SQL)
class RestoresWhatSqliteFindsFirst(OtherSql):
    """Takes any streaming row, since it orders them by nothing."""

    edits = changed(schema.NEWEST_STREAMING, f"order by {_NEWEST_FIRST}", "")


@seeded(Rule.STALE, Source.SQL)
class StaleDeletesAllChunks(OtherSql):
    """Deletes the chunks of every stream with those of a stale one."""

    edits = changed(schema.DELETE_CHUNKS, "stream_id = ?", "? is not null")


@seeded(Rule.STALE, Source.SQL)
class StaleDeletesAllRows(OtherSql):
    """Deletes the row of every stream with that of a stale one."""

    edits = changed(schema.DELETE_STREAM, "id = ?", "? is not null")


@seeded(Rule.RESTORE, Source.SQL)
class RestoresTheLastInserted(OtherSql):
    """Restores the row that was inserted last, whenever it started."""

    edits = changed(schema.NEWEST_STREAMING, _NEWEST_FIRST, "rowid desc")


@seeded(Rule.RESTORE, Source.TIDY)
class ATieIsNobodys(OtherSql):
    """Restores neither of two streams that started in the same millisecond."""

    edits = changed(
        schema.NEWEST_STREAMING,
        "order by",
        """and 1 = (
            select count(*) from cf_ai_chat_stream_metadata as other
            where other.status = 'streaming'
            and other.created_at = cf_ai_chat_stream_metadata.created_at)
        order by""",
    )


@seeded(Rule.RESTORE, Source.FORGOTTEN)
class RestoresAnyStatus(OtherSql):
    """Restores the newest row, ended or not."""

    edits = changed(schema.NEWEST_STREAMING, _STREAMING, "true")


@seeded(Rule.RESTORE, Source.SQL)
class RestoresErrors(OtherSql):
    """Restores failed streams, too."""

    edits = changed(schema.NEWEST_STREAMING, _STREAMING, "status != 'completed'")


@seeded(Rule.RESTORE, Source.FORGOTTEN)
class RestoredHasNoRequest(ResumableStream):
    """Restores a stream without the request that it answers."""

    def _adopt(self, found: Any) -> None:
        super()._adopt(found)
        if found is not None:
            self._active_request_id = None


@seeded(Rule.RESTORE, Source.PORT)
class RestoredIsLive(ResumableStream):
    """Takes a restored stream for one that has a reader."""

    def _adopt(self, found: Any) -> None:
        super()._adopt(found)
        self._is_live = self._is_live or found is not None


@seeded(Rule.RESTORE, Source.TIDY)
class RestoreEndsTheLive(ResumableStream):
    """Says after ``restore`` on a living instance that its stream has no reader."""

    def restore(self) -> None:
        super().restore()
        self._is_live = False


@seeded(Rule.RESTORE, Source.TIDY)
class RestoreFlushes(ResumableStream):
    """Flushes the buffer before ``restore`` looks for a stream."""

    def restore(self) -> None:
        self.flush_buffer()
        super().restore()


@seeded(Rule.RESTORE, Source.TIDY)
class RestoreEmptiesTheBuffer(ResumableStream):
    """Loses what is buffered when ``restore`` is called."""

    def restore(self) -> None:
        super().restore()
        self._buffer.clear()


@seeded(Rule.RESTORE, Source.TIDY)
class RestoreForgetsWhatItDoesNotFind(ResumableStream):
    """Forgets the active stream when ``restore`` finds none, or a stale one."""

    def _adopt(self, found: Any) -> None:
        super()._adopt(found)
        if found is None:
            self._active_stream_id = self._active_request_id = None


@seeded(Rule.RESTORE, Source.FORGOTTEN)
class NewInstanceFindsNothing(ResumableStream):
    """Restores only when ``restore`` is called, not when it is constructed."""

    _is_constructed = False

    def _adopt(self, found: Any) -> None:
        if self._is_constructed:
            super()._adopt(found)
        self._is_constructed = True


@seeded(Rule.RESTORE, Source.TIDY)
class RestoreEndsTheOthers(ResumableStream):
    """Marks all other streaming rows as failed when one is restored."""

    def _find_restorable(self) -> Any:
        found = super()._find_restorable()
        if found is not None:
            self._cursor.execute(
                """update cf_ai_chat_stream_metadata set status = 'error'
                where status = 'streaming' and id != ?""",
                found[:1],
            )
        return found
