"""The process of a target: lines go in, lines come out, and what it says besides is kept."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

ANSWER_S: Final = 10.0
"""How long a target may take to answer. Workers wait longer, so that this is said first."""

LINE_BYTES_MAX: Final = 64 * 1024 * 1024

_GUARD: Final = Path(__file__).with_name("guard.py")
_READ_BYTES: Final = 1 << 16
_KEPT_BYTES: Final = 4096
_LEAVES_S: Final = 0.5
_SHOWN_LINES: Final = 12
_SHOWN_CHARS: Final = 160


class BrokenError(Exception):
    """The process does not do its part; the message says in what, with what it printed."""


class Process:
    """One process. Sending never blocks: while a line is waited for, everything moves.

    ``stop`` ends its input, and shortly after it whatever is left of it. That happens too
    when this object goes, and when the harness does, in whatever way.
    """

    def __init__(self, command: Sequence[str], *, answer_s: float = ANSWER_S) -> None:
        self._answer_s: Final = answer_s
        self._lines: Final[deque[bytes]] = deque()
        self._partial: Final = bytearray()
        self._unsent: Final = bytearray()
        self._complaints: Final = bytearray()
        self.ended: str | None = None
        """How it ended, as in "exited (status 3)"; None while it runs."""

        if not hasattr(os, "posix_spawnp"):
            raise BrokenError("cannot be run: that needs a POSIX system")
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - the command is what the user asks for
                [sys.executable, "-I", "-S", _GUARD, str(theirs.fileno()), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._line: Final = ours
        assert process.stdin is not None  # noqa: S101 - all three are pipes
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        self._input, self._output, self._errors = process.stdin, process.stdout, process.stderr
        self._selector: Final = selectors.DefaultSelector()
        for each in (self._output, self._errors):
            os.set_blocking(each.fileno(), False)
            self._selector.register(each, selectors.EVENT_READ)
        os.set_blocking(self._input.fileno(), False)
        self.stop: Final = weakref.finalize(self, _stop, process, ours, self._selector)

    def send(self, line: bytes) -> None:
        """Put a line, which ends with its line feed, on the way."""
        self._unsent.extend(line)

    def receive(self) -> bytes:
        """The next line, without its line feed. Raises BrokenError."""
        self._write()
        deadline = _now() + self._answer_s
        while not self._lines:
            left = deadline - _now()
            if left <= 0:
                raise self.broken(f"gave no answer within {self._answer_s:g} s")
            self._move(left)
        return self._lines.popleft()

    def broken(self, how: str) -> BrokenError:
        """The error that says so, after what the process printed."""
        printed = self._shown()
        return BrokenError(f"{how}\n{printed}" if printed else how)

    def _move(self, seconds: float) -> None:
        """Read and write what can be, waiting for it for so long at the most."""
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._output:
                self._read_output()
            elif key.fileobj is self._errors:
                self._read_errors()
            else:
                self._write()

    def _write(self) -> None:
        """Whoever has closed its input may still answer, or say why."""
        wants = False
        try:
            while self._unsent:
                del self._unsent[: os.write(self._input.fileno(), self._unsent)]
        except BlockingIOError:
            wants = True
        except BrokenPipeError:
            self._unsent.clear()
        is_registered = self._input in self._selector.get_map()
        if wants and not is_registered:
            self._selector.register(self._input, selectors.EVENT_WRITE)
        elif is_registered and not wants:
            self._selector.unregister(self._input)

    def _read_output(self) -> None:
        read = os.read(self._output.fileno(), _READ_BYTES)
        if not read:
            raise self._end()
        *lines, rest = read.split(b"\n")
        if lines:
            self._lines.append(bytes(self._partial) + lines[0])
            self._lines.extend(lines[1:])
            self._partial.clear()
        self._partial.extend(rest)
        if len(self._partial) > LINE_BYTES_MAX:
            raise self.broken(f"wrote a line of over {LINE_BYTES_MAX:,} bytes")

    def _read_errors(self) -> None:
        read = os.read(self._errors.fileno(), _READ_BYTES)
        if not read:
            self._selector.unregister(self._errors)
        self._complaints.extend(read)
        del self._complaints[:-_KEPT_BYTES]

    def _end(self) -> BrokenError:
        """Nothing more comes out of it. It has ended, or it has closed its output."""
        self._selector.unregister(self._output)
        self._line.settimeout(self._answer_s)
        try:
            said = self._line.recv(_KEPT_BYTES).decode()
        except TimeoutError:
            return self.broken("closed its standard output, but goes on running")
        self.ended = said or "ended"
        where = " in the middle of a line" if self._partial else ""
        return self.broken(self.ended + where)

    def _shown(self) -> str:
        """What it printed last, beside what was an answer."""
        with suppress(BlockingIOError):
            while self._errors in self._selector.get_map():
                self._read_errors()
        said = [
            ("standard output", bytes(self._partial[:_KEPT_BYTES])),
            ("standard error", bytes(self._complaints)),
        ]
        return "\n".join([quoted(where, text) for where, text in said if text])


def quoted(where: str, text: bytes) -> str:
    """The last lines of what was printed, each cut where it becomes too long."""
    lines = text.decode(errors="backslashreplace").splitlines()[-_SHOWN_LINES:]
    cut = [line[:_SHOWN_CHARS] + ("…" if len(line) > _SHOWN_CHARS else "") for line in lines]
    return "\n".join([f"on {where}:", *[f"    {_printable(line)}" for line in cut]])


def _printable(line: str) -> str:
    return "".join([letter if letter.isprintable() else repr(letter)[1:-1] for letter in line])


def _now() -> float:
    """The time that goes on while ``time`` is frozen for targets in this process."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def _stop(
    process: "subprocess.Popen[bytes]", line: socket.socket, selector: selectors.BaseSelector
) -> None:
    selector.close()
    pipes = [pipe for pipe in (process.stdin, process.stdout, process.stderr) if pipe]
    pipes[0].close()
    line.settimeout(_LEAVES_S)
    with suppress(TimeoutError):
        line.recv(1)
    line.close()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in pipes[1:]:
        pipe.close()
