"""Another process that owns a database: ``python -m`` this, with the path and what to do.

It says how far it has come on its standard output, and ends once its input does.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resumable import (
    DatabaseOwnedError,
    ResumableStream,
    ResumableStreamError,
    open_database,
)

ROOT = Path(__file__).parents[2]


@contextmanager
def another_process(path: str, act: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that has begun to ``act``, and is killed in the end if it lives so long."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.stream.owners", path, act],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def opens(path: str) -> bool:
    """Whether another owner is let in, who closes it again."""
    try:
        open_database(path).close()
    except DatabaseOwnedError:
        return False
    return True


def said(process: "subprocess.Popen[str]") -> str:
    """The next line that it says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _own(path: str) -> None:
    """Own the database, with a live stream that has flushed ten chunks."""
    connection = open_database(path)
    stream = ResumableStream(connection)
    stream_id = stream.start("request")
    for number in range(13):
        stream.store_chunk(stream_id, str(number))
    _say(f"owns {stream_id}")
    sys.stdin.read()
    connection.close()


def _own_and_fork(path: str) -> None:
    """Own it, and leave a child behind that lives on, which says its own number."""
    connection = open_database(path)
    if os.fork() == 0:
        _say(str(os.getpid()))
        time.sleep(60)
        os._exit(0)
    sys.stdin.read()
    connection.close()


def _own_and_run_a_program(path: str) -> None:
    """Own it, and start another program that lives on."""
    connection = open_database(path)
    program = subprocess.Popen(["/bin/sleep", "60"])
    _say(str(program.pid))
    sys.stdin.read()
    connection.close()


def _try(path: str) -> None:
    """Say what comes of opening it."""
    try:
        open_database(path).close()
    except ResumableStreamError as error:
        _say(f"{type(error).__name__}: {error}")
    else:
        _say("opened")


ACTS = {
    "own": _own,
    "own and fork": _own_and_fork,
    "own and run a program": _own_and_run_a_program,
    "try": _try,
}

if __name__ == "__main__":
    ACTS[sys.argv[2]](sys.argv[1])
