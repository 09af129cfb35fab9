"""The command line: help, wrong usage, JSON, verdicts and exit status."""

import importlib
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import click
import pytest

from model import Flush, MarkError, Restart, Start, Store
from resumable.conformance.cli import resumable as command_line
from resumable.conformance.hunt.swarm import GENERATION
from resumable.conformance.trace import dumps, read, write
from tests.harness.commands import ROOT, called, resumable
from tests.harness.programs import of_commands

MUTANTS: Final = "resumable.conformance.mutants"
WRONG: Final = f"{MUTANTS}.lifecycle:MarkErrorStaysLive"
COMMANDS: Final = sorted(command_line.commands)

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace on which ``WRONG`` is wrong."""
    path = tmp_path / "mark error.jsonl"
    write(of_commands([Start("s1", "r1"), MarkError("s1")], note="An error ends it."), path)
    return path


def object_of(text: str) -> dict[str, Any]:
    """The one JSON object that ``text`` has to be."""
    value: dict[str, Any] = json.loads(text)
    assert isinstance(value, dict)
    return value


# -- Help and wrong usage --


@pytest.mark.parametrize("arguments", [[], *[[name] for name in COMMANDS]])
def test_every_command_has_help(arguments: list[str], capsys: Capture) -> None:
    for option in ("--help", "-h"):
        run = called(capsys, *arguments, option)
        assert run.returncode == 0
        assert run.stdout.startswith("Usage: resumable")


def test_the_help_tells_the_exit_status(capsys: Capture) -> None:
    text = called(capsys, "--help").stdout
    assert all(said in text for said in ("0 it conforms", "1 it diverged", "2 wrong", "3 unkn"))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_says_what_each_option_is(name: str, capsys: Capture) -> None:
    shown = called(capsys, name, "--help").stdout
    command = command_line.commands[name]
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []
    assert ("--target" in shown) == (name != "mutants")  # that brings its own targets


@pytest.mark.parametrize(
    "line",
    [
        "dance",
        "hunt --colour red",
        "hunt --time soon",
        "hunt --time 0s",
        "hunt --workers 0",
        "hunt --seed -1",
        "hunt --known no-such-folder",
        "replay no-such-trace.jsonl",
        "replay",
        "explore --depth 0",
        "check surplus",
    ],
)
def test_wrong_usage_leaves_with_status_2(line: str, capsys: Capture) -> None:
    run = called(capsys, *line.split())
    assert run.returncode == 2
    assert "Usage: resumable" in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize("command", ["hunt", "check", "explore"])
def test_a_target_that_is_none_leaves_with_status_2(command: str, capsys: Capture) -> None:
    run = called(capsys, command, "--target", "no_such_module:Thing")
    assert run.returncode == 2
    assert "cannot import 'no_such_module'" in run.stderr
    assert run.stdout == ""


def test_without_the_extra_the_command_line_says_what_to_install() -> None:
    script = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "click":
            raise ModuleNotFoundError("No module named 'click'", name="click")
sys.meta_path.insert(0, Missing())
sys.argv = ["resumable", "check"]
import runpy
runpy.run_module("resumable", run_name="__main__")
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 2
    assert "No module named 'click'" in run.stderr
    assert 'pip install "resumable-stream[conformance]"' in run.stderr
    assert "Traceback" not in run.stderr


def test_a_module_of_the_users_that_hides_the_specification_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("User = object\n")
    run = resumable("check", cwd=tmp_path)
    assert run.returncode == 2
    assert "give yours another" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_target_that_misses_a_module_of_its_own_is_told_what_hides_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (tmp_path / "uses_model.py").write_text("from model import User\n")
    monkeypatch.chdir(tmp_path)
    run = called(capsys, "check", "--target", "uses_model:Stream")
    assert run.returncode == 2
    assert "the harness has a package called model" in run.stderr


# -- replay --


def test_a_trace_that_conforms_leaves_with_status_0(trace: Path, capsys: Capture) -> None:
    run = called(capsys, "replay", trace)
    assert run.returncode == 0
    assert f"sqlite conforms: {trace}, 2 steps" in run.stdout


def test_a_trace_that_diverges_leaves_with_status_1_and_the_reason(
    trace: Path, capsys: Capture
) -> None:
    run = called(capsys, "replay", trace, "--target", WRONG)
    assert run.returncode == 1
    assert f"{WRONG} diverged from the specification at step 2, in is_live." in run.stdout
    assert f"resumable replay {shlex.quote(str(trace))} --target {WRONG}" in run.stdout


def test_the_default_target_is_that_of_the_trace(trace: Path, capsys: Capture) -> None:
    write(read(trace)._replace(target=WRONG), trace)
    assert called(capsys, "replay", trace).returncode == 1


def test_a_bad_trace_leaves_with_status_2(tmp_path: Path, capsys: Capture) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("once upon a time\n")
    run = called(capsys, "replay", bad)
    assert run.returncode == 2
    assert f"{bad}: line 1: not JSON" in run.stderr


def test_a_trace_whose_replies_are_forbidden_now_leaves_with_status_2(
    trace: Path, capsys: Capture
) -> None:
    text = trace.read_text().replace('"verdict": "unknown"', '"verdict": "conforms"')
    trace.write_text(text)
    run = called(capsys, "replay", trace)
    assert run.returncode == 2
    assert "forbids the reply recorded at step 1" in run.stderr


@pytest.mark.parametrize(("target", "status"), [("sqlite", 0), (WRONG, 1)])
def test_replay_can_answer_in_json(
    trace: Path, capsys: Capture, target: str, status: int
) -> None:
    run = called(capsys, "replay", trace, "--target", target, "--json")
    value = object_of(run.stdout)
    assert run.returncode == status
    assert value["verdict"] == ["conforms", "diverged"][status]
    assert value["steps"] == 2
    assert [found["rule"] for found in value["found"]] == ["end_forgets"] * status


@pytest.mark.parametrize("target", ["sqlite", "sqlite-file", "sqlite-process"])
def test_every_built_in_target_replays(trace: Path, capsys: Capture, target: str) -> None:
    assert called(capsys, "replay", trace, "--target", target).returncode == 0


# -- As a regression test --


@pytest.mark.parametrize(
    ("target", "status"), [("sqlite", 0), (WRONG, 1)], ids=["right", "wrong"]
)
def test_a_trace_as_a_test_passes_and_fails_as_it_should(
    trace: Path, tmp_path: Path, capsys: Capture, target: str, status: int
) -> None:
    printed = called(capsys, "replay", trace, "--target", target, "--as-test")
    assert printed.returncode == 0
    (tmp_path / "test_regression.py").write_text(printed.stdout)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_regression.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == status, run.stdout
    assert ("test_mark_error" in run.stdout) == (status == 1)
    assert ("The rule: After complete and mark_error" in run.stdout) == (status == 1)


def test_a_test_made_of_odd_text_stands_on_its_own(tmp_path: Path, capsys: Capture) -> None:
    odd = 'say "hi" \'\'\' \\ \x00 \u2028 \ud800 """'
    path = tmp_path / "1 odd, 'name'.jsonl"
    trace = of_commands([Start("s1", odd), Store("s1", odd), Flush(), Restart()], note=odd)
    write(trace, path)
    source = called(capsys, "replay", path, "--as-test").stdout
    names: dict[str, Any] = {}
    exec(compile(source, "test_odd.py", "exec"), names)  # noqa: S102 - it is our own text
    assert names["TRACE"].strip() == dumps(trace).strip()
    (test,) = [name for name in names if name.startswith("test_")]
    names[test]()


