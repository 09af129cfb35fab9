"""Shrinking: the shortest program with the very same divergence, the same every time."""

import random
from collections.abc import Iterable
from typing import Any, Final

import pytest

from model import (
    Advance,
    Burst,
    Command,
    Complete,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from resumable import ResumableStream
from resumable.conformance.divergence import Divergence
from resumable.conformance.mutants import MUTANTS, target_of
from resumable.conformance.mutants.catalogue import Mutant
from resumable.conformance.plain_text import BODY, REQUEST, oddity, plainer
from resumable.conformance.run import run
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.shrink import shrink
from resumable.conformance.targets.registry import open_target
from resumable.conformance.trace import misuses_name
from tests.mutants.test_mutants_are_revealed import REVEALED

SHORTEST_IS_FOUND: Final = (
    "start_completes_the_one_before",
    "the_first_end_stands",
    "chunks_carry_the_time_of_their_store",
    "an_equal_index_is_refused",
    "clear_keeps_the_index",
    "restore_skips_an_index",
    "replays_equal_indexes_backwards",
    "orphan_is_marked_as_error",
    "orphan_is_left_for_a_new_stream",
    "frame_comes_twice",
    "stale_chunks_are_kept",
    "restores_the_last_inserted",
    "a_tie_is_nobodys",
    "sweep_age_inclusive",
    "clear_empties_the_buffer_first",
    "nul_is_dropped",
    "oversized_takes_an_index",
    "dead_socket_finishes_the_orphan",
    "sweep_counts_before_the_commit",
)
NOISE: Final[tuple[Command, ...]] = (
    Advance(0),
    Advance(60_000),
    Start("s7", "r7"),
    Start("s8", "запрос"),
    InsertStale("s9", "r9", 7),
    Store("s7", "noise"),
    Burst("unknown", '{"delta":"😀"}', 7),
    Flush(),
    Complete("unknown"),
    MarkError("s9"),
    Replay("r1"),
    Restart(),
    Reopen(),
    Restore(),
)
ATTEMPTS: Final = 40


def diverged(name: str, commands: Iterable[Command], setting: Setting) -> Divergence | None:
    return run(target_of(MUTANTS[name]), tuple(commands), setting=setting)


def noisy(name: str) -> Divergence:
    """The program that reveals a mutant, among commands that do not matter to it."""
    dice = random.Random(name)  # noqa: S311 - the same noise each time
    program = REVEALED[name]
    found = diverged(name, program.commands, program.setting)
    assert found is not None
    for _ in range(ATTEMPTS):
        commands = [step.command for step in found.steps]
        commands.insert(dice.randrange(len(commands)), dice.choice(NOISE))
        names: dict[str, None] = {}
        if not any(misuses_name(command, names) for command in commands):
            noisier = diverged(name, commands, program.setting)
            if noisier is not None and noisier.signature == found.signature:
                found = max(found, noisier, key=lambda each: len(each.steps))
    return found


def commands_of(divergence: Divergence) -> list[Command]:
    return [step.command for step in divergence.steps]


@pytest.mark.parametrize("name", SHORTEST_IS_FOUND)
def test_what_does_not_matter_is_gone(name: str) -> None:
    found = noisy(name)
    assert len(found.steps) >= len(REVEALED[name].commands) + 3
    shrunk = shrink(target_of(MUTANTS[name]), found)
    assert shrunk is not None
    assert len(shrunk.steps) == len(REVEALED[name].commands), commands_of(shrunk)
    assert shrunk.signature == found.signature


@pytest.mark.parametrize("name", SHORTEST_IS_FOUND[::3])
def test_the_same_program_shrinks_to_the_same_one(name: str) -> None:
    found = noisy(name)
    first, second = (shrink(target_of(MUTANTS[name]), found) for _ in range(2))
    assert first is not None
    assert first == second


@pytest.mark.parametrize("name", ["flushes_at_nine", "restores_errors", "frame_is_ascii"])
def test_what_is_shrunk_cannot_be_shrunk_further(name: str) -> None:
    target = target_of(MUTANTS[name])
    once = shrink(target, noisy(name))
    assert once is not None
    assert shrink(target, once) == once


def test_the_divergence_stays_the_one_that_was_found() -> None:
    """The bug shows sooner in another way, which is not the one to be explained."""
    program = (Start("s1", "r1"), Store("s1", "a"), Advance(0), Flush(), Restart())
    found = diverged("counts_from_one", program, DEFAULT)
    assert found is not None
    assert found.signature == ("Flush", "chunk_index in get_stream_chunks()")
    shrunk = shrink(target_of(MUTANTS["counts_from_one"]), found)
    assert shrunk is not None
    assert shrunk.signature == found.signature


def test_a_setting_that_does_not_matter_is_the_usual_one() -> None:
    odd = Setting("EXCLUSIVE", "dict", "file")
    found = diverged("start_is_not_live", [Start("s1", "r1")], odd)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["start_is_not_live"]), found)
    assert shrunk is not None
    assert shrunk.setting == DEFAULT


def test_a_setting_that_matters_stays() -> None:
    odd = Setting("EXCLUSIVE", "dict", "file")
    name = "reads_through_the_row_factory"
    found = diverged(name, [Start("s1", "r1")], odd)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS[name]), found)
    assert shrunk is not None
    assert shrunk.setting == Setting(rows="dict")


