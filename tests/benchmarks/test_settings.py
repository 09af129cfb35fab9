"""What each setting of ``open_database`` costs: a flush of ten chunks, as a ratio to one with
all of them as they are.

    pytest -s tests/benchmarks/test_settings.py --basetemp=<a folder on the disk in question>

The time is that of the wall, since it is the disk's. All take turns, and the median counts, so
that what else the machine does strikes everybody.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import pytest

from resumable import ResumableStream, open_database

ROUNDS: Final = 40
FLUSHES: Final = 5
BODY: Final = '{"type":"text-delta","id":"0","delta":"Hello"}'

INSTEAD: Final = {
    "as it is": "",
    "busy_timeout = 0": "pragma busy_timeout = 0",
    "fullfsync = off": "pragma fullfsync = off",
    "synchronous = normal (may lose what was acknowledged)": "pragma synchronous = normal",
    "synchronous = off (may lose the database)": "pragma synchronous = off",
    "journal_mode = delete, synchronous = extra (as durable)": (
        "pragma journal_mode = delete; pragma synchronous = extra"
    ),
    "journal_mode = delete (may lose the last commit)": "pragma journal_mode = delete",
    "locking_mode = exclusive (nobody else can read)": "pragma locking_mode = exclusive",
}
"""What is set otherwise, with the consequence."""


@pytest.fixture
def flushes(tmp_path: Path) -> Iterator[dict[str, Callable[[], None]]]:
    """For each of ``INSTEAD``, what flushes ten chunks."""
    with ExitStack() as opened:
        made = {}
        for number, (name, script) in enumerate(INSTEAD.items()):
            connection = opened.enter_context(closing(open_database(tmp_path / f"{number}.db")))
            connection.executescript(script)
            made[name] = _flush_of(ResumableStream(connection))
        yield made


def _median_s(
    calls: dict[str, Callable[[], None]], rounds: int, times: int
) -> dict[str, float]:
    """Seconds that one of ``times`` calls takes, by name."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = perf_counter()
            for _ in range(times):
                call()
            taken[name].append((perf_counter() - start) / times)
    return {name: median(each) for name, each in taken.items()}


def test_what_a_flush_costs(flushes: dict[str, Callable[[], None]]) -> None:
    _print("a flush of ten chunks", _median_s(flushes, ROUNDS, FLUSHES))


def test_what_opening_costs(tmp_path: Path) -> None:
    """Beside opening the same file without an owner and without any setting."""
    path = str(tmp_path / "stream.db")

    def plainly() -> None:
        with closing(sqlite3.connect(path)) as connection:
            ResumableStream(connection)

    def owned() -> None:
        with closing(open_database(path)) as connection:
            ResumableStream(connection)

    owned()
    _print("opening", _median_s({"plainly": plainly, "open_database": owned}, ROUNDS, 1))


def test_what_it_costs_to_look_where_a_call_comes_from() -> None:
    """A chunk that is only buffered, with thread and process compared and without."""

    class Anywhere(ResumableStream):
        def _refuse_if_unusable(self) -> None:
            pass

    with closing(sqlite3.connect(":memory:")) as connection:
        calls = {
            "not compared": _flush_of(Anywhere(connection)),
            "compared": _flush_of(ResumableStream(connection)),
        }
        _print("ten chunks in memory", _median_s(calls, ROUNDS, 100))


def _flush_of(stream: ResumableStream) -> Callable[[], None]:
    stream_id = stream.start("request")

    def flush() -> None:
        for _ in range(10):
            stream.store_chunk(stream_id, BODY)

    return flush


def _print(what: str, seconds: dict[str, float]) -> None:
    usual = next(iter(seconds.values()))
    print(f"\n{what}: {usual * 1000:.3f} ms")
    for name, each in seconds.items():
        print(f"  {each / usual:6.2f}  {name}")
