"""Where the original departs on purpose: each difference exists, and is what is declared."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    Limits,
    Outcome,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    State,
    Store,
    WhileDiskFails,
    step,
)
from model.classes import CLASSES
from model.outcome import DONE
from model.sometimes import SOMETIMES
from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import can_follow, traces_in
from resumable.conformance.left_out import left_out_of
from resumable.conformance.report import explain
from resumable.conformance.run import run
from resumable.conformance.upstream import differences
from resumable.conformance.upstream.differences import DECLARED, Declared
from resumable.conformance.upstream.target import Upstream
from tests.harness.golden import assert_golden

Step = Callable[[State, Command, int, Limits], tuple[Outcome, ...]]

each_difference = pytest.mark.parametrize("declared", DECLARED, ids=lambda it: it.name)


def strictly(state: State, command: Command, now: int, limits: Limits) -> tuple[Outcome, ...]:
    """The specification by itself; and of several streams the last one started comes back."""
    permitted = step(state, command, now, limits)
    return permitted[-1:] if isinstance(command, Restart | Reopen | Restore) else permitted


def held_against(
    rules: Step, original: Upstream, commands: tuple[Command, ...], patch: pytest.MonkeyPatch
) -> Divergence | None:
    """The divergence from ``rules``, if there is one."""
    with patch.context() as patched:
        patched.setattr(original, "step", rules, raising=False)
        return run(original, commands)


@each_difference
def test_a_declared_difference_exists(
    declared: Declared, original: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = held_against(strictly, original, declared.shown_by, monkeypatch)
    assert found is not None
    assert len(found.steps) == len(declared.shown_by)
    assert run(original, declared.shown_by) is None


@each_difference
def test_its_program_is_the_shortest(
    declared: Declared, original: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    for left_out in range(len(declared.shown_by) - 1):
        rest = declared.shown_by[:left_out] + declared.shown_by[left_out + 1 :]
        assert held_against(strictly, original, rest, monkeypatch) is None


@each_difference
def test_what_is_out_of_reach_by_it_is_called_so(declared: Declared) -> None:
    names = {*CLASSES, *[each.name for each in SOMETIMES]}
    assert names.issuperset(declared.out_of_reach)


def test_a_difference_that_does_not_exist_is_an_error(
    original: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Declared is what the original has to do, not what it may do besides."""
    imagined = Declared(
        "lazy_flush",
        "A flush writes what is buffered.",
        "It writes nothing.",
        "None.",
        lambda _, command: isinstance(command, Flush),
        lambda state, *_: (Outcome(DONE, state),),
        (),
    )
    stored = (Start("s1", "r1"), Store("s1", "a"), Flush())
    assert run(original, stored) is None
    monkeypatch.setattr(differences, "DECLARED", (imagined,))
    found = run(original, stored)
    assert found is not None
    assert found.closest[0].where == "get_stream_chunks()"


START: Final = Start("s1", "r1")
FIVE: Final = (START, Burst("s1", "b", 5))

FAILING: Final[dict[str, tuple[Command, ...]]] = {
    "of five chunks the disk takes two: the rest is lost, and its indexes are used": (
        *FIVE,
        WhileDiskFails(Flush(), 2),
        Store("s1", "late"),
        Flush(),
    ),
    "a stream whose flush failed is not completed; the second time it is, without chunks": (
        *FIVE,
        WhileDiskFails(Complete("s1"), 0),
        Complete("s1"),
    ),
    "a start that fails leaves a live stream without a row, which takes chunks": (
        WhileDiskFails(START, 0),
        Store("s1", "a"),
        Replay("r1"),
        Restart(),
        Replay("r1"),
    ),
    "a start whose flush fails leaves the stream before it active": (
        *FIVE,
        WhileDiskFails(Start("s2", "r2"), 4),
        Replay("r2"),
    ),
    "an orphan that cannot be completed has sent its done, and sends it again": (
        START,
        Restart(),
        WhileDiskFails(Replay("r1"), 0),
        Replay("r1"),
    ),
    "a socket that dies before the end of the orphan leaves it, and the disk has no say": (
        *FIVE,
        Flush(),
        Restart(),
        WhileDiskFails(ReplayToDeadSocket("r1", 3), 0),
        Replay("r1"),
    ),
    "a socket that dies too late leaves an orphan that cannot be completed": (
        START,
        Restart(),
        WhileDiskFails(ReplayToDeadSocket("r1", 1), 0),
        Replay("r1"),
    ),
    "a replay to nobody, of nothing, does nothing": (
        WhileDiskFails(ReplayToDeadSocket("r1", 0), 0),
        Store("x", "a"),
        Flush(),
    ),
    "a stale stream loses its chunks, and then stays": (
        *FIVE,
        Flush(),
        Advance(300_001),
        WhileDiskFails(Restore(), 5),
    ),
    "a sweep that fails has been: the next one is due ten minutes later": (
        START,
        Complete("s1"),
        Advance(86_400_001),
        WhileDiskFails(Complete("unknown"), 0),
        Complete("unknown"),
    ),
    "a clearing that fails has forgotten the buffer, and nothing else": (
        START,
        Burst("s1", "b", 12),
        WhileDiskFails(ClearAll(), 10),
        Replay("r1"),
    ),
}


