"""Targets that break: they hang, exit, die, or raise what no caller expects."""

import os
import signal
import sys
from sqlite3 import Connection
from typing import NoReturn

from resumable import ResumableStream


class Breaks(ResumableStream):
    """Breaks when a stream is completed."""

    def complete(self, stream_id: str) -> None:
        self.break_down()
        super().complete(stream_id)

    def break_down(self) -> NoReturn:
        raise NotImplementedError


class Hangs(Breaks):
    def break_down(self) -> NoReturn:
        while True:
            signal.pause()


class Exits(Breaks):
    def break_down(self) -> NoReturn:
        sys.exit(5)


class ExitsAtOnce(Breaks):
    def break_down(self) -> NoReturn:
        os._exit(7)


class Dies(Breaks):
    def break_down(self) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("it is dead")


class Aborts(Breaks):
    def break_down(self) -> NoReturn:
        os.abort()


class Interrupts(Breaks):
    def break_down(self) -> NoReturn:
        raise KeyboardInterrupt


class CannotBeMade(ResumableStream):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        raise ValueError("no such thing")


class LacksMethods:
    """As one begins to write a stream."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.active_stream_id = None
        self.active_request_id = None
        self.is_live = False

    def start(self, request_id: str) -> str:
        return request_id


NUMBER = 3
