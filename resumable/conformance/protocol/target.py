"""A command as a target."""

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from model import (
    ORIGINAL,
    Advance,
    Command,
    KillDuring,
    Limits,
    Outcome,
    Reopen,
    Restart,
    Restore,
    Start,
    State,
    step,
)
from model.commands import stream_of
from resumable.conformance.ahead import Planned
from resumable.conformance.bindings import Bindings
from resumable.conformance.left_out import LeftOut
from resumable.conformance.protocol import wire
from resumable.conformance.protocol.conversation import Conversation
from resumable.conformance.protocol.hello import Hello, left_out_by
from resumable.conformance.protocol.process import ANSWER_S, BrokenError
from resumable.conformance.setting import Setting
from resumable.conformance.target import Brief, Detail, Seen, TargetError
from resumable.conformance.targets.database import new_folder

_KILLED: Final = "died of SIGKILL"


class _Sent(NamedTuple):
    """A command whose reply was not taken yet. ``called`` are the streams it looks at."""

    command: Command
    now_ms: int
    called: dict[str, str] | None


class CommandTarget:
    """A program that speaks the protocol, by what it is called, and how it is started.

    That happens when it is first needed, and again after it broke. Everything raises
    TargetError if it is broken.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, answer_s: float = ANSWER_S
    ) -> None:
        self.name: Final = name
        self._command: Final = command
        self._answer_s: Final = answer_s
        self._conversation: Conversation | None = None
        self._folder: Path | None = None
        self._limits = ORIGINAL
        self._plan: deque[Planned] = deque()
        self._sent: Final[deque[_Sent]] = deque()
        self._used: Final[dict[str, None]] = {}
        self._told: Final[set[str]] = set()
        """Names under which this very process was asked to start a stream."""

        self.on_answer: Callable[[], None] = lambda: None
        """Called whenever it has answered."""

        self._now_ms = 0
        self._was_looked_at = False
        self._answer: wire.Answer

    @property
    def hello(self) -> Hello:
        """What it says of itself."""
        return self._talk().hello

    @property
    def takes_limits(self) -> bool:
        return bool(self.hello.limits)

    @property
    def left_out(self) -> LeftOut:
        return left_out_by(self.hello)

    @property
    def declared(self) -> dict[str, str]:
        ties = self.hello.ties
        return {} if ties == "any" else {"ties": f"Of streams that tie, it resumes the {ties}."}

    def step(
        self, state: State, command: Command, now: int, limits: Limits, /
    ) -> tuple[Outcome, ...]:
        """What is permitted; of streams that tie at a restart, only the one that it claims to
        resume."""
        permitted = step(state, command, now, limits)
        if len(permitted) == 1 or not isinstance(command, Restart | Reopen | Restore):
            return permitted
        return {"first": permitted[:1], "last": permitted[-1:]}.get(self.hello.ties, permitted)

    def plan(self, plan: Iterable[Planned]) -> None:
        """It is sent in one go, as far as possible."""
        self._plan = deque(plan)

    def open(self, setting: Setting, now_ms: int, limits: Limits = ORIGINAL) -> None:
        fixed = wire.changed(limits).keys() - self.hello.limits
        if fixed:
            raise TargetError(f"{self.name} cannot change {', '.join(sorted(fixed))}")
        self._forget()
        self._limits = limits
        if self._wants_file(setting):
            self._folder = new_folder()
        self._now_ms = now_ms
        self._ask_to_open()
        self._send_ahead(Bindings())
        seen = self._take(None, None)
        if seen.refused:
            raise TargetError(f"{self.name} raised when constructed: {seen.error}")

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        if not self._sent and self._plan:
            self._send_ahead(bindings)
        elif not self._sent:
            # Who has just looked at everything will mostly do so again.
            self._send(Planned(command, now_ms, looks=self._was_looked_at), bindings)
        sent = self._sent.popleft()
        if sent.command != command or sent.now_ms != now_ms:
            raise RuntimeError(f"{sent.command} was planned, and not {command}")
        self._now_ms = now_ms
        self._was_looked_at = False
        if type(command) is KillDuring:
            return self._take_after_kill()
        return self._take(command, sent.called)

    def brief(self, *, may_skip: bool) -> Brief:  # noqa: ARG002 - it came with the reply
        return self._answer.brief

    def detail(self, names: Sequence[str], bindings: Bindings) -> Detail:
        self._was_looked_at = True
        detail = self._answer.detail
        if detail is None or not detail.chunks.keys() >= set(names):
            detail = self._look(names, bindings)
        return detail._replace(
            chunks={name: detail.chunks[name] for name in names},
            metadata={name: detail.metadata[name] for name in names},
        )

    def close(self) -> None:
        """Nobody waits for what was sent ahead."""
        self._plan.clear()
        self._forget()

    def stop(self) -> None:
        """The process ends."""
        self.close()
        if self._conversation is not None:
            self._conversation.stop()
            self._conversation = None

    def _forget(self) -> None:
        if self._conversation is not None:
            self._conversation.forget()
        self._sent.clear()
        self._used.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _wants_file(self, setting: Setting) -> bool:
        """A process that really dies has to leave something behind."""
        can = self.hello.can
        return "file" in can and (setting.storage == "file" or "kills" in can)

    # -- Sending --

    def _ask_to_open(self) -> None:
        self._told.clear()
        path = None if self._folder is None else str(self._folder / "stream.db")
        self._ask(wire.opening(path, self._limits), self._now_ms)

    def _send_ahead(self, bindings: Bindings) -> None:
        """As much of the plan as can be: what follows a kill depends on how that went."""
        while self._plan:
            planned = self._plan.popleft()
            self._send(planned, bindings)
            if type(planned.command) is KillDuring:
                return

    def _send(self, planned: Planned, bindings: Bindings) -> None:
        command, now_ms, looks = planned
        name = stream_of(command)
        if name is not None:
            self._used[name] = None
        request = wire.request(command, lambda name: self._call(name, bindings))
        called = {name: self._call(name, bindings) for name in self._used} if looks else None
        if name is not None and _starts(command):
            self._told.add(name)
        self._ask(request, now_ms, called)
        self._sent.append(_Sent(command, now_ms, called))

    def _ask(
        self, request: wire.Request, now_ms: int, called: dict[str, str] | None = None
    ) -> None:
        request["now"] = now_ms
        if called is not None:
            request["look"] = list(called.values())
        self._talk().ask(request)

    def _call(self, name: str, bindings: Bindings) -> str:
        """The name, if this very process was told it; otherwise the id, if it is known."""
        return name if name in self._told else bindings.ids.get(name, name)

    # -- Receiving --

    def _take(self, command: Command | None, called: dict[str, str] | None) -> Seen:
        try:
            return self._receive(command, called)
        except BrokenError as error:
            raise self._given_up(error) from None

    def _receive(self, command: Command | None, called: dict[str, str] | None) -> Seen:
        conversation = self._talk()
        has_rows = "rows" in conversation.hello.can
        self._answer = conversation.answer(
            lambda reply: wire.answer(reply, command, called, has_rows=has_rows)
        )
        self.on_answer()
        return self._answer.seen

    def _take_after_kill(self) -> Seen:
        """The process has died, as it was asked to, or it has done as if. Whatever it looked
        at, it did not know the name of a stream that it had just begun."""
        conversation = self._talk()
        try:
            return self._receive(None, None)
        except BrokenError as error:
            if conversation.process.ended != _KILLED or self._folder is None:
                raise self._given_up(error) from None
        conversation.stop()
        self._conversation = None
        self._ask_to_open()
        return self._take(None, None)

    def _look(self, names: Sequence[str], bindings: Bindings) -> Detail:
        """Ask for it by itself, which nothing that was sent ahead may overtake."""
        if self._sent:
            raise RuntimeError("what was not planned cannot be looked at")
        # Somebody who asks for some now will mostly ask for all in a moment.
        called = {name: self._call(name, bindings) for name in (*self._used, *names)}
        self._ask(wire.request(Advance(0), str), self._now_ms, called)
        before = self._answer
        self._take(None, called)
        detail = self._answer.detail
        assert detail is not None  # noqa: S101 - it was asked for
        self._answer = before._replace(detail=detail)
        return detail

    def _talk(self) -> Conversation:
        if self._conversation is None:
            try:
                self._conversation = Conversation(self._command, answer_s=self._answer_s)
            except BrokenError as error:
                raise self._given_up(error) from None
        return self._conversation

    def _given_up(self, error: BrokenError) -> TargetError:
        self.stop()
        return TargetError(f"{self.name} {error}")


def _starts(command: Command) -> bool:
    """Whether the process learns a name by it. One that is killed does not."""
    if type(command) is KillDuring:
        return False
    return isinstance(getattr(command, "call", command), Start)
