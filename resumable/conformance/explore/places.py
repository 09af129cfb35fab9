"""Places: states that an exploration has reached, and the ways back to them."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from model import INITIAL, ORIGINAL, Command, Limits, State
from model.commands import moved
from resumable.conformance.ahead import plan
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.explore import holdings, memory
from resumable.conformance.explore.alphabet import commands
from resumable.conformance.explore.holdings import Content, Holdings, UnlikeError
from resumable.conformance.explore.memory import Knowledge, take_down
from resumable.conformance.explore.scope import Scope, View
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import DEFAULT, ROW_FACTORIES, Setting
from resumable.conformance.target import Brief, Target, step_of
from resumable.conformance.targets.in_process import InProcess


class Picture(NamedTuple):
    """A target, taken down: its database, and what its instance knows."""

    database: holdings.Copy
    memory: memory.Picture


class Place(NamedTuple):
    """One state of target and specification, with all that is needed to go on from it."""

    key: bytes

    states: tuple[State, ...]
    now_ms: int
    ids: dict[str, str]
    """The target's ids by symbolic name."""

    begun: tuple[str, ...]
    """The name of every stream that ever began."""

    trail: bytes
    """Which command was taken, by its number among those tried, at each step so far."""

    picture: Picture | None

    def view(self, scope: Scope) -> View:
        """What the next commands depend on."""
        return View(scope, self.states[0], self.now_ms, self.begun, len(self.trail))


class Held(NamedTuple):
    """What a target holds now."""

    content: Content
    instance: object | None
    known: dict[str, Any] | None
    """What the instance knows; None if nobody can look into it."""


class WayBack(Protocol):
    """How a target is brought back to a place where it has been."""

    @property
    def says(self) -> str:
        """The same, for people."""
        ...

    def at(self, place: Place) -> Lockstep:
        """A lockstep whose target is at ``place`` again; it is of no use after the next."""
        ...

    def picture(self) -> Picture | None:
        """The target as it is now, if this way back goes by pictures."""
        ...

    def is_there(self, held: Held) -> bool:
        """Whether the target, which holds this, is certainly as it was when it was brought
        back last."""
        ...


class Copies:
    """The rows that differ are written again, and the instance knows again what it knew.
    That costs less than one command, as a rule."""

    says: Final = "copies of the database and of what the instance holds"

    def __init__(self, target: InProcess, holdings: Holdings, scope: Scope) -> None:
        self._target: Final = target
        self._holdings: Final = holdings
        self._lockstep: Final = Lockstep(_AlreadyOpen(target), limits=scope.limits, brief=True)
        self._picture: Picture | None = None
        self._knowledge = Knowledge(b"")
        self._content: Content | None = None
        self._is_there = False

    def at(self, place: Place) -> Lockstep:
        if place.picture is not self._picture:
            self._look_at(place.picture)
        if not self._is_there:
            self._put_back()
        self._is_there = False
        lockstep, bindings = self._lockstep, self._lockstep.bindings
        lockstep.states = place.states
        lockstep.now_ms = place.now_ms
        lockstep.steps.clear()
        bindings.ids = dict(place.ids)
        bindings.names = dict(zip(place.ids.values(), place.ids, strict=True))
        bindings.used = dict.fromkeys(place.begun)
        return lockstep

    def picture(self) -> Picture:
        connection = self._target.connection
        try:
            known = take_down(self._target.instance, connection)
        except Exception as error:
            raise UnlikeError(f"it cannot be copied: {error}") from error
        return Picture(self._holdings.copy(connection), known)

    def is_there(self, held: Held) -> bool:
        self._is_there = (
            held.content is self._content
            and held.known is not None
            and self._knowledge.is_all_of(held.known)
        )
        return self._is_there

    def _put_back(self) -> None:
        target = self._target
        target.go_back()
        connection = target.connection
        try:
            connection.rollback()
            connection.row_factory = ROW_FACTORIES[DEFAULT.rows]
            connection.isolation_level = DEFAULT.isolation_level
            self._content = self._holdings.put_back(connection)
        except sqlite3.Error as error:
            raise UnlikeError(f"its database cannot be put back: {error}") from error
        self._knowledge.put_back(target.instance, connection)

    def _look_at(self, picture: Picture | None) -> None:
        if picture is None:
            raise UnlikeError("there is no copy of a place")
        self._is_there = False
        self._picture = picture
        self._knowledge = Knowledge(picture.memory)
        self._holdings.look_at(picture.database)


