"""A chunk that was accepted is kept, whatever becomes of its flush."""

import logging

import pytest

from resumable import StorageError
from tests.stream.bench import Bench
from tests.stream.faults import CALLS, FAULTS, FLUSH_FAULTS, FLUSHING, LIVE, prepare

flush_faults = pytest.mark.parametrize("fault", FLUSH_FAULTS)


@flush_faults
def test_a_chunk_is_kept_although_its_flush_failed(
    file_bench: Bench, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    stream_id = file_bench.start()
    bodies = [f"{number:09000}" for number in range(11)]
    with FAULTS[fault][0](file_bench):
        file_bench.store(stream_id, *bodies[:10])
    assert file_bench.bodies(stream_id) == []
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("resumable", logging.ERROR)
    ]
    file_bench.store(stream_id, bodies[10])
    assert file_bench.bodies(stream_id) == bodies


@flush_faults
@pytest.mark.parametrize("call", sorted(FLUSHING))
def test_the_next_call_that_flushes_tries_again(
    file_bench: Bench, fault: str, call: str
) -> None:
    prepare(file_bench)
    with FAULTS[fault][0](file_bench):
        file_bench.store(LIVE, *"abcdefghijk")
    CALLS[call](file_bench)
    assert len(file_bench.bodies(LIVE)) == 10 + 4 + 11
    assert file_bench.bodies(LIVE)[-11:] == [*"abcdefghijk"]


@flush_faults
def test_a_hundred_chunks_wait_and_the_next_is_refused(file_bench: Bench, fault: str) -> None:
    stream_id = file_bench.start()
    bodies = [f"{number:03}" + "x" * 1_000 for number in range(101)]
    with FAULTS[fault][0](file_bench):
        file_bench.store(stream_id, *bodies[:100])
        for _ in range(2):
            with pytest.raises(StorageError):
                file_bench.stream.store_chunk(stream_id, bodies[100])
    assert file_bench.bodies(stream_id) == []
    file_bench.stream.store_chunk(stream_id, bodies[100])
    assert file_bench.bodies(stream_id) == bodies[:100]
    file_bench.stream.flush_buffer()
    assert [row[1:3] for row in file_bench.seen().chunks] == [
        (body, number) for number, body in enumerate(bodies)
    ]


@flush_faults
def test_a_full_buffer_still_skips_a_chunk_that_is_too_large(
    file_bench: Bench, fault: str
) -> None:
    stream_id = file_bench.start()
    with FAULTS[fault][0](file_bench):
        file_bench.store(stream_id, *["x" * 1_000] * 100)
        file_bench.store(stream_id, "x" * 1_800_001)
    file_bench.stream.flush_buffer()
    assert len(file_bench.bodies(stream_id)) == 100
