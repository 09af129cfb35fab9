"""Wrong in what is written, when, and in what is read back."""

import sqlite3
import time
from contextlib import suppress
from typing import Any

from tests.strangers.another_hand import AnotherHand, Mind
from tests.strangers.tables import Script


class FlushesAtEleven(AnotherHand):
    BATCH = 11


class FlushesAtEveryTenthIndex(AnotherHand):
    """Looks at the index where the rule looks at the buffer."""

    BATCH = 1000

    def store_chunk(self, stream_id: str, body: str) -> None:
        super().store_chunk(stream_id, body)
        if self.mind.number % 10 == 0:
            with suppress(sqlite3.Error):
                self.flush_buffer()


class HoldsOnlyForTheActive(AnotherHand):
    def holding(self, stream_id: str, body: str) -> Mind:
        return super().holding(self.mind.active or stream_id, body)


class SizeIsExclusive(AnotherHand):
    BYTES_MAX = 1_799_999


class SizeIsInMebibytes(AnotherHand):
    BYTES_MAX = int(1.8 * 1024 * 1024)


class SizeIsInCharacters(AnotherHand):
    def is_oversized(self, body: str) -> bool:
        return len(body) > self.BYTES_MAX


class OversizedTakesAnIndex(AnotherHand):
    def skip(self, body: str) -> None:
        super().skip(body)
        self.mind = self.mind._replace(number=self.mind.number + 1)


class OversizedRaises(AnotherHand):
    def skip(self, body: str) -> None:
        raise OverflowError(f"{len(body)} characters")


class TimesHaveFractions(AnotherHand):
    """Stores fractions of a millisecond, which SQLite keeps in an integer column."""

    def now(self) -> Any:
        return time.time() * 1000


class TimesAreWholeSeconds(AnotherHand):
    def now(self) -> int:
        return int(time.time()) * 1000


class ClockOnlyGoesOn(AnotherHand):
    """Takes a clock that went back for one that stands still."""

    latest = 0

    def now(self) -> int:
        self.latest = max(self.latest, super().now())
        return self.latest


class TheFirstEndStands(AnotherHand):
    def ending(self, stream_id: str, status: str) -> Script:
        return [
            (sql + " and completed_at is null", at)
            for sql, at in super().ending(stream_id, status)
        ]


class ErrorsAreFailed(AnotherHand):
    def ending(self, stream_id: str, status: str) -> Script:
        return super().ending(stream_id, status.replace("error", "failed"))


class ErrorsHaveNoTime(AnotherHand):
    """Says when a stream completed only for what has completed."""

    def ending(self, stream_id: str, status: str) -> Script:
        ((sql, (_, now, _)),) = super().ending(stream_id, status)
        return [(sql, (status, now if status == "completed" else None, stream_id))]


class SweepsAtADay(AnotherHand):
    KEEP_MS = 24 * 60 * 60_000 - 1


class SweepsLate(AnotherHand):
    """Does not sweep at exactly ten minutes."""

    SWEEP_EVERY_MS = 10 * 60_000 + 1


class SweepsEverySixHundredMilliseconds(AnotherHand):
    SWEEP_EVERY_MS = 600


class CountsAsSweptAtFirst(AnotherHand):
    """Does not sweep at an instance's first end, but ten minutes after it was made."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.mind = self.mind._replace(swept_at=self.now())


class SweepsOnErrors(AnotherHand):
    def mark_error(self, stream_id: str) -> None:
        super().mark_error(stream_id)
        with self.at_once():
            self.run(self.sweeping())


class SweepsByTheStart(AnotherHand):
    def sweeping(self) -> Script:
        return [
            (sql.replace("completed_at", "created_at"), at) for sql, at in super().sweeping()
        ]


class SweepsNoErrors(AnotherHand):
    def sweeping(self) -> Script:
        return [(sql.replace(", 'error'", ""), at) for sql, at in super().sweeping()]


class SweepLeavesChunks(AnotherHand):
    def sweeping(self) -> Script:
        return super().sweeping()[1:]


class FuturesAreSwept(AnotherHand):
    """Sweeps, too, when the last sweep lies ten minutes ahead."""

    def sweep_is_due(self) -> bool:
        return abs(self.now() - self.mind.swept_at) >= self.SWEEP_EVERY_MS


class SweepsOnlyWhenThereWereStreams(AnotherHand):
    """Counts a sweep only if it found something."""

    def ended(self, stream_id: str, swept_at: int) -> Mind:
        ((found,),) = self.rows("select changes()")
        return super().ended(stream_id, swept_at if found else self.mind.swept_at)


class InsertedStreamsReplace(AnotherHand):
    def inserting(self, stream_id: str, request_id: str, created_at: int) -> Script:
        script = super().inserting(stream_id, request_id, created_at)
        return [(sql.replace("insert", "insert or replace"), values) for sql, values in script]


class ReadingFlushes(AnotherHand):
    def get_stream_chunks(self, stream_id: str) -> list[dict[str, Any]]:
        self.flush_buffer()
        return super().get_stream_chunks(stream_id)


class KeysAreInCamelCase(AnotherHand):
    def get_stream_chunks(self, stream_id: str) -> list[dict[str, Any]]:
        rows = super().get_stream_chunks(stream_id)
        return [{"body": row["body"], "chunkIndex": row["chunk_index"]} for row in rows]


class MetadataIsATuple(AnotherHand):
    def get_stream_metadata(self, stream_id: str) -> Any:
        row = super().get_stream_metadata(stream_id)
        return None if row is None else (row["status"], row["request_id"])


class AStreamWithoutChunksIsUnknown(AnotherHand):
    """Joins the chunks where it should not."""

    def get_stream_metadata(self, stream_id: str) -> dict[str, Any] | None:
        return super().get_stream_metadata(stream_id) if self.chunks(stream_id) else None


class ChunksComeInTheOrderOfTime(AnotherHand):
    def chunks(self, stream_id: str) -> list[Any]:
        return self.rows(
            "select body, chunk_index from cf_ai_chat_stream_chunks"
            " where stream_id = ? order by created_at, rowid",
            stream_id,
        )


class ChunksComeInTheOrderOfText(AnotherHand):
    def chunks(self, stream_id: str) -> list[Any]:
        return sorted(super().chunks(stream_id), key=lambda row: str(row[1]))
