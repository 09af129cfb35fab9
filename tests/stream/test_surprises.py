"""What the original does and a newcomer would not expect; each is kept on purpose."""

import json

from resumable import ResumableStream
from resumable.stream.frames import Frames
from tests.stream.bench import DAY_MS, MINUTE_MS, Bench, Client
from tests.stream.conftest import Connect

STALE_MS = 5 * MINUTE_MS + 1


def bodies_sent(frames: list[str]) -> list[str]:
    return [json.loads(frame)["body"] for frame in frames]


def test_all_streams_share_one_index_counter(bench: Bench) -> None:
    first = bench.start()
    bench.store(first, "a0", "a1", "a2")
    second = bench.start()
    bench.store(second, "b0")
    bench.store(first, "a3")
    bench.store(second, "b1")
    bench.stream.flush_buffer()
    assert bench.bodies(first) == ["a0", "a1", "a3", "a2"]
    assert [chunk["chunk_index"] for chunk in bench.stream.get_stream_chunks(second)] == [0, 2]


def test_completing_another_stream_forgets_the_active_one(bench: Bench) -> None:
    first, second = bench.start(), bench.start()
    bench.store(second, "b0", "b1")
    bench.stream.complete(first)
    assert not bench.stream.has_active_stream()
    bench.store(second, "b2", "b3")
    bench.stream.complete(second)
    assert bench.bodies(second) == ["b0", "b2", "b1", "b3"]


def test_completing_an_unknown_id_forgets_the_active_stream(bench: Bench) -> None:
    stream_id = bench.start()
    bench.stream.complete("nobody")
    assert not bench.stream.has_active_stream()
    assert bench.statuses() == {stream_id: "streaming"}


def test_the_last_end_of_a_stream_counts(bench: Bench) -> None:
    stream_id = bench.start()
    bench.stream.complete(stream_id)
    bench.advance(5)
    bench.stream.mark_error(stream_id)
    (row,) = bench.seen().streams
    assert row[2:] == ("error", row[3], row[3] + 5)


def test_chunks_stored_after_the_end_shuffle_into_the_answer(bench: Bench) -> None:
    stream_id = bench.start()
    bench.store(stream_id, "c0", "c1", "c2")
    bench.stream.complete(stream_id)
    bench.store(stream_id, "late0", "late1")
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == ["c0", "late0", "c1", "late1", "c2"]


def test_chunks_may_be_stored_for_a_stream_that_never_started(bench: Bench) -> None:
    bench.store("nobody", "x")
    bench.stream.flush_buffer()
    assert bench.stream.get_stream_chunks("nobody") == [{"body": "x", "chunk_index": 0}]
    assert bench.stream.get_stream_metadata("nobody") is None


def test_chunks_of_a_stream_that_never_started_are_never_swept(bench: Bench) -> None:
    bench.store("nobody", "x")
    bench.advance(2 * DAY_MS)
    bench.stream.complete("whoever")
    assert bench.bodies("nobody") == ["x"]


def test_clear_all_leaves_is_live_as_it_was(bench: Bench) -> None:
    bench.start()
    bench.stream.clear_all()
    assert bench.stream.is_live
    assert not bench.stream.has_active_stream()


def test_a_restored_foreign_row_is_live_on_an_instance_that_was(bench: Bench) -> None:
    bench.start()
    bench.stream.clear_all()
    bench.stream.insert_stale_stream("foreign", "request", 0)
    bench.stream.restore()
    assert bench.stream.active_stream_id == "foreign"
    assert '"replayComplete":true' in bench.replay()[-1]


def test_restore_deletes_a_live_stream_that_runs_too_long(bench: Bench) -> None:
    stream_id = bench.start(chunks=10)
    bench.advance(STALE_MS)
    bench.stream.restore()
    assert bench.seen() == (stream_id, "request", True, True, [], [])


def test_restore_keeps_the_buffer_of_an_instance_that_lives(bench: Bench) -> None:
    stream_id = bench.start(chunks=3)
    bench.stream.restore()
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == ["0", "1", "2"]


def test_age_counts_from_the_start_of_a_stream_not_from_its_last_chunk(bench: Bench) -> None:
    stream_id = bench.start()
    for number in range(20):
        bench.advance(20_000)
        bench.store(stream_id, str(number))
    bench.reopen()
    assert (bench.seen().streams, bench.seen().chunks) == ([], [])


def test_each_restart_deletes_only_the_newest_stale_stream(bench: Bench) -> None:
    for age_minutes in (6, 7, 8):
        bench.stream.insert_stale_stream(f"{age_minutes} min", "r", age_minutes * MINUTE_MS)
    left = [list(_restarted(bench).statuses()) for _ in range(3)]
    assert left == [["7 min", "8 min"], ["8 min"], []]


def _restarted(bench: Bench) -> Bench:
    bench.reopen()
    return bench


def test_a_fresh_stream_hides_stale_ones_for_ever(bench: Bench) -> None:
    bench.stream.insert_stale_stream("stale", "request", STALE_MS)
    fresh = bench.start()
    bench.reopen()
    assert bench.stream.active_stream_id == fresh
    assert set(bench.statuses()) == {"stale", fresh}


def test_a_row_from_the_future_is_never_stale_and_comes_first(bench: Bench) -> None:
    bench.start()
    bench.stream.insert_stale_stream("future", "request", -DAY_MS)
    bench.reopen()
    assert bench.stream.active_stream_id == "future"


def test_a_superseded_stream_is_active_again_after_a_restart(bench: Bench) -> None:
    first = bench.start("request-1")
    second = bench.start("request-2")
    bench.stream.complete(second)
    bench.reopen()
    assert bench.stream.active_stream_id == first


def test_a_replay_sends_the_active_stream_under_any_request(bench: Bench) -> None:
    bench.start("request-1", chunks=1)
    frames = bench.replay("another")
    assert [json.loads(frame)["id"] for frame in frames] == ["another", "another"]
    assert bodies_sent(frames) == ["0", ""]


def test_an_orphan_is_replayed_once(bench: Bench) -> None:
    bench.start(chunks=10)
    bench.reopen()
    assert len(bench.replay()) == 11
    assert bench.replay() == []


def test_the_same_request_may_be_started_twice_and_may_be_empty(bench: Bench) -> None:
    assert bench.start("") != bench.start("")


def test_a_second_instance_on_one_file_finishes_the_live_stream_of_the_first(
    file_bench: Bench, another: Connect
) -> None:
    """Neither can know of the other. ``open_database`` refuses the second."""
    first, stream_id = file_bench.stream, file_bench.start(chunks=10)
    second = ResumableStream(another(), clock=file_bench.clock)
    assert second.replay_chunks(Client(), "request") == stream_id
    assert file_bench.statuses() == {stream_id: "completed"}
    assert (first.active_stream_id, first.is_live) == (stream_id, True)
    file_bench.store(stream_id, *map(str, range(10, 20)))
    assert len(second.get_stream_chunks(stream_id)) == 20, "the first goes on writing"
    assert file_bench.replay()[-1] == Frames("request").live_end
