"""The stateful test, for Hypothesis: ``TestMine = lockstep_machine(my_factory).TestCase``.

Hypothesis chooses the commands, shrinks what diverged, and remembers it. Its own settings and
options apply; ``register_profiles`` adds some that suit.
"""

import inspect
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache, wraps
from typing import Any, ClassVar, Final, TypeVar, cast

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from model import (
    ORIGINAL,
    Advance,
    Command,
    Complete,
    Limits,
    Outcome,
    Restart,
    Start,
    State,
    Store,
)
from model.properties import Moment, by_kind
from model.sometimes import SOMETIMES
from resumable.conformance import prose
from resumable.conformance.clock import FrozenTime
from resumable.conformance.codec import snake
from resumable.conformance.divergence import DivergedError
from resumable.conformance.hindsight import DURABILITIES
from resumable.conformance.hunt.preludes import preludes, slow_preludes
from resumable.conformance.left_out import left_out_of
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import Setting
from resumable.conformance.shrink import shrink
from resumable.conformance.target import Target
from resumable.conformance.targets.frozen import Frozen
from resumable.conformance.targets.registry import spoken_to
from resumable.conformance.targets.stream_like import Factory
from resumable.conformance.vocabulary import STRANGE_IDS, WEIGHTS, View, Vocabulary

T = TypeVar("T")

_LEFT_TO_THE_HARNESS: Final = (Phase.shrink, Phase.explain)
_BYTE: Final = 256
_TRIES: Final = 8
_TELLING: Final = by_kind(SOMETIMES)
_WEIGHTS: Final = WEIGHTS | {Store: 30, Advance: 24, Complete: 16}
"""A hunt sends a hundred times as many commands. Here fewer are stores, and more come past a
threshold of the clock, or end a stream."""

_NAMES: Final = [snake(kind) for kind in WEIGHTS]
_DISPENSABLE: Final = [name for name in _NAMES if name != snake(Start)]
_CHOICES: Final = 10
"""Bytes that say what a command is: as many as the longest needs, or nearly."""

_OFTEN_MAX: Final = 4
_OFTEN: Final = 60
"""What kinds weigh besides that an example sends often: half of what it sends, if there are
as many as there may be."""

_SETTINGS: Final = st.builds(
    Setting,
    isolation_level=st.sampled_from(("DEFERRED", None, "IMMEDIATE", "EXCLUSIVE")),
    rows=st.sampled_from(("tuple", "Row", "dict")),
    scans=st.sampled_from(("forwards", "backwards")),
    storage=st.sampled_from(("memory", "memory", "memory", "file", *DURABILITIES)),
)


def lockstep_machine(
    make: Factory | Callable[[], Target] | str, *, limits: Limits = ORIGINAL
) -> type[RuleBasedStateMachine]:
    """A state machine that holds what ``make`` makes against the specification.

    ``make`` is called with an open ``sqlite3.Connection`` and returns an object with the
    methods of ``resumable.ResumableStream``; it has to read the time from ``time`` or
    ``datetime``, which are frozen. Or it is called with nothing, and returns a target, such
    as those of ``resumable.conformance.targets.builtin``. Or it is a command in any language,
    as for ``--target``: ``"command: node adapter.mjs"``.

    Its test fails with DivergedError, the text of which explains the shortest program found.
    Other settings are best derived from its own, which know that there is no deadline:
    ``TestMine.settings = settings(TestMine.settings, max_examples=1000)``.
    """
    target: Target = spoken_to(make) if isinstance(make, str) else _target(make)
    attributes = {"target": target, "vocabulary": Vocabulary(limits)}
    machine = type(f"Lockstep({target.name})", (_Machine,), attributes)
    machine.TestCase = _test_case(machine)  # type: ignore[attr-defined]  # it is a _Machine
    return cast(type[RuleBasedStateMachine], machine)


def register_profiles() -> None:
    """Register three profiles with Hypothesis: ``ci`` (always the same examples), ``dev``
    (fewer, and others each time) and ``nightly`` (very many). Load one with
    ``settings.load_profile``, or with pytest's ``--hypothesis-profile``."""
    plain = settings(deadline=None, suppress_health_check=list(HealthCheck))
    settings.register_profile("ci", plain, max_examples=150, derandomize=True, database=None)
    settings.register_profile("dev", plain, max_examples=50)
    settings.register_profile("nightly", plain, max_examples=20_000)


class _Sent:
    """A command that Hypothesis prints as a line of the program."""

    def __init__(self, command: Command) -> None:
        self.command: Final = command

    def __repr__(self) -> str:
        return prose.command(self.command)


class _Said:
    """Chooses as ``bytes`` say, one byte for each choice; 0 means the simplest option."""

    def __init__(self, said: bytes) -> None:
        self._said: Final = iter(said)

    def __call__(self, options: Sequence[T], /) -> T:
        index = next(self._said, 0)
        if len(options) > _BYTE:
            index = _BYTE * index + next(self._said, 0)
        return options[index % len(options)]


@st.composite
def _sent(draw: st.DrawFn) -> _Sent:
    """Commands that fit the machine they are drawn for.

    All choices of a command are a single one to Hypothesis. It deletes up to five at once,
    with three of its own in each step, and so can shrink a program step by step.
    """
    machine: _Machine = draw(st.runner())
    return _Sent(machine.command(_Said(draw(st.binary(min_size=_CHOICES, max_size=_CHOICES)))))


