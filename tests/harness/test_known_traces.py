"""The known traces: each conforms everywhere, and the replies in it are permitted for ever."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from model import Flush, Replay, Restart, Start
from resumable.conformance.gate import check_permitted, known_traces, traces_in
from resumable.conformance.run import no_longer_permitted, run
from resumable.conformance.target import Seen, Target
from resumable.conformance.targets.builtin import sqlite, sqlite_file, sqlite_process
from resumable.conformance.trace import Trace, TraceError, read, write
from tests.harness.programs import of_commands

FOLDER: Final = Path(__file__).parent.parent / "traces"
TRACES: Final = {path.stem: read(path) for path in sorted(FOLDER.glob("*.jsonl"))}
SENTENCES_MAX: Final = 2

each_trace = pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)


@pytest.fixture(scope="module", params=[sqlite, sqlite_file, sqlite_process])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    make: Callable[[], Target] = request.param
    made = make()
    yield made
    made.stop()


def test_there_are_at_least_fifteen() -> None:
    assert len(TRACES) >= 15


def test_a_known_trace_conforms_on_every_target(target: Target) -> None:
    """One test for all: a process for each would take longer than what it does."""
    diverged = [
        name
        for name, trace in TRACES.items()
        if run(target, trace.commands, setting=trace.setting, limits=trace.limits)
    ]
    assert diverged == []


@each_trace
def test_what_a_known_trace_records_is_permitted(trace: Trace) -> None:
    assert trace.verdict == "conforms"
    assert no_longer_permitted(trace) is None


@each_trace
def test_a_known_trace_records_its_replies(trace: Trace) -> None:
    """One without replies would pin nothing."""
    plain = of_commands(trace.commands, note=trace.note)
    answering = [step for step in trace.steps if isinstance(step.command, Start | Replay)]
    assert trace.steps != plain.steps or not answering


@each_trace
def test_a_known_trace_says_in_one_or_two_sentences_what_surprises(trace: Trace) -> None:
    assert re.fullmatch(r"\S.*\.", trace.note)
    sentences = re.split(r"[.?!] (?=[A-Z])", trace.note)
    assert 1 <= len(sentences) <= SENTENCES_MAX


def recorded(*replies: Seen) -> Trace:
    trace = of_commands(
        [Start("s1", "r1"), Flush(), Restart()], note="A note.", verdict="conforms"
    )
    steps = [step._replace(seen=seen) for step, seen in zip(trace.steps, replies, strict=True)]
    return trace._replace(steps=tuple(steps))


STARTED: Final = Seen(value="s1")


@pytest.mark.parametrize(
    ("trace", "step"),
    [
        (recorded(STARTED, Seen(), Seen()), None),
        (recorded(Seen(), Seen(), Seen()), 0),
        (recorded(STARTED, Seen(value="s1"), Seen()), 1),
        (recorded(STARTED, Seen(refused="other"), Seen()), 1),
        (recorded(STARTED, Seen(), Seen(frames=("frame",))), 2),
    ],
)
def test_the_first_reply_that_is_forbidden_now_is_named(trace: Trace, step: int | None) -> None:
    assert no_longer_permitted(trace) == step


def test_a_trace_that_conformed_and_is_forbidden_now_stops_the_gate(tmp_path: Path) -> None:
    write(recorded(STARTED, Seen(value="s1"), Seen()), tmp_path / "wrong.jsonl")
    with pytest.raises(TraceError, match=r"wrong\.jsonl: .* at step 2; .*recorded anew"):
        traces_in(tmp_path)


def test_a_trace_that_diverged_may_record_what_is_forbidden(tmp_path: Path) -> None:
    wrong = recorded(STARTED, Seen(value="s1"), Seen())._replace(verdict="diverged")
    check_permitted(tmp_path, wrong)


def test_the_known_traces_come_in_the_order_of_their_names() -> None:
    assert [path.stem for path, _ in traces_in(FOLDER)] == sorted(TRACES)


def test_where_there_is_no_folder_there_are_no_traces(tmp_path: Path) -> None:
    assert traces_in(tmp_path / "nowhere") == []


def test_the_known_traces_come_with_the_harness_and_ones_own_after_them(tmp_path: Path) -> None:
    write(of_commands([Flush()]), tmp_path / "mine.jsonl")
    known = known_traces(None)
    assert [path.stem for path, _ in known] == sorted(TRACES)
    assert known_traces(tmp_path) == [*known, *traces_in(tmp_path)]
    assert len(traces_in(tmp_path)) == 1


def test_the_installed_package_brings_them() -> None:
    project = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"tests/traces": "resumable/conformance/traces"}
