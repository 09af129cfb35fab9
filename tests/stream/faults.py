"""Faults that really happen, the calls that they strike, and a life to try both on."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Final

from resumable import ResumableStreamError
from tests.stream.bench import DAY_MS, MINUTE_MS, Bench, Seen, connect

Call = Callable[[Bench], object]
Fault = Callable[[Bench], AbstractContextManager[None]]

# Larger than a page, so that a full disk has no room for it.
_LARGE: Final = 9_000

OLD, LIVE = "stream-1", "stream-2"

CALLS: Final[dict[str, Call]] = {
    "start": lambda bench: bench.stream.start("next"),
    "flush_buffer": lambda bench: bench.stream.flush_buffer(),
    "complete": lambda bench: bench.stream.complete(LIVE),
    "mark_error": lambda bench: bench.stream.mark_error(LIVE),
    "replay_chunks": lambda bench: bench.replay(),
    "restore": lambda bench: bench.stream.restore(),
    "clear_all": lambda bench: bench.stream.clear_all(),
    "destroy": lambda bench: bench.stream.destroy(),
    "insert_stale_stream": lambda bench: bench.stream.insert_stale_stream(
        "stale", "r" * _LARGE, 1
    ),
}
"""Every call that writes, ``store_chunk`` aside: that one does not fail with its flush."""


def prepare(bench: Bench) -> None:
    """A state in which each call has something to write: a stream to sweep, a live one with
    chunks on disk and in the buffer, old enough for ``restore`` to delete it."""
    bench.stream.complete(bench.start(chunks=3))
    bench.advance(DAY_MS + 1)
    bench.store(bench.start(chunks=10), *[f"{number}" * _LARGE for number in range(4)])
    bench.advance(5 * MINUTE_MS + 1)


def go_on(bench: Bench) -> tuple[list[str], Seen]:
    """What shows the rest of memory: the buffer, the counter, when the next sweep is due."""
    try:
        bench.stream.flush_buffer()
    except ResumableStreamError:
        bench.reopen()
    bench.store(LIVE, "x", "y", "z")
    frames = bench.replay()
    bench.stream.complete(LIVE)
    return frames, bench.seen()


@contextmanager
def a_full_disk(bench: Bench) -> Iterator[None]:
    (pages,) = bench.connection.execute("pragma page_count").fetchone()
    bench.connection.execute(f"pragma max_page_count = {pages}")
    yield
    bench.connection.execute("pragma max_page_count = 1000000")


@contextmanager
def a_lock_for_writing(bench: Bench) -> Iterator[None]:
    with closing(connect(bench.path)) as other:
        other.execute("begin immediate")
        yield


@contextmanager
def a_lock_for_everything(bench: Bench) -> Iterator[None]:
    with closing(connect(bench.path)) as other:
        other.execute("begin exclusive")
        yield


@contextmanager
def a_reader(bench: Bench) -> Iterator[None]:
    """While it reads, everything works up to the commit, which is busy."""
    with closing(connect(bench.path)) as other:
        other.execute("begin")
        other.execute("select * from cf_ai_chat_stream_metadata").fetchone()
        yield


@contextmanager
def a_database_set_to_read_only(bench: Bench) -> Iterator[None]:
    bench.connection.execute("pragma query_only = on")
    yield
    bench.connection.execute("pragma query_only = off")


def a_trigger(table: str, action: str) -> Fault:
    """Every row that is written to ``table`` is refused."""

    @contextmanager
    def refuse(bench: Bench) -> Iterator[None]:
        for operation in ("insert", "update", "delete"):
            bench.connection.execute(
                f"create temp trigger refuse_{operation} before {operation} on main.{table}"
                f" begin select raise({action}, 'refused by a trigger'); end"
            )
        yield
        for operation in ("insert", "update", "delete"):
            bench.connection.execute(f"drop trigger refuse_{operation}")

    return refuse


ALL: Final = frozenset(CALLS)
FLUSHING: Final = frozenset(
    {"start", "flush_buffer", "complete", "mark_error", "replay_chunks"}
)
WITH_METADATA: Final = frozenset(
    {"start", "complete", "mark_error", "restore", "clear_all", "insert_stale_stream"}
)

FAULTS: Final[dict[str, tuple[Fault, frozenset[str]]]] = {
    "a full disk": (a_full_disk, FLUSHING | {"insert_stale_stream"}),
    "a lock for writing": (a_lock_for_writing, ALL),
    "a lock for everything": (a_lock_for_everything, ALL),
    "a reader": (a_reader, ALL),
    "a read-only database": (a_database_set_to_read_only, ALL),
}
for _action in ("abort", "fail", "rollback"):
    FAULTS[f"a trigger on chunks that says {_action}"] = (
        a_trigger("cf_ai_chat_stream_chunks", _action),
        FLUSHING | {"restore", "clear_all"},
    )
    FAULTS[f"a trigger on metadata that says {_action}"] = (
        a_trigger("cf_ai_chat_stream_metadata", _action),
        WITH_METADATA,
    )

STRIKES: Final = [
    (call, fault) for fault, (_, struck) in FAULTS.items() for call in sorted(struck)
]
"""Every pair of a call and a fault that fails it."""

FLUSH_FAULTS: Final = [
    fault for fault, (_, struck) in FAULTS.items() if "flush_buffer" in struck
]
"""The faults that fail a flush."""


def cause_of(error: BaseException) -> sqlite3.Error:
    """The error of SQLite's own behind one of ours."""
    assert isinstance(error.__cause__, sqlite3.Error)
    return error.__cause__
