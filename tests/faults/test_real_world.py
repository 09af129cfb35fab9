"""The real world, as a smoke test: the system's own files, disks, locks and processes."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from resumable import ResumableStream, StorageError

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("begin" if sys.argv[2] == "reader" else "begin immediate")
connection.execute("select * from cf_ai_chat_stream_metadata").fetchall()
print("held", flush=True)
sys.stdin.read()
"""

FILL = """
import sqlite3, sys
from resumable import ResumableStream, StorageError

stream = ResumableStream(sqlite3.connect(sys.argv[1], isolation_level=None))
stream_id = stream.start("r")
stored = 0
try:
    while stored < 5000:
        stream.store_chunk(stream_id, f"{stored:04}" + "x" * 2000)
        stored += 1
        if stored % 10 == 0:
            stream.flush_buffer()
except StorageError as error:
    print(type(error.__cause__).__name__)
kept = [row["body"][:4] for row in stream.get_stream_chunks(stream_id)]
assert kept == [f"{number:04}" for number in range(len(kept))], kept
assert 0 < len(kept) < 5000
assert stored - len(kept) in range(11)
open(sys.argv[2], "r+b").truncate(0)
stream.flush_buffer()
assert len(stream.get_stream_chunks(stream_id)) == stored
stream.complete(stream_id)
print("ok")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "stream.db"


@pytest.fixture
def stream(path: Path) -> Iterator[ResumableStream]:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        yield ResumableStream(connection)


@contextmanager
def another_process(path: Path, role: str) -> Iterator[None]:
    """It holds the database as ``role`` does, until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), role],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.communicate(input="")


def bodies(stream: ResumableStream, stream_id: str) -> list[str]:
    return [row["body"] for row in stream.get_stream_chunks(stream_id)]


@pytest.mark.parametrize("role", ["reader", "writer"])
def test_while_another_process_holds_the_lock_nothing_is_written_and_nothing_lost(
    stream: ResumableStream, path: Path, role: str
) -> None:
    stream_id = stream.start("r")
    stream.store_chunk(stream_id, "a")
    with another_process(path, role):
        for _ in range(2):
            with pytest.raises(StorageError, match="try again"):
                stream.complete(stream_id)
        assert stream.active_stream_id == stream_id
        assert bodies(stream, stream_id) == []
    stream.complete(stream_id)
    assert bodies(stream, stream_id) == ["a"]
    assert stream.get_stream_metadata(stream_id) == {"status": "completed", "request_id": "r"}


def test_a_read_only_database_can_be_read_and_tells_why_it_is_not_written(
    stream: ResumableStream, path: Path
) -> None:
    stream_id = stream.start("r")
    address = f"file:{path}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        reader = ResumableStream(connection)
        assert reader.active_stream_id == stream_id
        with pytest.raises(StorageError, match="write access"):
            reader.complete(stream_id)
        assert reader.active_stream_id == stream_id


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear all,\n" * 500)
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(StorageError, match="SQLite database"),
    ):
        ResumableStream(connection)
    assert path.read_text() == "Dear all,\n" * 500


def test_a_directory_that_vanishes_and_comes_back_has_lost_no_chunk(
    stream: ResumableStream, path: Path
) -> None:
    stream_id = stream.start("r")
    stream.store_chunk(stream_id, "a")
    away = path.parent.with_name("away")
    path.parent.rename(away)
    with pytest.raises(StorageError):
        stream.flush_buffer()
    assert stream.is_live
    away.rename(path.parent)
    stream.flush_buffer()
    assert bodies(stream, stream_id) == ["a"]


def test_two_instances_on_one_file_take_each_others_stream_but_break_nothing(
    stream: ResumableStream, path: Path
) -> None:
    """The surprise is the original's: to the second, what the first has live is an orphan."""
    stream_id = stream.start("r")
    stream.store_chunk(stream_id, "a")
    stream.flush_buffer()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        other = ResumableStream(connection)
        assert other.active_stream_id == stream_id
        assert not other.is_live
        other.complete(stream_id)
        stream.store_chunk(stream_id, "b")
        stream.complete(stream_id)
        assert bodies(other, stream_id) == ["a", "b"]
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def in_a_small_file_system(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run ``script`` with a database on a tmpfs of 512 KB, of which a ballast takes a part."""
    (folder / "script.py").write_text(script)
    mount = (
        f'mount -t tmpfs -o size=512k none "{folder}/small" || exit 77;'
        f' head -c 100000 /dev/zero > "{folder}/small/ballast";'
        f' "{sys.executable}" "{folder}/script.py" "{folder}/small/stream.db"'
        f' "{folder}/small/ballast"'
    )
    (folder / "small").mkdir()
    return subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", mount],  # noqa: S607
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare, to mount a tmpfs")
def test_a_disk_that_fills_up_loses_no_chunk_and_goes_on_once_there_is_room(
    tmp_path: Path,
) -> None:
    done = in_a_small_file_system(FILL, tmp_path)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    assert done.stdout.splitlines() == ["OperationalError", "ok"], done.stderr