# -- JSON, whatever the target prints --


def test_json_is_all_that_is_on_standard_output(tmp_path: Path) -> None:
    target = "tests.harness.targets.wrong:Loudly"
    options = ("--sequences", "25", "--workers", "1", "--out", tmp_path / "out")
    run = resumable("hunt", "--target", target, "--json", *options)
    assert run.returncode == 0
    assert object_of(run.stdout)["verdict"] == "conforms"
    assert "a word from the target" in run.stderr


def test_a_replay_in_json_is_not_disturbed_either(trace: Path) -> None:
    with_complete = trace.read_text().replace("mark_error", "complete")
    trace.write_text(with_complete)
    run = resumable("replay", trace, "--target", "tests.harness.targets.wrong:Loudly", "--json")
    assert object_of(run.stdout)["verdict"] == "conforms"


# -- check and hunt, on targets in the current directory --

MINE: Final = """
from resumable import ResumableStream

class Right(ResumableStream):
    pass

class Stale(ResumableStream):
    def insert_stale_stream(self, stream_id, request_id, age_ms):
        super().insert_stale_stream(stream_id, request_id, 0)

class Errors(ResumableStream):
    def mark_error(self, stream_id):
        self.complete(stream_id)
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "rule"), [("Stale", "insert_stale_inserts"), ("Errors", "mark_error_marks")]
)
def test_check_finds_a_mutant_of_the_current_directory(
    mine: Path, name: str, rule: str
) -> None:
    run = resumable("check", "--target", f"mine:{name}", "--json", cwd=mine)
    value = object_of(run.stdout)
    assert run.returncode == 1
    assert value["verdict"] == "diverged"
    (found,) = value["found"]
    assert found["rule"] == rule
    assert read(mine / found["trace"]).verdict == "diverged"
    replayed = resumable("replay", found["trace"], cwd=mine)
    assert replayed.returncode == 1
    assert replayed.stdout.rstrip().endswith(found["text"].rstrip())


def test_a_check_that_was_too_short_to_know_says_unknown(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """What was never tried is not known: a target that was always right is not "right"."""
    monkeypatch.chdir(mine)
    module = importlib.import_module("resumable.conformance.cli.check")
    monkeypatch.setattr(module, "EXPLORED_DEPTH", 1)
    monkeypatch.setattr(module, "SEQUENCES", 25)
    monkeypatch.setattr(module, "STRUCK_DEPTH", 1)
    run = called(capsys, "check", "--target", "mine:Right", "--workers", "1")
    assert run.returncode == 3
    assert "mine:Right: unknown" in run.stdout
    assert "never sent:" in run.stdout


def test_check_replays_the_known_traces_first(mine: Path, capsys: Capture) -> None:
    folder = ROOT / "tests" / "traces"
    target = f"{MUTANTS}.wire:FrameIsAscii"
    run = called(capsys, "check", "--target", target, "--traces", folder, "--out", mine)
    assert run.returncode == 1
    assert "Known traces that diverged: " in run.stdout
    assert "request_ids_may_repeat_or_be_empty" in run.stdout or "surrogate" in run.stdout


def test_a_folder_of_traces_that_is_named_has_to_be_there(capsys: Capture) -> None:
    run = called(capsys, "check", "--traces", "nowhere")
    assert run.returncode == 2
    assert "there is no folder 'nowhere'" in run.stderr


def test_a_known_trace_that_is_none_stops_the_check(mine: Path, capsys: Capture) -> None:
    (mine / "bad.jsonl").write_text("{}\n")
    run = called(capsys, "check", "--traces", mine, "--out", mine / "out")
    assert run.returncode == 2
    assert "bad.jsonl: line 1: not a trace" in run.stderr


def test_what_a_hunt_found_is_known_to_the_next(mine: Path) -> None:
    options = ("--target", "mine:Errors", "--sequences", "25", "--workers", "1", "--json")
    first = resumable("hunt", "--keep-going", *options, "--out", "known", cwd=mine)
    again = resumable("hunt", "--keep-going", *options, "--known", "known", cwd=mine)
    assert first.returncode == 1
    assert object_of(first.stdout)["known"] == 0
    assert again.returncode == 0
    assert object_of(again.stdout)["known"] > 0
    assert object_of(again.stdout)["found"] == []


def test_the_hunt_of_another_target_is_not_gone_on_with(mine: Path, capsys: Capture) -> None:
    (mine / "hunt.json").write_text(
        f'{{"generation": {GENERATION}, "target": "mine:Right", "seed": 0, "next": 5}}'
    )
    run = called(capsys, "hunt", "--resume", "--out", mine)
    assert run.returncode == 2
    assert "was after mine:Right, not sqlite" in run.stderr
