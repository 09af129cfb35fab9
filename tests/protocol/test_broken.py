"""A program that breaks is told as that, with what it printed; it is no divergence."""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from model import Advance, Command, Complete, Start
from resumable.conformance.clock import FrozenTime
from resumable.conformance.divergence import Divergence
from resumable.conformance.protocol.target import CommandTarget
from resumable.conformance.run import run
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets.registry import open_target
from resumable.conformance.workers import Lost, Workers
from tests.gate.processes import all_end, living, needs_proc
from tests.harness.commands import resumable
from tests.protocol.commands import broken

PROGRAM: Final[list[Command]] = [Start("s1", "r1"), Complete("s1"), Advance(1), Advance(1)]

HOWS: Final = {
    "hang": r"gave no answer within 0.8 s instead of answering request 3 \(complete\)\n"
    r"on standard error:\n    about to hang",
    "ignore_everything": r"gave no answer within 0.8 s",
    "die": r"died of SIGKILL instead of answering request 3 \(complete\)",
    "leave": r"exited \(status 5\) instead of answering request 3 \(complete\)\n"
    r"on standard error:\n    Traceback \(most recent call last\):\n      no such table",
    "print_rubbish": r"gave no proper answer to request 3 \(complete\): it is not JSON .*\n"
    r"on standard output:\n    opening the database \\x1b\[31m…",
    "print_a_list": r"to request 3 \(complete\): it is no object\n.*\n    \[\]",
    "answer_twice": r"to request 4 \(advance\): its number is 3",
    "answer_another": r"to request 3 \(complete\): its number is 0",
    "answer_nothing": r"to request 3 \(complete\): its number is 4",
    "answer_by_half": r"exited \(status 0\) in the middle of a line instead of answering"
    r" request 3 \(complete\)\non standard output:\n    \{\"n\": 3",
    "observe_nothing": r"to request 3 \(complete\): 'observed' is missing; it must be an",
    "make_up_a_reason": r"to request 3 \(complete\): 'refused' is 'bored', which is no reason",
    "never_end_the_line": r"wrote a line of over 67,108,864 bytes instead of answering"
    r" request 3 \(complete\)\non standard output:\n    \{\"frames\":\[\"a+…",
    "answer_late": r"gave no answer within 0.8 s instead of answering request 3 \(complete\)",
    "close_its_output": r"closed its standard output, but goes on running",
    "leave_a_child": r"exited \(status 6\) instead of answering request 3 \(complete\)",
}


def target_of(how: str, answer_s: float = 0.8) -> CommandTarget:
    command = shlex.split(broken(how).removeprefix("command:"))
    return CommandTarget(broken(how), command, answer_s=answer_s)


@pytest.mark.parametrize("how", HOWS)
def test_a_program_that_breaks_is_told_with_what_it_printed(how: str) -> None:
    # What writes that much needs its time.
    target = target_of(how, answer_s=10.0 if how == "never_end_the_line" else 0.8)
    target.hello  # noqa: B018 - an interpreter may take longer to start than to answer
    with pytest.raises(TargetError) as told:
        run(target, PROGRAM)
    assert str(told.value).startswith(f"{target.name} ")
    assert re.search(HOWS[how], str(told.value))


def test_a_program_that_no_longer_listens_breaks_at_the_next_request() -> None:
    """What it had read already, it has answered."""
    target = target_of("close_its_input", answer_s=10.0)
    assert run(target, PROGRAM) is None
    with pytest.raises(TargetError) as told:
        run(target, PROGRAM)
    assert "exited (status 1) instead of answering request 6 (open)" in str(told.value)
    assert "    OSError: [Errno 9] Bad file descriptor" in str(told.value)


def test_a_program_that_hangs_is_given_up_while_time_is_frozen() -> None:
    target = target_of("hang")
    with FrozenTime(), pytest.raises(TargetError, match=r"gave no answer within 0.8 s"):
        run(target, PROGRAM)


