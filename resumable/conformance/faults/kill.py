"""Real kills: a child process that writes real files, and dies of SIGKILL at one of them.

What it leaves is opened by way of the system's own files: nothing is simulated but the time
at which the child dies.
"""

import os
import shutil
import signal
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from model import CutPowerDuring
from model.crash import Durability
from resumable.conformance.divergence import DivergedError
from resumable.conformance.explore.scope import Scope
from resumable.conformance.faults import images, vfs
from resumable.conformance.faults.coming_back import Recording, after, come_back, recorded
from resumable.conformance.faults.disk import (
    Created,
    Deleted,
    Disk,
    Event,
    Truncated,
    Written,
)
from resumable.conformance.faults.errors import go_on
from resumable.conformance.faults.figures import Counts
from resumable.conformance.faults.workloads import Workload
from resumable.conformance.setting import Setting
from resumable.conformance.target import TargetError
from resumable.conformance.targets.database import WithoutPower, new_folder
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.workers import Beat

SAMPLED: Final = 4
"""A fork is slow: one workload in so many is killed for real, the same ones in every run."""

_DEPARTED: Final = 3


class Killed(NamedTuple):
    """A child that was killed: its files, and its ids by the names of their streams."""

    files: Path
    ids: dict[str, str]


class Kills:
    """Kills a child at every change that the last commands of workloads make to files; of
    the workloads, one in ``sampled``."""

    def __init__(
        self, target: InProcess, scope: Scope, mode: Durability, beat: Beat, sampled: int
    ) -> None:
        self._beat: Final = beat
        self._target: Final = target
        self._scope: Final = scope
        self._mode: Final[Durability] = mode
        self._sampled: Final = sampled

    def everywhere(self, workload: Workload, counts: Counts) -> None:
        """Open the target on what each child left, compare, and go on working.

        Raises DivergedError.
        """
        if not hasattr(os, "fork") or zlib.crc32(repr(workload).encode()) % self._sampled:
            return
        with _folder() as folder:
            # Children come first: a parent that had gone on would give their ids again.
            killed = list(self._killed(workload, folder))
            counts.workloads += bool(killed)
            with after(self._target, self._scope, self._mode, workload[:-1]) as lockstep:
                recording = recorded(self._target, lockstep, workload[-1])
                self._come_back_from_all(recording, workload[-1], killed, counts)

    def _come_back_from_all(
        self, recording: Recording, struck: Any, killed: Sequence[Killed], counts: Counts
    ) -> None:
        for changes, (files, ids) in enumerate(killed):
            self._beat()
            counts.points += 1
            counts.images += 1
            counts.distinct += 1
            recording.before.bindings.rename(ids)
            crash = CutPowerDuring(struck, changes, images.ALL)
            database = RealDatabase(files, self._mode)
            with come_back(self._target, database, recording.before, crash) as lockstep:
                recording.classify(lockstep, counts)
                go_on(lockstep)

    def _killed(self, workload: Workload, folder: Path) -> Iterator[Killed]:
        """Every child, by how many changes it made, as long as one dies before it comes to
        the end of the call. A target that departs from the specification earlier will do so
        in the parent, too, which tells how."""
        for changes in count():
            self._beat()
            files = folder / str(changes)
            files.mkdir()
            ours, theirs = Pipe()
            with ours, theirs:
                child = os.fork()
                if child == 0:
                    self._live_and_die(workload, files, changes, theirs)
                _, status = os.waitpid(child, 0)
                code = os.waitstatus_to_exitcode(status)
                if code in {0, _DEPARTED}:
                    return
                if code != -signal.SIGKILL:
                    raise TargetError(f"ended with status {code}, and not by a kill")
                yield Killed(files, ours.recv())

    def _live_and_die(
        self, workload: Workload, files: Path, changes: int, pipe: Connection
    ) -> NoReturn:
        """A whole life in the child, since an instance need not live on after a fork."""
        try:
            with after(self._target, self._scope, self._mode, workload[:-1]) as lockstep:
                pipe.send(lockstep.bindings.ids)
                disk = self._target.simulated.disk
                disk.on_event = _Mortal(disk, files, changes)
                self._target.perform(workload[-1], lockstep.bindings, lockstep.now_ms)
                vfs.raise_if_broken()
                os._exit(0)
        except DivergedError:
            os._exit(_DEPARTED)
        finally:
            os._exit(1)


class _Mortal:
    """Does to real files what is done to a disk, until the process has made so many
    ``changes``."""

    def __init__(self, disk: Disk, folder: Path, changes: int) -> None:
        self._folder: Final = folder
        self._left = changes
        self._files: Final[dict[int, int]] = {}
        for name, contents in disk.files.items():
            (folder / name).write_bytes(contents.data)
            self._open(name, contents.number)
        self._die_in_time()

    def __call__(self, event: Event) -> None:
        match event:
            case Created(name, number):
                self._open(name, number)
            case Written(number, offset, data):
                os.pwrite(self._files[number], data, offset)
            case Truncated(number, size):
                os.ftruncate(self._files[number], size)
            case Deleted(name):
                (self._folder / name).unlink()
        self._left -= 1
        self._die_in_time()

    def _open(self, name: str, number: int) -> None:
        self._files[number] = os.open(self._folder / name, os.O_RDWR | os.O_CREAT)

    def _die_in_time(self) -> None:
        while self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class RealDatabase(WithoutPower):
    """The database in ``folder``, by way of the system's own files."""

    def __init__(self, folder: Path, durability: Durability) -> None:
        self._path: Final = folder / vfs.DATABASE
        _, _, self._synchronous = durability.partition("-")
        self.connection: sqlite3.Connection
        self.midway: list[Any] = []
        self.on_statement: Callable[[str], None] | None = None

    def connect(self, setting: Setting) -> sqlite3.Connection:
        self.connection = sqlite3.connect(
            self._path, timeout=0, isolation_level=setting.isolation_level
        )
        self.connection.execute(f"pragma synchronous = {self._synchronous}")
        return self.connection

    def crash(self, setting: Setting) -> sqlite3.Connection:
        self.connection.close()
        return self.connect(setting)

    reopen = crash
    killed = crash

    def kill_after(self, _statements_run: int) -> None:
        """It dies between two calls only."""

    def close(self) -> None:
        with suppress(AttributeError):  # it was never connected
            self.connection.close()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = new_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
