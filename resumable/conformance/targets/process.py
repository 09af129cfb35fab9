"""Our implementation in a process of its own, on a file: a crash there is a SIGKILL."""

import os
import shutil
import signal
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, Final, NamedTuple

from model import ORIGINAL, Command, Limits, Reopen
from resumable.conformance.bindings import Bindings
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.target import Brief, Detail, Seen, TargetError
from resumable.conformance.targets.database import new_folder

CHILD: Final = "resumable.conformance.targets.child"
_MAY_END: Final = ("perform", "close")


class Ended(NamedTuple):
    """In place of a reply: the process that was called has ended. A negative ``exit_code``
    is the signal that killed it."""

    pid: int
    exit_code: int


class Failed(NamedTuple):
    """In place of a reply: the call raised, which is a fault of the harness."""

    traceback: str


class ProcessTarget:
    """``ResumableStream`` in a child process; see ``targets.child`` for the far end.

    ``Restart`` and ``KillDuring`` kill the child; what it leaves on its file is for the
    next one. ``Reopen`` is an end in good order.
    """

    name: Final = "sqlite-process"
    takes_limits: Final = True

    def __init__(self) -> None:
        self._nursery: _Nursery | None = None
        self._setting = DEFAULT
        self._limits = ORIGINAL
        self.ended: Ended | None = None
        """How the child before this one ended."""

    @property
    def group(self) -> int | None:
        """The process group of all that it has started, while there is any."""
        return None if self._nursery is None else self._nursery.group

    def open(self, setting: Setting, now_ms: int, limits: Limits = ORIGINAL) -> None:
        self._setting = setting
        self._limits = limits
        seen = self._attach(now_ms)
        if seen.refused:
            self.close()
            raise TargetError(f"{self.name} raised when constructed: {seen.error}")

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        reply = self._call("perform", command, bindings, now_ms)
        if not isinstance(reply, Ended):
            return Seen(*reply)
        expected = 0 if isinstance(command, Reopen) else -signal.SIGKILL
        if reply.exit_code != expected:
            self._give_up(f"it ended with status {reply.exit_code}")
        self.ended = reply
        return self._attach(now_ms)

    def brief(self, *, may_skip: bool) -> Brief:  # noqa: ARG002 - what is slow is the pipe
        return Brief(*self._call("brief"))

    def detail(self, names: Sequence[str], bindings: Bindings) -> Detail:
        return Detail(*self._call("detail", names, bindings))

    def close(self) -> None:
        """The child ends, and deletes its file."""
        if self._nursery is not None:
            self._call("close")

    def stop(self) -> None:
        """The process that makes the children ends, too. It would with this object."""
        if self._nursery is not None:
            self._nursery.stop()
            self._nursery = None

    def _attach(self, now_ms: int) -> Seen:
        return Seen(*self._call("attach", self._setting, now_ms, self._limits))

    def _call(self, method: str, *arguments: object) -> Any:
        if self._nursery is None:
            self._nursery = _Nursery()
        try:
            reply = self._nursery.call(method, arguments)
        except (EOFError, OSError) as error:
            self._give_up(f"it is gone: {error!r}")
        if isinstance(reply, Failed):
            self._give_up(f"it raised\n{reply.traceback}")
        if isinstance(reply, Ended) and method not in _MAY_END:
            self._give_up(f"it ended with status {reply.exit_code}")
        return reply

    def _give_up(self, reason: str) -> None:
        self.stop()
        raise TargetError(f"the child process of {self.name} cannot go on: {reason}")


class _Nursery:
    """A process that makes one child at a time, and the line to that child.

    Its processes form a group, which is killed when this object goes, or this process ends;
    if that is killed, they see the line break, and end by themselves. The folder of their
    files goes with them.
    """

    def __init__(self) -> None:
        if not hasattr(os, "fork"):
            raise TargetError("sqlite-process needs a system that can fork and send SIGKILL")
        self._pipe, theirs = Pipe()
        folder = new_folder()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - it runs this very package
                [sys.executable, "-m", CHILD, str(theirs.fileno()), folder],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the parent alone
            )
        self.group: Final = process.pid
        self.stop: Final = weakref.finalize(self, _stop, process, self._pipe, folder)

    def call(self, method: str, arguments: tuple[object, ...]) -> Any:
        """The reply of the child, or how it ended."""
        try:
            self._pipe.send((method, arguments))
            return self._pipe.recv()
        except BaseException:
            self.stop()  # an interrupted call would leave its reply for the next one
            raise


def _stop(process: "subprocess.Popen[bytes]", pipe: Connection, folder: Path) -> None:
    pipe.close()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
