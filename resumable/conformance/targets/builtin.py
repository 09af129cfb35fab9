"""Our own implementation as a target: in memory, on a file, in a process of its own."""

import itertools
import os
from collections.abc import Callable
from sqlite3 import Connection

import nanoid

from resumable import (
    Limits,
    ResumableStream,
    StorageError,
    StreamDestroyedError,
    StreamExistsError,
)
from resumable.conformance.socket import SocketDiedError
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.targets.process import ProcessTarget


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
    return _in_process("sqlite", _counted_ids(), always_on_file=False)


def sqlite_file() -> InProcess:
    """The same on a file, whatever the setting: what a crash between any two statements
    would keep is looked at."""
    return _in_process("sqlite-file", _counted_ids(), always_on_file=True)


def sqlite_process() -> ProcessTarget:
    """The same in a process of its own, which is killed for a crash."""
    return ProcessTarget()


def sqlite_child() -> InProcess:
    """What that process holds. It knows no id that an earlier one gave, so that they have to
    be random."""
    return _in_process("sqlite-process", nanoid.generate, always_on_file=True)


def _in_process(name: str, new_id: Callable[[], str], *, always_on_file: bool) -> InProcess:
    clock = _Clock()

    def construct(connection: Connection, limits: Limits) -> ResumableStream:
        return ResumableStream(connection, clock=clock.read, new_id=new_id, limits=limits)

    return InProcess(
        construct,
        name=name,
        set_clock=clock.set,
        classify=classify,
        always_on_file=always_on_file,
    )


def _counted_ids() -> Callable[[], str]:
    """Quicker than random ones. No other process gives the same: an exploration takes what
    is stored from one to another."""
    return map(f"stream-{os.getpid()}-{{}}".format, itertools.count()).__next__
