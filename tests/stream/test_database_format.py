"""A database written by one side opens on the other: tables, columns, index, values."""

import re
import sqlite3
from typing import Any

import pytest

from resumable import ResumableStream
from resumable.stream import schema
from tests.stream.bench import NOW_MS, Bench

CHUNKS, METADATA = "cf_ai_chat_stream_chunks", "cf_ai_chat_stream_metadata"

# The statements of the original, run as they are, would give the same descriptions.
COLUMNS = {
    CHUNKS: [
        ("id", "TEXT", 0, None, 1),
        ("stream_id", "TEXT", 1, None, 0),
        ("body", "TEXT", 1, None, 0),
        ("chunk_index", "INTEGER", 1, None, 0),
        ("created_at", "INTEGER", 1, None, 0),
    ],
    METADATA: [
        ("id", "TEXT", 0, None, 1),
        ("request_id", "TEXT", 1, None, 0),
        ("status", "TEXT", 1, None, 0),
        ("created_at", "INTEGER", 1, None, 0),
        ("completed_at", "INTEGER", 0, None, 0),
    ],
}


def describe(connection: sqlite3.Connection, pragma: str) -> list[Any]:
    """What a pragma says, without the position that begins each row."""
    return [row[1:] for row in connection.execute(f"pragma {pragma}")]


@pytest.mark.parametrize("table", COLUMNS)
def test_the_columns_are_the_originals(bench: Bench, table: str) -> None:
    assert [
        (name, kind.upper(), *rest)
        for name, kind, *rest in describe(bench.connection, f"table_info({table})")
    ] == COLUMNS[table]


def test_there_are_the_originals_tables_and_index_and_two_more_indexes(bench: Bench) -> None:
    made = bench.connection.execute(
        "select type, name, tbl_name from sqlite_master where sql is not null"
    )
    assert set(made) == {
        ("table", CHUNKS, CHUNKS),
        ("table", METADATA, METADATA),
        ("index", "idx_stream_chunks_stream_id", CHUNKS),
        ("index", "idx_stream_metadata_streaming", METADATA),
        ("index", "idx_stream_metadata_ended", METADATA),
    }


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (schema.NEWEST_STREAMING, "idx_stream_metadata_streaming"),
        (schema.SWEEP[0], "idx_stream_metadata_ended"),
        (schema.SWEEP[1], "idx_stream_metadata_ended"),
        (schema.CHUNKS, "idx_stream_chunks_stream_id"),
        (schema.LAST_INDEX, "idx_stream_chunks_stream_id"),
        (schema.DELETE_CHUNKS, "idx_stream_chunks_stream_id"),
    ],
)
def test_nothing_is_looked_for_by_reading_a_whole_table(
    bench: Bench, statement: str, index: str
) -> None:
    parameters = [0] * statement.count("?")
    plan = bench.connection.execute(f"explain query plan {statement}", parameters).fetchall()
    assert index in str(plan)
    assert "SORTER" not in str(plan)


def test_a_database_of_the_original_gets_the_indexes_that_it_lacks(bench: Bench) -> None:
    bench.connection.execute("drop index idx_stream_metadata_streaming")
    bench.connection.execute("drop index idx_stream_metadata_ended")
    bench.reopen()
    test_there_are_the_originals_tables_and_index_and_two_more_indexes(bench)


def test_the_index_is_the_originals(bench: Bench) -> None:
    columns = describe(bench.connection, "index_info(idx_stream_chunks_stream_id)")
    assert [name for _, name in columns] == ["stream_id", "chunk_index"]
    (unique,) = [
        row[1]
        for row in describe(bench.connection, f"index_list({CHUNKS})")
        if row[0] == "idx_stream_chunks_stream_id"
    ]
    assert unique == 0


def test_each_value_is_stored_as_the_type_that_its_column_says(bench: Bench) -> None:
    stream_id = bench.start("7", chunks=10)
    bench.stream.complete(stream_id)
    kinds = {
        table: bench.connection.execute(
            f"select {', '.join(f'typeof({column[0]})' for column in COLUMNS[table])}"
            f" from {table} limit 1"
        ).fetchone()
        for table in COLUMNS
    }
    assert kinds == {
        table: tuple(column[1].lower() for column in COLUMNS[table]) for table in COLUMNS
    }


def test_every_chunk_has_an_id_of_its_own_over_all_instances(bench: Bench) -> None:
    for _ in range(3):
        bench.start(chunks=10)
        bench.reopen()
    ids = {row for (row,) in bench.connection.execute(f"select id from {CHUNKS}")}
    assert len(ids) == 30


def test_the_id_of_a_chunk_is_that_of_its_instance_with_a_number(bench: Bench) -> None:
    bench.start(chunks=20)
    ids = [
        id_ for (id_,) in bench.connection.execute(f"select id from {CHUNKS} order by rowid")
    ]
    (instance,) = {id_[:21] for id_ in ids}
    assert re.fullmatch(r"[\w-]{21}", instance, re.ASCII)  # A nanoid.
    assert ids == [f"{instance}-{number}" for number in range(20)]


def test_a_chunk_of_any_index_is_read(bench: Bench) -> None:
    for index in (-(1 << 63), -1, 0, (1 << 63) - 1):
        row = (f"id{index}", "s", str(index), index, NOW_MS)
        bench.connection.execute(f"insert into {CHUNKS} values (?, ?, ?, ?, ?)", row)
    indexes = [chunk["chunk_index"] for chunk in bench.stream.get_stream_chunks("s")]
    assert indexes == [-(1 << 63), -1, 0, (1 << 63) - 1]


def test_a_database_that_the_original_wrote_is_restored_and_replayed() -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        f"""
        create table {CHUNKS} (id text primary key, stream_id text not null,
            body text not null, chunk_index integer not null, created_at integer not null);
        create table {METADATA} (id text primary key, request_id text not null,
            status text not null, created_at integer not null, completed_at integer);
        create index idx_stream_chunks_stream_id on {CHUNKS}(stream_id, chunk_index);
        insert into {METADATA} values
            ('V1StGXR8_Z5jdHi6B-myT', 'req', 'streaming', {NOW_MS - 1000}, null),
            ('older', 'req-0', 'completed', {NOW_MS - 9000}, {NOW_MS - 8000});
        insert into {CHUNKS} values
            ('c2', 'V1StGXR8_Z5jdHi6B-myT', '{{"type":"finish"}}', 1, {NOW_MS}),
            ('c1', 'V1StGXR8_Z5jdHi6B-myT', '{{"type":"start"}}', 0, {NOW_MS});
        """
    )
    stream = ResumableStream(connection, clock=lambda: NOW_MS)
    assert stream.active_request_id == "req"
    assert not stream.is_live
    frames: list[str] = []

    class Tab:
        def send(self, frame: str) -> None:
            frames.append(frame)

    assert stream.replay_chunks(Tab(), "req") == "V1StGXR8_Z5jdHi6B-myT"
    assert [frame[:30] for frame in frames] == [
        r'{"body":"{\"type\":\"start\"}"',
        r'{"body":"{\"type\":\"finish\"}',
        '{"body":"","done":true,"id":"r',
    ]
    connection.close()


def test_making_an_instance_again_leaves_the_schema_as_it_is(bench: Bench) -> None:
    before = bench.connection.execute("select * from sqlite_master").fetchall()
    bench.start(chunks=10)
    bench.reopen()
    assert bench.connection.execute("select * from sqlite_master").fetchall() == before
