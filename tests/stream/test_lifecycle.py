"""A stream's life when nothing goes wrong."""

import json
import time

import pytest

from resumable import ResumableStream
from tests.stream.bench import NOW_MS, Bench


def test_a_new_stream_store_has_nothing_active(bench: Bench) -> None:
    assert bench.seen() == (None, None, False, False, [], [])


def test_start_returns_the_id_of_the_active_live_stream(bench: Bench) -> None:
    stream_id = bench.stream.start("request-1")
    assert bench.seen()[:4] == (stream_id, "request-1", True, True)
    assert bench.seen().streams == [(stream_id, "request-1", "streaming", NOW_MS, None)]


def test_an_id_is_a_nanoid_unless_asked_otherwise(bench: Bench) -> None:
    stream_id = ResumableStream(bench.connection).start("request")
    assert len(stream_id) == 21


def test_times_are_whole_milliseconds_of_the_wall_clock_unless_asked_otherwise(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: NOW_MS * 1_000_000 + 999_999)
    stream = ResumableStream(bench.connection)
    stream.start("request")
    created_at = stream.get_all_stream_metadata()[0]["created_at"]
    assert isinstance(created_at, int)
    assert created_at == NOW_MS


def test_start_flushes_what_an_earlier_stream_left_in_the_buffer(bench: Bench) -> None:
    first = bench.start(chunks=3)
    bench.start()
    assert bench.bodies(first) == ["0", "1", "2"]


def test_flushed_chunks_carry_the_time_of_the_flush(bench: Bench) -> None:
    stream_id = bench.start(chunks=1)
    bench.advance(250)
    bench.stream.flush_buffer()
    assert bench.seen().chunks == [(stream_id, "0", 0, NOW_MS + 250)]


def test_flushing_an_empty_buffer_does_nothing(bench: Bench) -> None:
    bench.start()
    before = bench.seen()
    bench.stream.flush_buffer()
    assert bench.seen() == before


def test_complete_flushes_and_ends_the_stream(bench: Bench) -> None:
    stream_id = bench.start(chunks=2)
    bench.advance(7)
    bench.stream.complete(stream_id)
    assert bench.seen()[:4] == (None, None, False, False)
    assert bench.seen().streams == [(stream_id, "request", "completed", NOW_MS, NOW_MS + 7)]
    assert bench.bodies(stream_id) == ["0", "1"]


def test_mark_error_flushes_and_ends_the_stream(bench: Bench) -> None:
    stream_id = bench.start(chunks=2)
    bench.advance(7)
    bench.stream.mark_error(stream_id)
    assert bench.seen()[:4] == (None, None, False, False)
    assert bench.seen().streams == [(stream_id, "request", "error", NOW_MS, NOW_MS + 7)]
    assert bench.bodies(stream_id) == ["0", "1"]


def test_a_replay_with_nothing_active_sends_nothing(bench: Bench) -> None:
    stream_id = bench.start(chunks=2)
    bench.stream.complete(stream_id)
    assert bench.replay() == []


def test_a_live_replay_sends_flushed_and_buffered_chunks_and_goes_on(bench: Bench) -> None:
    stream_id = bench.start(chunks=12)
    frames = [json.loads(frame) for frame in bench.replay()]
    assert [frame["body"] for frame in frames] == [*map(str, range(12)), ""]
    assert [frame["done"] for frame in frames] == [False] * 13
    assert frames[-1]["replayComplete"] is True
    assert bench.stream.active_stream_id == stream_id
    assert bench.stream.is_live


def test_what_is_stored_after_a_live_replay_is_in_the_next_one(bench: Bench) -> None:
    stream_id = bench.start(chunks=2)
    bench.replay()
    bench.store(stream_id, "2")
    assert len(bench.replay()) == 4


def test_a_restart_makes_the_stream_an_orphan(bench: Bench) -> None:
    stream_id = bench.start("request-1", chunks=10)
    bench.reopen()
    assert bench.seen()[:4] == (stream_id, "request-1", True, False)


