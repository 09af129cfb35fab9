"""A call that raises has done nothing, and may be tried again; each fault is a real one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from resumable import ResumableStream, StorageError, StreamExistsError
from tests.stream.bench import Bench, Client, connect
from tests.stream.conftest import Connect
from tests.stream.faults import (
    CALLS,
    FAULTS,
    LIVE,
    STRIKES,
    Call,
    Fault,
    a_lock_for_everything,
    a_lock_for_writing,
    a_reader,
    cause_of,
    go_on,
    prepare,
)

strikes = pytest.mark.parametrize(("call", "fault"), STRIKES)


@strikes
def test_a_call_that_fails_leaves_disk_and_accessors_as_they_were(
    file_bench: Bench, call: str, fault: str
) -> None:
    prepare(file_bench)
    before = file_bench.seen()
    with FAULTS[fault][0](file_bench):
        with pytest.raises(StorageError) as raised:
            CALLS[call](file_bench)
        assert not file_bench.connection.in_transaction
    assert cause_of(raised.value)
    assert file_bench.seen() == before


@strikes
def test_a_call_that_failed_may_be_tried_again_and_counts_once(
    file_bench: Bench, unharmed: Bench, call: str, fault: str
) -> None:
    prepare(file_bench)
    prepare(unharmed)
    for _ in range(2):
        with FAULTS[fault][0](file_bench), pytest.raises(StorageError):
            CALLS[call](file_bench)
        if call == "start":  # Each try takes a new id.
            unharmed.next_id()
    again = CALLS[call](file_bench), file_bench.seen(), go_on(file_bench)
    assert again == (CALLS[call](unharmed), unharmed.seen(), go_on(unharmed))


def test_a_replay_whose_flush_fails_sends_nothing(file_bench: Bench) -> None:
    prepare(file_bench)
    client = Client()
    with a_lock_for_writing(file_bench), pytest.raises(StorageError):
        file_bench.stream.replay_chunks(client, "request")
    assert client.frames == []


def test_an_orphan_that_cannot_be_completed_stays_one(file_bench: Bench) -> None:
    stream_id = file_bench.start(chunks=10)
    file_bench.reopen()
    client = Client()
    with a_lock_for_writing(file_bench), pytest.raises(StorageError):
        file_bench.stream.replay_chunks(client, "request")
    assert file_bench.stream.active_stream_id == stream_id
    assert file_bench.replay() == client.frames
    assert len(client.frames) == 11
    assert file_bench.statuses() == {stream_id: "completed"}


@pytest.mark.parametrize("fault", [a_lock_for_writing, a_lock_for_everything])
def test_an_instance_cannot_be_made_while_the_database_is_locked(
    file_bench: Bench, another: Connect, fault: Fault
) -> None:
    stream_id = file_bench.start(chunks=10)
    connection = another()
    with fault(file_bench), pytest.raises(StorageError, match="try again"):
        ResumableStream(connection, clock=file_bench.clock)
    assert ResumableStream(connection, clock=file_bench.clock).active_stream_id == stream_id


def test_an_instance_that_cannot_delete_a_stale_stream_is_not_made(
    file_bench: Bench, another: Connect
) -> None:
    prepare(file_bench)
    before = file_bench.seen()
    connection = another()
    with a_reader(file_bench), pytest.raises(StorageError):
        ResumableStream(connection, clock=file_bench.clock)
    assert file_bench.seen() == before


def read_only(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def test_a_read_only_database_without_tables_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with (
        closing(read_only(str(path))) as connection,
        pytest.raises(StorageError, match="write access"),
    ):
        ResumableStream(connection)
    assert path.read_bytes() == b""


def test_a_read_only_database_with_tables_can_only_be_read(file_bench: Bench) -> None:
    stream_id = file_bench.start(chunks=10)
    with closing(read_only(file_bench.path)) as connection:
        stream = ResumableStream(connection, clock=file_bench.clock)
        assert len(stream.get_stream_chunks(stream_id)) == 10
        with pytest.raises(StorageError, match="write access"):
            stream.start("request")
        client = Client()
        with pytest.raises(StorageError, match="write access"):
            stream.replay_chunks(client, "request")
    assert len(client.frames) == 11
    assert file_bench.statuses() == {stream_id: "streaming"}


def test_a_file_that_is_not_a_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, and no database\n" * 100)
    before = path.read_bytes()
    with (
        closing(connect(str(path))) as connection,
        pytest.raises(StorageError, match="SQLite database"),
    ):
        ResumableStream(connection)
    assert path.read_bytes() == before


def test_a_closed_connection_is_refused() -> None:
    connection = connect(":memory:")
    connection.close()
    with pytest.raises(StorageError, match="closed"):
        ResumableStream(connection)


READS: dict[str, Call] = {
    "get_stream_chunks": lambda bench: bench.stream.get_stream_chunks(LIVE),
    "get_stream_metadata": lambda bench: bench.stream.get_stream_metadata(LIVE),
    "get_all_stream_metadata": lambda bench: bench.stream.get_all_stream_metadata(),
}


STORE: dict[str, Call] = {"store_chunk": lambda bench: bench.store(LIVE, "x")}
EVERY_CALL = {**CALLS, **READS, **STORE}


@pytest.mark.parametrize("call", EVERY_CALL.values(), ids=EVERY_CALL)
def test_every_call_on_a_closed_connection_raises(bench: Bench, call: Call) -> None:
    prepare(bench)
    before = bench.seen()[:4]
    bench.connection.close()
    with pytest.raises(StorageError, match="closed"):
        call(bench)
    stream = bench.stream
    assert before == (
        stream.active_stream_id,
        stream.active_request_id,
        stream.has_active_stream(),
        stream.is_live,
    )


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_out_that_the_database_refuses_raises(file_bench: Bench, read: Call) -> None:
    prepare(file_bench)
    with a_lock_for_everything(file_bench), pytest.raises(StorageError) as raised:
        read(file_bench)
    assert cause_of(raised.value).sqlite_errorcode == sqlite3.SQLITE_BUSY


def test_an_id_that_is_taken_is_refused_by_name(bench: Bench) -> None:
    prepare(bench)
    before = bench.seen()
    with pytest.raises(StreamExistsError, match="'stream-2'"):
        bench.stream.insert_stale_stream(LIVE, "request", 0)
    assert bench.seen() == before


def test_a_start_whose_id_is_taken_has_flushed_nothing(bench: Bench) -> None:
    stream = ResumableStream(bench.connection, clock=bench.clock, new_id=lambda: "same")
    stream.start("first")
    stream.store_chunk("same", "buffered")
    with pytest.raises(StreamExistsError):
        stream.start("second")
    assert stream.get_stream_chunks("same") == []
    assert stream.active_request_id == "first"
    stream.flush_buffer()
    assert stream.get_stream_chunks("same") == [{"body": "buffered", "chunk_index": 0}]


OTHER_RULES = {
    "a check": "alter table cf_ai_chat_stream_metadata add column more check (id <> 'taken')",
    "a trigger": "create trigger refuse before insert on cf_ai_chat_stream_metadata"
    " begin select raise(abort, 'refused by a trigger'); end",
}


@pytest.mark.parametrize("rule", OTHER_RULES.values(), ids=OTHER_RULES)
def test_a_row_that_breaks_a_rule_of_somebody_elses_does_not_exist_already(
    bench: Bench, rule: str
) -> None:
    bench.connection.execute(rule)
    with pytest.raises(StorageError) as raised:
        bench.stream.insert_stale_stream("taken", "request", 1)
    assert type(raised.value) is StorageError
