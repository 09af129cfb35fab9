"""A hunt finds the same wherever it runs, tells bugs apart, and goes on where it stopped."""

import multiprocessing
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import pytest

from model import ORIGINAL, Command, Start
from resumable.conformance.divergence import Signature
from resumable.conformance.hunt import progress
from resumable.conformance.hunt.batch import Batch, BatchResult
from resumable.conformance.hunt.hunt import BATCH, Budget, Hunt, HuntResult
from resumable.conformance.hunt.long_ways import long_ways
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import NOTHING
from resumable.conformance.mutants import MUTANTS, target_of
from resumable.conformance.run import run
from resumable.conformance.targets.builtin import sqlite
from resumable.conformance.targets.registry import open_target
from resumable.conformance.vocabulary import vocabulary
from resumable.conformance.workers import Workers

TARGETS: Final = "tests.harness.targets"
MUTANTS_OF_TIME: Final = "resumable.conformance.mutants.buffering"
LIVE: Final = ("Start", "is_live")
ERROR: Final = ("MarkError", "get_all_stream_metadata()")


def hunted(
    target: str,
    *,
    count: int = 1,
    sequences: int = 2 * BATCH,
    until_found: bool = True,
    first: int = 0,
    known: Collection[Signature] = (),
) -> HuntResult:
    budget = Budget(sequences=sequences, until_found=until_found)
    with Workers(target, count) as workers:
        return Hunt(workers, 0, budget, first=first, known=known).run()


def essence(result: HuntResult) -> list[tuple[int, bool, Any]]:
    """All that was found; when and how fast does not matter."""
    return [
        (
            found.number,
            found.is_shrunk,
            found.divergence._replace(steps=[*found.divergence.steps]),
        )
        for found in result.found
    ]


def signatures(result: HuntResult) -> set[Signature]:
    return {found.divergence.signature for found in result.found}


@pytest.mark.parametrize("until_found", [True, False], ids=["until found", "keep going"])
def test_the_same_is_found_by_one_worker_and_by_two(until_found: bool) -> None:
    spec = f"{TARGETS}.wrong:InTwoWays"
    alone, together = (
        hunted(spec, count=count, until_found=until_found, sequences=4 * BATCH)
        for count in (1, 2)
    )
    assert essence(alone)
    assert essence(alone) == essence(together)
    if not until_found:
        assert alone.tally == together.tally
        assert (alone.sequences, alone.diverged) == (together.sequences, together.diverged)


def test_two_bugs_of_one_target_are_told_apart_and_each_is_reported_once() -> None:
    result = hunted(f"{TARGETS}.wrong:InTwoWays", until_found=False, sequences=4 * BATCH)
    assert {LIVE, ERROR} <= signatures(result)
    assert len(signatures(result)) == len(result.found)
    assert result.diverged > len(result.found)


def test_a_hunt_until_something_is_found_reports_the_very_first() -> None:
    spec = f"{TARGETS}.wrong:InTwoWays"
    result = hunted(spec)
    (found,) = result.found
    with open_target(spec) as target:
        batch = Batch(0, 0, BATCH).run(target, lambda: None)
    assert len(batch.found) > 1
    assert found.number == min(number for number, _ in batch.found.values())
    assert found.is_shrunk
    assert len(found.divergence.steps) <= 2


def test_what_is_known_is_counted_each_time_and_not_reported() -> None:
    result = hunted(f"{TARGETS}.wrong:InTheSecondWay", until_found=False, known=[ERROR])
    assert ERROR not in signatures(result)
    assert result.known >= 2


def test_a_hunt_goes_on_as_if_it_had_never_stopped() -> None:
    whole = hunted("sqlite", sequences=4 * BATCH)
    half = hunted("sqlite", sequences=2 * BATCH)
    rest = hunted("sqlite", sequences=2 * BATCH, first=half.next)
    half.tally.add(rest.tally)
    assert half.next == 2 * BATCH
    assert half.tally == whole.tally
    assert rest.next == whole.next == 4 * BATCH


def test_a_hunt_that_stopped_within_a_batch_begins_it_again() -> None:
    """A sequence depends on those before it in its batch."""
    stopped = hunted("sqlite", sequences=BATCH + 3)
    assert stopped.next == BATCH + 3
    result = hunted("sqlite", sequences=1, first=stopped.next)
    assert result.first == BATCH


def test_a_divergence_that_does_not_happen_again_is_reported_as_it_is() -> None:
    result = hunted(f"{TARGETS}.wrong:Once")
    (found,) = result.found
    assert not found.is_shrunk
    assert found.divergence.signature == LIVE


def test_what_cannot_be_pickled_is_reported_all_the_same() -> None:
    result = hunted(f"{TARGETS}.wrong:Oddly")
    (found,) = result.found
    assert "mappingproxy" in repr(found.divergence) or "generator" in repr(found.divergence)
    assert " at 0x" not in repr(found.divergence)