def test_a_restart_forgets_what_was_only_buffered(bench: Bench) -> None:
    stream_id = bench.start(chunks=25)
    bench.reopen()
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == [*map(str, range(20))]


def test_a_replay_completes_an_orphan_and_returns_its_id(bench: Bench) -> None:
    stream_id = bench.start(chunks=10)
    frames: list[str] = []

    class Tab:
        def send(self, frame: str) -> None:
            frames.append(frame)

    returned = bench.reopen().replay_chunks(Tab(), "request")
    assert returned == stream_id
    assert json.loads(frames[-1]) == {
        "body": "",
        "done": True,
        "id": "request",
        "type": "cf_agent_use_chat_response",
        "replay": True,
    }
    assert len(frames) == 11
    assert bench.statuses() == {stream_id: "completed"}
    assert not bench.stream.has_active_stream()


def test_an_orphan_goes_on_counting_after_its_last_chunk(bench: Bench) -> None:
    stream_id = bench.start(chunks=10)
    bench.reopen()
    bench.store(stream_id, "late")
    bench.stream.flush_buffer()
    assert bench.stream.get_stream_chunks(stream_id)[-1] == {"body": "late", "chunk_index": 10}


def test_an_orphan_without_chunks_counts_from_zero(bench: Bench) -> None:
    stream_id = bench.start()
    bench.reopen()
    bench.store(stream_id, "first")
    bench.stream.flush_buffer()
    assert bench.stream.get_stream_chunks(stream_id) == [{"body": "first", "chunk_index": 0}]


def test_of_streams_that_tie_the_last_one_started_is_restored(bench: Bench) -> None:
    started = [bench.start(f"request-{number}") for number in range(3)]
    bench.reopen()
    assert bench.stream.active_stream_id == started[-1]
    assert bench.stream.active_request_id == "request-2"


def test_a_newer_stream_is_restored_before_one_inserted_later(bench: Bench) -> None:
    newest = bench.start()
    bench.stream.insert_stale_stream("older", "request", 1)
    bench.reopen()
    assert bench.stream.active_stream_id == newest


def test_clear_all_forgets_rows_and_buffer(bench: Bench) -> None:
    stream_id = bench.start(chunks=12)
    bench.stream.clear_all()
    bench.stream.flush_buffer()
    assert (bench.seen().streams, bench.seen().chunks) == ([], [])
    assert bench.seen()[:3] == (None, None, False)
    bench.store(stream_id, "again")
    bench.stream.flush_buffer()
    assert bench.stream.get_stream_chunks(stream_id) == [{"body": "again", "chunk_index": 0}]


def test_metadata_of_an_unknown_stream_is_none(bench: Bench) -> None:
    assert bench.stream.get_stream_metadata("nobody") is None
    assert bench.stream.get_stream_chunks("nobody") == []


def test_read_outs_have_the_keys_of_the_original(bench: Bench) -> None:
    stream_id = bench.start("request-1", chunks=10)
    assert bench.stream.get_stream_metadata(stream_id) == {
        "status": "streaming",
        "request_id": "request-1",
    }
    assert bench.stream.get_all_stream_metadata() == [
        {
            "id": stream_id,
            "status": "streaming",
            "request_id": "request-1",
            "created_at": NOW_MS,
        }
    ]
    assert bench.stream.get_stream_chunks(stream_id)[9] == {"body": "9", "chunk_index": 9}


def test_reading_chunks_does_not_flush(bench: Bench) -> None:
    stream_id = bench.start(chunks=9)
    assert bench.bodies(stream_id) == []


def test_an_inserted_stream_is_as_old_as_asked_for(bench: Bench) -> None:
    bench.stream.insert_stale_stream("old", "request-1", 12_345)
    assert bench.seen().streams == [("old", "request-1", "streaming", NOW_MS - 12_345, None)]
    assert not bench.stream.has_active_stream()
