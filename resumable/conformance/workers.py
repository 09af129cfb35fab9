"""Worker processes: tasks run on a target of their own, and a target may break them.

A target that hangs, exits or dies takes its worker with it, not the run: its task comes
back as ``Lost``, and a new worker takes the place.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from time import monotonic
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol, Self, runtime_checkable

from resumable.conformance.forbidden import forbidding, names_forbidden
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets.database import remove_folders
from resumable.conformance.targets.registry import open_target, prepare

READY_S: Final = 20.0
"""What a target may take to be imported and made."""

HANG_S: Final = 20.0
"""A target that shows no sign of life for so long is given up."""

_TICK_S: Final = 0.1
_CONTEXT: Final = multiprocessing.get_context("spawn")

Beat = Callable[[], None]


class Task(Protocol):
    """Something to do with a target; picklable, as its result is. It calls ``beat`` before
    whatever may hang."""

    def run(self, target: Target, beat: Beat) -> Any: ...


@runtime_checkable
class Answers(Protocol):
    """A target at the end of a pipe: each answer is a sign of life, too."""

    on_answer: Callable[[], None]


class Lost(NamedTuple):
    """In place of a result: the target broke, and perhaps the worker with it."""

    reason: str
    beats: int
    """How often the task had called ``beat``."""


class Finished(NamedTuple):
    """A task and what came of it; both None when nothing did for a moment (a tick)."""

    task: Any
    result: Any


TICK: Final = Finished(None, None)


class Workers:
    """``count`` processes, each with the target ``spec``. Leave it, and all are gone.

    Entering raises TargetError if the target cannot be made.
    """

    def __init__(self, spec: str, count: int, *, hang_s: float = HANG_S) -> None:
        self._spec = spec
        self._count: Final = count
        self._hang_s: Final = hang_s
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        self._spec = prepare(self._spec)
        try:
            for _ in range(self._count):
                self._workers.append(_Worker(self._spec, self._hang_s))
            for worker in self._workers:
                worker.await_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def beats(self) -> int:
        """Signs of life of all workers; grows while they work."""
        return sum([worker.beats() for worker in self._workers])

    def run(self, tasks: Iterable[Task]) -> Iterator[Finished]:
        """Hand out the tasks as workers become free; yield each as it is finished, and a
        TICK now and then. It ends when the tasks have, and all are finished, or when no
        worker is left."""
        waiting = iter(tasks)
        while True:
            for worker in self._workers:
                if worker.task is None and (task := next(waiting, None)) is not None:
                    worker.give(task)
            busy = [worker for worker in self._workers if worker.task is not None]
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy], timeout=_TICK_S)
            for worker in busy:
                if worker.pipe in ready or worker.hangs():
                    yield self._finished(worker)
            if not ready:
                yield TICK

    def ask(self, task: Task) -> Any:
        """What comes of one task; Lost if the target broke over it."""
        for finished in self.run([task]):
            if finished.task is not None:
                return finished.result
        return Lost("gave no answer", 0)

    def _finished(self, worker: "_Worker") -> Finished:
        task, result = worker.take()
        if isinstance(result, Lost):
            worker.kill()
            self._workers.remove(worker)
            self._replace()
        return Finished(task, result)

    def _replace(self) -> None:
        """A target that cannot be made a second time leaves one worker less."""
        worker = _Worker(self._spec, self._hang_s)
        try:
            worker.await_ready()
        except TargetError:
            worker.kill()
        else:
            self._workers.append(worker)

    def _stop(self) -> None:
        for worker in self._workers:
            worker.kill()
        self._workers = []


class _Worker:
    """The parent's end of one process."""

    def __init__(self, spec: str, hang_s: float) -> None:
        self._hang_s: Final = hang_s
        self.pipe, child = _CONTEXT.Pipe()
        self._beats: Final = _CONTEXT.RawValue("Q", 0)
        self._answers: Final = _CONTEXT.RawValue("Q", 0)
        self._process: Final = _CONTEXT.Process(
            target=_work,
            args=(spec, names_forbidden(), child, self._beats, self._answers),
            daemon=True,
        )
        with _no_interrupt():
            self._process.start()
        child.close()
        self.task: Task | None = None
        self._beats_before = 0
        self._signs = 0
        self._alive_at = monotonic()

    def await_ready(self) -> None:
        if not self.pipe.poll(READY_S):
            raise TargetError(f"the target did not get ready within {READY_S:.0f} s")
        try:
            failure = self.pipe.recv()
        except (EOFError, ConnectionError):
            raise TargetError(f"the target {self._ending()} before it was ready") from None
        if failure is not None:
            raise TargetError(failure)

    def beats(self) -> int:
        return int(self._beats.value)

    def give(self, task: Task) -> None:
        self.task = task
        self._beats_before = self.beats()
        self._alive_at = monotonic()
        self.pipe.send(task)

    def take(self) -> tuple[Task | None, Any]:
        task, self.task = self.task, None
        beats = self.beats() - self._beats_before
        if not self.pipe.poll():
            return task, Lost(f"showed no sign of life for {self._hang_s:.0f} s", beats)
        try:
            result = self.pipe.recv()
        except (EOFError, ConnectionError):
            return task, Lost(self._ending(), beats)
        return task, Lost(str(result), beats) if isinstance(result, TargetError) else result

    def hangs(self) -> bool:
        signs, now = self.beats() + int(self._answers.value), monotonic()
        if signs != self._signs:
            self._signs, self._alive_at = signs, now
        return now - self._alive_at > self._hang_s

    def kill(self) -> None:
        self.pipe.close()
        self._process.kill()
        self._process.join()
        remove_folders(self._process.pid or 0)

    def _ending(self) -> str:
        self._process.join(timeout=READY_S)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"died of {signal.Signals(-code).name}"
        return f"exited (status {code})"


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """A Ctrl-C goes to a process that is just starting, too, where nobody expects it yet. So
    it waits, here, and for all its life in the process, which inherits this."""
    resource_tracker.ensure_running()  # It would lift the ban, if it were started later.
    banned = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, banned)


def _work(
    spec: str, forbidden: Sequence[str], pipe: Connection, beats: Any, answers: Any
) -> None:
    """A worker's whole life. Ctrl-C is the parent's affair; when the parent dies, so does
    this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    os.dup2(2, 1)  # What a target prints must not get between the lines of a report.
    logging.disable(logging.CRITICAL)

    def beat() -> None:
        beats.value += 1

    def answered() -> None:
        answers.value += 1

    try:
        with forbidding(forbidden), open_target(spec) as target:
            if isinstance(target, Answers):
                target.on_answer = answered
            pipe.send(None)
            while True:
                pipe.send(_result(pipe.recv(), target, beat))
    except TargetError as error:
        pipe.send(str(error))
    except (EOFError, ConnectionError):
        return


def _result(task: Task, target: Target, beat: Beat) -> Any:
    try:
        return task.run(target, beat)
    except TargetError as error:
        return error
    except (KeyboardInterrupt, GeneratorExit) as error:
        return TargetError(f"raised {type(error).__name__}, which is no error to be caught")


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
