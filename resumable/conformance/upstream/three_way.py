"""Specification, original and our implementation in lockstep: one command to all three."""

from collections import Counter
from typing import Final

from model import Command, KillDuring, State
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.target import Target
from resumable.conformance.upstream.differences import at_stake


class ApartError(AssertionError):
    """Both do what the specification permits, not the same, and no difference is declared
    that would account for it."""


class ThreeWay:
    """One sequence of commands on the original and on ours.

    Each is compared with an outcome that the specification permits: frames byte for byte,
    rows column for column. If it is the same outcome, the two are alike to the last byte. They
    may part only where a declared difference is at stake, and they stay parted until they
    are in the same state again.
    """

    def __init__(self, original: Target, ours: Target) -> None:
        self._original: Final = Lockstep(original)
        self._ours: Final = Lockstep(ours)
        self._parted_by: str | None = None
        self.together = 0
        """How many steps both took with the same outcome."""

        self.apart: Final[Counter[str]] = Counter()
        """How many they took apart, by the difference that had parted them."""

    def do(self, command: Command) -> None:
        """Send it to both. Raises DivergedError if one does what it must not, ApartError if
        they part without a reason."""
        __tracebackhide__ = True
        befores = (self._original.states[0], self._ours.states[0])
        reasons = [_reason(state, command) for state in befores]
        one, other = self._original.do(command), self._ours.do(command)
        if one == other:
            self._parted_by = None
            self.together += 1
            return
        self._parted_by = self._parted_by or next(filter(None, reasons), None)
        if self._parted_by is None:
            raise ApartError(f"{command}: the original {one}, ours {other}")
        self.apart[self._parted_by] += 1

    def close(self) -> None:
        for side in (self._original, self._ours):
            side.target.close()


def _reason(state: State, command: Command) -> str | None:
    """Why they may part here. They run other statements, so that a kill hits elsewhere."""
    return "kills" if isinstance(command, KillDuring) else at_stake(state, command)