def copies_of(target: Target, holdings: Holdings | None, scope: Scope) -> Copies:
    """Copies, if the target can be copied. Raises UnlikeError."""
    if holdings is None or not isinstance(target, InProcess):
        raise UnlikeError("it cannot be copied, since it lives in another process")
    # A database in memory has no name, or, once it was deserialized, one that is no path.
    (_, _, file), *_ = target.connection.execute("pragma database_list")
    if Path(file).is_absolute():
        raise UnlikeError("it cannot be copied, since its database is a file")
    return Copies(target, holdings, scope)


class Repeats:
    """Every command since the start is sent again: slow, but right for any target that does
    the same thing twice."""

    says: Final = "the same commands again from the start"

    def __init__(self, target: Target, scope: Scope) -> None:
        self._target: Final = target
        self._scope: Final = scope

    def at(self, place: Place) -> Lockstep:
        self._target.close()
        plan(self._target, self._foreseen(place.trail), looks=False)
        lockstep, _ = follow(self._target, self._scope, place.trail, brief=True)
        return lockstep

    def picture(self) -> None:
        return None

    def is_there(self, _held: Held) -> bool:
        return False

    def _foreseen(self, trail: Sequence[int]) -> Iterator[Command]:
        """The commands of a trail, up to one that may have several outcomes."""
        permitted = step_of(self._target)
        state, now_ms, begun = INITIAL, EPOCH_MS, tuple[str, ...]()
        for number, choice in enumerate(trail):
            command = commands(View(self._scope, state, now_ms, begun, number))[choice]
            yield command
            now_ms = moved(now_ms, command)
            outcomes = permitted(state, command, now_ms, self._scope.limits)
            if len(outcomes) > 1:
                return
            state = outcomes[0].state
            begun = begun_by_now(begun, state)


def follow(
    target: Target, scope: Scope, trail: Sequence[int], *, brief: bool
) -> tuple[Lockstep, tuple[str, ...]]:
    """Send the commands of a trail to a target that is not open; return the lockstep, and
    every stream that began. Raises DivergedError."""
    lockstep = Lockstep(target, limits=scope.limits, brief=brief)
    begun: tuple[str, ...] = ()
    for number, choice in enumerate(trail):
        view = View(scope, lockstep.states[0], lockstep.now_ms, begun, number)
        lockstep.do(commands(view)[choice])
        begun = begun_by_now(begun, lockstep.states[0])
    return lockstep, begun


def begun_by_now(begun: tuple[str, ...], state: State) -> tuple[str, ...]:
    """Every stream that ever began, with the new one that is on disk now, if there is; or
    that is active, although its ``start`` raised."""
    streams = [row.id for row in state.disk.streams if row.id not in begun]
    active = state.memory.active
    if active is not None and active not in begun and active not in streams:
        streams.append(active)
    return begun + tuple(streams)


class _AlreadyOpen:
    """A target whose sequence has begun long ago: opening it changes nothing."""

    def __init__(self, target: InProcess) -> None:
        self.name: Final = target.name
        self.takes_limits: Final = target.takes_limits
        self.perform: Final = target.perform
        self.brief: Final = partial(_brief, target)
        self.detail: Final = target.detail
        self.close: Final = target.close
        self.stop: Final = target.stop

    def open(self, setting: Setting, now_ms: int, limits: Limits = ORIGINAL) -> None:
        """Nothing."""


def _brief(target: InProcess, *, may_skip: bool) -> Brief:  # noqa: ARG001
    """All of it: what was read last was read at another place."""
    return target.brief(may_skip=False)
