"""The parent of a target's process: ``python guard.py FD COMMAND…``, in a session of its own.

``FD`` is a socket to the harness. When the command ends, how it did is written there; when
the harness is gone, in whatever way, the other end closes. In both cases nothing is left of
the session, however the command took its standard input's end.

It imports as little as it can: it is started for every target, and after every kill.
"""

import _thread
import os
import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command until it ends, or the harness does."""
    line, command = int(sys.argv[1]), sys.argv[2:]
    os.set_inheritable(line, False)
    try:
        pid = os.posix_spawnp(command[0], command, os.environ)
    except OSError as error:
        _leave(line, f"cannot be run: {error.strerror}")
    for inherited in (0, 1, 2):
        os.close(inherited)
    _thread.start_new_thread(_await_end, (line, pid))
    while os.read(line, 1):
        pass
    _kill_session()


def _await_end(line: int, pid: int) -> None:
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    said = f"exited (status {code})" if code >= 0 else f"died of {signal.Signals(-code).name}"
    _leave(line, said)


def _leave(line: int, said: str) -> NoReturn:
    os.write(line, said.encode())
    _kill_session()


def _kill_session() -> NoReturn:
    while True:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