@pytest.mark.parametrize("how", ["complain_a_lot", "answer_slowly"])
def test_a_program_that_only_complains_or_is_slow_is_not_broken(how: str) -> None:
    target = target_of(how, answer_s=10.0)
    try:
        assert run(target, PROGRAM) is None
    finally:
        target.stop()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (broken("greet"), r"request 0 \(hello\): it is not JSON .*\n.*\n    Welcome!"),
        (broken("speak_a_later_version"), r"it speaks version 2 of the protocol, and this"),
        (broken("claim_too_much"), r"'can' has 'fly', which is none of rows, file"),
        (broken("have_no_name"), r"'name' is missing; it must be a string"),
        (broken("leave_at_once"), r"exited \(status 1\) .*\n.*\n    cannot find module 'age"),
        ("command: no-such-program", r"cannot be run: No such file or directory"),
        ("command:", r"names no command; write 'command: node adapter.mjs'"),
        ("command: node 'adapter", r"cannot be split into words: No closing quotation"),
    ],
)
def test_a_program_that_is_no_target_is_refused_before_anything_runs(
    spec: str, message: str
) -> None:
    with pytest.raises(TargetError, match=message), open_target(spec):
        pass


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """The process group of the program, once it runs."""
    path = tmp_path / "group"
    monkeypatch.setenv("GROUP", str(path))
    return lambda: int(path.read_text())


@needs_proc
@pytest.mark.parametrize("how", ["ignore_everything", "leave_a_child"])
def test_nothing_is_left_of_a_program_that_breaks(how: str, group: Callable[[], int]) -> None:
    with pytest.raises(TargetError):
        run(target_of(how), PROGRAM)
    assert all_end(group())


@dataclass(frozen=True)
class Running:
    """A program as the task of a worker."""

    program: Sequence[Command]

    def run(self, target: Target, _beat: Callable[[], None]) -> Divergence | None:
        return run(target, self.program)


@needs_proc
def test_nothing_is_left_of_a_program_when_its_worker_is_killed(
    group: Callable[[], int], tmp_path: Path
) -> None:
    with Workers(broken("ignore_everything"), 1, hang_s=3.0) as workers:
        first = group()  # another program takes its place
        assert living(first)
        ((_, result),) = [each for each in workers.run([Running(PROGRAM)]) if each.task]
        assert result == Lost("showed no sign of life for 3 s", 0)
        assert (tmp_path / "ignoring").exists()
    assert all_end(first)


def test_a_program_that_is_slow_shows_signs_of_life() -> None:
    """A sequence may take longer than what a worker waits for a sign of life."""
    program: list[Command] = [Start("s1", "r1"), *[Complete("s1")] * 13]
    with Workers(broken("answer_slowly"), 1, hang_s=3) as workers:
        ((_, result),) = [each for each in workers.run([Running(program)]) if each.task]
    assert result is None


# -- On the command line --

TRACE: Final = "tests/traces/the_last_end_stands.jsonl"


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--traces", "tests/golden"),
        ("hunt", "--sequences", "25"),
        ("explore", "--depth", "2"),
        ("replay", TRACE),
    ],
    ids=lambda command: str(command[0]),
)
def test_a_program_that_breaks_leaves_the_verdict_unknown(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    out = () if "replay" in command else ("--out", tmp_path)
    ended = resumable(*command, "--target", broken("leave"), *out)
    assert ended.returncode == 3
    told = ended.stdout + ended.stderr
    assert "exited (status 5) instead of answering request" in told
    assert "    Traceback (most recent call last):\n      no such table\n" in told
    assert "diverged" not in told


@pytest.mark.parametrize("command", ["check", "hunt", "replay"])
def test_so_in_json(command: str, tmp_path: Path) -> None:
    options = {"hunt": ("--sequences", "25"), "check": (), "replay": (TRACE,)}[command]
    out = () if command == "replay" else ("--out", tmp_path)
    ended = resumable(command, *options, "--target", broken("leave"), *out, "--json")
    said = json.loads(ended.stdout)
    assert (ended.returncode, said["verdict"], said["found"]) == (3, "unknown", [])
    assert "exited (status 5) instead of answering request" in str(said["broken"])


def test_a_program_that_hangs_is_given_up_for_good(tmp_path: Path) -> None:
    budget = ("--sequences", "5", "--workers", "1")
    ended = resumable("hunt", "--target", broken("hang"), *budget, "--out", tmp_path)
    assert ended.returncode == 3
    assert "gave no answer within 10 s instead of answering" in ended.stderr


@pytest.mark.parametrize("command", ["check", "hunt", "explore"])
def test_a_program_that_says_no_hello_is_wrong_usage(command: str, tmp_path: Path) -> None:
    ended = resumable(command, "--target", broken("leave_at_once"), "--out", tmp_path)
    assert ended.returncode == 2
    assert "    cannot find module 'agents'\n" in ended.stderr
