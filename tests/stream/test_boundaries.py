"""The numbers of the original, each from both sides."""

import logging

import pytest

import resumable
from resumable import Limits, ResumableStream
from tests.stream.bench import DAY_MS, MINUTE_MS, Bench

BYTES_MAX = 1_800_000
STALE_MS = 300_000
SWEEP_MS = 600_000


def test_the_constants_are_the_originals() -> None:
    assert resumable.CHUNK_BUFFER_SIZE == 10
    assert resumable.CHUNK_BUFFER_MAX_SIZE == 100
    assert resumable.CHUNK_MAX_BYTES == BYTES_MAX
    assert resumable.STREAM_STALE_THRESHOLD_MS == STALE_MS
    assert resumable.CLEANUP_INTERVAL_MS == SWEEP_MS
    assert resumable.CLEANUP_AGE_THRESHOLD_MS == DAY_MS


@pytest.mark.parametrize(
    ("stored", "on_disk"), [(9, 0), (10, 10), (11, 10), (19, 10), (20, 20)]
)
def test_every_tenth_chunk_flushes(bench: Bench, stored: int, on_disk: int) -> None:
    stream_id = bench.start(chunks=stored)
    assert bench.bodies(stream_id) == [str(number) for number in range(on_disk)]


LETTERS = pytest.mark.parametrize("letter", ["x", "é", "漢", "😀"], ids=lambda c: f"{ord(c):x}")


