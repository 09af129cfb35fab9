"""A target that breaks takes its worker with it, not the run; and the message says how."""

import multiprocessing
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from resumable.conformance import workers as workers_module
from resumable.conformance.hunt.hunt import Budget, Hunt, HuntResult
from resumable.conformance.target import Target, TargetError
from resumable.conformance.workers import Lost, Workers

TARGETS: Final = "tests.harness.targets"


@pytest.fixture(autouse=True)
def _nobody_is_left_behind() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def hunted(name: str, *, count: int = 1, hang_s: float = 20.0) -> HuntResult:
    with Workers(f"{TARGETS}.broken:{name}", count, hang_s=hang_s) as workers:
        return Hunt(workers, 0, Budget(sequences=25)).run()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Exits", r"exited \(status 5\)"),
        ("ExitsAtOnce", r"exited \(status 7\)"),
        ("Dies", "died of SIGKILL"),
        ("Aborts", "died of SIGABRT"),
        ("Interrupts", "raised KeyboardInterrupt"),
        ("LacksMethods", "broken:LacksMethods has no has_active_stream, no store_chunk, no "),
        ("CannotBeMade", "raised when constructed: ValueError: no such thing"),
    ],
)
def test_a_target_that_breaks_is_told_with_its_sequence(name: str, reason: str) -> None:
    result = hunted(name)
    assert not result.found
    (broken,) = result.broken
    assert re.search(reason, broken.reason)
    assert 0 <= broken.number < 25


def test_a_target_that_hangs_is_given_up() -> None:
    result = hunted("Hangs", hang_s=1.0)
    (broken,) = result.broken
    assert broken.reason == "showed no sign of life for 1 s"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("sqlit", "no target is called 'sqlit': a target is one of sqlite, sqlite-file"),
        (
            "no_such_module:Thing",
            "cannot import 'no_such_module'.*run in the folder that holds",
        ),
        (f"{TARGETS}.lacks_a_module:Thing", "cannot import .*no_such_module_anywhere"),
        (f"{TARGETS}.broken:Nothing", "has no 'Nothing'"),
        (f"{TARGETS}.broken:NUMBER", "is 3, which cannot be called: a target is one of"),
        (
            f"{TARGETS}.raises_at_import:It",
            "raises when it is imported: RuntimeError: the weath",
        ),
        (f"{TARGETS}.exits_at_import:It", r"exits when it is imported \(status 4\)"),
        (f"{TARGETS}.dies_at_import:It", r"the target exited \(status 9\) before it was ready"),
    ],
)
def test_a_target_that_is_none_is_refused_before_anything_runs(spec: str, message: str) -> None:
    with pytest.raises(TargetError, match=message), Workers(spec, 1):
        pass


def test_a_target_that_takes_for_ever_to_import_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers_module, "READY_S", 0.01)
    with pytest.raises(TargetError, match="did not get ready within"), Workers("sqlite", 1):
        pass


@dataclass(frozen=True)
class Die:
    """A task that ends its process, if it is told to."""

    number: int
    dies: bool

    def run(self, _target: Target, beat: Callable[[], None]) -> int:
        beat()
        if self.dies:
            raise SystemExit(3)
        return self.number


@dataclass(frozen=True)
class AskForInterrupts:
    """What becomes of a Ctrl-C in a worker: now, and while it was starting."""

    def run(self, _target: Target, _beat: Callable[[], None]) -> tuple[bool, bool]:
        is_blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
        return signal.getsignal(signal.SIGINT) is signal.SIG_IGN, is_blocked


def test_ctrl_c_is_no_affair_of_a_worker_from_its_first_moment_on() -> None:
    with Workers("sqlite", 1) as workers:
        ((_, answer),) = [each for each in workers.run([AskForInterrupts()]) if each.task]
    assert answer == (True, True)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_the_others_go_on_when_one_breaks() -> None:
    tasks = [Die(number, dies=number == 2) for number in range(6)]
    with Workers("sqlite", 2) as workers:
        results = {task.number: result for task, result in workers.run(tasks) if task}
    assert results.pop(2) == Lost("exited (status 3)", 1)
    assert results == {number: number for number in (0, 1, 3, 4, 5)}


def test_a_target_that_cannot_be_made_again_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run ends without it, and with all that was known."""
    with Workers("sqlite", 1) as workers:
        tasks = [Die(0, dies=False), Die(1, dies=True), Die(2, dies=False)]
        results = []
        for task, result in workers.run(tasks):
            if task is not None:
                results.append(result)
                monkeypatch.setattr(workers_module, "READY_S", 0.01)
    assert results == [0, Lost("exited (status 3)", 1)]
