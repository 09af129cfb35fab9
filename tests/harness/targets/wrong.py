"""Targets that are wrong, or peculiar."""

import os
import signal
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

from resumable import ResumableStream


class InTwoWays(ResumableStream):
    """Forgets that a stream is live, and calls errors completed."""

    def start(self, request_id: str) -> str:
        stream_id = super().start(request_id)
        self._is_live = request_id != "r2"
        return stream_id

    def mark_error(self, stream_id: str) -> None:
        self.complete(stream_id)


class InTheSecondWay(ResumableStream):
    """Only the other one of the two."""

    def mark_error(self, stream_id: str) -> None:
        self.complete(stream_id)


class Oddly(ResumableStream):
    """Returns what cannot be sent from process to process, and what nobody can print."""

    def get_all_stream_metadata(self) -> Any:
        return (row for row in super().get_all_stream_metadata())

    @property
    def is_live(self) -> Any:
        return MappingProxyType({"live": True})


class Once(ResumableStream):
    """Is wrong once in the life of a process: what is found cannot be found again."""

    times = 0

    def start(self, request_id: str) -> str:
        stream_id = super().start(request_id)
        Once.times += 1
        self._is_live = Once.times != 1
        return stream_id


class Loudly(ResumableStream):
    """Is right, but prints."""

    def complete(self, stream_id: str) -> None:
        sys.stdout.write("a word from the target\n")
        os.write(1, b"and one past Python\n")
        super().complete(stream_id)


class Slowly(ResumableStream):
    """Is right, and says when it has begun, so that somebody can interrupt."""

    def start(self, request_id: str) -> str:
        Path(os.environ["BEGUN"]).touch()
        return super().start(request_id)


class Stuck(Slowly):
    def start(self, request_id: str) -> str:
        super().start(request_id)
        while True:
            signal.pause()


class SlowlyAndWrong(Slowly):
    """Says how often it was wrong, too: by the length of a file."""

    def mark_error(self, stream_id: str) -> None:
        with Path(os.environ["BEGUN"]).with_name("wrong").open("a") as file:
            file.write("x")
        self.complete(stream_id)