@pytest.mark.parametrize("claim", FAILING)
def test_a_failing_disk_leaves_exactly_what_is_declared(claim: str, original: Upstream) -> None:
    found = run(original, FAILING[claim])
    assert found is None, explain(found)


DESTROYED: Final[dict[str, tuple[Command, ...]]] = {
    "the tenth chunk is one too many": (Burst("s1", "b", 9), Store("s1", "b"), Flush()),
    "a start fails, and is active and live": (START, Replay("r1"), Complete("s1"), Destroy()),
    "the second destroy fails with a buffer, the third does not": (
        Store("s1", "a"),
        Destroy(),
        Destroy(),
    ),
    "reading forgets nothing": (Store("s1", "a"), Restore(), Flush(), Flush()),
    "a new instance knows nothing of it": (START, Store("s1", "a"), Restart(), Replay("r1")),
}


@pytest.mark.parametrize("claim", DESTROYED)
def test_a_destroyed_instance_goes_on_exactly_as_declared(
    claim: str, original: Upstream
) -> None:
    found = run(original, (START, Destroy(), *renamed(DESTROYED[claim])))
    assert found is None, explain(found)


def renamed(commands: tuple[Command, ...]) -> Iterator[Command]:
    """A name starts one stream only, and the first was destroyed."""
    for command in commands:
        if isinstance(command, Start | Store | Burst | Complete):
            yield replace(command, stream="s2")
        else:
            yield command


LONE: Final = "\ud83d"

ODD_REQUESTS: Final[dict[str, tuple[Command, ...]]] = {
    "what start was given is active until a restart": (Start("s1", LONE), Restart()),
    "a frame escapes it": (Start("s1", LONE), Store("s1", LONE), Replay(LONE)),
    "each of two replays by itself": (
        Start("s1", "r1"),
        Store("s1", "a"),
        ReplayWhileSending("\ufffd", Replay(LONE), 0),
        ReplayWhileSending(LONE, Replay("\ufffd"), 1),
    ),
    "a start from inside send, too": (START, ReplayWhileSending("r1", Start("s2", LONE), 0)),
}


@pytest.mark.parametrize("claim", ODD_REQUESTS)
def test_an_odd_request_stays_exactly_as_declared(claim: str, original: Upstream) -> None:
    found = run(original, ODD_REQUESTS[claim])
    assert found is None, explain(found)


def test_a_tie_is_told_under_the_strict_rule(
    original: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the original two streams started in one millisecond, then a restart: it resumes the
    older one."""
    tie = (Start("s1", "r1"), Start("s2", "r2"), Restart())
    found = held_against(strictly, original, tie, monkeypatch)
    assert found is not None
    assert_golden("tie_of_the_original", explain(found, "tie.jsonl"))


def test_known_traces_conform(original: Upstream) -> None:
    left_out = left_out_of(original)
    traces = [
        (path.stem, trace)
        for path, trace in traces_in(Path("tests/traces"))
        if can_follow(trace, left_out)
    ]
    assert len(traces) > 30
    for name, trace in traces:
        found = run(original, trace.commands)
        assert found is None, f"{name}: {explain(found)}"
