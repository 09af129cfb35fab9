"""Bugs that users met are found by a hunt that knows nothing of them."""

from typing import Final

import pytest

from model.surprises import SURPRISES
from resumable.conformance.forbidden import forbidding
from resumable.conformance.mutants import KNOWN, MUTANTS, KnownBug, Source
from resumable.conformance.mutants.target import MutantTarget
from resumable.conformance.power.engines import Given, hunts
from resumable.conformance.power.subject import Subject
from resumable.conformance.run import run
from resumable.conformance.shrink import shrink
from resumable.conformance.targets.builtin import sqlite

STEPS_MAX: Final = 60_000
"""What a hunt sends in some five seconds."""

SECONDS_MAX: Final = 60.0
TRACE_MAX: Final = 8

MET: Final = [source for source in Source if source.name.startswith("MET_")]

every = pytest.mark.parametrize("bug", KNOWN, ids=lambda bug: bug.mutant or bug.forbid)


@every
def test_a_known_bug_is_found_blind_and_shrinks_to_a_few_commands(bug: KnownBug) -> None:
    name = bug.mutant or bug.forbid
    subject = Subject(name, bug.factory, SECONDS_MAX, lambda: None)
    with forbidding([bug.forbid] if bug.forbid else []):
        found = hunts(subject, Given())
        assert found is not None
        shrunk = shrink(MutantTarget(name, bug.factory), found)
    assert subject.performed <= STEPS_MAX
    assert shrunk is not None
    assert shrunk.forbidden == bug.forbid
    assert len(shrunk.steps) <= TRACE_MAX


@every
def test_a_known_bug_is_either_a_mutant_or_a_surprise(bug: KnownBug) -> None:
    assert (bug.mutant in MUTANTS) != (bug.forbid in SURPRISES)


@pytest.mark.parametrize(
    "bug", [bug for bug in KNOWN if bug.forbid], ids=lambda bug: bug.forbid
)
def test_what_conforms_passes_until_it_is_forbidden(bug: KnownBug) -> None:
    target = MutantTarget(bug.forbid, bug.factory)
    example = SURPRISES[bug.forbid].example
    assert run(target, example) is None
    with forbidding([bug.forbid]):
        assert run(target, example) is not None


def test_our_class_has_none_of_those_that_do_not_conform() -> None:
    with forbidding(["older_of_a_tie"]):
        assert hunts(sqlite(), Given(), sequences=50) is None


@pytest.mark.parametrize("source", MET)
def test_all_that_was_met_is_known(source: Source) -> None:
    known = {bug.mutant for bug in KNOWN}
    met = {mutant.name for mutant in MUTANTS.values() if mutant.source is source}
    assert met
    assert met <= known
