"""Bugs towards what belongs to the caller: the client's socket, the connection, the clock."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from resumable import Client, ResumableStream, ResumableStreamError
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherSql, instead
from resumable.conformance.mutants.rules import Rule
from resumable.stream.frames import Frames
from resumable.stream.stream import now_ms

Clock = Callable[[], int]


class OtherWhenSendRaises(ResumableStream):
    """Does ``when_send_raises`` before the exception goes on."""

    def when_send_raises(self) -> None:
        raise NotImplementedError

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        try:
            return super().replay_chunks(connection, request_id)
        except ResumableStreamError:
            raise
        except Exception:
            self.when_send_raises()
            raise


@seeded(Rule.SOCKET, Source.TIDY)
class DeadSocketEndsTheStream(OtherWhenSendRaises):
    """Marks a stream as failed when one of its clients is gone."""

    def when_send_raises(self) -> None:
        self.mark_error(self._active_stream_id or "")


@seeded(Rule.SOCKET, Source.TIDY)
class DeadSocketFinishesTheOrphan(OtherWhenSendRaises):
    """Completes an orphan though its client did not get all of it."""

    def when_send_raises(self) -> None:
        if not self._is_live:
            self.complete(self._active_stream_id or "")


@seeded(Rule.SOCKET, Source.PORT)
class DeadSocketOrphansTheStream(OtherWhenSendRaises):
    """Takes a client that is gone for the reader of the stream."""

    def when_send_raises(self) -> None:
        self._is_live = False


@seeded(Rule.SOCKET, Source.TIDY)
class DeadSocketIsWrapped(OtherWhenSendRaises):
    """Raises an error of its own in place of the one that ``send`` raised."""

    def when_send_raises(self) -> None:
        raise ResumableStreamError("the replay failed")


@seeded(Rule.SOCKET, Source.TIDY)
class DeadSocketIsIgnored(ResumableStream):
    """Sends on to a client that is gone, and completes its orphan."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        return super().replay_chunks(_Deaf(connection), request_id)


@seeded(Rule.SOCKET, Source.TIDY)
class DeadSocketEndsTheReplayInSilence(ResumableStream):
    """Returns None when a client is gone, and tells nobody."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        try:
            return super().replay_chunks(connection, request_id)
        except ResumableStreamError:
            raise
        except Exception:  # noqa: BLE001 - the bug
            return None


@seeded(Rule.SOCKET, Source.TIDY)
class LostConnectionEndsTheReplayInSilence(ResumableStream):
    """Returns None when ``send`` says that the connection is lost, and tells nobody."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        try:
            return super().replay_chunks(connection, request_id)
        except ConnectionError:
            return None


@seeded(Rule.LIVE_REPLAY, Source.PORT)
class AnAnswerEndsTheReplay(ResumableStream):
    """Takes it for a failure if ``send`` returns something, and stops."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        with suppress(StopIteration):
            return super().replay_chunks(_Touchy(connection), request_id)
        return None


class _Touchy:
    def __init__(self, connection: Client) -> None:
        self._connection = connection

    def send(self, frame: str) -> None:
        if self._connection.send(frame) is not None:
            raise StopIteration


@seeded(Rule.SOCKET, Source.FORGOTTEN)
class LastFrameMayFail(ResumableStream):
    """Does not notice that the frame at the end of a replay failed."""

    def _end_replay(
        self, send: Callable[[str], object], frames: Frames, stream_id: str
    ) -> str | None:
        def send_if_possible(frame: str) -> None:
            with suppress(Exception):
                send(frame)

        return super()._end_replay(send_if_possible, frames, stream_id)


@seeded(Rule.CONNECTION, Source.PORT)
class SetsTheRowFactory(ResumableStream):
    """Changes the row factory of the caller's connection."""

    def restore(self) -> None:
        self._connection.row_factory = sqlite3.Row
        super().restore()


@seeded(Rule.CONNECTION, Source.PORT)
class ReadsThroughTheRowFactory(ResumableStream):
    """Takes for tuples whatever the caller's row factory makes of rows."""

    @staticmethod
    def _own_cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
        return connection.cursor()


@seeded(Rule.CONNECTION, Source.PORT)
class SetsTheIsolationLevel(ResumableStream):
    """Turns off the transactions that sqlite3 opens for the caller."""

    def start(self, request_id: str) -> str:
        self._connection.isolation_level = None
        return super().start(request_id)


@seeded(Rule.CONNECTION, Source.PORT)
class CommitsTheCallersTransaction(OtherSql):
    """Commits a transaction that the caller has open."""

    edits = instead("release resumable_stream", "commit")


@seeded(Rule.CONNECTION, Source.PORT)
class CannotJoinATransaction(OtherSql):
    """Begins a transaction inside the caller's, which SQLite refuses."""

    edits = instead("savepoint resumable_stream", "begin immediate")


@seeded(Rule.CONNECTION, Source.PORT)
class RollsBackTheCallersTransaction(OtherSql):
    """Rolls back all that the caller has done, too, when a call fails."""

    edits = instead("rollback to resumable_stream", "rollback")


@seeded(Rule.CONNECTION, Source.PORT)
class StartLeavesATransactionOpen(ResumableStream):
    """Leaves the commit of a start to the call after it."""

    def start(self, request_id: str) -> str:
        if not self._connection.in_transaction:
            self._cursor.execute("begin")
        return super().start(request_id)


@seeded(Rule.CLOCK, Source.PORT)
class TimesAreInSeconds(ResumableStream):
    """Takes seconds for milliseconds, as ``time.time`` gives them."""

    def __init__(
        self, connection: sqlite3.Connection, *, clock: Clock = now_ms, **others: Any
    ) -> None:
        super().__init__(connection, clock=lambda: clock() // 1000, **others)


@seeded(Rule.CLOCK, Source.TIDY)
class ClockNeverGoesBack(ResumableStream):
    """Goes on at the latest time that it saw, when the clock goes back."""

    def __init__(
        self, connection: sqlite3.Connection, *, clock: Clock = now_ms, **others: Any
    ) -> None:
        latest = [0]

        def forwards() -> int:
            latest.append(max(latest.pop(), clock()))
            return latest[0]

        super().__init__(connection, clock=forwards, **others)


@seeded(Rule.CLOCK, Source.PORT)
class ClockStandsStill(ResumableStream):
    """Reads the clock once, when it is constructed."""

    def __init__(
        self, connection: sqlite3.Connection, *, clock: Clock = now_ms, **others: Any
    ) -> None:
        constructed_at = clock()
        super().__init__(connection, clock=lambda: constructed_at, **others)


class _Deaf:
    def __init__(self, client: Client) -> None:
        self._client = client

    def send(self, frame: str) -> None:
        with suppress(Exception):
            self._client.send(frame)
