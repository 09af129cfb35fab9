"""What need not be struck twice, and that nothing is lost by that."""

import pytest

from model import (
    Advance,
    ClearAll,
    Command,
    Complete,
    Flush,
    Replay,
    Restart,
    Start,
    Store,
)
from model.crash import Durability
from resumable import ResumableStream
from resumable.conformance.explore.scope import small
from resumable.conformance.explore.search import Here
from resumable.conformance.faults import merging, sameness
from resumable.conformance.faults.certificate import certificate, words
from resumable.conformance.faults.figures import Figures
from resumable.conformance.faults.result import Struck
from resumable.conformance.faults.run import Extent, FaultRun
from resumable.conformance.faults.sameness import key_after
from resumable.conformance.faults.tasks import Batch, Compared, Comparison
from resumable.conformance.faults.workloads import Workload, workloads
from resumable.conformance.targets.builtin import sqlite
from tests.explore.kit import of
from tests.faults.hiding import InAGlobal, InAnAttribute

SCOPE = small("core")
START = Start("s1", "r1")
REPLAY = Replay("r")


def silent() -> None:
    """No sign of life is wanted."""


def keys(mode: Durability, *beginnings: tuple[Command, ...]) -> int:
    """How many different ones there are."""
    target = sqlite()
    return len({key_after(target, SCOPE, mode, commands) for commands in beginnings})


def struck(target: type, length: int = 3) -> Struck:
    """By the kind of fault that is the quickest."""
    extent = Extent((("row", "wal-full"),), length)
    return FaultRun(Here(of(target)), target.__name__, SCOPE, extent).run()


def _struck_after(commands: Workload) -> Batch:
    return Batch(SCOPE, (("row", "wal-full"),), [(*commands, Complete("s1"))])


@pytest.mark.parametrize("mode", ["wal-full", "wal-normal", "delete-extra", "delete-full"])
def test_beginnings_are_the_same_if_they_differ_in_names_bodies_and_time_of_day(
    mode: Durability,
) -> None:
    one = (Start("s1", "r1"), Store("s1", "a"))
    other = (Advance(1), Start("s2", "r2"), Flush(), Store("s2", "b"))
    assert keys(mode, one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((START,), ()),
        ((START, Store("s1", "a")), (START,)),
        ((START,), (START, Restart())),
        ((START, Advance(1)), (START,)),
        ((Complete("x"),), ()),
    ],
)
def test_beginnings_that_lead_to_different_states_are_not_the_same(
    one: Workload, other: Workload
) -> None:
    assert keys("delete-extra", one, other) == 2


def test_beginnings_are_not_the_same_if_a_loss_of_power_may_take_something_else() -> None:
    """The chunk that was cleared may come back."""
    cleared = (Store("x", "a"), Flush(), ClearAll())
    assert keys("delete-full", (), cleared) == 2
    assert keys("delete-extra", (), cleared) == 1


def test_beginnings_are_not_the_same_if_something_else_is_not_yet_durable() -> None:
    """A transaction that changes nothing is in the log all the same."""
    assert keys("wal-full", (), (ClearAll(),)) == 2
    assert keys("delete-extra", (), (ClearAll(),)) == 1


def test_what_is_merged_is_counted_and_with_what_is_struck_it_is_everything() -> None:
    extent = Extent((("denied", "wal-full"),), 3)
    result = FaultRun(Here(sqlite()), "sqlite", SCOPE, extent).run()
    every = sum(len(list(workloads(SCOPE, length))) for length in (1, 2, 3))
    assert result.verdict == "conforms"
    assert result.workloads + result.merged == every
    assert result.merged > result.workloads > 100
    assert result.merges
    machine, text = certificate(result), words(result)
    assert (machine["merged"], machine["merged_but_struck"]) == (result.merged, result.compared)
    assert f"{result.workloads:,} workloads struck, {result.merged:,} merged" in text


def test_a_target_that_is_wrong_only_in_what_it_hides_is_found() -> None:
    (violation,) = struck(InAnAttribute).figures.found.values()
    assert [type(step.command) for step in violation.divergence.steps][:2] == [Start, Replay]


def test_it_would_be_merged_away_if_the_memory_were_not_looked_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sameness, "knowledge", lambda _instance: {})
    assert struck(InAnAttribute).verdict == "conforms"


def test_beginnings_that_only_look_the_same_come_to_different_ends() -> None:
    known, other = [_struck_after(commands) for commands in ((START,), (START, REPLAY))]
    assert Comparison(known, other).run(of(InAGlobal), silent).is_same is False
    assert Comparison(known, other).run(sqlite(), silent).is_same is True


def test_if_what_was_merged_is_not_the_same_nothing_is_merged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a fault that it finds, too: any other outcome will do."""
    monkeypatch.setattr(merging, "SAMPLED", 1)
    monkeypatch.setattr(merging, "COMPARED_MAX", 100)
    monkeypatch.setattr(Comparison, "run", lambda *_: Compared(Figures(), is_same=False))
    result = struck(ResumableStream, 2)
    assert not result.merges
    assert result.merged == result.compared == 0
    assert result.workloads == sum(len(list(workloads(SCOPE, each))) for each in (1, 2))
    assert result.verdict == "conforms"
    assert certificate(result)["same"] is None
    assert "Nothing was merged" in words(result)


def test_what_is_struck_although_it_is_merged_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "SAMPLED", 1)
    monkeypatch.setattr(merging, "COMPARED_MAX", 100)
    result = struck(InAGlobal)
    assert result.verdict == "diverged"
    assert result.compared > 0