def test_jumps_come_to_the_nearest_threshold_and_texts_to_the_plainest() -> None:
    program: list[Command] = [
        Start("s5", "запрос"),
        Advance(400_123),
        Complete("s5"),
        Advance(90_000_777),
        Complete("unknown"),
    ]
    found = diverged("never_sweeps", program, DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["never_sweeps"]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [
        Start("s1", "r1"),
        Complete("s1"),
        Advance(86_400_001),
        Complete("unknown"),
    ]


def test_fewer_chunks_let_what_happens_at_a_frame_happen_sooner() -> None:
    program: list[Command] = [
        Start("s1", "r1"),
        Burst("s1", "b", 11),
        Flush(),
        Restart(),
        Burst("s1", "b", 32),
        ReplayWhileSending("r1", Start("s2", "r2"), 43),
    ]
    found = diverged("orphan_is_left_for_a_new_stream", program, DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["orphan_is_left_for_a_new_stream"]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [
        Start("s1", "r1"),
        Restart(),
        ReplayWhileSending("r1", Start("s2", "r1"), 0),
    ]


def test_fewer_chunks_let_a_socket_die_sooner() -> None:
    program: list[Command] = [
        Start("s1", "r1"),
        Burst("s1", "b", 15),
        ReplayToDeadSocket("r1", 15),
    ]
    found = diverged("dead_socket_ends_the_stream", program, DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["dead_socket_ends_the_stream"]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [Start("s1", "r1"), ReplayToDeadSocket("r1", 0)]


def test_a_store_that_shows_it_may_be_the_last_of_a_burst() -> None:
    program: list[Command] = [
        Start("s1", "r1"),
        Burst("s1", "b", 10),
        Restart(),
        Burst("s1", "b", 9),
        Store("s1", "a"),
    ]
    found = diverged("restore_skips_an_index", program, DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["restore_skips_an_index"]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [*program[:3], Burst("s1", "b", 10)]


def test_a_command_is_aimed_at_another_stream_if_less_has_to_come_before_it() -> None:
    program: list[Command] = [
        Start("s1", "r1"),
        Complete("s1"),
        Advance(86_400_001),
        WhileDiskFails(Complete("unknown"), 0),
    ]
    found = diverged("end_failure_is_swallowed", program, DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["end_failure_is_swallowed"]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [Start("s1", "r1"), WhileDiskFails(Complete("s1"), 0)]


def test_an_empty_id_is_as_good_a_stranger_as_any() -> None:
    fails: Command = InTransaction(WhileDiskFails(Start("s1", "r1"), 1))
    name = "failure_stays_in_the_callers_transaction"
    found = diverged(name, [Store("", "a"), fails], DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS[name]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [Store("unknown", "a"), fails]


def test_a_fault_that_need_not_have_struck_is_no_part_of_the_matter() -> None:
    burst = Burst("unknown", "b", 10)
    with open_target("tests.strangers.wrong.keeping:ConnectionsAreManaged") as target:
        found = run(target, [InTransaction(WhileDiskFails(burst, 0))])
        assert found is not None
        assert found.signature == ("Store while the disk fails", "connection")
        shrunk = shrink(target, found)
    assert shrunk is not None
    assert commands_of(shrunk) == [InTransaction(burst)]


def test_streams_that_grow_old_together_are_all_inserted() -> None:
    program: list[Command] = [
        Start("s1", "r1"),
        Start("s2", "r1"),
        Advance(300_001),
        Restart(),
    ]
    found = diverged("deletes_every_stale_stream", program, DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["deletes_every_stale_stream"]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [
        InsertStale("s1", "r1", 300_001),
        InsertStale("s2", "r1", 300_001),
        Restart(),
    ]


def test_jumps_are_joined_whatever_comes_between_and_a_crash_goes_that_does_not_matter() -> (
    None
):
    program: list[Command] = [
        KillDuring(Start("s1", "r1"), 9),
        Replay("r1"),
        Advance(300_000),
        Flush(),
        Advance(86_100_001),
        Complete("unknown"),
    ]
    found = diverged("never_sweeps", program, DEFAULT)
    assert found is not None
    shrunk = shrink(target_of(MUTANTS["never_sweeps"]), found)
    assert shrunk is not None
    assert commands_of(shrunk) == [
        Start("s1", "r1"),
        Complete("s1"),
        Advance(86_400_001),
        Complete("unknown"),
    ]


def test_each_run_is_announced() -> None:
    beats: list[None] = []
    found = noisy("start_is_not_live")
    shrink(target_of(MUTANTS["start_is_not_live"]), found, lambda: beats.append(None))
    assert len(beats) > 3


class WrongOnce(ResumableStream):
    """Forgets to be live once in the life of a process."""

    times = 0

    def start(self, request_id: str) -> str:
        stream_id = super().start(request_id)
        WrongOnce.times += 1
        self._is_live = WrongOnce.times > 1
        return stream_id


def test_what_does_not_happen_again_is_not_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WrongOnce, "times", 0)
    mutant = MUTANTS["start_is_not_live"]
    target = target_of(Mutant("wrong_once", "is", mutant.rule, mutant.source, WrongOnce))
    program: list[Any] = [Advance(0), Start("s1", "r1")]
    found = run(target, program)
    assert found is not None
    assert shrink(target, found) is None


@pytest.mark.parametrize("text", ["é", "", "\ud83d", '{"type":"start"}', "€" * 600_000, "r9"])
@pytest.mark.parametrize("plainest", [BODY, REQUEST])
def test_a_plainer_text_is_never_offered_for_ever(text: str, plainest: str) -> None:
    """Whatever is taken is less odd than what it replaces, so that shrinking ends."""
    assert next(plainer(text, plainest)) == plainest
    assert oddity(plainest, plainest) == 0
    assert oddity(text, plainest) > 0
    assert len(list(plainer(text, plainest))) < 100
