"""The far end of ``sqlite-process``: ``python -m`` this, with a pipe's file descriptor and a
folder.

The process that starts here never touches a database. It forks a child, which answers calls
until it is killed or ends; then it says so, and forks the next. A fork takes a millisecond, a
new interpreter a hundred.
"""

import logging
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NoReturn

from model import Limits
from resumable.conformance.setting import Setting
from resumable.conformance.target import Seen
from resumable.conformance.targets.builtin import sqlite_child
from resumable.conformance.targets.database import FileDatabase
from resumable.conformance.targets.process import Ended, Failed

CALL_SECONDS_MAX: Final = 60
"""A call that takes longer hangs: the system then ends the child."""


class MortalDatabase(FileDatabase):
    """Where other databases only show what a death would leave, this one's process dies."""

    def crash(self, _setting: Setting) -> NoReturn:
        _die()

    def strike(self) -> NoReturn:
        _die()

    def killed(self, _setting: Setting) -> NoReturn:
        _die()

    def reopen(self, _setting: Setting) -> NoReturn:
        self.connection.close()
        os._exit(0)

    def close(self) -> NoReturn:
        super().close()
        os._exit(0)


def main() -> None:
    """Make children until the parent is gone."""
    logging.getLogger("resumable").addHandler(logging.NullHandler())
    pipe, folder = Connection(int(sys.argv[1])), Path(sys.argv[2])
    while True:
        child = os.fork()
        if child == 0:
            _serve(pipe, folder / "database")
        _, status = os.waitpid(child, 0)
        try:
            pipe.send(Ended(child, os.waitstatus_to_exitcode(status)))
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            return


def _serve(pipe: Connection, folder: Path) -> NoReturn:
    target = sqlite_child()

    def attach(setting: Setting, now_ms: int, limits: Limits) -> Seen:
        return target.attach(MortalDatabase(folder), setting, now_ms, limits)

    methods: dict[str, Callable[..., Any]] = {
        "attach": attach,
        "perform": target.perform,
        "brief": partial(target.brief, may_skip=False),
        "detail": target.detail,
        "close": target.close,
    }
    try:
        while True:
            method, arguments = pipe.recv()
            signal.alarm(CALL_SECONDS_MAX)
            pipe.send(_reply(methods[method], arguments))
            signal.alarm(0)
    except (EOFError, OSError):  # the parent is gone
        os._exit(0)


def _reply(method: Callable[..., Any], arguments: tuple[object, ...]) -> Any:
    try:
        return method(*arguments)
    except Exception:  # noqa: BLE001 - the parent raises it
        return Failed(traceback.format_exc())


def _die() -> NoReturn:
    while True:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
