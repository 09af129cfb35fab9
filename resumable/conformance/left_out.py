"""What a target cannot do: it is not asked for it, and every verdict says so."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol, TypeVar, runtime_checkable

from model import ORIGINAL, Command, InTransaction, Limits
from model.commands import crashes
from resumable.conformance.codec import snake
from resumable.conformance.setting import DEFAULT, Setting, Storage
from resumable.conformance.target import Target

Program = TypeVar("Program", bound=Iterable[Command])


@runtime_checkable
class LeavesOut(Protocol):
    """A target that cannot do everything."""

    @property
    def left_out(self) -> "LeftOut": ...


class LeftOut(NamedTuple):
    """What is left out for a target; by default nothing is."""

    kinds: frozenset[type[Command]] = frozenset()
    lone_surrogates: bool = False
    connections: bool = False
    """Whether there is no connection of the caller's that could be opened in other ways, or
    have a transaction open before an instance is made on it."""

    files: bool = False
    crash_points: bool = False
    rows: bool = False
    limits: tuple[str, ...] = ()
    """Those that cannot be made small."""

    out_of_reach: frozenset[str] = frozenset()
    """Classes of state and telling moments that do not come about, by what it declares."""

    by: str = "the target"
    """What the target calls itself."""

    def __bool__(self) -> bool:
        return self != NOTHING

    def without(self, setting: Setting) -> Setting:
        """``setting``, or what remains of it."""
        storage: Storage = "memory" if self.files else setting.storage
        if not self.connections:
            return setting._replace(storage=storage)
        # Nor can a disk that may lose its power be put under it.
        return DEFAULT._replace(storage="memory" if storage == "memory" else "file")

    def forbids(self, command: Command) -> bool:
        """Whether ``command`` is left out, or what it surrounds, or what it says."""
        if not self:
            return False
        call = getattr(command, "call", None)
        if type(command) in self.kinds or (call is not None and self.forbids(call)):
            return True
        if self.connections and isinstance(command, InTransaction) and crashes(command):
            return True
        return self.lone_surrogates and any(map(_has_lone_surrogate, _texts(command)))

    def forbids_any(self, commands: Iterable[Command]) -> bool:
        """Whether one of ``commands`` is left out: a program is sent as a whole, or not."""
        return any(map(self.forbids, commands))

    def spared(self, programs: Iterable[Program]) -> tuple[Program, ...]:
        """Those of which nothing is left out."""
        return tuple([program for program in programs if not self.forbids_any(program)])

    def forbids_limits(self, limits: Limits) -> bool:
        """Whether ``limits`` change one that cannot be changed."""
        return any(getattr(limits, name) != getattr(ORIGINAL, name) for name in self.limits)

    def words(self) -> list[str]:
        """Each thing that is left out, for people."""
        said = {
            "text with half a surrogate pair": self.lone_surrogates,
            "other isolation levels and row factories": self.connections,
            "instances made inside a transaction": self.connections,
            "databases on a file": self.files,
            "what a crash between two statements would leave": self.crash_points,
            "the raw rows": self.rows,
        }
        kinds = sorted([snake(kind) for kind in self.kinds])
        limits = [f"another {name}" for name in self.limits]
        if len(limits) == len(ORIGINAL):
            limits = ["limits other than the original's"]
        return [*kinds, *[words for words, is_out in said.items() if is_out], *limits]


NOTHING: Final = LeftOut()


def left_out_of(target: Target) -> LeftOut:
    """What is not asked of ``target``."""
    return target.left_out if isinstance(target, LeavesOut) else NOTHING


def _texts(command: Command) -> Iterator[str]:
    for field in dataclasses.fields(command):
        value = getattr(command, field.name)
        if isinstance(value, str):
            yield value


def _has_lone_surrogate(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)
