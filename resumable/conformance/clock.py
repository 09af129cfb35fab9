"""Time as the harness moves it: the wall clock of this process, frozen by freezegun."""

import datetime as dt
from types import TracebackType
from typing import Final, Self, cast

import freezegun
from freezegun.api import FrozenDateTimeFactory

EPOCH_MS: Final = 1_767_225_600_000
"""When every sequence begins: 2026-01-01T00:00:00Z, in milliseconds."""

_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - freezegun wants naive UTC

# Truncating *and* rounding the frozen time to milliseconds has to give the right one, however
# a target reads it, floating point included.
_WITHIN_MS: Final = dt.timedelta(microseconds=250)


class FrozenTime:
    """Freezes ``time`` and ``datetime`` while entered, for all but Hypothesis, which times
    what it does. Starting costs over 5 ms, except inside another one, so that an engine
    enters one for all its sequences."""

    def __init__(self) -> None:
        self._freezer: Final = freezegun.freeze_time(_at(EPOCH_MS), ignore=["hypothesis."])
        self._factory: FrozenDateTimeFactory | None = None

    def __enter__(self) -> Self:
        self._factory = cast(FrozenDateTimeFactory, self._freezer.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._freezer.stop()
        self._factory = None

    def set(self, now_ms: int) -> None:
        """Move the wall clock to ``now_ms``."""
        if self._factory is None:
            raise RuntimeError("enter FrozenTime before setting it")
        self._factory.move_to(_at(now_ms))


def _at(now_ms: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=now_ms) + _WITHIN_MS
