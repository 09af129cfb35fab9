"""The client's end of the wire, as the harness plays it."""


class SocketDiedError(Exception):
    """What a dead socket's ``send`` raises; a target has to let it through."""


class RecordingSocket:
    """Keeps every frame; one that takes ``frames_taken`` raises on the next, for ever."""

    __slots__ = ("frames", "frames_taken")

    def __init__(self, frames_taken: int | None = None) -> None:
        self.frames: list[str] = []
        self.frames_taken = frames_taken

    def send(self, frame: str) -> None:
        if self.frames_taken is not None and len(self.frames) >= self.frames_taken:
            raise SocketDiedError("the harness closed this socket")
        self.frames.append(frame)
