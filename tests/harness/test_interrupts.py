"""A hunt that is interrupted, or has no room to write, loses nothing and leaves nobody."""

import errno
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from resumable.conformance.hunt import progress
from resumable.conformance.hunt.hunt import BATCH
from resumable.conformance.trace import loads
from tests.gate.processes import eventually, living, needs_proc
from tests.harness.commands import called, finished, resumable, started

TARGETS: Final = "tests.harness.targets"
WORKERS: Final = 2


@contextmanager
def hunting(target: str, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A hunt that would go on for long, and that has begun."""
    begun = tmp_path / "begun"
    spec, out = f"{TARGETS}.wrong:{target}", tmp_path / "out"
    options = ("--keep-going", "--time", "10m", "--workers", str(WORKERS), "--out", out)
    with started("hunt", "--target", spec, *options, BEGUN=str(begun)) as process:
        assert eventually(begun.exists)
        yield process


@needs_proc
def test_ctrl_c_ends_a_hunt_with_what_it_knows(tmp_path: Path) -> None:
    with hunting("Slowly", tmp_path) as process:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everybody
        run = finished(process)
        assert eventually(lambda: not living(process.pid))
    assert run.returncode == 3
    assert "Slowly: unknown" in run.stdout
    assert "interrupted" in run.stdout
    assert "Traceback" not in run.stderr + run.stdout
    assert progress.load(tmp_path / "out").target.endswith("Slowly")


@needs_proc
def test_ctrl_c_after_a_find_reports_it(tmp_path: Path) -> None:
    """A sequence is seldom wrong more than twice: once where that is permitted, since a fault
    strikes, and once where it ends. With four times what two batches would be, one has come
    back."""
    often = 4 * WORKERS * BATCH
    wrong = tmp_path / "wrong"
    with hunting("SlowlyAndWrong", tmp_path) as process:
        assert eventually(lambda: wrong.exists() and wrong.stat().st_size > often)
        os.killpg(process.pid, signal.SIGINT)
        run = finished(process)
        assert eventually(lambda: not living(process.pid))
    assert run.returncode == 1
    assert "SlowlyAndWrong: diverged" in run.stdout
    assert "Traceback" not in run.stderr + run.stdout
    assert list((tmp_path / "out").glob("*.jsonl"))


@needs_proc
def test_ctrl_c_while_the_workers_start_stops_them_quietly(tmp_path: Path) -> None:
    with started("hunt", "--out", tmp_path / "out") as process:
        assert eventually(lambda: len(living(process.pid)) > 2)
        os.killpg(process.pid, signal.SIGINT)
        run = finished(process)
        assert eventually(lambda: not living(process.pid))
    assert run.returncode == 3
    assert "Traceback" not in run.stderr


@needs_proc
def test_not_even_a_stuck_worker_outlives_a_hunt_that_is_killed(tmp_path: Path) -> None:
    with hunting("Stuck", tmp_path) as process:
        assert len(living(process.pid)) > 1
        process.kill()
        process.wait()
        assert eventually(lambda: not living(process.pid))


def test_a_hunt_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = resumable("hunt", "--sequences", "25", "--json", "--workers", "1", "--out", out)
    again = resumable(
        "hunt", "--resume", "--sequences", "25", "--json", "--workers", "1", "--out", out
    )
    assert json.loads(first.stdout)["next"] == json.loads(again.stdout)["first"] == 25
    assert progress.load(out).next == 50


@pytest.mark.parametrize("command", ["hunt", "check", "explore"])
def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    run = called(capsys, command, "--out", tmp_path / "file" / "out")
    assert run.returncode == 2
    assert "cannot write to --out" in run.stderr
    assert "give another folder" in run.stderr


def test_on_a_full_disk_the_trace_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_text = Path.write_text

    def full(self: Path, text: str, **how: str) -> int:
        if text:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(self, text, **how)

    monkeypatch.setattr(Path, "write_text", full)
    target = f"{TARGETS}.wrong:InTwoWays"
    options = ("--sequences", "25", "--workers", "1", "--out", tmp_path)
    run = called(capsys, "hunt", "--target", target, *options)
    assert run.returncode == 1
    assert "No space left on device; this is the trace:" in run.stderr
    printed = run.stderr.partition("this is the trace:\n")[2]
    assert loads(printed.strip()).verdict == "diverged"
    assert "it goes on with --seed 0 after sequence 25" in run.stderr
    assert list(tmp_path.iterdir()) == []
