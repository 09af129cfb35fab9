"""The core that every engine drives: one command to target and specification, compared."""

from collections.abc import Sequence
from copy import copy
from typing import Any, Final

from model import (
    INITIAL,
    ORIGINAL,
    Advance,
    Command,
    Limits,
    Outcome,
    ReplayWhileSending,
    Start,
    State,
)
from model.commands import UNANSWERED, CutPower, crashes, innermost, stream_of
from model.crash import Disks
from model.properties import Moment
from model.step import midway
from resumable.conformance.bindings import Bindings
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.compare import (
    DISK_FAILED,
    agrees,
    crash_differences,
    detail_differences,
    differences,
)
from resumable.conformance.divergence import (
    FORBIDDEN,
    Difference,
    DivergedError,
    Divergence,
    Step,
)
from resumable.conformance.forbidden import forbidden, shown
from resumable.conformance.hindsight import hindsight
from resumable.conformance.observed import Namer, Observation
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.target import Brief, Detail, Target, step_of

_CUT_SHORT: Final = (*UNANSWERED, CutPower)
"""Commands after which the rows may be those of before a call, or after it."""


class Lockstep:
    """One sequence of commands on one target.

    ``states`` are all that are permitted after what was observed so far; each observation
    narrows them, and when none is left ``do`` raises DivergedError.

    While ``brief`` is true, only reply, accessors, metadata and connection are compared, and
    metadata only if a row was written; chunks, raw rows and crash points are not, except
    where a crash within a call leaves several states: only the rows tell which of them it is.
    """

    def __init__(
        self,
        target: Target,
        *,
        limits: Limits = ORIGINAL,
        setting: Setting = DEFAULT,
        brief: bool = False,
    ) -> None:
        self.target: Final = target
        self.limits: Final = limits
        self.setting: Final = setting
        self.bindings: Final = Bindings()
        self.steps: Final[list[Step]] = []
        self.states: tuple[State, ...] = (INITIAL,)
        self.now_ms = EPOCH_MS
        self.brief = brief
        self._namer: Final = Namer(self.bindings)
        self._step: Final = step_of(target)
        self._hindsight = hindsight(setting, limits)
        self._forbidden: Final = forbidden()
        target.open(setting, self.now_ms, limits)

    def fork(self, target: Target) -> "Lockstep":
        """Another one that has come to the same point. ``target`` need not: its next command
        has to bring it there."""
        other = Lockstep(target, limits=self.limits, setting=self.setting, brief=self.brief)
        other.bindings.copy(self.bindings)
        other.steps.extend(self.steps)
        other.states, other.now_ms = self.states, self.now_ms
        other._hindsight = copy(self._hindsight)
        return other

    @property
    def may_be_found(self) -> Disks:
        """The disks that a loss of power may leave now; none where no power can be lost."""
        return () if self._hindsight is None else self._hindsight.may_be_found

    def do(self, command: Command) -> Outcome:
        """Send one command; return the outcome that agreed (the first, if several did).

        Raises DivergedError if no permitted outcome does.
        """
        __tracebackhide__ = True  # for pytest: the divergence says all that is of interest
        if type(command) is Advance:
            self.now_ms += command.ms
        before = self.states
        permitted = self._permitted(command)
        if self._hindsight is not None:
            besides = self._hindsight.besides(command, self.now_ms)
            permitted = tuple(dict.fromkeys((*permitted, *besides)))
        observation = self._observe(command)
        self.steps.append(Step(command, self.now_ms, observation.reply))
        first = self._narrow(before, permitted, observation)
        if observation.detail is not None and observation.detail.midway:
            self._check_crash_points(command, before, observation.detail)
        if self._hindsight is not None:
            failed = observation.reply.disk_failed
            self._hindsight.note(command, before, self.states, self.now_ms, disk_failed=failed)
        if self._forbidden:
            self._refuse_forbidden(command, before)
        return first

    def _narrow(
        self, before: tuple[State, ...], permitted: Sequence[Outcome], observation: Observation
    ) -> Outcome:
        """Keep the states of the outcomes that agree. Mostly one is permitted, and does."""
        if len(permitted) == 1 and not differences(permitted[0], observation, self._namer):
            self.states = (permitted[0].state,)
            return permitted[0]
        agreeing, states = self._agreeing(permitted, observation)
        is_cut_short = isinstance(self.steps[-1].command, _CUT_SHORT)
        if len(states) > 1 and is_cut_short and observation.detail is None:
            observation = observation._replace(detail=self._namer.detail(self._look()))
            agreeing, states = self._agreeing(agreeing, observation)
        if not agreeing:
            raise self._diverged(before[0], permitted, observation)
        self.states = states
        return agreeing[0]

    def _agreeing(
        self, permitted: Sequence[Outcome], observation: Observation
    ) -> tuple[list[Outcome], tuple[State, ...]]:
        """The outcomes that agree, and the states that they lead to, each once."""
        agreeing = [
            outcome
            for outcome in permitted
            if not differences(outcome, observation, self._namer)
        ]
        return agreeing, tuple(dict.fromkeys([outcome.state for outcome in agreeing]))

    def look_closely(self) -> None:
        """Compare now what ``brief`` leaves out.

        Raises DivergedError if no permitted state agrees.
        """
        seen = self._namer.detail(self._look())
        found = [list(detail_differences(state, seen)) for state in self.states]
        if all(found):
            raise DivergedError(self._divergence(self.states[0], sorted(found, key=len)))

    def _permitted(self, command: Command) -> Sequence[Outcome]:
        if len(self.states) == 1:
            return self._step(self.states[0], command, self.now_ms, self.limits)
        return [
            outcome
            for state in self.states
            for outcome in self._step(state, command, self.now_ms, self.limits)
        ]

    def _observe(self, command: Command) -> Observation:
        bindings = self.bindings
        name = stream_of(command)
        if name is not None:
            bindings.used[name] = None
        reply = self.target.perform(command, bindings, self.now_ms)
        brief = self.target.brief(may_skip=self.brief)
        kind = type(command)
        if kind in UNANSWERED or kind is ReplayWhileSending:
            self._bind_unanswered(innermost(command), brief)
        elif self._hindsight is not None and crashes(command):
            self._bind_unanswered(self._hindsight.doubtful_call, brief)
        elif name is not None and reply.value is not None:
            bindings.bind(name, reply.value)
        return self._namer.observation(reply, brief, None if self.brief else self._look())

    def _look(self) -> Detail:
        return self.target.detail(tuple(self.bindings.used), self.bindings)

    def _bind_unanswered(self, call: Any, brief: Brief) -> None:
        """A process that was killed while it started a stream has not told its id; a replay
        has another reply than the start inside it."""
        if isinstance(call, Start):
            self.bindings.bind(call.stream, self._namer.unnamed(brief.metadata))

    def _check_crash_points(
        self, command: Command, before: tuple[State, ...], detail: Detail
    ) -> None:
        disks = [state.disk for state in (*before, *self.states)]
        for state in before:
            disks.extend(midway(state, command, self.now_ms, self.limits))
        found = crash_differences(disks, detail)
        if found:
            raise DivergedError(self._divergence(before[0], [found]))

    def _refuse_forbidden(self, command: Command, before: tuple[State, ...]) -> None:
        """What was observed conforms, and yet it may show what is forbidden."""
        seen = self.steps[-1].seen
        moments = [
            Moment(state, command, self.now_ms, outcome, self.limits)
            for state in before
            for outcome in self._step(state, command, self.now_ms, self.limits)
            if outcome.state in self.states and agrees(outcome.reply, seen)
        ]
        surprise = shown(self._forbidden, moments)
        if surprise is not None:
            found = Difference(FORBIDDEN + surprise.name, surprise.says, surprise.wanted)
            raise DivergedError(self._divergence(before[0], [[found]]))

    def _diverged(
        self, before: State, permitted: Sequence[Outcome], observation: Observation
    ) -> DivergedError:
        found = [differences(outcome, observation, self._namer) for outcome in permitted]
        has_rows = observation.detail is not None and observation.detail.rows is not None
        return DivergedError(self._divergence(before, sorted(found, key=_distance), has_rows))

    def _divergence(
        self,
        before: State,
        alternatives: Sequence[Sequence[Difference]],
        rows_compared: bool = False,
    ) -> Divergence:
        return Divergence(
            self.target.name,
            self.setting,
            self.limits,
            self.steps,
            before,
            alternatives,
            rows_compared,
        )


def _distance(differences: Sequence[Difference]) -> tuple[bool, bool, int]:
    """How far an outcome is from what was seen: a disk that failed is none that did not, and
    a call that raised is held against what it may leave when it raises."""
    places = [each.where for each in differences]
    return DISK_FAILED in places, "raises" in places, len(places)
