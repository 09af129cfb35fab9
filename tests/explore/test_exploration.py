"""What an exploration promises: everything is tried, once, and the first find is a shortest."""

from collections.abc import Iterable, Iterator

import pytest

from resumable.conformance.explore.places import follow
from resumable.conformance.explore.scope import Scope, original, small
from resumable.conformance.explore.search import Budget, Exploration, Here
from resumable.conformance.explore.walk import Walker
from resumable.conformance.mutants import MUTANTS, target_of
from resumable.conformance.run import run
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import sqlite, sqlite_file, sqlite_process
from resumable.conformance.targets.registry import open_target
from resumable.conformance.workers import Finished, Task, Workers
from tests.explore.kit import CORE, FULL, every_trail, explored, shortest_divergence

FOUND_IN = {
    "stale_age_inclusive": CORE,
    "replays_backwards": CORE,
    "orphan_becomes_live": CORE,
    "dead_socket_finishes_the_orphan": FULL,
    "start_is_two_transactions": FULL,
}
"""Mutants that three commands reveal at the most."""


def states_of_every_sequence(target: Target, scope: Scope, depth: int) -> int:
    """Counted without merging anything, and without copies."""
    walker = Walker(target, scope, copies=False, seen=set())
    target.close()
    keys = set()
    for trail in list(every_trail(target, scope, depth)):
        keys.add(walker.key(*follow(target, scope, trail, brief=True)))
        target.close()
    return len(keys)


@pytest.mark.parametrize(
    ("scope", "depth"),
    [(CORE, 3), (FULL, 2), (original("core"), 2)],
    ids=["core", "full", "bursts"],
)
def test_it_reaches_every_state_that_some_sequence_reaches(scope: Scope, depth: int) -> None:
    states = states_of_every_sequence(sqlite(), scope, depth)
    assert explored(sqlite(), scope, depth).states == states


@pytest.mark.parametrize("name", FOUND_IN)
def test_a_counterexample_is_the_shortest_there_is(name: str) -> None:
    target, scope = target_of(MUTANTS[name]), FOUND_IN[name]
    found = explored(target, scope, 4).found
    assert found is not None
    assert len(found.steps) == shortest_divergence(target, scope, 3)


@pytest.mark.parametrize("name", ["age_counts_from_the_last_chunk", "flush_loses_the_rest"])
def test_a_counterexample_happens_again_when_its_program_is_run(name: str) -> None:
    target = target_of(MUTANTS[name])
    found = explored(target, FULL, 5).found
    assert found is not None
    commands = [step.command for step in found.steps]
    again = run(target, commands, limits=FULL.limits)
    assert again is not None
    assert again.closest == found.closest


def test_two_workers_find_what_one_process_finds() -> None:
    alone = explored(sqlite(), FULL, 3)
    with Workers("sqlite", 2) as workers:
        together = Exploration(workers, "sqlite", FULL, Budget(3)).run()
    assert [level[:2] for level in together.levels] == [level[:2] for level in alone.levels]
    assert together.figures.refused == alone.figures.refused
    assert together.figures.edges == alone.figures.edges
    assert together.figures.coverage == alone.figures.coverage


def test_two_workers_find_the_counterexample_that_one_process_finds() -> None:
    spec = "tests.explore.hiding:InAnAttribute"
    with Workers(spec, 2) as workers:
        together = Exploration(workers, spec, CORE, Budget(5)).run().found
    with open_target(spec) as target:
        alone = explored(target, CORE, 5).found
    assert together is not None
    assert alone is not None
    assert [step[:2] for step in together.steps] == [step[:2] for step in alone.steps]


def test_histories_that_were_merged_go_on_alike_and_places_are_reached_again() -> None:
    result = explored(sqlite(), CORE, 5)
    assert result.verdict == "conforms"
    assert result.compared > 0
    assert result.figures.repeated > 0


@pytest.mark.parametrize(
    "target", [sqlite_file(), sqlite_process()], ids=lambda each: each.name
)
def test_a_target_that_cannot_be_copied_is_explored_all_the_same(target: Target) -> None:
    result = explored(target, small("core"), 2)
    target.stop()
    assert result.verdict == "conforms"
    assert result.depth == 2
    assert result.why_repeats.startswith("it cannot be copied, since ")


def test_a_memory_that_nobody_can_look_into_is_reported() -> None:
    target = sqlite_process()
    assert explored(target, CORE, 1).is_opaque
    target.stop()
    assert not explored(sqlite(), CORE, 1).is_opaque


def test_a_stranger_without_limits_is_explored_with_bursts() -> None:
    spec = "tests.strangers.another_hand:AnotherHand"
    with open_target(spec) as target:
        assert not target.takes_limits
        result = explored(target, original("full"), 2)
    assert result.verdict == "conforms"
    assert not result.why_repeats


def test_it_stops_when_the_time_is_over_and_says_how_far_it_got() -> None:
    result = Exploration(Here(sqlite()), "sqlite", CORE, Budget(seconds=0)).run()
    assert (result.verdict, result.depth) == ("unknown", 0)
    assert result.stopped == "the time was over (0 s)"


def test_it_stops_when_the_memory_is_full_and_says_how_far_it_got() -> None:
    result = Exploration(Here(sqlite()), "sqlite", CORE, Budget(memory_mb=0)).run()
    assert (result.verdict, result.depth) == ("unknown", 0)
    assert result.stopped == "the memory was full (0 MB)"


class Interrupted(Here):
    """Ctrl-C comes at the fourth task."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Finished]:
        for number, finished in enumerate(super().run(tasks)):
            if number == 3:
                raise KeyboardInterrupt
            yield finished


def test_an_interrupt_ends_it_with_what_is_known_so_far() -> None:
    runner = Interrupted(sqlite())
    result = Exploration(runner, "sqlite", CORE, Budget(9)).run()
    assert result.verdict == "unknown"
    assert result.stopped == "it was interrupted"
    assert 3 < result.depth < 9


def test_a_target_that_exits_ends_it_with_what_is_known_so_far() -> None:
    spec = "tests.explore.hiding:ExitsAtTheSecondStart"
    with Workers(spec, 1) as workers:
        result = Exploration(workers, spec, CORE, Budget(4)).run()
    assert result.verdict == "unknown"
    assert result.stopped == "the target exited (status 7)"
    assert result.depth == 1


def test_what_one_more_depth_would_cost_is_told_from_the_growth_so_far() -> None:
    result = explored(sqlite(), CORE, 4)
    last, before = result.levels[-1], result.levels[-2]
    growth = last.transitions / before.transitions
    assert result.next_level is not None
    assert result.next_level.transitions == round(last.transitions * growth)
    assert explored(sqlite(), CORE, 5).levels[-1].transitions == pytest.approx(
        result.next_level.transitions, rel=0.2
    )


class OutOfOrder(Here):
    """Workers that are done with later tasks first."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Finished]:
        finished = list(super().run(tasks))
        yield from reversed(finished)


@pytest.mark.parametrize("name", ["sqlite", "age_counts_from_the_last_chunk"])
def test_it_does_not_matter_who_is_done_first(name: str) -> None:
    target = target_of(MUTANTS[name]) if name in MUTANTS else sqlite()
    runners = (Here(target), OutOfOrder(target))
    one, other = [Exploration(each, name, CORE, Budget(5)).run() for each in runners]
    assert [level[:2] for level in one.levels] == [level[:2] for level in other.levels]
    assert one.found == other.found
    assert one.figures.edges == other.figures.edges
