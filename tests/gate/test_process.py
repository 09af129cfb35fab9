"""The target that lives in a process of its own: its deaths are real, and leave no child."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from model import Burst, Complete, KillDuring, Reopen, Restart, Start, Store
from resumable.conformance.bindings import Bindings
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import DEFAULT
from resumable.conformance.target import TargetError
from resumable.conformance.targets import process
from resumable.conformance.targets.builtin import sqlite_process
from resumable.conformance.targets.process import ProcessTarget
from tests.gate.processes import all_end, eventually, living, needs_proc

KILLED = -signal.SIGKILL


@pytest.fixture
def target() -> Iterator[ProcessTarget]:
    target = sqlite_process()
    yield target
    target.stop()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_kill_in_the_middle_of_work_is_a_sigkill_and_the_disk_is_before_or_after(
    target: ProcessTarget,
) -> None:
    completed = []
    for statements_run in range(10):
        lockstep = Lockstep(target)
        for command in (Start("s1", "r1"), Burst("s1", "b", 3)):
            lockstep.do(command)
        lockstep.do(KillDuring(Complete("s1"), statements_run))
        assert target.ended is not None
        assert target.ended.exit_code == KILLED
        assert is_gone(target.ended.pid)
        (state,) = lockstep.states
        completed.append(state.disk.streams[0].status == "completed")
        assert len(state.disk.chunks) == (3 if completed[-1] else 0)
        target.close()
    # Begin, three chunks, the update, two deletes of a sweep: only the eighth commits.
    assert completed == [False] * 8 + [True] * 2


def test_a_call_that_ends_before_the_kill_has_happened(target: ProcessTarget) -> None:
    lockstep = Lockstep(target)
    lockstep.do(Start("s1", "r1"))
    lockstep.do(Store("s1", "a"))
    lockstep.do(KillDuring(Complete("s1"), 100))
    (state,) = lockstep.states
    assert target.ended is not None
    assert target.ended.exit_code == KILLED
    assert state.disk.streams[0].status == "completed"
    target.close()


def test_a_restart_is_a_sigkill_and_a_reopening_is_none(target: ProcessTarget) -> None:
    lockstep = Lockstep(target)
    lockstep.do(Start("s1", "r1"))
    pids = []
    for command, exit_code in ((Restart(), KILLED), (Reopen(), 0), (Restart(), KILLED)):
        lockstep.do(command)
        assert target.ended is not None
        assert target.ended.exit_code == exit_code
        assert is_gone(target.ended.pid)
        pids.append(target.ended.pid)
    assert len(set(pids)) == 3
    target.close()


@needs_proc
def test_a_child_that_dies_unasked_is_an_error_of_the_target_not_a_divergence(
    target: ProcessTarget,
) -> None:
    lockstep = Lockstep(target)
    group = target.group
    assert group is not None
    (child,) = living(group) - {group}
    os.kill(child, signal.SIGTERM)
    with pytest.raises(TargetError, match=f"status -{signal.SIGTERM.value}"):
        lockstep.do(Start("s1", "r1"))
    assert all_end(group)
    target.close()


def test_after_an_error_the_next_sequence_has_a_new_child(target: ProcessTarget) -> None:
    target.open(DEFAULT, EPOCH_MS)
    with pytest.raises(TargetError, match="AttributeError"):
        target.detail(("s1",), None)  # type: ignore[arg-type]  # so that the child raises
    target.close()
    Lockstep(target).do(Start("s1", "r1"))
    target.close()


@needs_proc
def test_a_target_that_is_stopped_or_forgotten_leaves_no_process() -> None:
    for end in (ProcessTarget.stop, lambda _target: None):
        target = sqlite_process()
        target.open(DEFAULT, EPOCH_MS)
        group = target.group
        assert group is not None
        assert living(group)
        end(target)
        del target
        assert all_end(group)


@needs_proc
def test_a_child_that_hangs_does_not_keep_its_target_from_stopping() -> None:
    target = sqlite_process()
    target.open(DEFAULT, EPOCH_MS)
    group = target.group
    assert group is not None
    (child,) = living(group) - {group}
    os.kill(child, signal.SIGSTOP)
    stopping = Thread(target=target.stop, daemon=True)
    stopping.start()
    stopping.join(timeout=20)
    assert all_end(group)


def test_a_sequence_leaves_no_file(
    target: ProcessTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "new_folder", lambda: tmp_path)
    target.open(DEFAULT, EPOCH_MS)
    target.perform(Start("s1", "r1"), Bindings(), EPOCH_MS)
    assert list(tmp_path.iterdir())
    target.close()
    assert not list(tmp_path.iterdir())
    target.stop()
    assert not tmp_path.exists()


PARENT = """
import sys
from pathlib import Path

from resumable.conformance.targets import process
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.targets.builtin import sqlite_process
from model import Restart

process.new_folder = lambda: Path(sys.argv[1])
target = sqlite_process()
lockstep = Lockstep(target)
print(target.group, flush=True)
while True:
    lockstep.do(Restart())
"""


@needs_proc
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_child_and_no_file_outlives_the_parent(
    ending: signal.Signals, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        group = int(parent.stdout.readline())
        assert living(group)
        os.killpg(parent.pid, ending)  # as a terminal does for Ctrl-C
        parent.wait()
    assert all_end(group)
    assert eventually(lambda: not tmp_path.exists())
