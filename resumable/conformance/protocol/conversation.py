"""Requests and replies: each is numbered, and each reply has to be the next one."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from resumable.conformance.protocol import hello
from resumable.conformance.protocol.process import ANSWER_S, BrokenError, Process, quoted
from resumable.conformance.protocol.wire import Request

T = TypeVar("T")


class _Asked(NamedTuple):
    number: int
    do: str
    line: str
    is_wanted: bool


class Conversation:
    """With one process. Raises BrokenError unless that says a proper hello.

    Requests may be sent ahead; the replies come in their order.
    """

    def __init__(self, command: Sequence[str], *, answer_s: float = ANSWER_S) -> None:
        self.process: Final = Process(command, answer_s=answer_s)
        self.stop: Final = self.process.stop
        self._asked: deque[_Asked] = deque()
        self._number = 0
        try:
            self.ask(hello.request())
            self.hello: Final = self.answer(hello.understood)
        except BaseException:
            self.stop()
            raise

    def ask(self, request: Request) -> None:
        """Send a request. Its reply comes after those of all that were sent before it."""
        line = json.dumps({"n": self._number, **request}, separators=(",", ":"))
        self.process.send(line.encode() + b"\n")
        self._asked.append(_Asked(self._number, request["do"], line, is_wanted=True))
        self._number += 1

    def forget(self) -> None:
        """Nobody waits any more for what was asked so far."""
        self._asked = deque([asked._replace(is_wanted=False) for asked in self._asked])

    def answer(self, understood: Callable[[dict[str, Any]], T]) -> T:
        """The next reply, as ``understood``, which raises ValueError for a wrong one. Raises
        BrokenError."""
        while True:
            asked = self._asked.popleft()
            line = self._line(asked)
            if not asked.is_wanted:
                self._understood(asked, line, dict)
            else:
                return self._understood(asked, line, understood)

    def _line(self, asked: _Asked) -> bytes:
        try:
            return self.process.receive()
        except BrokenError as error:
            how, _, printed = str(error).partition("\n")
            said = f"{how} {_INSTEAD} {_named(asked)}"
            raise BrokenError(f"{said}\n{printed}" if printed else said) from None

    def _understood(
        self, asked: _Asked, line: bytes, understood: Callable[[dict[str, Any]], T]
    ) -> T:
        try:
            return understood(_parsed(line, asked))
        except (ValueError, RecursionError) as error:
            said = quoted("standard output", line[:_QUOTED_BYTES])
            said += "\n" + quoted("standard input", asked.line.encode()[:_QUOTED_BYTES])
            how = f"gave no proper answer to {_named(asked)}: {error}"
            raise self.process.broken(f"{how}\n{said}") from error


_INSTEAD: Final = "instead of answering"
_QUOTED_BYTES: Final = 2000


def _named(asked: _Asked) -> str:
    return f"request {asked.number} ({asked.do})"


def _parsed(line: bytes, asked: _Asked) -> dict[str, Any]:
    try:
        reply = json.loads(line)
    except ValueError as error:
        raise ValueError(f"it is not JSON ({error})") from error
    if not isinstance(reply, dict):
        raise ValueError("it is no object")
    if reply.get("n") != asked.number or type(reply["n"]) is not int:
        raise ValueError(f"its number is {json.dumps(reply.get('n'))}")
    return reply
