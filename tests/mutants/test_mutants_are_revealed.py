"""Each mutant is wrong: a program reveals it at its last command, and the right one passes."""

from typing import Final

import pytest

from resumable.conformance.mutants import MUTANTS, Rule, target_of
from resumable.conformance.run import run
from resumable.conformance.setting import Setting, Storage
from resumable.conformance.targets.builtin import sqlite
from tests.mutants.table import Program, Table
from tests.mutants.table_faults import SURROUNDINGS, TRANSACTIONS
from tests.mutants.table_keeping import CLEARING, RESTORING, SWEEPING
from tests.mutants.table_lifecycle import BUFFERING, INDEXING, LIFECYCLE
from tests.mutants.table_replay import REENTERING, REPLAYING, TEXT, WIRE

REVEALED: Final[Table] = {
    **LIFECYCLE,
    **BUFFERING,
    **INDEXING,
    **REPLAYING,
    **REENTERING,
    **WIRE,
    **RESTORING,
    **SWEEPING,
    **CLEARING,
    **TEXT,
    **TRANSACTIONS,
    **SURROUNDINGS,
}


@pytest.mark.parametrize(("name", "program"), REVEALED.items(), ids=REVEALED)
def test_a_mutant_diverges_at_the_last_command_of_its_program(
    name: str, program: Program
) -> None:
    divergence = run(target_of(MUTANTS[name]), program.commands, setting=program.setting)
    assert divergence is not None, "it was not found"
    assert len(divergence.steps) == len(program.commands)


@pytest.mark.parametrize("program", dict.fromkeys(REVEALED.values()))
def test_the_right_stream_passes_every_program(program: Program) -> None:
    assert run(sqlite(), program.commands, setting=program.setting) is None


@pytest.mark.parametrize(("name", "program"), REVEALED.items(), ids=REVEALED)
def test_no_command_of_a_program_can_be_left_out(name: str, program: Program) -> None:
    target = target_of(MUTANTS[name])
    for left_out in range(len(program.commands)):
        rest = program.commands[:left_out] + program.commands[left_out + 1 :]
        assert run(target, rest, setting=program.setting) is None, program.commands[left_out]


@pytest.mark.parametrize("storage", ["memory", "file"])
def test_a_scan_goes_backwards_in_its_own_sequence_alone(storage: Storage) -> None:
    """The connection in memory serves one sequence after another."""
    target = target_of(MUTANTS["replays_in_no_order"])
    program = REVEALED["replays_in_no_order"].commands
    backwards = Setting(storage=storage, scans="backwards")
    for _ in range(2):
        assert run(target, program, setting=backwards) is not None
        assert run(target, program, setting=Setting(storage=storage)) is None


def test_every_mutant_has_a_program() -> None:
    assert REVEALED.keys() == MUTANTS.keys()


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_is_broken_by_some_mutant(rule: Rule) -> None:
    assert any(mutant.rule is rule for mutant in MUTANTS.values())


def test_a_mutant_reads_like_a_bug_report() -> None:
    mutant = MUTANTS["stale_age_inclusive"]
    assert mutant.sentence == "treats exactly five minutes as stale"
    assert mutant.rule is Rule.STALE
    assert mutant.source == "typical off-by-one"
