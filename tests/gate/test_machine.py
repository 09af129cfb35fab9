"""The state machine itself: what it sends, what it finds in wrong classes, and that it leaves
everything as it was.
"""

import logging
import time
import unittest
from collections.abc import Callable
from sqlite3 import Connection
from types import FunctionType
from typing import Any

import pytest
from hypothesis import settings

from model import Command, Limits, Outcome
from resumable import Client, ResumableStream
from resumable.conformance import machine
from resumable.conformance.clock import FrozenTime
from resumable.conformance.divergence import DivergedError
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.machine import lockstep_machine
from resumable.conformance.setting import Setting
from resumable.conformance.target import TargetError
from resumable.conformance.targets.builtin import sqlite


class CallsErrorsCompleted(ResumableStream):
    """Marks a stream that failed as completed."""

    def mark_error(self, stream_id: str) -> None:
        self._end(stream_id, "completed", sweeps=False)


class RefusesToClear(ResumableStream):
    """Clears nothing while a stream is active."""

    def clear_all(self) -> None:
        if self.active_stream_id is not None:
            raise ValueError("there is somebody")
        super().clear_all()


class LeavesOrphans(ResumableStream):
    """Replays an orphan, but does not complete it."""

    _replays = False

    def replay_chunks(self, connection: Client, request_id: str) -> str | None:
        self._replays = True
        try:
            return super().replay_chunks(connection, request_id)
        finally:
            self._replays = False

    def complete(self, stream_id: str) -> None:
        if not self._replays:
            super().complete(stream_id)


class CannotBegin(ResumableStream):
    """Raises when it is constructed."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        raise RuntimeError("no luck today")


class Result(unittest.TestResult):
    """Keeps the exceptions themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.raised: list[BaseException] = []

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        super().addFailure(test, err)
        self.raised.append(err[1])

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        super().addError(test, err)
        self.raised.append(err[1])


def result_of(make: Callable[..., Any], *, max_examples: int = 150, **options: Any) -> Result:
    """What a runner is told about the test case; its examples are always the same."""
    case: Any = lockstep_machine(make, **options).TestCase()
    case.settings = settings(
        case.settings, max_examples=max_examples, derandomize=True, database=None
    )
    result = Result()
    case.run(result)
    return result


class Recording(Lockstep):
    """Keeps what is sent, of all sequences."""

    opened: list[tuple[Limits, Setting]]
    sent: list[str]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.opened.append((self.limits, self.setting))

    def do(self, command: Command) -> Outcome:
        self.sent.append(repr(command))
        return super().do(command)


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> type[Recording]:
    monkeypatch.setattr(machine, "Lockstep", Recording)
    monkeypatch.setattr(Recording, "opened", [], raising=False)
    monkeypatch.setattr(Recording, "sent", [], raising=False)
    return Recording


@pytest.mark.parametrize(
    ("wrong", "commands"),
    [
        (RefusesToClear, 2),  # start; clear
        (LeavesOrphans, 3),  # start; restart; replay
    ],
)
def test_a_wrong_class_diverges_in_the_shortest_program(
    wrong: type[ResumableStream], commands: int
) -> None:
    (error,) = result_of(wrong).raised
    assert isinstance(error, DivergedError)
    assert len(error.divergence.steps) == commands


def test_the_failure_is_the_report_and_nothing_else() -> None:
    result = result_of(CallsErrorsCompleted)
    ((_, text),) = result.failures
    assert f"{__name__}:CallsErrorsCompleted diverged from the specification" in text
    assert "Failing test case" not in text


def test_other_limits_are_given_to_what_takes_them(recording: type[Recording]) -> None:
    small = Limits(flush_chunks=2, buffer_chunks_max=4, chunk_bytes_max=40)
    result = result_of(ResumableStream, max_examples=20, limits=small)
    assert result.wasSuccessful(), result.raised
    assert {limits for limits, _ in recording.opened} == {small}
    assert any("count=5" in command for command in recording.sent)  # two flushes and one


def test_a_class_that_cannot_be_constructed_is_an_error_not_a_failure() -> None:
    result = result_of(CannotBegin)
    assert not result.failures
    (error,) = result.raised
    assert isinstance(error, TargetError)
    assert "no luck today" in str(error)


@pytest.mark.parametrize("make", [sqlite, CallsErrorsCompleted, CannotBegin])
def test_time_and_logging_are_as_before(make: Callable[..., Any]) -> None:
    clocks = (time.time, time.time_ns, time.perf_counter, time.monotonic)
    result_of(make, max_examples=3)
    assert (time.time, time.time_ns, time.perf_counter, time.monotonic) == clocks
    assert logging.root.manager.disable == logging.NOTSET


def test_frozen_time_stands_still_for_all_but_hypothesis() -> None:
    def read() -> float:
        return time.perf_counter()

    ours, theirs = (
        FunctionType(read.__code__, {"time": time, "__name__": name})
        for name in ("service.streams", "hypothesis.internal.conjecture.engine")
    )
    with FrozenTime() as frozen:
        assert ours() == ours()
        assert theirs() < theirs()
        frozen.set(5_000)
        assert ours() == pytest.approx(5, abs=0.001)


def test_the_examples_of_a_derandomized_run_are_the_same_each_time(
    recording: type[Recording],
) -> None:
    runs = []
    for _ in range(2):
        recording.sent.clear()
        result_of(sqlite, max_examples=15)
        runs.append(tuple(recording.sent))
    assert len(set(runs[0])) > 100
    assert runs[0] == runs[1]


def test_twice_as_many_examples_as_usual_reach_what_is_telling(
    recording: type[Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    events: set[str] = set()
    monkeypatch.setattr(machine, "event", events.add)
    for make in (sqlite, ResumableStream):
        assert result_of(make, max_examples=200).wasSuccessful()
    assert events >= {
        "a burst crosses the flush",
        "a call after destroy is refused",
        "a call fails with the disk",
        "a chunk is kept though its flush failed",
        "a crash loses a buffer",
        "a kill undoes a start",
        "a replay flushes first",
        "a restart deletes a stale row",
        "a row at the stale age is restored",
        "a socket dies in the middle",
        "a sweep deletes",
        "a tie is met at a restart",
        "an orphan is replayed",
        "two streams share the counter",
        "refused: closed",
        "refused: disk",
        "refused: duplicate",
        "refused: socket",
    }
    for field in Setting._fields:
        assert len({getattr(setting, field) for _, setting in recording.opened}) > 1, field
