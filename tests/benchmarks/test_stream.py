"""How fast the stream itself is, beside the least that SQLite can do for the same rows.

Bare means: the statements alone, in the same transactions, by hand.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from resumable import ResumableStream, open_database
from resumable.stream import schema
from resumable.stream.frames import MESSAGE_TYPE
from tests.benchmarks.side_by_side import BODY, CHUNKS, Nobody, ratio, report, timed

BATCH: Final = 10
FINISHED: Final = (10, 1_000, 100_000)
DELETED: Final = (10, 100, 1_000)
NOW_MS: Final = 1_767_225_600_000
DAY_MS: Final = 24 * 60 * 60 * 1000


@pytest.fixture(params=["in memory", "on a file"])
def connect(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], sqlite3.Connection]]:
    """A new empty database each time; those on a file as a service would open them."""
    numbers = count()
    with ExitStack() as opened:

        def new() -> sqlite3.Connection:
            if request.param == "in memory":
                connection = sqlite3.connect(":memory:")
            else:
                connection = open_database(tmp_path / f"{next(numbers)}.db")
            return opened.enter_context(closing(connection))

        yield new


def test_storing_beside_executemany(
    benchmark: BenchmarkFixture,
    connect: Callable[[], sqlite3.Connection],
    request: pytest.FixtureRequest,
) -> None:
    def stored() -> float:
        stream = ResumableStream(connect())
        stream_id = stream.start("r")

        def store() -> None:
            for _ in range(CHUNKS):
                stream.store_chunk(stream_id, BODY)

        return timed(store, CHUNKS)

    def bare() -> float:
        connection = connect()
        stream_id = ResumableStream(connection).start("r")
        connection.isolation_level = None
        cursor = connection.cursor()
        rows = [(f"{'x' * 21}-{n}", stream_id, BODY, n, NOW_MS) for n in range(CHUNKS)]
        batches = [rows[n : n + BATCH] for n in range(0, CHUNKS, BATCH)]

        def insert() -> None:
            for batch in batches:
                cursor.execute("begin immediate")
                cursor.executemany(schema.INSERT_CHUNK, batch)
                cursor.execute("commit")

        return timed(insert, CHUNKS)

    best = report(
        benchmark,
        f"storing a chunk, {request.node.callspec.id}",
        {"executemany, ten rows a transaction": bare, "store_chunk": stored},
    )
    ratio(best, "executemany, ten rows a transaction", "store_chunk")


def test_replaying_beside_a_select(
    benchmark: BenchmarkFixture,
    connect: Callable[[], sqlite3.Connection],
    request: pytest.FixtureRequest,
) -> None:
    connection = connect()
    stream = ResumableStream(connection)
    stream_id = stream.start("r")
    for _ in range(CHUNKS):
        stream.store_chunk(stream_id, BODY)
    quote = json.JSONEncoder(ensure_ascii=False).encode
    tail = f',"done":false,"id":"r","type":"{MESSAGE_TYPE}","replay":true}}'

    def select() -> None:
        send = Nobody().send
        rows = connection.execute(
            "select body from cf_ai_chat_stream_chunks"
            " where stream_id = ? order by chunk_index",
            (stream_id,),
        ).fetchall()
        for (body,) in rows:
            send('{"body":' + quote(body) + tail)

    best = report(
        benchmark,
        f"replaying a chunk, {request.node.callspec.id}",
        {
            "select, and building the strings": lambda: timed(select, CHUNKS),
            "replay_chunks": lambda: timed(lambda: stream.replay_chunks(Nobody(), "r"), CHUNKS),
        },
    )
    ratio(best, "select, and building the strings", "replay_chunks")


def test_with_ever_more_finished_streams(benchmark: BenchmarkFixture) -> None:
    """A restart costs the same; so does completing, but for a sweep that deletes."""
    runs: dict[str, Callable[[], float]] = {}
    for finished in FINISHED:
        connection = sqlite3.connect(":memory:")
        ResumableStream(connection)
        insert_finished(connection, "kept", finished, ended_at=NOW_MS)
        runs[f"restart, {finished:,} finished"] = partial(restarts, connection)
        runs[f"start and complete, {finished:,} finished"] = partial(lives, connection)
    for finished in FINISHED:
        for deleted in DELETED:
            name = f"sweep {deleted:,} of {finished + deleted:,}"
            runs[name] = partial(swept, finished, deleted)
    report(benchmark, "with ever more finished streams", runs, rounds=7)


def restarts(connection: sqlite3.Connection) -> float:
    return timed(lambda: [ResumableStream(connection) for _ in range(200)], 200)


def lives(connection: sqlite3.Connection) -> float:
    stream = ResumableStream(connection)
    stream.complete(stream.start("r"))  # The first complete sweeps.

    def live() -> None:
        for _ in range(200):
            stream.complete(stream.start("r"))

    return timed(live, 200)


def swept(finished: int, deleted: int) -> float:
    """A first ``complete``, which sweeps, with ``deleted`` streams that are too old."""
    connection = sqlite3.connect(":memory:")
    stream = ResumableStream(connection, clock=lambda: NOW_MS)
    insert_finished(connection, "kept", finished, ended_at=NOW_MS)
    insert_finished(connection, "old", deleted, ended_at=NOW_MS - DAY_MS - 1)
    with closing(connection):
        return timed(lambda: stream.complete("unknown"), 1)


def insert_finished(
    connection: sqlite3.Connection, prefix: str, streams: int, ended_at: int
) -> None:
    """Streams that have ended, of two chunks each."""
    connection.executemany(
        "insert into cf_ai_chat_stream_metadata values (?, 'r', 'completed', ?, ?)",
        [(f"{prefix}{n}", ended_at - 1000, ended_at) for n in range(streams)],
    )
    connection.executemany(
        schema.INSERT_CHUNK,
        [
            (f"{prefix}{n}-{i}", f"{prefix}{n}", BODY, i, ended_at)
            for n in range(streams)
            for i in (0, 1)
        ],
    )
    connection.commit()
