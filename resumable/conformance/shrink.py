"""Shrinking: the shortest program found that still shows the *same* divergence.

Every candidate is run from the start with everything compared. One is taken if it diverges
in the same place, at the same kind of command, and is simpler; a fault that need not have
struck is no part of the matter. The order of the candidates is fixed, so that the same program
always shrinks to the same one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Final

from model import (
    Advance,
    Burst,
    Command,
    Complete,
    CutPowerDuring,
    Flush,
    InsertStale,
    KillDuring,
    Limits,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Start,
    Store,
)
from model.commands import stream_of
from resumable.conformance.divergence import Divergence, is_as_plain
from resumable.conformance.left_out import left_out_of
from resumable.conformance.run import run
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.simpler import cost, renamed, simpler, with_streams
from resumable.conformance.target import Target
from resumable.conformance.trace import misuses_name
from resumable.conformance.vocabulary import UNKNOWN

Commands = tuple[Command, ...]

_PAIRS_MAX: Final = 14
"""Programs up to this length also lose any two of their commands at once."""


def shrink(
    target: Target, found: Divergence, beat: Callable[[], None] = lambda: None
) -> Divergence | None:
    """The divergence of the simplest program found; None if it did not happen again.

    A hunt compares some things only at the end of a sequence: "the same" is what the first
    run finds, which compares everything.
    ``beat`` is called before each run, so that somebody can tell that it goes on.
    """
    return _Shrinker(target, found, beat).result()


@dataclass(frozen=True)
class Shrinking:
    """The same, as a task for ``Workers``."""

    divergence: Divergence

    def run(self, target: Target, beat: Callable[[], None]) -> Divergence | None:
        return shrink(target, self.divergence, beat)


class _Shrinker:
    def __init__(self, target: Target, found: Divergence, beat: Callable[[], None]) -> None:
        self._target: Final = target
        self._beat: Final = beat
        self._left_out: Final = left_out_of(target)
        self._limits: Final[Limits] = found.limits
        self._setting: Setting = found.setting
        self._commands: Commands = tuple(step.command for step in found.steps)
        self._tried: Final[set[tuple[Commands, Setting]]] = set()
        self._best = self._run(self._commands, self._setting)

    def result(self) -> Divergence | None:
        if self._best is None:
            return None
        self._take(self._best)
        self._signature = self._best.signature
        while self._improved():
            pass
        return self._best

    def _improved(self) -> bool:
        """One round; cheap passes first, and again from the start once one has helped."""
        passes = (
            self._simpler_settings,
            self._without_blocks,
            self._with_fewer_frames,
            self._joined,
            self._simpler_commands,
            self._without_pairs,
            self._replaced_pairs,
            self._aimed_elsewhere,
            self._ended,
            self._inserted,
        )
        improved = [self._pass(candidates) for candidates in passes]
        return any(improved)

    def _pass(self, candidates: Callable[[], Iterable[tuple[Commands, Setting]]]) -> bool:
        improved = False
        progress = True
        while progress:
            progress = any(self._accepts(*candidate) for candidate in candidates())
            improved = improved or progress
        return improved

    def _accepts(self, commands: Commands, setting: Setting) -> bool:
        key = (commands, setting)
        is_left_out = self._left_out.forbids_any(commands)
        if key in self._tried or is_left_out or not _is_well_formed(commands):
            return False
        self._tried.add(key)
        better = cost(commands, setting) < cost(self._commands, self._setting)
        divergence = self._run(commands, setting) if better else None
        if divergence is None or not is_as_plain(divergence.signature, self._signature):
            return False
        self._take(divergence)
        self._signature = divergence.signature
        return True

    def _take(self, divergence: Divergence) -> None:
        self._best = divergence
        self._setting = divergence.setting
        self._commands = tuple(step.command for step in divergence.steps)

    def _run(self, commands: Commands, setting: Setting) -> Divergence | None:
        self._beat()
        return run(self._target, commands, setting=setting, limits=self._limits)

    # -- Passes: each yields candidates from the best program so far --

    def _simpler_settings(self) -> Iterator[tuple[Commands, Setting]]:
        setting = self._setting
        yield self._commands, DEFAULT
        for field, value in DEFAULT._asdict().items():
            yield self._commands, setting._replace(**{field: value})

    def _without_blocks(self) -> Iterator[tuple[Commands, Setting]]:
        commands = self._commands
        size = len(commands) // 2
        while size:
            for start in range(len(commands) - size, -1, -1):
                yield commands[:start] + commands[start + size :], self._setting
            size //= 2

    def _with_fewer_frames(self) -> Iterator[tuple[Commands, Setting]]:
        """A replay has a frame for each chunk: without some chunks, what happens at a frame
        happens as many frames sooner."""
        for at, command in enumerate(self._commands):
            if isinstance(command, Store | Burst):
                before, after = self._commands[:at], self._commands[at + 1 :]
                chunks = command.count if isinstance(command, Burst) else 1
                yield (*before, *_sooner(after, chunks)), self._setting
                fewer = Store(command.stream, "b")
                yield (*before, fewer, *_sooner(after, chunks - 1)), self._setting

    def _without_pairs(self) -> Iterator[tuple[Commands, Setting]]:
        commands = self._commands
        if len(commands) <= _PAIRS_MAX:
            for first in range(len(commands)):
                for second in range(first + 1, len(commands)):
                    rest = commands[first + 1 : second]
                    yield commands[:first] + rest + commands[second + 1 :], self._setting

    def _simpler_commands(self) -> Iterator[tuple[Commands, Setting]]:
        commands = self._commands
        for other in renamed(commands):
            yield other, self._setting
        for at in range(len(commands) - 1, -1, -1):
            for other_command in simpler(commands[at], self._limits):
                yield (*commands[:at], other_command, *commands[at + 1 :]), self._setting

    def _joined(self) -> Iterator[tuple[Commands, Setting]]:
        """Neighbouring stores to one stream as one burst; two jumps as one, wherever."""
        commands = self._commands
        for at, (first, second) in enumerate(pairwise(commands)):
            if (one := _as_one(first, second)) is not None:
                yield (*commands[:at], one, *commands[at + 2 :]), self._setting
        jumps = [(at, one.ms) for at, one in enumerate(commands) if isinstance(one, Advance)]
        for (sooner, one_ms), (later, other_ms) in combinations(jumps, 2):
            both = Advance(one_ms + other_ms)
            between = commands[sooner + 1 : later]
            for middle in ((*between, both), (both, *between)):
                yield (*commands[:sooner], *middle, *commands[later + 1 :]), self._setting

    def _replaced_pairs(self) -> Iterator[tuple[Commands, Setting]]:
        """Two commands in a row by one that often does as much."""
        commands = self._commands
        streams = [UNKNOWN, *[one.stream for one in commands if isinstance(one, Start)]]
        for at, (first, second) in enumerate(pairwise(commands)):
            for one in _instead_of_two(first, second, streams):
                yield (*commands[:at], one, *commands[at + 2 :]), self._setting

    def _aimed_elsewhere(self) -> Iterator[tuple[Commands, Setting]]:
        """A command that names another stream may need less to come before it."""
        commands = self._commands
        started = [one.stream for one in commands if isinstance(one, Start | InsertStale)]
        for at, command in enumerate(commands):
            for name in (*started, UNKNOWN):
                aimed = with_streams(command, {stream_of(command) or "": name})
                for gone in range(at):
                    before = commands[:gone] + commands[gone + 1 : at]
                    yield (*before, aimed, *commands[at + 1 :]), self._setting

    def _ended(self) -> Iterator[tuple[Commands, Setting]]:
        """What a crash orphans, and a replay then finishes, might have been completed."""
        commands = self._commands
        for at, (crash, replay) in enumerate(pairwise(commands)):
            if isinstance(crash, KillDuring | CutPowerDuring) and isinstance(replay, Replay):
                end = Complete(stream_of(crash) or UNKNOWN)
                yield (*commands[:at], crash.call, end, *commands[at + 2 :]), self._setting

    def _inserted(self) -> Iterator[tuple[Commands, Setting]]:
        """Streams that start and grow old together might all have been inserted."""
        commands = self._commands
        for at, jump in enumerate(commands):
            if isinstance(jump, Advance) and jump.ms > 0:
                older = [
                    InsertStale(one.stream, one.request, jump.ms)
                    if isinstance(one, Start)
                    else one
                    for one in commands[:at]
                ]
                yield (*older, *commands[at + 1 :]), self._setting


def _instead_of_two(
    first: Command, second: Command, streams: Iterable[str]
) -> Iterator[Command]:
    """A stream that starts and grows old, or is forgotten, might have been inserted; one that
    is inserted and restored might have been started. What flushes and forgets, or finishes
    an orphan, might be an end."""
    if isinstance(first, Start):
        yield InsertStale(first.stream, first.request, 0)
        if isinstance(second, Advance):
            yield InsertStale(first.stream, first.request, second.ms)
    if isinstance(first, InsertStale):
        yield Start(first.stream, first.request)
    if isinstance(first, Flush | Restart) or isinstance(second, Flush | Restart):
        yield from [Complete(stream) for stream in streams]


def _sooner(commands: Commands, frames: int) -> Iterator[Command]:
    for command in commands:
        if isinstance(command, ReplayWhileSending):
            yield replace(command, at_frame=max(command.at_frame - frames, 0))
        elif isinstance(command, ReplayToDeadSocket):
            yield replace(command, frames_taken=max(command.frames_taken - frames, 0))
        else:
            yield command


def _as_one(first: Command, second: Command) -> Command | None:
    if not isinstance(first, Store | Burst) or not isinstance(second, Store | Burst):
        return None
    if first.stream != second.stream:
        return None
    counts = [one.count if isinstance(one, Burst) else 1 for one in (first, second)]
    return Burst(first.stream, "b", sum(counts))


def _is_well_formed(commands: Sequence[Command]) -> bool:
    names: dict[str, None] = {}
    return not any(misuses_name(command, names) for command in commands)
