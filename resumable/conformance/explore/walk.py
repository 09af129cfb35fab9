"""One step of an exploration: everything that can be done at one place."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from model import Command, Destroy, InTransaction, KillDuring, Reopen, WhileDiskFails
from model.classes import classes_of
from model.commands import KINDS
from model.properties import Moment
from resumable.conformance.coverage import Coverage
from resumable.conformance.divergence import DivergedError
from resumable.conformance.explore.alphabet import commands
from resumable.conformance.explore.graph import Edge, node_of
from resumable.conformance.explore.holdings import Content, Holdings, UnlikeError
from resumable.conformance.explore.memory import knowledge
from resumable.conformance.explore.places import (
    Held,
    Place,
    Repeats,
    WayBack,
    begun_by_now,
    copies_of,
    follow,
)
from resumable.conformance.explore.renaming import Renaming
from resumable.conformance.explore.sameness import key_of
from resumable.conformance.explore.scope import Scope, View, gone
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.target import Target
from resumable.conformance.targets.in_process import InProcess

Kinds = Collection[type[Command]]

_NEW_CONNECTION: Final = (Reopen, KillDuring)
_NEW_TABLES: Final = (Destroy,)
_NEW_TRIGGERS: Final = (WhileDiskFails,)

SORTS: Final[Sequence[Kinds]] = (
    [kind for kind in KINDS if kind not in (*_NEW_CONNECTION, *_NEW_TABLES, *_NEW_TRIGGERS)],
    _NEW_CONNECTION,
    _NEW_TABLES,
    _NEW_TRIGGERS,
)
"""All kinds of command. Those of one sort are sent to one place after the other, since a
change of sorts, or of the schema, makes SQLite prepare every statement anew: that costs more
than to go from place to place."""

SAMPLED: Final = 64
"""One key in so many is a sample: what is taken for granted elsewhere is checked there."""


def is_sampled(key: bytes) -> bool:
    """Whether the state of this key is one of the samples; the same ones in every run."""
    return int.from_bytes(key[:2]) % SAMPLED == 0


class Arrival(NamedTuple):
    """Where the command of number ``choice`` leads."""

    choice: int
    key: bytes
    is_new: bool
    """Whether it is the first arrival at this state, as far as the walker knows."""

    place: Place | None
    """None if nobody will ask: the state is known, or not gone on from."""


@dataclass
class Figures:
    """What an exploration counts; adds up over batches."""

    transitions: int = 0
    refused: Counter[type[Command]] = field(default_factory=Counter)
    coverage: Coverage = field(default_factory=Coverage)
    edges: Counter[Edge] = field(default_factory=Counter)
    repeated: int = 0
    """Places that were reached again from the start, and found to be what they were."""

    def add(self, other: "Figures") -> None:
        self.transitions += other.transitions
        self.refused.update(other.refused)
        self.coverage.add(other.coverage)
        self.edges.update(other.edges)
        self.repeated += other.repeated


class _Visit(NamedTuple):
    """All that the commands at one place have in common."""

    view: View
    tried: Sequence[Command]
    classes: tuple[str, ...]
    node: str


class Walker:
    """Walks a target, which is opened for it, about a scope. ``seen`` are keys of states
    that need not be looked at again."""

    def __init__(self, target: Target, scope: Scope, *, copies: bool, seen: set[bytes]) -> None:
        self.figures: Final = Figures()
        self._target: Final = target
        self._scope: Final = scope
        self._seen: Final = seen
        self._first: Final = Lockstep(target, limits=scope.limits, brief=True)
        self._visits: Final[dict[bytes, _Visit]] = {}
        """By trail: of two places of one key each has its own names and bodies."""

        self._way: WayBack = Repeats(target, scope)
        self._holdings: Holdings | None = None
        if isinstance(target, InProcess):
            self._holdings = Holdings(target.connection)
        if copies:
            try:
                self._way = copies_of(target, self._holdings, scope)
            except UnlikeError:
                self.close()
                raise

    @property
    def is_opaque(self) -> bool:
        """Whether nobody can look into the memory of the target."""
        return self._holdings is None

    def close(self) -> None:
        """Let go of the target."""
        self._target.close()
        if self._holdings is not None:
            self._holdings.close()

    def start(self) -> Place:
        """The place where everything begins."""
        key = self.key(self._first, ())
        self._seen.add(key)
        picture = self._way.picture()
        return Place(key, self._first.states, self._first.now_ms, {}, (), b"", picture)

    def arrivals(
        self, place: Place, *, is_last: bool, kinds: Kinds = KINDS
    ) -> Iterator[Arrival]:
        """Do everything of these ``kinds`` that can be done at ``place``, each from there.

        Raises DivergedError at the first command that diverges, with all steps since the
        start; UnlikeError if that does not happen again.
        """
        view, tried, classes, node = self._visit(place)
        for choice, command in enumerate(tried):
            if type(command) not in kinds:
                continue
            lockstep = self._way.at(place)
            try:
                outcome = lockstep.do(command)
                held = self._held(lockstep)
                arrival = (
                    Arrival(choice, place.key, False, None)
                    if self._way.is_there(held) and not _has_moved(lockstep, place)
                    else self._arrive(lockstep, place, choice, held, is_last=is_last)
                )
            except DivergedError as error:
                raise self._from_the_start(place.trail + bytes((choice,)), error) from None
            moment = Moment(view.state, command, lockstep.now_ms, outcome, view.scope.limits)
            self._count(moment, classes, node)
            yield arrival

    def _visit(self, place: Place) -> _Visit:
        visit = self._visits.get(place.trail)
        if visit is None:
            view = place.view(self._scope)
            about = view.state, view.now_ms, view.scope.limits
            visit = _Visit(view, commands(view), classes_of(*about), node_of(*about))
            self._visits[place.trail] = visit
        return visit

    def check(self, place: Place) -> None:
        """Raise UnlikeError unless the commands that lead to ``place`` lead there again."""
        self._target.close()
        if self.key(*follow(self._target, self._scope, place.trail, brief=True)) != place.key:
            raise UnlikeError("the same commands led to another state")
        self.figures.repeated += 1

    def _from_the_start(self, trail: bytes, error: DivergedError) -> DivergedError:
        self._target.close()
        try:
            follow(self._target, self._scope, trail, brief=False)
        except DivergedError as again:
            return again
        if self._way.says != Repeats.says:
            raise UnlikeError("a divergence did not happen again")
        return error

    def _arrive(
        self, lockstep: Lockstep, before: Place, choice: int, held: Held, *, is_last: bool
    ) -> Arrival:
        begun = begun_by_now(before.begun, lockstep.states[0])
        key = _key(lockstep, begun, held)
        is_new = key not in self._seen
        place = None
        if not is_last and (is_new or is_sampled(key)):
            place = Place(
                key,
                lockstep.states,
                lockstep.now_ms,
                lockstep.bindings.ids,
                begun,
                before.trail + bytes((choice,)),
                self._way.picture(),
            )
        if is_new:
            self._seen.add(key)
            lockstep.look_closely()
        return Arrival(choice, key, is_new, place)

    def key(self, lockstep: Lockstep, begun: tuple[str, ...]) -> bytes:
        """The key of where the target is now. ``begun`` is every stream that ever began."""
        return _key(lockstep, begun, self._held(lockstep))

    def _held(self, lockstep: Lockstep) -> Held:
        target = self._target
        if isinstance(target, InProcess) and self._holdings is not None:
            instance = target.instance
            return Held(self._holdings.read(target.connection), instance, knowledge(instance))
        return Held(_content_of(target, lockstep), None, None)

    def _count(self, moment: Moment, classes: tuple[str, ...], node: str) -> None:
        figures, kind = self.figures, type(moment.command)
        figures.transitions += 1
        if moment.reply.refused is not None:
            figures.refused[kind] += 1
        figures.coverage.note_moment(moment, classes)
        to = node_of(moment.after, moment.now, moment.limits)
        figures.edges[node, _kind_of_edge(moment.command), to] += 1


def _key(lockstep: Lockstep, begun: tuple[str, ...], held: Held) -> bytes:
    content, owner, known = held
    renaming = Renaming(lockstep.bindings.names, lockstep.now_ms, owner)
    states = lockstep.states
    return key_of(states, gone(begun, states[0]), content, known, renaming)


def _has_moved(lockstep: Lockstep, place: Place) -> bool:
    """Whether clock or specification have gone on from ``place``."""
    return lockstep.now_ms != place.now_ms or (
        lockstep.states[0] is not place.states[0] or len(lockstep.states) != len(place.states)
    )


def _kind_of_edge(command: Command) -> type[Command]:
    """A transaction around a call makes no difference to where it leads."""
    return type(command.call if isinstance(command, InTransaction) else command)


def _content_of(target: Target, lockstep: Lockstep) -> Content:
    """What a target shows of its rows, if its database cannot be looked into."""
    rows = target.detail((), lockstep.bindings).rows
    if rows is None:
        return Content((), ())
    return Content(
        tuple([(None, *row) for row in rows.streams]),
        tuple([(None, None, *row) for row in rows.chunks]),
    )
