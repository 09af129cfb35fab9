"""The specification's own numbers, each from both sides, and moved by smaller limits."""

import pytest

from model import (
    ORIGINAL,
    Advance,
    Burst,
    Complete,
    Disk,
    InsertStale,
    Limits,
    MarkError,
    Restart,
    Start,
    Store,
)
from tests.model.lives import SMALL, after, life_of, started

LARGEST = 1_800_000
DAY_MS = 24 * 60 * 60 * 1000

both = pytest.mark.parametrize("limits", [ORIGINAL, SMALL], ids=["original", "small"])


def test_the_numbers_are_the_originals() -> None:
    assert ORIGINAL == (10, 100, LARGEST, 300_000, 600_000, DAY_MS)


@both
def test_a_flush_comes_with_the_chunk_that_fills_the_buffer(limits: Limits) -> None:
    for count in (limits.flush_chunks - 1, limits.flush_chunks, limits.flush_chunks + 1):
        state = after(Start("s", "r"), Burst("s", "c", count), limits=limits)
        is_full = count >= limits.flush_chunks
        assert len(state.disk.chunks) == (limits.flush_chunks if is_full else 0)
        assert len(state.memory.buffer) == count - len(state.disk.chunks)


@both
@pytest.mark.parametrize("letter", ["x", "é", "漢", "😀"])
def test_the_largest_chunk_is_counted_in_bytes(limits: Limits, letter: str) -> None:
    size = len(letter.encode())
    body = letter * (limits.chunk_bytes_max // size) + "x" * (limits.chunk_bytes_max % size)
    assert len(after(Store("s", body), limits=limits).memory.buffer) == 1
    life = life_of(*started(2), limits=limits)
    before = life.state
    assert life.do(Store("s1", body + "x")).state is before


@both
def test_a_lone_surrogate_counts_three_bytes(limits: Limits) -> None:
    body = "x" * (limits.chunk_bytes_max - 3) + "\udc00"
    assert len(after(Store("s", body), limits=limits).memory.buffer) == 1
    assert after(Store("s", body + "x"), limits=limits).memory.buffer == ()


@both
def test_a_chunk_that_is_too_large_takes_no_position(limits: Limits) -> None:
    too_large = "x" * (limits.chunk_bytes_max + 1)
    state = after(Store("s", "a"), Store("s", too_large), Store("s", "b"), limits=limits)
    assert [chunk.position for chunk in state.memory.buffer] == [0, 1]


@both
def test_a_row_is_stale_one_millisecond_after_the_stale_age(limits: Limits) -> None:
    life = life_of(Start("s", "r"), Advance(limits.stale_age_ms), limits=limits)
    assert life.do(Restart()).state.memory.active == "s"
    state = life.do(Advance(1), Restart()).state
    assert state.memory.active is None
    assert state.disk.streams == ()


@both
def test_a_stale_row_goes_with_its_chunks_alone(limits: Limits) -> None:
    life = life_of(Start("a", "r"), Burst("a", "c", 10), MarkError("a"), limits=limits)
    life.do(Start("b", "r"), Burst("b", "c", 10), Advance(limits.stale_age_ms + 1), Restart())
    assert {row.id for row in life.state.disk.streams} == {"a"}
    assert {chunk.stream for chunk in life.state.disk.chunks} == {"a"}


@both
def test_a_restart_deletes_only_the_newest_stale_row(limits: Limits) -> None:
    age = limits.stale_age_ms + 1
    life = life_of(InsertStale("a", "r", age), InsertStale("b", "r", age + 1), limits=limits)
    life.do(Restart())
    assert [row.id for row in life.state.disk.streams] == ["b"]


@both
def test_a_sweep_keeps_a_row_of_exactly_the_sweep_age(limits: Limits) -> None:
    life = life_of(*started(10), MarkError("s1"), Advance(limits.sweep_age_ms), limits=limits)
    life.do(Complete("x"))
    assert [row.id for row in life.state.disk.streams] == ["s1"]
    life.do(Advance(limits.sweep_interval_ms), Complete("x"))
    assert life.state.disk == Disk()


@both
def test_a_sweep_leaves_streaming_rows_and_other_chunks(limits: Limits) -> None:
    life = life_of(*started(10), MarkError("s1"), limits=limits)
    life.do(Start("s2", "r"), Burst("s2", "c", 10), Advance(limits.sweep_age_ms + 1))
    life.do(Complete("x"))
    assert [row.id for row in life.state.disk.streams] == ["s2"]
    assert {chunk.stream for chunk in life.state.disk.chunks} == {"s2"}


@both
def test_a_sweep_comes_exactly_one_interval_after_the_last(limits: Limits) -> None:
    life = life_of(Complete("x"), limits=limits)
    swept_at = life.now
    life.do(Advance(limits.sweep_interval_ms - 1), Complete("x"))
    assert life.state.memory.swept_at == swept_at
    life.do(Advance(1), Complete("x"))
    assert life.state.memory.swept_at == life.now == swept_at + limits.sweep_interval_ms


@both
def test_no_sweep_comes_while_the_clock_is_behind(limits: Limits) -> None:
    life = life_of(Complete("x"), limits=limits)
    swept_at = life.now
    life.do(Advance(-10 * limits.sweep_interval_ms), Complete("x"))
    assert life.state.memory.swept_at == swept_at


@both
def test_mark_error_never_sweeps(limits: Limits) -> None:
    life = life_of(*started(), MarkError("s1"), Advance(2 * limits.sweep_age_ms), limits=limits)
    life.do(MarkError("x"))
    assert len(life.state.disk.streams) == 1
    assert life.state.memory.swept_at == 0
