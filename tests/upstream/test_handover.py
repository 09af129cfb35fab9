"""The original and our implementation by turns on one file: what one leaves, the other takes
up, and a bug of either is found."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from model import (
    Advance,
    Burst,
    Command,
    Flush,
    Reopen,
    Replay,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from resumable import ResumableStream
from resumable.conformance.bindings import Bindings
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.mutants import MUTANTS, target_of
from resumable.conformance.report import explain
from resumable.conformance.run import run
from resumable.conformance.upstream.handover import HandOver
from resumable.conformance.upstream.target import Upstream
from tests.upstream.programs import programs

WRONG: Final = Path(__file__).parent / "wrong"

BACK_AND_FORTH: Final[tuple[Command, ...]] = (
    Start("s1", "r1"),
    Burst("s1", "written by TypeScript ", 12),
    Flush(),
    Restart(),
    Burst("s1", "written by Python ", 10),
    Restart(),
    Store("s1", '["é", "\\u0000", "\u2028😀"]'),
    Advance(1000),
    Flush(),
    Restart(),
    Replay("r1"),
    Restart(),
)


@pytest.fixture
def handover(original: Upstream) -> HandOver:
    return HandOver(original)


def test_an_answer_goes_back_and_forth(handover: HandOver) -> None:
    found = run(handover, BACK_AND_FORTH)
    assert found is None, explain(found)


def test_any_of_a_tie_may_come_back_where_both_have_been(handover: HandOver) -> None:
    """Our indexes decide it, which the original has not."""
    two = (Restart(), Start("s1", "r1"), Restart(), Start("s2", "r2"))
    for last in (Restart(), Restore(), WhileDiskFails(Restore(), 0), Reopen()):
        found = run(handover, (*two, last))
        assert found is None, explain(found)


def test_seeded_sequences_conform(handover: HandOver) -> None:
    for commands in programs(handover, 25, seed=1):
        found = run(handover, commands)
        assert found is None, explain(found)


def test_a_file_is_handed_over_in_good_order(original: Upstream, tmp_path: Path) -> None:
    """The same without the harness: an own connection, and what a client receives."""
    path, bindings = tmp_path / "stream.db", Bindings()
    original.attach(path, EPOCH_MS)
    started = original.perform(Start("s1", "r1"), bindings, EPOCH_MS)
    original.perform(Store("s1", "from TypeScript"), bindings, EPOCH_MS)
    original.perform(Flush(), bindings, EPOCH_MS)
    original.detach()

    with closing(sqlite3.connect(path)) as connection:
        ours = ResumableStream(connection, clock=lambda: EPOCH_MS)
        assert ours.active_stream_id == started.value
        ours.store_chunk(started.value, "from Python")
        ours.flush_buffer()

    original.attach(path, EPOCH_MS)
    replayed = original.perform(Replay("r1"), bindings, EPOCH_MS)
    original.detach()
    bodies = [json.loads(frame)["body"] for frame in replayed.frames]
    assert bodies == ["from TypeScript", "from Python", ""]


@pytest.mark.parametrize(
    "name", ["restore_begins_at_zero", "stale_chunks_are_kept", "stale_age_one_more"]
)
def test_a_bug_of_ours_is_found(name: str, original: Upstream) -> None:
    assert_found(HandOver(original, target_of(MUTANTS[name])))


@pytest.mark.parametrize("path", sorted(WRONG.glob("*_*.mjs")), ids=lambda path: path.stem)
@pytest.mark.usefixtures("original")  # it is there
def test_a_bug_of_the_originals_is_found(path: Path) -> None:
    wrong = Upstream("upstream", node_options=("--import", path.as_uri()))
    try:
        assert_found(HandOver(wrong))
    finally:
        wrong.stop()


def assert_found(handover: HandOver) -> None:
    found = (run(handover, commands) for commands in programs(handover, 80, seed=2))
    assert any(found), "eighty sequences did not show it"
