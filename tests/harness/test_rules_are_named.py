"""A report names the rule that is broken, not one that merely stands near by."""

from typing import Final

import pytest

from model.rules import RULES
from resumable.conformance.mutants import MUTANTS, Rule, target_of
from resumable.conformance.report import rule_of
from resumable.conformance.run import run
from tests.mutants.table import Program
from tests.mutants.test_mutants_are_revealed import REVEALED

NAMES: Final[dict[Rule, str]] = {
    Rule.START: "start_flushes any_request_starts start_is_live start_activates start_inserts"
    " one_counter",
    Rule.END: "end_flushes end_forgets any_end_forgets last_end_stands complete_marks"
    " mark_error_marks",
    Rule.ACCESSORS: "active_is_told restart_finds_no_reader restored_is_active",
    Rule.FLUSH_SIZE: "tenth_flushes store_only_buffers",
    Rule.FLUSH: "flush_writes_all chunks_are_in_order times_are_now",
    Rule.STORE: "any_stream_is_stored index_may_repeat text_passes_unchanged flush_writes_all",
    Rule.READ_OUT: "read_outs_tell_the_disk",
    Rule.ONE_COUNTER: "one_counter",
    Rule.NEXT_INDEX: "restored_goes_on",
    Rule.REPLAY: "replay_flushes replay_sends_chunks any_request_is_served replay_needs_active",
    Rule.REPLAY_ORDER: "chunks_are_in_order",
    Rule.LIVE_REPLAY: "live_replay_goes_on",
    Rule.ORPHAN_REPLAY: "orphan_replay_ends",
    Rule.FRAME: "frame_is_exact",
    Rule.RESTORE: "restart_finds_no_reader newest_is_restored any_of_a_tie restored_is_active"
    " restore_leaves_memory nothing_to_restore",
    Rule.STALE: "stale_is_deleted five_minutes_is_not_stale future_is_not_stale",
    Rule.SWEEP_TIME: "sweep_is_due only_complete_sweeps",
    Rule.SWEEP: "sweep_is_exact",
    Rule.CLEAR: "clear_keeps_live clear_deletes_all clear_empties_buffer",
    Rule.DESTROY: "destroyed_refuses destroy_drops",
    Rule.INSERT_STALE: "insert_stale_inserts",
    Rule.TEXT: "text_is_well_formed text_passes_unchanged",
    Rule.SIZE: "oversized_is_skipped largest_is_stored",
    Rule.CLOCK: "times_are_now",
    Rule.ONE_TRANSACTION: "crash_is_before_or_after raise_means_nothing",
    Rule.RAISED: "raise_means_nothing",
    Rule.KEPT: "store_is_kept buffer_takes_a_hundred",
    Rule.INSIDE_SEND: "replay_sends_what_was_there ended_inside_send_is_done"
    " orphan_ends_after_done nothing_is_refused",
    Rule.SOCKET: "dead_socket_changes_nothing",
    Rule.CONNECTION: "connection_is_the_callers any_connection_works",
}
"""What the rule that a mutant breaks is called in reports."""

OTHERWISE: Final = {
    # What it writes is on disk by the time that somebody looks.
    "reading_flushes": "store_only_buffers",
    # It shows where a restored stream goes on, too.
    "flush_renumbers": "restored_goes_on",
    # What it leaves out is the sweep.
    "orphan_is_completed_without_sweep": "sweep_is_exact",
    # Every frame is right, but there is one too many.
    "frame_comes_twice": "live_replay_goes_on",
    # The shortest program that shows it is the one for a sweep that keeps too much.
    "never_sweeps": "sweep_is_exact",
    # The flush and the sweep are one call: as if nothing had been flushed.
    "sweep_deletes_all_chunks": "end_flushes",
    "sweeps_chunks_of_no_stream": "end_flushes",
}
"""The mutants that nobody could tell, from outside, from one that breaks another rule."""


def named(name: str, program: Program) -> str:
    divergence = run(target_of(MUTANTS[name]), program.commands, setting=program.setting)
    assert divergence is not None
    rule, sentence = rule_of(divergence)
    assert sentence
    return rule


@pytest.mark.parametrize("rule", Rule)
def test_the_rule_that_a_mutant_breaks_is_named(rule: Rule) -> None:
    misnamed = {
        name: (found, MUTANTS[name].sentence)
        for name, program in REVEALED.items()
        if MUTANTS[name].rule is rule
        and name not in OTHERWISE
        and (found := named(name, program)) not in NAMES[rule].split()
    }
    assert misnamed == {}


@pytest.mark.parametrize(("name", "rule"), OTHERWISE.items())
def test_where_the_rule_cannot_be_told_another_that_is_broken_is(name: str, rule: str) -> None:
    assert named(name, REVEALED[name]) == rule


def test_hardly_any_mutant_is_misnamed() -> None:
    assert len(OTHERWISE) <= 0.03 * len(MUTANTS)


def test_the_names_are_those_of_rules() -> None:
    names = {name for several in NAMES.values() for name in several.split()}
    assert names <= {rule.name for rule in RULES}
