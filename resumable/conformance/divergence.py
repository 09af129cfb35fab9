"""The first disagreement between a target and every outcome that is permitted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from model import (
    Burst,
    Command,
    Limits,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    State,
    Store,
)
from model.commands import innermost, stream_of
from resumable.conformance.setting import Setting
from resumable.conformance.target import Misshapen, Raised, Seen

Signature = tuple[str, str]
"""What tells divergences apart: the kind of command, and what differed first."""

FORBIDDEN: Final = "forbidden: "
"""Before the name of a surprise, in place of what was read: that conforms, and is forbidden
all the same."""


@dataclass(frozen=True)
class Odd:
    """In place of what a target returned, if that is no plain data: what it looks like."""

    text: str

    def __repr__(self) -> str:
        return self.text


class Difference(NamedTuple):
    """One thing that was observed, against what an outcome permits there."""

    where: str
    """What was read, as a user would call it: ``frames``, ``is_live``, …"""

    seen: Any
    permitted: Any
    stream: str | None = None


class Step(NamedTuple):
    """One command of a run: when it came, and what the target replied (ids symbolic)."""

    command: Command
    at_ms: int
    seen: Seen


class Divergence(NamedTuple):
    """A disagreement at the last of ``steps``. ``alternatives`` holds, for each permitted
    outcome, its differences from what was seen; the closest outcome comes first."""

    target: str
    setting: Setting
    limits: Limits
    steps: Sequence[Step]
    before: State
    alternatives: Sequence[Sequence[Difference]]
    rows_compared: bool = False
    """Whether the raw rows were looked at, too."""

    @property
    def command(self) -> Command:
        return self.steps[-1].command

    @property
    def streams(self) -> set[str]:
        """What the program calls its streams."""
        named = [stream_of(step.command) for step in self.steps]
        return {name for name in named if name is not None}

    @property
    def closest(self) -> Sequence[Difference]:
        return self.alternatives[0]

    @property
    def forbidden(self) -> str:
        """The surprise that ``--forbid`` named and that was shown; "" for what does not
        conform."""
        where = self.closest[0].where
        return where.removeprefix(FORBIDDEN) if where.startswith(FORBIDDEN) else ""

    @property
    def signature(self) -> Signature:
        """What tells it apart from others."""
        where = self.closest[0].where
        return _kind(self.steps[-1], where), where


_METHODS: Final = {
    Burst: Store.__name__,
    ReplayToDeadSocket: Replay.__name__,
    ReplayWhileSending: Replay.__name__,
}
"""Kinds of command that call the method of another kind."""

_STRUCK: Final = " while the disk fails"

_REPLY: Final = ("raises", "returns", "frames")


class DivergedError(AssertionError):
    """Raised by a lockstep; an AssertionError, so that test frameworks count a failure."""

    def __init__(self, divergence: Divergence) -> None:
        plain = _in_plain_data(divergence)
        super().__init__(plain)
        self.divergence = plain

    def __str__(self) -> str:
        from resumable.conformance.report import explain  # noqa: PLC0415 - only if it fails

        return "\n" + explain(self.divergence)


def _in_plain_data(divergence: Divergence) -> Divergence:
    """A divergence goes from process to process, and into files. What a stranger's code
    returned might not."""
    return divergence._replace(
        steps=[step._replace(seen=_plain(step.seen)) for step in divergence.steps],
        alternatives=[
            [each._replace(seen=_plain(each.seen)) for each in differences]
            for differences in divergence.alternatives
        ],
    )


def _plain(value: Any) -> Any:
    if value is None or type(value) in {str, int, float, bool, bytes}:
        return value
    if isinstance(value, Seen | Raised | Misshapen):
        return type(value)(*map(_plain, value))
    if type(value) in {tuple, list}:
        return type(value)(map(_plain, value))
    return Odd(_without_address(value))


def _without_address(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a stranger's __repr__ may do anything
        text = object.__repr__(value)
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def _kind(step: Step, where: str) -> str:
    """The method that was called, and whether the disk failed it: a fault that did not
    strike, or a transaction around the call, is no part of the matter. Of a replay and a
    call from inside its ``send``, the reply is the replay's, and all else the call's."""
    call = innermost(step.command)
    if isinstance(step.command, ReplayWhileSending) and where in _REPLY:
        call = step.command
    name = _METHODS.get(type(call), type(call).__name__)
    return name + _STRUCK if step.seen.disk_failed else name


def is_as_plain(one: Signature, other: Signature) -> bool:
    """Whether ``one`` is ``other``, or the same without the fault that struck there."""
    kind, where = other
    return one in ((kind, where), (kind.removesuffix(_STRUCK), where))
