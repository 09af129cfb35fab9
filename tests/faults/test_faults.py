"""A run of faults finds what is planted, and says how far it got."""

from collections.abc import Iterator

import pytest

from model import Complete, Flush, Start, Store
from resumable.conformance.explore.scope import original, small
from resumable.conformance.explore.search import Here
from resumable.conformance.faults.certificate import certificate, words
from resumable.conformance.faults.figures import IN_A_CHECK, KINDS, Counts, Place, places
from resumable.conformance.faults.planted import (
    PLANTED,
    Planted,
    WeakSynchronous,
    WeakWhileItRestores,
)
from resumable.conformance.faults.power import Losses
from resumable.conformance.faults.result import Struck
from resumable.conformance.faults.run import Extent, FaultRun
from resumable.conformance.faults.tasks import Batch, Obstacle
from resumable.conformance.faults.trying import RIGHT, Trying
from resumable.conformance.faults.workloads import workloads
from resumable.conformance.run import run
from resumable.conformance.target import Target
from resumable.conformance.targets.builtin import sqlite, sqlite_process
from resumable.conformance.targets.frozen import Frozen
from resumable.conformance.trace import dumps, loads, of_divergence

SCOPE = small("core")
PENDING = (Start("s1", "r1"), Store("s1", "a"))

ERRORS = {"io_error", "io_error_on", "full", "full_on", "busy", "busy_on"}
ODD = {"interrupt", "denied", "row"}
CRASHES = {"power", "kill", "sigkill", "recovery", "error_crash"}
KILLS = {"power", "kill", "sigkill"}
WITHOUT_CRASH = {*ERRORS, *ODD, "error_crash"}
EVERY = ERRORS | ODD | CRASHES
FOUND_BY = {
    "no_transaction": EVERY,
    "status_before_flush": EVERY,
    "clear_is_two_transactions": EVERY,
    "makes_up_for_errors": EVERY - {"full"},
    "weak_synchronous": {"power", "recovery", "error_crash"},
    "weak_while_it_restores": {"recovery"},
    "weak_after_an_error": {"error_crash"},
    "flush_empties_the_buffer_first": WITHOUT_CRASH,
    "end_forgets_before_the_commit": WITHOUT_CRASH,
    "flush_failure_is_swallowed": WITHOUT_CRASH,
    "no_rollback": WITHOUT_CRASH - {"full", "full_on"},
    "retry_stores_twice": WITHOUT_CRASH,
    "index_is_not_reloaded": KILLS,
    "begins_without_restoring": {"interrupt", "denied"},
    "full_is_no_error": {"full", "full_on"},
    "busy_is_no_error": {"busy", "busy_on"},
    "interrupt_is_no_error": {"interrupt"},
    "rolls_back_some_errors": {"denied"},
}


def silent() -> None:
    """No sign of life is wanted."""


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: str(planted.name))
def test_a_planted_bug_is_found_by_just_these_kinds(planted: Planted) -> None:
    trying = Trying(planted.target, (planted.workload,))
    assert trying.run(sqlite(), silent).found_by == FOUND_BY[planted.name]


def test_every_planted_bug_is_expected_to_be_found_by_something() -> None:
    assert [planted.name for planted in PLANTED] == list(FOUND_BY)
    assert all(FOUND_BY.values())


def test_no_kind_is_without_a_bug_that_it_finds() -> None:
    assert set().union(*FOUND_BY.values()) == set(KINDS)


def test_the_right_stream_passes_the_workload_of_every_bug() -> None:
    workloads = tuple(dict.fromkeys([planted.workload for planted in PLANTED]))
    assert Trying(RIGHT, workloads).run(sqlite(), silent).found_by == set()


@pytest.mark.parametrize("mode", KINDS["power"].modes)
def test_a_loss_of_power_at_every_point_finds_the_call_undone_and_done(mode: str) -> None:
    counts = Counts()
    losses = Losses(sqlite(), SCOPE, mode, silent)  # type: ignore[arg-type]
    losses.everywhere((*PENDING, Complete("s1")), counts)
    assert counts.before > 10
    assert counts.after > 1
    assert counts.images > counts.distinct == counts.before + counts.after + counts.earlier
    assert bool(counts.earlier) == (mode in {"wal-normal", "delete-full"})


def test_a_call_that_writes_nothing_has_no_point_at_which_power_could_be_lost() -> None:
    counts = Counts()
    Losses(sqlite(), SCOPE, "wal-full", silent).everywhere((Flush(),), counts)
    assert counts == Counts()


@pytest.mark.parametrize("kind", ["power", "recovery"])
def test_another_seed_draws_other_disks_and_the_same_one_the_same(kind: str) -> None:
    workload = (*PENDING, Complete("s1"))

    def counts(seed: int) -> Counts:
        place: Place = (kind, "delete-extra")
        return Batch(SCOPE, (place,), (workload,), seed=seed).run(sqlite(), silent).at(*place)

    found = [counts(seed) for seed in (0, 1, 2, 3)]
    assert len({each.distinct for each in found}) > 1
    assert counts(2) == found[2]