@LETTERS
def test_a_chunk_of_exactly_the_largest_size_is_stored_without_a_word(
    bench: Bench, letter: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = letter * (BYTES_MAX // len(letter.encode()))
    assert len(body.encode()) == BYTES_MAX
    stream_id = bench.start()
    bench.store(stream_id, body, body[:-1])
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == [body, body[:-1]]
    assert not caplog.records


@LETTERS
def test_a_chunk_of_one_byte_more_is_skipped_with_a_warning(
    bench: Bench, letter: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = letter * (BYTES_MAX // len(letter.encode())) + "!"
    assert len(body.encode()) == BYTES_MAX + 1
    stream_id = bench.start()
    bench.store(stream_id, body)
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == []
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("resumable", logging.WARNING)
    assert "1800001" in record.getMessage()


def test_a_skipped_chunk_uses_no_index(bench: Bench) -> None:
    stream_id = bench.start()
    bench.store(stream_id, "before", "x" * (BYTES_MAX + 1), "after")
    bench.stream.flush_buffer()
    assert bench.stream.get_stream_chunks(stream_id) == [
        {"body": "before", "chunk_index": 0},
        {"body": "after", "chunk_index": 1},
    ]


def test_a_skipped_chunk_does_not_count_as_the_tenth(bench: Bench) -> None:
    stream_id = bench.start(chunks=9)
    bench.store(stream_id, "x" * (BYTES_MAX + 1))
    assert bench.bodies(stream_id) == []


def test_a_lone_surrogate_counts_as_the_three_bytes_that_it_becomes(bench: Bench) -> None:
    stream_id = bench.start()
    largest = "x" * (BYTES_MAX - 3) + "\ud800"
    bench.store(stream_id, largest, largest + "x")
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == ["x" * (BYTES_MAX - 3) + "\ufffd"]


def test_a_stream_of_exactly_five_minutes_is_restored(bench: Bench) -> None:
    stream_id = bench.start(chunks=10)
    bench.advance(STALE_MS)
    bench.reopen()
    assert bench.stream.active_stream_id == stream_id
    assert len(bench.bodies(stream_id)) == 10


def test_a_stream_older_than_five_minutes_is_deleted_with_a_warning(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    stream_id = bench.start(chunks=10)
    bench.advance(STALE_MS + 1)
    bench.reopen()
    assert bench.seen() == (None, None, False, False, [], [])
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("resumable", logging.WARNING)
    assert stream_id in record.getMessage()


def test_deleting_a_stale_stream_leaves_the_chunks_of_others(bench: Bench) -> None:
    finished = bench.start(chunks=10)
    bench.stream.complete(finished)
    bench.start(chunks=10)
    bench.advance(STALE_MS + 1)
    bench.reopen()
    assert len(bench.bodies(finished)) == 10
    assert bench.statuses() == {finished: "completed"}


def test_a_stream_that_ended_exactly_a_day_ago_is_kept(bench: Bench) -> None:
    finished = bench.start(chunks=10)
    bench.stream.mark_error(finished)
    bench.advance(DAY_MS)
    bench.stream.complete("whichever")
    assert len(bench.bodies(finished)) == 10
    assert bench.statuses() == {finished: "error"}


@pytest.mark.parametrize("end", ["complete", "mark_error"])
def test_a_stream_that_ended_over_a_day_ago_is_swept(bench: Bench, end: str) -> None:
    finished = bench.start(chunks=10)
    getattr(bench.stream, end)(finished)
    bench.advance(DAY_MS + 1)
    bench.stream.complete("whichever")
    assert (bench.seen().streams, bench.seen().chunks) == ([], [])


def test_a_streaming_row_is_never_swept(bench: Bench) -> None:
    stream_id = bench.start(chunks=10)
    bench.advance(30 * DAY_MS)
    bench.stream.complete("whichever")
    assert bench.statuses() == {stream_id: "streaming"}
    assert len(bench.bodies(stream_id)) == 10


def with_a_stream_to_sweep(bench: Bench) -> str:
    """It ended over a day ago, after this instance's first sweep, which is at this time."""
    bench.stream.complete("whichever")
    bench.stream.insert_stale_stream("old", "request", 0)
    bench.connection.execute(
        "update cf_ai_chat_stream_metadata set status = 'completed', completed_at = 0"
    )
    bench.connection.commit()
    return "old"


def test_an_instance_sweeps_at_its_first_complete(bench: Bench) -> None:
    with_a_stream_to_sweep(bench)
    bench.reopen()
    bench.stream.complete("whichever")
    assert bench.statuses() == {}


@pytest.mark.parametrize(("now_ms", "left"), [(SWEEP_MS - 1, ["old"]), (SWEEP_MS, [])])
def test_the_last_sweep_of_a_new_instance_was_at_the_epoch(
    bench: Bench, now_ms: int, left: list[str]
) -> None:
    with_a_stream_to_sweep(bench)
    bench.connection.execute(
        "update cf_ai_chat_stream_metadata set completed_at = -2 * ?", (DAY_MS,)
    )
    bench.connection.commit()
    bench.reopen()
    bench.clock.now_ms = now_ms
    bench.stream.complete("whichever")
    assert list(bench.statuses()) == left


def test_no_sweep_runs_within_ten_minutes_of_the_last(bench: Bench) -> None:
    old = with_a_stream_to_sweep(bench)
    bench.advance(SWEEP_MS - 1)
    bench.stream.complete("whichever")
    assert bench.statuses() == {old: "completed"}


def test_a_sweep_runs_exactly_ten_minutes_after_the_last(bench: Bench) -> None:
    with_a_stream_to_sweep(bench)
    bench.advance(SWEEP_MS)
    bench.stream.complete("whichever")
    assert bench.statuses() == {}


def test_a_complete_that_does_not_sweep_does_not_put_off_the_next_sweep(
    bench: Bench,
) -> None:
    with_a_stream_to_sweep(bench)
    bench.advance(SWEEP_MS // 2)
    bench.stream.complete("whichever")
    bench.advance(SWEEP_MS // 2)
    bench.stream.complete("whichever")
    assert bench.statuses() == {}


def test_no_sweep_runs_while_the_clock_is_behind_the_last(bench: Bench) -> None:
    old = with_a_stream_to_sweep(bench)
    bench.advance(-50 * MINUTE_MS)
    bench.stream.complete("whichever")
    bench.advance(50 * MINUTE_MS + SWEEP_MS - 1)
    bench.stream.complete("whichever")
    assert bench.statuses() == {old: "completed"}


def test_mark_error_never_sweeps(bench: Bench) -> None:
    old = with_a_stream_to_sweep(bench)
    bench.advance(30 * DAY_MS)
    bench.stream.mark_error("whichever")
    assert bench.statuses() == {old: "completed"}


def test_smaller_limits_move_every_boundary(bench: Bench) -> None:
    limits = Limits(
        chunk_buffer_size=2,
        chunk_max_bytes=3,
        stream_stale_threshold_ms=4,
        cleanup_interval_ms=5,
        cleanup_age_threshold_ms=6,
    )
    stream = ResumableStream(bench.connection, clock=bench.clock, limits=limits)
    stream_id = stream.start("request")
    stream.store_chunk(stream_id, "four")
    stream.store_chunk(stream_id, "a")
    assert stream.get_stream_chunks(stream_id) == []
    stream.store_chunk(stream_id, "b")
    assert len(stream.get_stream_chunks(stream_id)) == 2
    bench.advance(5)
    stream.restore()
    assert stream.get_all_stream_metadata() == []
    stream.complete(stream.start("request"))
    bench.advance(7)
    stream.complete("whichever")
    assert stream.get_all_stream_metadata() == []
