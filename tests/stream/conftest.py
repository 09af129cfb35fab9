"""Fixtures: a stream in memory, one on a file, and any number of connections."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from sqlite3 import Connection

import pytest

from resumable import open_database
from tests.stream.bench import Bench, connect

Connect = Callable[[], Connection]


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    with closing(bench.connection):
        yield bench


@pytest.fixture
def unharmed() -> Iterator[Bench]:
    """A second bench, on which nothing goes wrong."""
    bench = Bench()
    with closing(bench.connection):
        yield bench


@pytest.fixture
def database_path(tmp_path: Path) -> str:
    return str(tmp_path / "stream.db")


@pytest.fixture
def file_bench(database_path: str) -> Iterator[Bench]:
    bench = Bench(database_path)
    with closing(bench.connection):
        yield bench


@pytest.fixture
def another(database_path: str) -> Iterator[Connect]:
    """Opens one more connection to the file, each closed after the test."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(connect(database_path)))


@pytest.fixture
def opened(database_path: str) -> Iterator[Connection]:
    """The file as a service opens it."""
    with closing(open_database(database_path)) as connection:
        yield connection
