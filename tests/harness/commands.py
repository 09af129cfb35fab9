"""The real command line, in a process and a process group of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from resumable.conformance import cli

ROOT: Final = Path(__file__).parents[2]
SECONDS_MAX: Final = 60

Finished = subprocess.CompletedProcess[str]


def resumable(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> Finished:
    """``resumable …`` to its end."""
    with started(*arguments, cwd=cwd, **environment) as process:
        return finished(process)


def finished(process: "subprocess.Popen[str]") -> Finished:
    out, err = process.communicate(timeout=SECONDS_MAX)
    return Finished(process.args, process.returncode, out, err)


@contextmanager
def started(
    *arguments: str | Path, cwd: Path = ROOT, **environment: str
) -> Iterator["subprocess.Popen[str]"]:
    """``resumable …``, running; nothing of it is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "resumable", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def called(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Finished:
    """``resumable …`` in this process, for what needs no other."""
    words = ["resumable", *map(str, arguments)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as left:
            cli.main()
    out, err = capsys.readouterr()
    return Finished(words, int(left.value.code or 0), out, err)
