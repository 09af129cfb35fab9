"""``--target handover``: the original and our implementation take turns on one database file.

The original begins. A restart hands the file to the other side, which finds what this one has
left; a reopen or a kill leaves it where it is. The specification is the referee throughout.
"""

from collections.abc import Sequence
from typing import Final

from model import Command, Limits, Outcome, Restart, State, step
from model.limits import ORIGINAL
from resumable.conformance.bindings import Bindings
from resumable.conformance.left_out import LeftOut
from resumable.conformance.setting import Setting
from resumable.conformance.target import Brief, Detail, Seen, TargetError
from resumable.conformance.targets.builtin import sqlite_child
from resumable.conformance.targets.database import FileDatabase, new_folder
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.upstream.differences import UNTIED, step_by
from resumable.conformance.upstream.target import Upstream


class HandOver:
    """Two targets on one file, of which one is alive. Each has its own errors and ids."""

    name: Final = "handover"
    takes_limits: Final = False

    def __init__(self, original: Upstream | None = None, ours: InProcess | None = None) -> None:
        self._original: Final = original or Upstream("upstream")
        self._ours: Final = ours or sqlite_child()
        self._database: FileDatabase
        self._setting = Setting()
        self._is_ours = False

    @property
    def left_out(self) -> LeftOut:
        """What the original cannot do: our side has to be kept to that."""
        return self._original.left_out

    @property
    def declared(self) -> dict[str, str]:
        return {each.name: each.says for each in UNTIED}

    def step(
        self, state: State, command: Command, now: int, limits: Limits, /
    ) -> tuple[Outcome, ...]:
        """Each side by its own rules, but for ties: our indexes are in the file, too, and
        with them SQLite gives the original another of several equal rows."""
        if self._is_ours or isinstance(command, Restart):
            return step(state, command, now, limits)
        return step_by(UNTIED, state, command, now, limits)

    def open(self, setting: Setting, now_ms: int, limits: Limits = ORIGINAL) -> None:
        if limits != ORIGINAL:
            raise TargetError("handover cannot change limits, since the original cannot")
        self._setting = setting
        self._is_ours = False
        self._database = FileDatabase(new_folder())
        self._database.connect(setting).close()
        seen = self._original.attach(self._database.path, now_ms)
        if seen.refused:
            raise TargetError(f"the original raised when constructed: {seen.error}")

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        if isinstance(command, Restart):
            return self._hand_over(now_ms)
        return self._living.perform(command, bindings, now_ms)

    def brief(self, *, may_skip: bool) -> Brief:
        return self._living.brief(may_skip=may_skip)

    def detail(self, names: Sequence[str], bindings: Bindings) -> Detail:
        return self._living.detail(names, bindings)

    def close(self) -> None:
        if self._is_ours:
            self._ours.close()
        else:
            self._original.detach()
            self._database.close()

    def stop(self) -> None:
        self._original.stop()
        self._ours.stop()

    @property
    def _living(self) -> Upstream | InProcess:
        return self._ours if self._is_ours else self._original

    def _hand_over(self, now_ms: int) -> Seen:
        self._is_ours = not self._is_ours
        self._database.midway.clear()
        if self._is_ours:
            self._original.detach()
            return self._ours.attach(self._database, self._setting, now_ms)
        self._database.connection.close()
        return self._original.attach(self._database.path, now_ms)
