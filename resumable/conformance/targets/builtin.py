"""Our own implementation as a target: in memory, on a file, in a process of its own."""

import itertools
from sqlite3 import Connection

from resumable import ResumableStream, StorageError, StreamDestroyedError, StreamExistsError
from resumable.conformance.socket import SocketDiedError
from resumable.conformance.targets.in_process import InProcess


def classify(error: Exception) -> str:
    """Our errors, told apart."""
    match error:
        case SocketDiedError():
            return "socket"
        case StreamDestroyedError():
            return "closed"
        case StreamExistsError():
            return "duplicate"
        case StorageError():
            return "disk"
        case _:
            return type(error).__name__


class _Clock:
    """A clock that is set, which costs less to read than a frozen one."""

    def __init__(self) -> None:
        self.now_ms = 0

    def set(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def read(self) -> int:
        return self.now_ms


def sqlite() -> InProcess:
    """``ResumableStream`` in memory, with clock and ids handed to it."""
    clock = _Clock()
    ids = map("stream-{}".format, itertools.count())

    def construct(connection: Connection) -> ResumableStream:
        return ResumableStream(connection, clock=clock.read, new_id=ids.__next__)

    return InProcess(construct, name="sqlite", set_clock=clock.set, classify=classify)
