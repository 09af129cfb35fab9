"""``resumable faults`` as it is used: its output, its traces, its exit status."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from model import Flush
from resumable.conformance.cli import planted
from resumable.conformance.faults.figures import KINDS
from resumable.conformance.faults.planted import (
    PLANTED,
    NoRollback,
    RollsBackSomeErrors,
    WeakAfterAnError,
)
from tests.harness.commands import called

WEAK = "resumable.conformance.faults.planted:WeakSynchronous"
SWALLOWS = "resumable.conformance.faults.planted:FullIsNoError"


def resumable(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "resumable", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        text=True,
        timeout=120,
    )


def faults(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return resumable("faults", "--workers", "1", *arguments, cwd=cwd)


def as_json(done: "subprocess.CompletedProcess[str]") -> Any:
    return json.loads(done.stdout)


def test_a_run_ends_with_a_table_a_certificate_and_a_verdict(tmp_path: Path) -> None:
    done = faults("--depth", "1", "--kind", "power", "--kind", "denied", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == [
        *("fault", "database", "points", "images", "distinct"),
        *("before", "after", "earlier", "raised", "violations"),
    ]
    assert [line.split()[:2] for line in lines[1:6]] == [
        *(["power", mode] for mode in KINDS["power"].modes),
        ["denied", "wal-full"],
    ]
    assert "complete: every workload of up to 1 commands" in lines
    assert lines[-1].startswith("sqlite: conforms  (11 workloads, ")
    assert list(tmp_path.iterdir()) == []


def test_the_same_run_says_the_same_to_a_machine_each_time(tmp_path: Path) -> None:
    arguments = ("--depth", "1", "--kind", "io_error", "--json")
    first, again = [as_json(faults(*arguments, cwd=tmp_path)) for _ in range(2)]
    assert first.pop("seconds") > 0
    again.pop("seconds")
    assert first == again
    assert first["verdict"] == "conforms"
    assert first["kinds"] == {"io_error": KINDS["io_error"].says}


def test_the_seed_is_said_and_reaches_the_workers(tmp_path: Path) -> None:
    arguments = ("--depth", "1", "--kind", "power")
    zero, one = [
        as_json(faults(*arguments, "--seed", seed, "--json", cwd=tmp_path)) for seed in "01"
    ]
    assert (zero["seed"], one["seed"]) == (0, 1)
    assert zero["verdict"] == one["verdict"] == "conforms"
    assert zero["images"] == one["images"]
    assert zero["distinct"] != one["distinct"]
    assert "drawn with seed 1 " in one["trusted"]


def test_what_is_found_is_saved_as_a_trace_that_replays(tmp_path: Path) -> None:
    arguments = ("--target", WEAK, "--depth", "2", "--kind", "power", "--json")
    done = faults(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    result = as_json(done)
    assert result["verdict"] == "diverged"
    assert result["violations"] > 0
    first = result["found"][0]
    assert first["rule"] == "power_loss_takes_no_more_than_the_table_says"
    replayed = resumable("replay", first["trace"], cwd=tmp_path)
    assert replayed.returncode == 1
    assert "the machine loses its power" in replayed.stdout
    right = resumable("replay", first["trace"], "--target", "sqlite", cwd=tmp_path)
    assert right.returncode == 0, right.stdout


def test_a_fault_that_strikes_within_a_call_is_told_and_replays(tmp_path: Path) -> None:
    arguments = ("--target", SWALLOWS, "--depth", "2", "--kind", "full")
    done = faults(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert "while write 1 finds the disk full" in done.stdout
    (trace,) = (tmp_path / "resumable-out").glob("*.jsonl")
    assert resumable("replay", str(trace), cwd=tmp_path).returncode == 1
    test = resumable("replay", str(trace), "--as-test", cwd=tmp_path)
    assert "WhileFaulty" in test.stdout or "while_faulty" in test.stdout


def test_running_out_of_time_before_the_depth_is_unknown(tmp_path: Path) -> None:
    done = faults("--depth", "4", "--time", "0.1s", "--kind", "power", cwd=tmp_path)
    assert done.returncode == 3
    assert "the time was over" in done.stdout


def test_a_target_that_cannot_be_struck_is_unknown_and_says_why(tmp_path: Path) -> None:
    done = faults("--target", "sqlite-process", "--depth", "1", cwd=tmp_path)
    assert done.returncode == 3
    assert "no disk can fail it" in done.stdout
    assert as_json(faults("--target", "sqlite-process", "--json", cwd=tmp_path))["broken"]


@pytest.mark.parametrize("wrong", [("--kind", "flood"), ("--depth", "0"), ("--time", "soon")])
def test_wrong_usage_has_its_own_status(wrong: tuple[str, str], tmp_path: Path) -> None:
    assert faults(*wrong, cwd=tmp_path).returncode == 2


def test_the_planted_bugs_are_shown_with_the_kinds_that_find_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    two = [each for each in PLANTED if each.bug in {WeakAfterAnError, RollsBackSomeErrors}]
    monkeypatch.setattr(planted, "PLANTED", two)
    with pytest.raises(SystemExit) as left:
        planted.try_planted(1, as_json=False)
    assert left.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["planted", *KINDS]
    found = {line.split()[0]: line.split()[1:].count("×") for line in lines[1:3]}
    assert found == {"weak_after_an_error": 1, "rolls_back_some_errors": 1}
    assert lines[-1] == "planted bugs: conforms  (2 of 2 found)"


def test_a_planted_bug_that_nothing_finds_makes_the_run_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blind = [each._replace(workload=(Flush(),)) for each in PLANTED if each.bug is NoRollback]
    monkeypatch.setattr(planted, "PLANTED", blind)
    with pytest.raises(SystemExit) as left:
        planted.try_planted(1, as_json=False)
    assert left.value.code == 1
    assert "nothing found NoRollback" in capsys.readouterr().out


@pytest.mark.parametrize("besides", [("--seed", "3"), ("--depth", "1"), ("--target", "sqlite")])
def test_what_planted_bugs_do_not_heed_is_refused(
    besides: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    ended = called(capsys, "faults", "--planted", *besides)
    assert ended.returncode == 2
    assert f"leave out {besides[0]}" in ended.stderr
