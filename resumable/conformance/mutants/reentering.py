"""Bugs that show only if a client calls the stream from inside ``send``."""

from collections.abc import Callable, Iterable

from resumable import Client, ResumableStream
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherFrames
from resumable.conformance.mutants.rules import Rule
from resumable.stream.frames import Frames
from resumable.stream.text import well_formed

Send = Callable[[str], object]


@seeded(Rule.INSIDE_SEND, Source.PORT)
class ReplayReadsAsItSends(ResumableStream):
    """Asks for the next chunk when the last one was sent, so that it sends what was stored
    meanwhile, and not what was cleared."""

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        stream_id = self._active_stream_id
        if stream_id is None:
            return super().replay_chunks(connection, request_id)
        self.flush_buffer()
        frames = Frames(well_formed("request_id", request_id))
        number = 0
        while len(chunks := self.get_stream_chunks(stream_id)) > number:
            connection.send(next(frames.chunks([chunks[number]["body"]])))
            number += 1
        return self._end_replay(connection.send, frames, stream_id)


@seeded(Rule.INSIDE_SEND, Source.TIDY)
class ReplayStopsWhenItsStreamEnds(OtherFrames):
    """Sends no more chunks of a stream that has ended from inside send."""

    _replayed: str | None = None

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        self._replayed = self._active_stream_id
        return super().replay_chunks(connection, request_id)

    def frames(self, frame: str) -> Iterable[str]:
        if self._active_stream_id == self._replayed or '"done":true' in frame:
            yield frame


@seeded(Rule.INSIDE_SEND, Source.TIDY)
class ReplayKnowsItsEndBeforehand(ResumableStream):
    """Ends as the stream was when the replay began, whatever has become of it since."""

    _began_live = False

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        self._began_live = self._is_live
        return super().replay_chunks(connection, request_id)

    def _end_replay(self, send: Send, frames: Frames, stream_id: str) -> str | None:
        if self._began_live:
            send(frames.live_end)
            return None
        send(frames.done)
        self.complete(stream_id)
        return stream_id


@seeded(Rule.INSIDE_SEND, Source.FORGOTTEN)
class ReplayOfWhatEndedHasNoEnd(ResumableStream):
    """Sends nothing after the last chunk if the stream has ended from inside send."""

    def _end_replay(self, send: Send, frames: Frames, stream_id: str) -> str | None:
        if self._active_stream_id != stream_id:
            return None
        return super()._end_replay(send, frames, stream_id)


@seeded(Rule.INSIDE_SEND, Source.PORT)
class ReplayReturnsWhatEnded(ResumableStream):
    """Returns a stream that has ended from inside send, as if it were an orphan."""

    def _end_replay(self, send: Send, frames: Frames, stream_id: str) -> str | None:
        has_ended = self._active_stream_id != stream_id
        orphan = super()._end_replay(send, frames, stream_id)
        return stream_id if has_ended else orphan


@seeded(Rule.INSIDE_SEND, Source.TIDY)
class OrphanIsLeftForANewStream(ResumableStream):
    """Does not complete an orphan if a stream was started while done was sent."""

    def _end_replay(self, send: Send, frames: Frames, stream_id: str) -> str | None:
        if self._is_live or self._active_stream_id != stream_id:
            return super()._end_replay(send, frames, stream_id)
        send(frames.done)
        if not self._is_live:
            self.complete(stream_id)
        return stream_id


@seeded(Rule.INSIDE_SEND, Source.PORT)
class ReplayLocksItself(ResumableStream):
    """Raises at a call from inside send, like a lock that its own thread cannot take twice."""

    _is_sending = False

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        return super().replay_chunks(_Locking(self, connection), request_id)

    def _refuse_if_unusable(self) -> None:
        super()._refuse_if_unusable()
        if self._is_sending:
            raise RuntimeError("a replay is under way")

    def lock(self, *, is_sending: bool) -> None:
        self._is_sending = is_sending


class _Locking:
    """Locks the stream while the client is sent a frame."""

    def __init__(self, stream: ReplayLocksItself, client: Client) -> None:
        self._stream = stream
        self._client = client

    def send(self, frame: str) -> None:
        self._stream.lock(is_sending=True)
        try:
            self._client.send(frame)
        finally:
            self._stream.lock(is_sending=False)
