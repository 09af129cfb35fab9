"""The text of a divergence: one for each kind, kept as a file that a person has read."""

from typing import Final, NamedTuple

import pytest

from model import (
    ORIGINAL,
    Advance,
    Burst,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    Limits,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from resumable.conformance.divergence import DivergedError, Divergence
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.mutants import MUTANTS, target_of
from resumable.conformance.report import explain
from resumable.conformance.run import run
from resumable.conformance.setting import DEFAULT, Setting
from tests.harness.golden import FOLDER, assert_golden


class Case(NamedTuple):
    """A mutant, and a program that shows it at its last command."""

    mutant: str
    commands: tuple[Command, ...]
    setting: Setting = DEFAULT
    limits: Limits = ORIGINAL


START: Final = Start("s1", "r1")
DELTA: Final = (
    '{"type":"text-delta","id":"0","delta":"a rather long answer, as they are: naïve"}'
)

CASES: Final[dict[str, Case]] = {
    "frame_with_one_wrong_letter": Case(
        "frame_is_ascii", (START, Store("s1", DELTA), Replay("r1"))
    ),
    "frame_with_a_letter_that_nobody_sees": Case(
        "line_separators_are_escaped", (START, Replay("r\u2028"))
    ),
    "frame_missing": Case("live_replay_has_no_end", (START, Store("s1", "a"), Replay("r1"))),
    "frames_in_another_order": Case(
        "replays_backwards", (START, Store("s1", "a"), Store("s1", "b"), Replay("r1"))
    ),
    "accessor": Case("complete_stays_live", (START, Complete("s1"))),
    "row_of_metadata": Case("the_first_end_stands", (START, Complete("s1"), MarkError("s1"))),
    "time_of_an_end": Case("ends_at_its_start", (START, Advance(300_000), Complete("s1"))),
    "index": Case(
        "restore_begins_at_zero",
        (START, Burst("s1", "b", 10), Restart(), Store("s1", "a"), Flush()),
    ),
    "raw_rows_of_chunks": Case(
        "chunks_carry_the_time_of_their_store",
        (START, Store("s1", "a"), Advance(86_400_001), Flush()),
    ),
    "refusal_missing": Case("destroyed_flushes", (START, Destroy(), Flush())),
    "refusal_unexpected": Case("oversized_raises", (START, Store("s1", "a" * 1_800_001))),
    "big_body": Case(
        "size_counts_characters", (START, Store("s1", "é" * 900_001), Complete("s1"))
    ),
    "tie": Case("a_tie_is_nobodys", (START, Start("s2", "r2"), Restart())),
    "either_of_two_disks": Case(
        "flush_keeps_the_last_chunk",
        (START, Burst("s1", "b", 3), ReplayToDeadSocket("r1", 0)),
    ),
    "crash_inside_a_command": Case(
        "complete_is_two_transactions",
        (START, Store("s1", "a"), Complete("s1")),
        Setting(storage="file"),
    ),
    "killed_inside_a_command": Case(
        "start_is_two_transactions", (Store("unknown", "a"), KillDuring(START, 4))
    ),
    "connection_changed": Case(
        "sets_the_isolation_level", (START,), Setting("EXCLUSIVE", "Row")
    ),
    "scans_backwards": Case(
        "replays_in_no_order",
        (Store("unknown", "a"), Store("unknown", "b"), Flush()),
        Setting(scans="backwards"),
    ),
    "transaction_of_the_caller": Case("cannot_join_a_transaction", (InTransaction(START),)),
    "dead_socket_swallowed": Case(
        "dead_socket_ends_the_replay_in_silence",
        (START, Store("s1", "a"), Restart(), ReplayToDeadSocket("r1", 0)),
    ),
    "end_inside_send": Case(
        "replay_knows_its_end_beforehand",
        (START, Store("s1", "a"), ReplayWhileSending("r1", Complete("s1"), 0)),
    ),
    "start_inside_send": Case(
        "orphan_is_left_for_a_new_stream",
        (START, Restart(), ReplayWhileSending("r1", Start("s2", "r2"), 0)),
    ),
    "disk_failed": Case(
        "flush_loses_the_rest",
        (START, Burst("s1", "b", 3), WhileDiskFails(Flush(), 1)),
    ),
    "many_rows_and_small_limits": Case(
        "flushes_every_chunk",
        (START, Burst("s1", "b", 8)),
        limits=ORIGINAL._replace(flush_chunks=9),
    ),
    "clock_set_back": Case(
        "age_is_absolute",
        (InsertStale("s1", "r1", 0), Advance(-300_001), Restore()),
    ),
}


def diverged(case: Case) -> Divergence:
    found = run(
        target_of(MUTANTS[case.mutant]), case.commands, setting=case.setting, limits=case.limits
    )
    assert found is not None
    assert len(found.steps) == len(case.commands)
    return found


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_a_divergence_reads_as_its_golden_file(name: str, case: Case) -> None:
    assert_golden(name, explain(diverged(case), f"resumable-out/{name}.jsonl"))


def test_every_golden_file_has_its_test() -> None:
    of_the_original = {"tie_of_the_original"}  # in tests/upstream, which needs Node
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES) | of_the_original


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_report_is_a_wall_of_text(case: Case) -> None:
    text = explain(diverged(case), "trace.jsonl")
    assert len(text.splitlines()) <= 40
    aligned = [line for line in text.splitlines() if line.startswith("    ")]
    assert all(len(line) <= 140 for line in aligned)


def test_what_happened_stands_aligned_above_what_is_permitted() -> None:
    lines = explain(diverged(CASES["accessor"])).splitlines()
    at = next(number for number, line in enumerate(lines) if "the target did" in line)
    seen, permitted = lines[at : at + 2]
    assert seen.split()[-1] == "True"
    assert permitted.split() == ["permitted", "False"]
    assert seen.index("True") == permitted.index("False")


def test_the_mark_stands_under_the_first_letter_that_differs() -> None:
    lines = explain(diverged(CASES["frame_with_one_wrong_letter"])).splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == "^")
    seen, permitted, mark = lines[at - 2 : at + 1]
    assert seen[mark.index("^")] == "\\"
    assert permitted[mark.index("^")] == "ï"
    assert seen[20 : mark.index("^")] == permitted[20 : mark.index("^")]


def test_without_a_file_there_is_nothing_to_paste() -> None:
    assert "resumable replay" not in explain(diverged(CASES["accessor"]))


def test_what_is_pasted_into_a_shell_is_quoted() -> None:
    text = explain(diverged(CASES["accessor"]), "my traces/it's.jsonl")
    assert (
        """resumable replay 'my traces/it'"'"'s.jsonl' --target complete_stays_live\n""" in text
    )


def test_an_engine_that_is_no_command_line_raises_the_same_text() -> None:
    lockstep = Lockstep(target_of(MUTANTS["start_is_not_live"]))
    with pytest.raises(AssertionError, match="start_is_live") as raised:
        lockstep.do(START)
    assert isinstance(raised.value, DivergedError)
    assert str(raised.value) == "\n" + explain(raised.value.divergence)
