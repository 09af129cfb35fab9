"""A trace says on file what was done, whatever that was."""

import errno
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Advance, Command, Flush, Limits, Replay, Start, Store
from model.commands import KINDS
from resumable.conformance import symbolic
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import Setting
from resumable.conformance.target import Seen
from resumable.conformance.targets.builtin import sqlite
from resumable.conformance.trace import Trace, dumps, loads, read, write
from resumable.conformance.vocabulary import ODD_BODIES, REQUESTS, edge_bodies
from tests.harness import programs
from tests.harness.programs import of_commands

FILE_BYTES_MAX = 10_000

frames = st.lists(programs.texts, max_size=3).map(tuple)
refusals = st.sampled_from(("closed", "duplicate", "socket", "disk", "other"))
replies = st.builds(
    Seen, st.none() | st.text(), frames, st.none(), st.booleans(), st.just("")
) | st.builds(Seen, st.none(), frames, refusals, st.booleans(), st.text())


def recorded(*commands: Command) -> Trace:
    """The trace of a program on ``sqlite``."""
    target = sqlite()
    lockstep = Lockstep(target)
    for command in commands:
        lockstep.do(command)
    target.close()
    return Trace(tuple(lockstep.steps))


@given(
    program=programs.programs,
    setting=programs.settings,
    limits=programs.limits,
    note=st.text(),
    replies=st.lists(replies, min_size=12, max_size=12),
)
@settings(max_examples=150)
def test_what_is_read_is_what_was_written(
    program: list[Command], setting: Setting, limits: Limits, note: str, replies: list[Seen]
) -> None:
    trace = of_commands(program, setting=setting, limits=limits, note=note)
    replied = zip(trace.steps, replies, strict=False)
    trace = trace._replace(steps=tuple([step._replace(seen=seen) for step, seen in replied]))
    assert loads(dumps(trace)) == trace


@pytest.mark.parametrize("command", programs.ONE_OF_EACH, ids=lambda each: type(each).__name__)
def test_every_kind_of_command_survives_the_file(command: Command) -> None:
    assert loads(dumps(of_commands([command]))).commands == [command]


def test_there_is_an_example_of_every_kind() -> None:
    assert tuple(type(command) for command in programs.ONE_OF_EACH) == KINDS


@pytest.mark.parametrize(
    "text", [*ODD_BODIES, *REQUESTS, "\ud83d\ude00", "\u2028\x85\n\r", "é" * 64]
)
def test_odd_text_survives_the_file_and_stays_on_its_line(text: str) -> None:
    trace = of_commands([Start("s1", text), Store("s1", text)])
    assert len(dumps(trace).splitlines()) == 3
    assert loads(dumps(trace)) == trace


def test_a_line_separator_that_somebody_typed_ends_no_line() -> None:
    typed = json.dumps({"do": "store", "stream": "s1", "body": "a\u2028b"}, ensure_ascii=False)
    trace = loads(dumps(of_commands([])) + typed + "\n")
    assert trace.commands == [Store("s1", "a\u2028b")]


def test_an_edit_in_an_editor_that_ends_lines_otherwise_does_no_harm() -> None:
    trace = of_commands(programs.ONE_OF_EACH[:3])
    assert loads(dumps(trace).replace("\n", "\r\n")) == trace
    assert loads(dumps(trace).rstrip("\n")) == trace


@pytest.mark.parametrize("body", edge_bodies(1_800_000), ids=len)
def test_no_trace_holds_megabytes(body: str) -> None:
    trace = recorded(Start("s1", "r1"), Store("s1", body), Replay("r1"))
    text = dumps(trace)
    assert len(text.encode()) < FILE_BYTES_MAX
    assert loads(text) == trace


@given(programs.texts)
def test_a_text_with_long_runs_is_itself_again(text: str) -> None:
    assert symbolic.decode(symbolic.encode(text)) == text


def test_a_short_text_is_written_as_it_is() -> None:
    assert symbolic.encode("a" * 63) == "a" * 63
    assert symbolic.encode("x" + "a" * 64 + "y") == ["x", ["a", 64], "y"]


def test_two_halves_of_a_pair_are_not_put_together() -> None:
    assert symbolic.encode("a\ud83d\ude00b") == ["a\ud83d", "\ude00b"]
    assert symbolic.encode("\ude00\ud83d") == "\ude00\ud83d"


def test_what_a_target_should_not_have_sent_is_written_down() -> None:
    odd = Seen(value=7, frames=(b"frame",))  # type: ignore[arg-type]  # that is the point
    trace = of_commands([Flush()])
    trace = trace._replace(steps=(trace.steps[0]._replace(seen=odd),))
    (step,) = loads(dumps(trace)).steps
    assert step.seen == Seen(value="7", frames=("b'frame'",))


def test_the_clock_of_a_step_is_that_of_the_advances_before_it() -> None:
    lines = dumps(of_commands([Advance(5), Advance(-7), Flush()])).splitlines()
    assert [json.loads(line)["at"] for line in lines[1:]] == [5, -2, -2]


def test_what_was_recorded_on_a_target_is_read_again(tmp_path: Path) -> None:
    trace = recorded(*programs.ONE_OF_EACH[:9])
    write(trace, tmp_path / "new" / "trace.jsonl")
    assert read(tmp_path / "new" / "trace.jsonl") == trace


def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = tmp_path / "trace.jsonl", of_commands([Flush()])
    write(before, path)
    write_text = Path.write_text

    def half(self: Path, text: str, **how: str) -> int:
        write_text(self, text[: len(text) // 2], **how)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(OSError, match="No space left"):
        write(of_commands([Flush(), Flush()]), path)
    assert read(path) == before
    assert [each.name for each in tmp_path.iterdir()] == ["trace.jsonl"]