@st.composite
def _way(draw: st.DrawFn) -> list[_Sent]:
    """A short way into a state that chance seldom finds; none in every second example."""
    machine: _Machine = draw(st.runner())
    scope = machine.vocabulary.limits, left_out_of(machine.target)
    ways = (*preludes(*scope), *slow_preludes(*scope))
    return [_Sent(command) for command in draw(st.sampled_from([()] * len(ways) + [*ways]))]


class _Machine(RuleBasedStateMachine):
    """One rule sends every kind of command, so that kinds have weights, which Hypothesis'
    rules have not. Each example leaves some out; without that, none would have twenty of a
    kind in a row."""

    target: ClassVar[Target]
    vocabulary: ClassVar[Vocabulary]

    def __init__(self) -> None:
        super().__init__()
        self._opened: Final = ExitStack()
        self._kinds: Sequence[type[Command]] = ()
        self._lockstep: Lockstep

    @initialize(
        setting=_SETTINGS,
        way=_way(),
        without=st.frozensets(st.sampled_from(_DISPENSABLE)),
        often=st.frozensets(st.sampled_from(_NAMES), max_size=_OFTEN_MAX),
    )
    def open(
        self,
        setting: Setting,
        way: list[_Sent],
        without: frozenset[str],
        often: frozenset[str],
    ) -> None:
        self._kinds = _weighted(without, often)
        setting = left_out_of(self.target).without(setting)
        self._lockstep = Lockstep(self.target, limits=self.vocabulary.limits, setting=setting)
        self._opened.callback(self.target.close)
        for sent in way:
            self._do(sent.command)

    @rule(sent=_sent())
    def send(self, sent: _Sent) -> None:
        self._do(sent.command)

    def _do(self, command: Command) -> None:
        before = self._lockstep.states[0]
        outcome = self._lockstep.do(command)
        for line in _events(before, command, self._lockstep.now_ms, outcome, self.vocabulary):
            event(line)

    def command(self, choose: _Said) -> Command:
        """A command for the state that has been reached, which the target can do."""
        left_out = left_out_of(self.target)
        for _ in range(_TRIES):
            command = self._command(choose)
            if not left_out.forbids(command):
                return command
        return Advance(0)

    def _command(self, choose: _Said) -> Command:
        view = self.view()
        kinds = self._kinds
        if view.state.memory.is_destroyed:
            kinds = [*[Restart] * len(kinds), *kinds]
        return self.vocabulary.command(choose(kinds), view, choose)

    def view(self) -> View:
        """What the next command may depend on."""
        lockstep = self._lockstep
        streams = [name for name in lockstep.bindings.used if name not in STRANGE_IDS]
        return View(lockstep.states[0], lockstep.now_ms, streams)

    def teardown(self) -> None:
        self._opened.close()


def _events(
    before: State, command: Command, now_ms: int, outcome: Outcome, vocabulary: Vocabulary
) -> Iterator[str]:
    """What ``--hypothesis-show-statistics`` counts."""
    yield f"sent: {snake(type(command))}"
    if outcome.reply.refused is not None:
        yield f"refused: {outcome.reply.refused}"
    moment = Moment(before, command, now_ms, outcome, vocabulary.limits)
    for telling in _TELLING[type(command)]:
        if telling.holds(moment):
            yield telling.name


@cache
def _weighted(without: frozenset[str], often: frozenset[str]) -> list[type[Command]]:
    """Each kind as often as it weighs, but for those left out, and those sent often."""
    kinds = []
    for kind, weight in _WEIGHTS.items():
        name = snake(kind)
        if name not in without:
            kinds += [kind] * (weight + _OFTEN if name in often else weight)
    return kinds


def _target(make: Any) -> Target:
    try:
        inspect.signature(make).bind()
    except (TypeError, ValueError):  # it needs the connection, or will not tell
        name = getattr(make, "__qualname__", None)
        return Frozen(make, name=f"{make.__module__}:{name}" if name else repr(make))
    return cast(Target, make())


def _test_case(machine: Any) -> Any:
    """The machine's test case, with time frozen once for all examples. It reports one
    failure, which the harness shrinks and explains: it knows more of commands."""
    usual = machine.TestCase
    phases = [phase for phase in usual.settings.phases if phase not in _LEFT_TO_THE_HARNESS]

    class TestCase(usual):  # type: ignore[misc, valid-type]  # made by Hypothesis
        settings = settings(usual.settings, phases=phases, report_multiple_bugs=False)

        @wraps(usual.runTest)  # with the marks that Hypothesis' plugin looks for
        def runTest(self) -> None:  # noqa: N802 - unittest's name
            try:
                super().runTest()
            except DivergedError as error:
                found = error.divergence
                raise DivergedError(shrink(machine.target, found) or found) from None

        def setUp(self) -> None:
            self.addCleanup(logging.disable, logging.root.manager.disable)
            logging.disable()  # thousands of examples would bury the one that matters
            self.enterContext(FrozenTime())
            self.addCleanup(machine.target.stop)

    TestCase.__qualname__ = f"{machine.__name__}.TestCase"
    return TestCase