@pytest.mark.parametrize(
    ("bug", "kind", "modes"),
    [
        (WeakSynchronous, "power", {"wal-full", "delete-extra", "delete-full"}),
        (WeakSynchronous, "recovery", {"delete-extra", "delete-full"}),
        (WeakWhileItRestores, "recovery", {"delete-extra", "delete-full"}),
    ],
)
def test_what_a_loss_of_power_brings_out_happens_again_when_its_trace_is_replayed(
    bug: type, kind: str, modes: set[str]
) -> None:
    target = Frozen(bug, name="weak")
    (workload,) = [planted.workload for planted in PLANTED if planted.bug is bug]
    found = Batch(SCOPE, places([kind]), (workload,)).run(target, silent).found
    assert {mode for _, mode in found} == modes
    for violation in found.values():
        trace = loads(dumps(of_divergence(violation.divergence)))
        again = run(target, trace.commands, setting=trace.setting, limits=trace.limits)
        assert again is not None
        assert again.signature == violation.divergence.signature


@pytest.fixture(scope="module")
def struck() -> Struck:
    return FaultRun(Here(sqlite()), "sqlite", SCOPE, Extent(IN_A_CHECK, 1)).run()


def test_a_run_strikes_every_workload_of_its_length_and_conforms(struck: Struck) -> None:
    assert struck.verdict == "conforms"
    assert struck.workloads == len(list(workloads(SCOPE, 1)))
    assert struck.length == 1
    assert struck.is_complete
    assert {kind for kind, _ in struck.figures.counts} == {kind for kind, _ in IN_A_CHECK}
    assert all(counts.points for counts in struck.figures.counts.values())


def test_the_same_run_counts_the_same(struck: Struck) -> None:
    again = FaultRun(Here(sqlite()), "sqlite", SCOPE, Extent(IN_A_CHECK, 1)).run()
    assert again.figures == struck.figures


def test_the_certificate_says_what_was_struck_and_how_far(struck: Struck) -> None:
    machine, text = certificate(struck), words(struck)
    total = struck.figures.total()
    assert machine["verdict"] == "conforms"
    assert machine["complete"]
    assert (machine["points"], machine["distinct"]) == (total.points, total.distinct)
    assert machine["figures"][0] == {
        "kind": "power",
        "mode": "wal-full",
        **struck.figures.at("power", "wal-full").as_json(),
    }
    assert "complete: every workload of up to 1 commands" in text
    assert f"{total.points:,} points" in text


def test_without_time_nothing_is_known() -> None:
    extent = Extent(IN_A_CHECK, 2, seconds=1e-9)
    result = FaultRun(Here(sqlite()), "sqlite", SCOPE, extent).run()
    assert result.verdict == "unknown"
    assert not result.is_complete
    assert "the time was over" in words(result)


def test_a_run_that_finds_something_stops_there_with_the_first_of_each_kind() -> None:
    target = Frozen(WeakSynchronous, name="weak")
    extent = Extent(places(["power", "io_error"]), 3)
    result = FaultRun(Here(target), "weak", SCOPE, extent).run()
    assert result.verdict == "diverged"
    assert result.length == 0
    assert {kind for kind, _ in result.figures.found} == {"power"}
    assert min(violation.number for violation in result.figures.found.values()) == 0


def test_a_target_that_nobody_can_look_under_cannot_be_struck() -> None:
    target = sqlite_process()
    assert "no disk can fail it" in Obstacle().run(target, silent)
    assert Obstacle().run(sqlite(), silent) == ""


def test_workloads_are_different_and_end_in_whatever_can_be_struck() -> None:
    found = [*workloads(SCOPE, 1), *workloads(SCOPE, 2), *workloads(SCOPE, 3)]
    assert len(set(found)) == len(found) > 500
    assert {type(workload[-1]).__name__ for workload in found} == {
        *("Start", "Store", "Flush", "Complete", "MarkError", "Replay", "Restore"),
        *("ClearAll", "Destroy", "InsertStale", "Restart"),
    }


def test_under_the_originals_limits_bursts_bring_the_flushes() -> None:
    found = {type(workload[-1]).__name__ for workload in workloads(original("core"), 2)}
    assert "Burst" in found


def test_a_worker_shows_signs_of_life_at_every_point() -> None:
    beats: list[None] = []
    batch = Batch(SCOPE, places(["power", "io_error"]), ((*PENDING, Complete("s1")),))
    figures = batch.run(sqlite(), lambda: beats.append(None))
    assert len(beats) >= figures.total().distinct


class _Endless:
    """Yields one batch after another, and is interrupted at the second."""

    def run(self, tasks: Iterator[Batch]) -> Iterator[object]:
        target: Target = sqlite()
        for number, task in enumerate(tasks):
            if number:
                raise KeyboardInterrupt
            yield (task, task.run(target, silent))


def test_an_interrupt_keeps_what_is_known() -> None:
    extent = Extent(places(["denied"]), 2)
    result = FaultRun(_Endless(), "sqlite", SCOPE, extent).run()  # type: ignore[arg-type]
    assert result.verdict == "unknown"
    assert result.stopped == "it was interrupted"
    assert result.workloads > 0
