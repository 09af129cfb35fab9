"""A process that dies between any two statements leaves the disk as before or as after."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.stream.bench import Bench, connect, rows
from tests.stream.faults import CALLS, LIVE, Call, prepare


class Morgue:
    """Keeps the files of a database as they were at each statement, journal and all."""

    def __init__(self, database: str, folder: Path) -> None:
        self._database = Path(database)
        self._folder = folder
        self.count = 0

    def keep(self, _statement: str = "") -> None:
        """Copy the files: this is what a process killed now would leave to the next one."""
        self.count += 1
        for suffix in ("", "-journal"):
            source = Path(f"{self._database}{suffix}")
            if source.exists():
                shutil.copy(source, self._folder / f"{self.count}.db{suffix}")

    def reopened(self) -> list[tuple[list[Any], list[Any]]]:
        """What SQLite finds in each copy, once it has rolled back what was not committed."""
        found = []
        for number in range(1, self.count + 1):
            with closing(connect(str(self._folder / f"{number}.db"))) as connection:
                found.append(rows(connection))
        return found


def spill(bench: Bench) -> None:
    """Let SQLite write pages to the file in the middle of a transaction, as it does when
    its cache is full; a crash then has to be undone from the journal."""
    bench.connection.execute("pragma cache_size = 1")
    bench.connection.execute("pragma cache_spill = 1")


def left_by_crashes(
    bench: Bench, folder: Path, call: Callable[[Bench], object]
) -> list[tuple[list[Any], list[Any]]]:
    """The disk after a crash at each statement of the call, and after the call."""
    spill(bench)
    morgue = Morgue(bench.path, folder)
    bench.connection.set_trace_callback(morgue.keep)
    call(bench)
    bench.connection.set_trace_callback(None)
    morgue.keep()
    return morgue.reopened()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_crash_at_any_statement_leaves_the_disk_before_or_after(
    file_bench: Bench, tmp_path: Path, call: Call
) -> None:
    prepare(file_bench)
    before = rows(file_bench.connection)
    left = left_by_crashes(file_bench, tmp_path, call)
    after = rows(file_bench.connection)
    assert before != after
    assert len(left) > 3
    crossing = left.index(after)
    assert left == [before] * crossing + [after] * (len(left) - crossing)


def test_the_flush_of_a_tenth_chunk_is_all_or_nothing(
    file_bench: Bench, tmp_path: Path
) -> None:
    file_bench.store(file_bench.start(chunks=9))
    left = left_by_crashes(file_bench, tmp_path, lambda bench: bench.store("stream-1", "9"))
    assert {len(chunks) for _, chunks in left} == {0, 10}


def test_an_orphans_end_is_all_or_nothing(file_bench: Bench, tmp_path: Path) -> None:
    stream_id = file_bench.start(chunks=10)
    file_bench.reopen()
    left = left_by_crashes(file_bench, tmp_path, lambda bench: bench.replay())
    assert {streams[0][2] for streams, _ in left} == {"streaming", "completed"}
    assert {streams[0][4] for streams, _ in left} == {None, file_bench.clock.now_ms}
    assert file_bench.statuses() == {stream_id: "completed"}


def test_a_crash_while_an_instance_is_made_leaves_no_half_deleted_stream(
    file_bench: Bench, tmp_path: Path
) -> None:
    prepare(file_bench)
    file_bench.stream.flush_buffer()
    before = rows(file_bench.connection)
    left = left_by_crashes(file_bench, tmp_path, lambda bench: bench.reopen())
    after = rows(file_bench.connection)
    assert LIVE not in {row[0] for row in after[0]}
    assert all(found in (before, after) for found in left)