def test_an_interrupt_keeps_what_was_found_and_not_yet_shrunk() -> None:
    def interrupt(result: HuntResult) -> None:
        if result.diverged:
            raise KeyboardInterrupt

    with Workers(f"{TARGETS}.wrong:InTwoWays", 1) as workers:
        result = Hunt(workers, 0, Budget(sequences=BATCH), on_progress=interrupt).run()
    assert result.interrupted
    assert signatures(result) >= {LIVE}
    assert not any(found.is_shrunk for found in result.found)


def test_what_was_shrunk_before_an_interrupt_is_not_reported_again() -> None:
    """A find of a hunt may turn out to be of another kind once everything is compared; but
    no sequence finds two things."""

    def interrupt(result: HuntResult) -> None:
        if result.found and result.found[-1].is_shrunk:
            raise KeyboardInterrupt

    budget = Budget(sequences=4 * BATCH, until_found=False)
    with Workers(f"{MUTANTS_OF_TIME}:ChunksCarryTheTimeOfTheirStore", 1) as workers:
        result = Hunt(workers, 0, budget, on_progress=interrupt).run()
    assert result.interrupted
    assert any(found.is_shrunk for found in result.found)
    assert len({found.number for found in result.found}) == len(result.found)


def test_a_hunt_ends_with_its_time() -> None:
    with Workers("sqlite", 1) as workers:
        result = Hunt(workers, 0, Budget(seconds=0.3)).run()
    assert 0.3 <= result.seconds < 5
    assert result.sequences == result.next > 0


def test_no_worker_outlives_its_hunt() -> None:
    hunted("sqlite", count=2, sequences=1)
    assert multiprocessing.active_children() == []


def test_a_sequence_is_a_function_of_its_seed_and_number() -> None:
    first, second = (Batch(5, BATCH, BATCH).run(sqlite(), lambda: None) for _ in range(2))
    assert first.tally == second.tally
    assert first.tally != Batch(6, BATCH, BATCH).run(sqlite(), lambda: None).tally


def _found(result: BatchResult) -> dict[int, tuple[Signature, list[Command]]]:
    """What was found, by its sequence; not what was raised, which may name a random id."""
    return {
        number: (found.signature, [step.command for step in found.steps])
        for number, found in result.found.values()
    }


def test_a_longer_batch_begins_like_a_shorter_one() -> None:
    """So that a sequence can be seen again by running no more than those up to it."""
    target = target_of(MUTANTS["restores_errors"])
    whole = Batch(0, 0, BATCH).run(target, lambda: None)
    number = min(number for number, _ in whole.found.values())
    part = Batch(0, 0, number + 1).run(target, lambda: None)
    assert _found(whole)[number] == _found(part)[number]


def test_sequences_have_settings_and_lengths_of_their_own() -> None:
    swarms = [Swarm(0, number, vocabulary(ORIGINAL)) for number in range(200)]
    assert len({swarm.setting for swarm in swarms}) > 3
    assert len({swarm.length for swarm in swarms}) > 3
    assert {swarm.setting.storage for swarm in swarms} == {"memory", "file", "wal-full"}


def test_where_a_hunt_stands_is_kept_in_a_file(tmp_path: Path) -> None:
    standing = progress.Standing("sqlite", 7, 125)
    progress.save(standing, tmp_path / "new")
    assert progress.load(tmp_path / "new") == standing


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "does not exist: no hunt has stopped there"),
        ("", "cannot be read: .*; begin a new hunt"),
        ("{}", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"generation": 1, "target": "sqlite"}', "cannot be read"),
        (
            '{"generation": -1, "target": "sqlite", "seed": 0, "next": 5}',
            "another version of the hunt; begin a new one",
        ),
    ],
)
def test_a_file_that_is_no_standing_is_refused(
    tmp_path: Path, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / progress.FILE).write_text(text)
    with pytest.raises(progress.StandingError, match=message):
        progress.load(tmp_path)


def test_a_hunt_goes_each_long_way_once() -> None:
    lengths = [Swarm(0, number, vocabulary(ORIGINAL)).length for number in range(2_000)]
    unusual = [length for length in lengths if length not in {10, 30, 50, 80, 120}]
    assert unusual == [len(way) for way in long_ways(NOTHING)]


@pytest.mark.parametrize("way", long_ways(NOTHING))
def test_what_is_right_goes_every_long_way(way: tuple[Command, ...]) -> None:
    assert run(sqlite(), way) is None


def test_a_program_is_run_on_a_new_connection() -> None:
    """One that was used before has prepared statements, which a fault meets elsewhere."""
    target = sqlite()
    seen = []
    for _ in range(2):
        assert run(target, [Start("s1", "r1")]) is None
        seen.append(target.connection)
    assert seen[0] is not seen[1]
    target.stop()
