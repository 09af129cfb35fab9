"""The client's end of the wire, as the harness plays it."""

from collections.abc import Callable
from typing import Final


class SocketDiedError(Exception):
    """What a dead socket's ``send`` raises; a target has to let it through. Libraries do not
    agree on its kind, so that whoever catches one of them is not found by another."""


class SocketResetError(SocketDiedError, ConnectionResetError):
    """As the system, and asyncio, have it."""


class SocketClosedError(SocketDiedError, RuntimeError):
    """As frameworks have it that know of the close before the system does."""


class FileClosedError(SocketDiedError, ValueError):
    """As a file object over the socket has it."""


_DEATHS: Final = (SocketResetError, SocketClosedError, FileClosedError, SocketDiedError)
"""In turn, by how many frames the socket took."""


class RecordingSocket:
    """Keeps every frame; one that takes ``frames_taken`` raises on the next, for ever.

    Like many a real one, ``send`` returns something, which says nothing to a target."""

    __slots__ = ("__weakref__", "frames", "frames_taken")

    def __init__(
        self, frames_taken: int | None = None, frames: list[str] | None = None
    ) -> None:
        self.frames: list[str] = [] if frames is None else frames
        self.frames_taken = frames_taken

    def close(self) -> None:
        """It takes no frame any more."""
        self.frames_taken = 0

    def send(self, frame: str) -> int:
        if self.frames_taken is not None and len(self.frames) >= self.frames_taken:
            death = _DEATHS[self.frames_taken % len(_DEATHS)]
            raise death("the harness closed this socket")
        self.frames.append(frame)
        return len(frame)


class CallingSocket(RecordingSocket):
    """Makes ``call`` from inside ``send``, once, with the frame of number ``at_frame`` (from
    0) in its hands. What ``call`` raises, ``send`` raises."""

    __slots__ = ("_at_frame", "_call")

    def __init__(self, at_frame: int, call: Callable[["CallingSocket"], None]) -> None:
        super().__init__()
        self._at_frame = at_frame
        self._call = call

    def send(self, frame: str) -> int:
        size = super().send(frame)
        if len(self.frames) == self._at_frame + 1:
            self._call(self)
        return size
