"""At the other end of the protocol everything is as it is in the same process: what is right
conforms, and what is wrong is found."""

import importlib
import json
import re
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings

from model import (
    ORIGINAL,
    Advance,
    Burst,
    Command,
    Complete,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    Reopen,
    Replay,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from resumable.conformance import lockstep_machine
from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import can_follow, traces_in
from resumable.conformance.hunt.batch import run_sequence
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import left_out_of
from resumable.conformance.run import run
from resumable.conformance.shrink import shrink
from resumable.conformance.tally import Tally
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets.registry import open_target
from resumable.conformance.vocabulary import vocabulary
from tests.harness.commands import called, resumable
from tests.protocol.commands import spoken

TRACES: Final = Path("tests/traces")

STRANGERS: Final = "tests.strangers.wrong"
MUTANTS: Final = "resumable.conformance.mutants"

WRONG: Final = [
    f"{STRANGERS}.rows:SizeIsInCharacters",
    f"{STRANGERS}.rows:SweepLeavesChunks",
    f"{STRANGERS}.memory:RestoredIsLive",
    f"{STRANGERS}.memory:StaleAtFiveMinutes",
    f"{STRANGERS}.sending:FramesAreBytes",
    f"{STRANGERS}.sending:DeadSocketsEndTheStream",
    f"{STRANGERS}.sending:RequestsAreNotCleaned",
    f"{STRANGERS}.keeping:DestroyedStillStores",
    f"{MUTANTS}.buffering:FlushesAtNine",
    f"{MUTANTS}.buffering:ChunksCarryTheTimeOfTheirStore",
    f"{MUTANTS}.clearing:ClearKeepsTheActive",
]


@pytest.fixture(scope="module")
def right() -> Iterator[Target]:
    with open_target(spoken()) as target:
        yield target


@pytest.fixture(scope="module")
def mortal() -> Iterator[Target]:
    with open_target(spoken(adapter="mortal")) as target:
        yield target


def hunted(target: Target, sequences: int) -> Divergence | None:
    for number in range(sequences):
        swarm = Swarm(1, number, vocabulary(ORIGINAL), left_out=left_out_of(target))
        found = run_sequence(target, swarm, ORIGINAL, Tally(), None)
        if found is not None:
            return found
    return None


def test_a_right_stranger_conforms(right: Target) -> None:
    assert hunted(right, 40) is None


def test_a_right_stranger_conforms_on_every_trace_that_it_can_follow(right: Target) -> None:
    left_out = left_out_of(right)
    traces = [trace for _, trace in traces_in(TRACES) if can_follow(trace, left_out)]
    assert len(traces) > 30
    for trace in traces:
        assert run(right, trace.commands) is None


def test_a_trace_that_the_target_cannot_follow_is_refused(right: Target) -> None:
    with pytest.raises(TargetError, match=r"cannot do this: .*while the disk fails"):
        run(right, [Start("s1", "r1"), WhileDiskFails(Flush(), 0)])


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_one_is_found(wrong: str) -> None:
    with open_target(spoken(wrong)) as target:
        assert hunted(target, 400) is not None


def test_what_is_found_is_the_same_as_in_this_process() -> None:
    wrong = f"{STRANGERS}.memory:RestoredIsLive"
    shrunk = []
    for spec in (wrong, spoken(wrong)):
        with open_target(spec) as target:
            found = run(target, [Start("s1", "r1"), Advance(7), Restart(), Replay("r2")])
            assert found is not None
            shrunk.append(shrink(target, found))
    here, there = shrunk
    assert here is not None
    assert there is not None
    assert there == here._replace(target=spoken(wrong))


MORTAL: Final[list[list[Command]]] = [
    [Start("s1", "r1"), Store("s1", "a"), Restart(), Replay("r2")],
    [Start("s1", "r1"), Store("s1", "a"), Reopen(), Store("s1", "b"), Flush(), Replay("r1")],
    [KillDuring(Start("s1", "r1"), 0), Store("s1", "a"), Complete("s1")],
    [KillDuring(Start("s1", "r1"), 99), Store("s1", "a"), Flush(), Replay("r2")],
    [Start("s1", "r1"), Burst("s1", "b", 9), KillDuring(Store("s1", "c"), 4), Replay("r2")],
    [Start("s1", "r1"), Burst("s1", "b", 9), KillDuring(Store("s1", "c"), 99), Replay("r2")],
    [Start("s1", "r1"), InTransaction(Burst("s1", "b", 11)), Restart(), Replay("r2")],
    [Start("s1", "r1"), Store("s1", "a"), WhileDiskFails(Complete("s1"), 0), Complete("s1")],
    [Store("x", "a"), InTransaction(WhileDiskFails(Start("s1", "r1"), 1)), Start("s1", "r1")],
    [InTransaction(WhileDiskFails(Start("s1", "r1"), 9)), Store("s1", "a"), Complete("s1")],
    [Start("s1", "r1"), WhileDiskFails(Burst("s1", "b", 101), 3), Flush(), Replay("r1")],
    [
        Start("s1", "r1"),
        ReplayWhileSending("r1", Start("s2", "r2"), 0),
        Store("s2", "a"),
        Flush(),
    ],
    [Start("s1", "r1"), Store("s1", "a"), ReplayWhileSending("r1", Complete("s1"), 0), Flush()],
    [Start("s1", "r1"), Store("s1", "a"), ReplayWhileSending("r1", Replay("r2"), 0), Flush()],
    [Start("s1", "r1"), ReplayWhileSending("r1", InsertStale("s1", "r2", 0), 0), Flush()],
    [WhileDiskFails(Start("s1", "r1"), 0), Store("s1", "a"), Complete("s1"), Start("s2", "r1")],
]


@pytest.mark.parametrize("program", [each for each in MORTAL if KillDuring in map(type, each)])
def test_a_target_may_only_pretend_to_die(program: list[Command]) -> None:
    with open_target(spoken(adapter="pretending")) as target:
        assert run(target, program) is None


@pytest.mark.parametrize("program", MORTAL, ids=str)
def test_faults_go_over_the_wire(mortal: Target, program: list[Command]) -> None:
    assert run(mortal, program) is None


WRONG_IN_FAULTS: Final[dict[str, list[Command]]] = {
    f"{STRANGERS}.keeping:CompletesInTwo": [
        *(Start("s1", "r1"), Store("s1", "a"), KillDuring(Complete("s1"), 4))
    ],
    f"{STRANGERS}.keeping:FailedFlushesRaise": [
        *(Start("s1", "r1"), WhileDiskFails(Burst("s1", "b", 10), 0))
    ],
    f"{MUTANTS}.surroundings:CommitsTheCallersTransaction": [
        InTransaction(Start("s1", "r1")),
    ],
    f"{MUTANTS}.transactions:FailureStaysInTheCallersTransaction": [
        *(Store("x", "a"), InTransaction(WhileDiskFails(Start("s1", "r1"), 1))),
    ],
}


@pytest.mark.parametrize("wrong", WRONG_IN_FAULTS)
def test_who_is_wrong_only_in_a_fault_is_found(wrong: str) -> None:
    with open_target(spoken(wrong, "mortal")) as target:
        assert run(target, WRONG_IN_FAULTS[wrong]) is not None


# -- What it says of itself --


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``--target`` for a stream of ours that says something of itself."""

    def says(of: str = "resumable:ResumableStream", **said: Any) -> str:
        monkeypatch.setenv("HELLO", json.dumps(said))
        return spoken(of, "changed")

    return says


TIE: Final[list[Command]] = [Start("s1", "r1"), Start("s2", "r2"), Restart()]


@pytest.mark.parametrize(
    ("ties", "conforms"), [("last", True), ("any", True), ("first", False)]
)
def test_a_target_is_held_to_how_it_breaks_ties(
    ties: str, conforms: bool, saying: Callable[..., str]
) -> None:
    with open_target(saying(ties=ties)) as target:
        assert (run(target, TIE) is None) == conforms


def test_what_a_target_cannot_do_is_not_asked_of_it(saying: Callable[..., str]) -> None:
    lacks = ["destroy", "insert_stale", "restore", "clear_all", "mark_error", "replay"]
    with open_target(saying(can=[], lacks=lacks)) as target:
        tally = Tally()
        for number in range(25):
            swarm = Swarm(1, number, vocabulary(ORIGINAL), left_out=left_out_of(target))
            assert run_sequence(target, swarm, ORIGINAL, tally, None) is None
    assert {kind.__name__ for kind in tally.tried} == {
        *("Start", "Store", "Burst", "Flush", "Complete", "Restart", "Advance")
    }


def test_what_it_cannot_do_is_not_what_its_divergences_shrink_to(
    saying: Callable[..., str],
) -> None:
    """A stream that was inserted would be a simpler way to one that is old."""
    program: list[Command] = [Start("s1", "r1"), Advance(300_001), Restart(), Restore()]
    shrunk = {}
    for lacks in ([], ["insert_stale"]):
        with open_target(
            saying(of=f"{MUTANTS}.restoring:StaleRowIsKept", lacks=lacks)
        ) as target:
            found = run(target, program)
            assert found is not None
            again = shrink(target, found)
            assert again is not None
            shrunk[bool(lacks)] = {type(step.command) for step in again.steps}
    assert InsertStale in shrunk[False]
    assert InsertStale not in shrunk[True]


@pytest.mark.parametrize("command", ["hunt", "explore"])
def test_the_verdict_says_what_was_left_out(
    command: str, saying: Callable[..., str], tmp_path: Path
) -> None:
    options = {"hunt": ("--sequences", "5"), "explore": ("--depth", "1")}[command]
    target = saying(can=["rows"], lacks=["restore"], limits=["flush_chunks"])
    ended = resumable(command, "--target", target, *options, "--out", tmp_path)
    said = " ".join(ended.stdout.split())
    assert "Left out, since changed cannot: " in said
    for words in ("in_transaction", "restore", "half a surrogate pair", "another stale_age_ms"):
        assert words in said
    assert "raw rows" not in said
    assert "another flush_chunks" not in said


def test_so_does_that_of_a_check(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And traces that it cannot follow are left out, too."""
    check = importlib.import_module("resumable.conformance.cli.check")
    monkeypatch.setattr(check, "EXPLORED_DEPTH", 1)
    monkeypatch.setattr(check, "SEQUENCES", 5)
    ended = called(capsys, "check", "--target", spoken(), "--out", tmp_path)
    said = " ".join(ended.stdout.split())
    assert "Left out, since AnotherHand cannot: " in said
    assert "while_disk_fails" in said
    assert re.search(r"unknown \(.*\d\d known traces; \d+ more left out; 5 sequences", said)


def test_a_replay_says_what_could_not_be_compared(saying: Callable[..., str]) -> None:
    trace = TRACES / "the_last_end_stands.jsonl"
    ended = resumable("replay", trace, "--target", saying(can=[]), "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["left_out"] == [
        "other isolation levels and row factories",
        "instances made inside a transaction",
        "what a crash between two statements would leave",
        "the raw rows",
    ]


def test_a_replay_of_what_it_cannot_do_is_wrong_usage(saying: Callable[..., str]) -> None:
    trace = TRACES / "clear_all_leaves_is_live.jsonl"
    ended = resumable("replay", trace, "--target", saying(lacks=["clear_all"]))
    assert ended.returncode == 2
    assert (
        "cannot do all that is in tests/traces/clear_all_leaves_is_live.jsonl" in ended.stderr
    )


def test_so_it_does_in_json(saying: Callable[..., str], tmp_path: Path) -> None:
    target = saying(can=[], lacks=["restore"])
    options = ("--sequences", "5", "--json", "--out", tmp_path)
    ended = resumable("hunt", "--target", target, *options)
    left_out = json.loads(ended.stdout)["left_out"]
    assert {"restore", "replay_to_dead_socket", "the raw rows"} <= set(left_out)
    assert "replay" not in left_out


def test_limits_that_it_can_change_are_made_small(
    saying: Callable[..., str], tmp_path: Path
) -> None:
    some = ["flush_chunks", "stale_age_ms", "buffer_chunks_max"]
    options = ("--depth", "2", "--alphabet", "full", "--json", "--out", tmp_path)
    ended = resumable("explore", "--target", saying(limits=some), *options)
    said = json.loads(ended.stdout)
    assert said["verdict"] == "conforms"
    assert said["scope"]["limits"] == {
        "flush_chunks": 2,
        "buffer_chunks_max": 4,
        "chunk_bytes_max": 1_800_000,
        "stale_age_ms": 1,
        "sweep_interval_ms": 600_000,
        "sweep_age_ms": 86_400_000,
    }


# -- Other engines --


def test_a_state_machine_takes_a_command() -> None:
    machine = lockstep_machine(spoken())
    few = settings(machine.TestCase.settings, max_examples=5, database=None, derandomize=True)
    machine.TestCase.settings = few
    result = unittest.TestResult()
    machine.TestCase("runTest").run(result)
    assert result.wasSuccessful()
    assert result.testsRun == 1
