"""The first disagreement between a target and every outcome that is permitted."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from model import Command, Limits, ReplayToDeadSocket, State
from resumable.conformance.setting import Setting
from resumable.conformance.target import Seen


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
    def closest(self) -> Sequence[Difference]:
        return self.alternatives[0]

    @property
    def signature(self) -> tuple[str, str]:
        """What tells divergences apart: the kind of command, and what differed first."""
        return _kind(self.steps[-1]), self.closest[0].where


class DivergedError(AssertionError):
    """Raised by a lockstep; an AssertionError, so that test frameworks count a failure."""

    def __init__(self, divergence: Divergence) -> None:
        super().__init__(divergence)
        self.divergence = divergence

    def __str__(self) -> str:
        from resumable.conformance.report import explain  # noqa: PLC0415 - only if it fails

        return "\n" + explain(self.divergence)


def _kind(step: Step) -> str:
    """The method that was called, and whether the disk failed it: a fault that did not
    strike, or a transaction around the call, is no part of the matter."""
    call = getattr(step.command, "call", step.command)
    name = "Replay" if isinstance(call, ReplayToDeadSocket) else type(call).__name__
    return f"{name} while the disk fails" if step.seen.disk_failed else name
