"""Trials: an engine finds a mutant, in steps and seconds that are counted; or it does not."""

from functools import partial
from pathlib import Path
from typing import Final

import pytest

from model import Start
from resumable import ResumableStream
from resumable.conformance.hunt.batch import Batch
from resumable.conformance.mutants import MUTANTS, Mutant, target_of
from resumable.conformance.power.canary import CAGES, Cage, Canary, obituary
from resumable.conformance.power.engines import ENGINES, Given, hunts
from resumable.conformance.power.score import scores, survivors
from resumable.conformance.power.trial import Fate, Trial, passes
from resumable.conformance.power.trials import Trials
from resumable.conformance.run import run
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets.builtin import sqlite

OF_A_START: Final = "start_is_not_live"

engines = pytest.mark.parametrize("engine", ENGINES)


def beat() -> None:
    """Nobody listens."""


def tried(mutant: str, engine: str, seconds: float = 30.0, traces: Path | None = None) -> Fate:
    return Trial(mutant, engine, 0, seconds, traces).run(sqlite(), beat)


@pytest.fixture
def flawless(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a mutant with nothing wrong in it."""
    rule, source = MUTANTS[OF_A_START].rule, MUTANTS[OF_A_START].source
    mutant = Mutant("flawless", "does all right", rule, source, ResumableStream)
    monkeypatch.setitem(MUTANTS, "flawless", mutant)
    return "flawless"


@engines
def test_an_engine_kills_a_mutant_and_tells_how_soon_and_with_what(engine: str) -> None:
    fate = tried(OF_A_START, engine)
    assert fate.is_killed
    assert fate.is_real
    assert fate.trace_steps == 1
    assert fate.found is not None
    assert isinstance(fate.found.command, Start)
    assert fate.steps >= 1
    assert 0 < fate.seconds < 30


@engines
def test_what_is_right_survives_until_time_is_over(engine: str, flawless: str) -> None:
    fate = tried(flawless, engine, seconds=0.3)
    assert not fate.is_killed
    assert fate.trace_steps == 0
    assert fate.steps > 10
    assert 0.3 <= fate.seconds < 3


def test_a_check_on_trial_begins_with_the_known_traces() -> None:
    assert tried("age_is_absolute", "check").steps < 10


def test_a_hunt_on_trial_finds_what_a_hunt_finds_first() -> None:
    target = target_of(MUTANTS["stale_age_inclusive"])
    found = hunts(target, Given(seed=3))
    firsts = (Batch(3, first, 25).run(target, beat).found for first in range(0, 1000, 25))
    _, expected = next(value for found in firsts for value in found.values())
    assert found == expected


def test_a_batch_until_found_ends_at_the_first() -> None:
    target = target_of(MUTANTS[OF_A_START])
    first = min(number for number, _ in Batch(0, 0, 25).run(target, beat).found.values())
    result = Batch(0, 0, 25, until_found=True).run(target, beat)
    assert (result.sequences, result.diverged) == (first + 1, 1)


def test_a_counterexample_is_shown_to_the_right_one() -> None:
    wrong = target_of(MUTANTS[OF_A_START])
    counterexample = run(wrong, [Start("s1", "r1")])
    assert counterexample is not None
    assert passes(sqlite(), counterexample)
    assert not passes(wrong, counterexample)


# -- What many trials come to --


def fate(mutant: str, engine: str, steps: int, seconds: float, *, is_killed: bool) -> Fate:
    found = run(target_of(MUTANTS[OF_A_START]), [Start("s1", "r1")]) if is_killed else None
    return Fate(mutant, engine, found, steps, seconds)


FATES: Final = [
    fate("a", "hunt", 10, 1.0, is_killed=True),
    fate("b", "hunt", 30, 3.0, is_killed=True),
    fate("c", "hunt", 999, 9.0, is_killed=False),
    fate("a", "explore", 5, 0.5, is_killed=False),
    fate("c", "explore", 7, 0.7, is_killed=True),
]


def test_a_score_counts_kills_alone() -> None:
    hunt, explore = scores(FATES)
    assert (hunt.engine, hunt.mutants, hunt.killed, hunt.slowest) == ("hunt", 3, 2, "b")
    assert (hunt.steps, hunt.seconds, hunt.trace) == ((20, 30), (2.0, 3.0), (1, 1))
    assert (explore.killed, explore.steps) == (1, (7, 7))


def test_an_engine_without_a_kill_has_a_score_too() -> None:
    (score,) = scores(FATES[2:3])
    assert (score.killed, score.steps, score.slowest) == (0, (0, 0), "")


def test_who_is_killed_by_one_engine_has_not_survived() -> None:
    assert survivors(FATES) == []
    assert survivors(FATES[:4]) == ["c"]


def test_the_verdict_is_of_all_trials() -> None:
    false_alarm = FATES[0]._replace(is_real=False)
    assert Trials(FATES).verdict == "all killed"
    assert Trials(FATES[:4]).verdict == "survived"
    assert Trials([*FATES, false_alarm]).verdict == "survived"
    assert Trials(FATES, ["hunt against d died"]).verdict == "unknown"


# -- The canary --


def test_every_engine_of_a_check_finds_the_canary() -> None:
    assert Canary().run(sqlite(), beat) == []


def test_engines_that_do_not_find_a_bug_are_named() -> None:
    hidden = {
        name: cage._replace(mutant="clear_forgets_the_sweep") for name, cage in CAGES.items()
    }
    none_at_all = partial(hunts, given=Given(), sequences=0)
    hidden["hunt"] = hidden["hunt"]._replace(find=none_at_all)
    blind = Canary(hidden).run(sqlite(), beat)
    assert blind == ["replay", "hunt", "explore", "faults"]
    assert "the canary lives: replay, hunt, explore, faults did not find" in obituary(blind)


def test_an_engine_that_cannot_be_had_is_not_blind() -> None:
    def cannot(_target: Target) -> None:
        raise TargetError("not on this machine")

    assert Canary({"faults": Cage(OF_A_START, cannot)}).run(sqlite(), beat) == []
