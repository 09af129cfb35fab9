"""Streams that are wrong under a fault, once they have replayed. Each hides elsewhere that it
has, and none looks wrong while nothing fails."""

from typing import Any, ClassVar

from resumable import ResumableStream
from resumable.stream.rows import Status


class _Hiding(ResumableStream):
    """Forgets what is active before the end is on disk, which may fail."""

    def has_replayed(self) -> bool:
        raise NotImplementedError

    def note_replay(self, stream_id: str) -> None:
        raise NotImplementedError

    def replay_chunks(self, connection: Any, request_id: str) -> str | None:
        stream_id = self.active_stream_id
        orphan = super().replay_chunks(connection, request_id)
        if stream_id is not None:
            self.note_replay(stream_id)
        return orphan

    def _end(self, stream_id: str, status: Status, *, sweeps: bool) -> None:
        if self.has_replayed():
            self._active_stream_id = None
        super()._end(stream_id, status, sweeps=sweeps)


class InAnAttribute(_Hiding):
    """Where a survey looks."""

    _has_replayed = False

    def has_replayed(self) -> bool:
        return self._has_replayed

    def note_replay(self, _stream_id: str) -> None:
        self._has_replayed = True


class InAGlobal(_Hiding):
    """Where nobody looks."""

    replayed: ClassVar[set[str | None]] = set()

    def has_replayed(self) -> bool:
        return self.active_stream_id in self.replayed

    def note_replay(self, stream_id: str) -> None:
        self.replayed.add(stream_id)
