"""How fast the stream is beside the original: the class of the npm package on Node.

    pytest tests/benchmarks/test_beside_original.py -p no:xdist -s

Both do the same in turn, on a database of the same kind and settings, warmed up, each timed in
its own process by the CPU that this takes: with Node's that of its garbage collector's
threads, without its start.

The SQLite is the fastest for Node that needs no compiler: its own, which came with Node 22.
Where Node is older, ``npx`` fetches a newer one once. What differs: that SQLite is a newer
release than most Pythons have, and each side prepares and binds as its own binding does. The
original is given what its host would give it, one transaction for each call that writes, and
each statement is prepared once. It still inserts row by row, under a nanoid for each.
"""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from resumable import ResumableStream, open_database
from resumable.conformance.target import TargetError
from resumable.conformance.upstream.install import installed
from resumable.conformance.upstream.target import VERSION
from tests.benchmarks.side_by_side import BODY, CHUNKS, Nobody, ratio, report, timed

ORIGINAL: Final = Path(__file__).with_name("original.mjs")
NEWER_NODE: Final = ("npx", "--yes", "node@24")
WARM_UP: Final = 5

Work = Callable[[], float]
"""Does it for ``CHUNKS`` chunks, and gives the seconds that one took."""


def node() -> tuple[str, ...]:
    """A Node that has SQLite."""
    if shutil.which("node") is None or shutil.which("npx") is None:
        pytest.skip(
            "the original runs on Node.js, and there is no node, or no npx, on the PATH"
        )
    for words in (("node",), NEWER_NODE):
        tried = [*words, "--no-warnings", "-e", "require('node:sqlite')"]
        if subprocess.run(tried, check=False, capture_output=True).returncode == 0:
            return words
    pytest.skip("Node.js is older than 22.13, and npx cannot fetch a newer one")


@pytest.fixture(params=["in memory", "on a file"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    on_file: bool = request.param == "on a file"
    return tmp_path if on_file else ":memory:"


@pytest.fixture
def original(database: str | Path) -> Iterator[dict[str, Work]]:
    words = node()
    try:
        folder = installed(VERSION)
    except TargetError as error:
        pytest.skip(str(error))
    path = database if isinstance(database, str) else database / "original.db"
    command = [*words, "--no-warnings", *map(str, (ORIGINAL, folder, path, CHUNKS, BODY))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asked, answered = process.stdin, process.stdout
        assert asked is not None
        assert answered is not None
        print(f"\n{answered.readline().strip()}")
        print(f"this package, SQLite {sqlite3.sqlite_version}")

        def ask(work: str) -> float:
            print(work, file=asked, flush=True)
            return float(answered.readline()) / 1e6 / CHUNKS

        yield {work: partial(ask, work) for work in ("store", "replay")}


@pytest.fixture
def ours(database: str | Path) -> Iterator[dict[str, Work]]:
    if isinstance(database, str):
        connection = sqlite3.connect(database)
    else:
        connection = open_database(database / "ours.db")
    stream = ResumableStream(connection)

    def store() -> float:
        stream.clear_all()
        stream_id = stream.start("r")

        def all_of_them() -> None:
            for _ in range(CHUNKS):
                stream.store_chunk(stream_id, BODY)

        return timed(all_of_them, CHUNKS)

    with closing(connection):
        yield {
            "store": store,
            "replay": lambda: timed(lambda: stream.replay_chunks(Nobody(), "r"), CHUNKS),
        }


def test_storing_and_replaying_beside_the_original(
    benchmark: BenchmarkFixture,
    original: dict[str, Work],
    ours: dict[str, Work],
    request: pytest.FixtureRequest,
) -> None:
    runs: dict[str, Work] = {}
    for work, theirs in original.items():
        runs |= {f"{work}, ours": ours[work], f"{work}, the original": theirs}
    for _ in range(WARM_UP):
        for run in runs.values():
            run()
    best = report(benchmark, f"a chunk, {request.node.callspec.id}", runs)
    for work in original:
        ratio(best, f"{work}, ours", f"{work}, the original")
