"""What a stream has to say goes to the logger ``resumable``, and nowhere else."""

import logging
import subprocess
import sys

import pytest

from tests.stream.bench import DAY_MS, Bench
from tests.stream.faults import LIVE, a_lock_for_writing, prepare

SCRIPT = """
import sqlite3
import resumable

connection = sqlite3.connect(":memory:")
stream = resumable.ResumableStream(connection, clock=lambda: 10**12)
stream_id = stream.start("request")
stream.store_chunk(stream_id, "x" * 1_800_001)
connection.execute("pragma query_only = on")
for number in range(12):
    stream.store_chunk(stream_id, str(number))
connection.execute("pragma query_only = off")
resumable.ResumableStream(connection, clock=lambda: 2 * 10**12)
"""


def test_nothing_is_printed_although_nobody_has_set_up_logging() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (b"", b"")


def test_everything_that_is_said_is_said_by_one_logger(
    file_bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    prepare(file_bench)
    file_bench.store(LIVE, "x" * 1_800_001)
    with a_lock_for_writing(file_bench):
        file_bench.store(LIVE, *"abcdef")
    file_bench.advance(DAY_MS)
    file_bench.reopen()
    assert [(record.name, record.levelname) for record in caplog.records] == [
        ("resumable", "WARNING"),
        ("resumable", "ERROR"),
        ("resumable", "WARNING"),
    ]


def test_a_quiet_life_is_not_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stream_id = bench.start(chunks=25)
    bench.replay()
    bench.stream.complete(stream_id)
    bench.reopen()
    bench.stream.clear_all()
    bench.stream.destroy()
    assert caplog.records == []


def test_a_failing_flush_names_the_reason_and_the_chunks_that_wait(
    file_bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    stream_id = file_bench.start()
    with a_lock_for_writing(file_bench):
        file_bench.store(stream_id, *"abcdefghijkl")
    said = [record.getMessage() for record in caplog.records]
    assert [message.split(";")[1].split()[0] for message in said] == ["10", "11", "12"]
    assert all("locked" in message for message in said)


def test_no_body_is_ever_logged(file_bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """An answer may be private."""
    caplog.set_level(logging.DEBUG)
    stream_id = file_bench.start()
    with a_lock_for_writing(file_bench):
        file_bench.store(stream_id, *["secret"] * 100)
        file_bench.store(stream_id, "secret" * 400_000)
    assert len(caplog.records) == 92
    assert "secret" not in caplog.text
