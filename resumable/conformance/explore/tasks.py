"""What an exploration hands to its workers, and what they hand back."""

import pickle
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from resumable.conformance.divergence import DivergedError, Divergence
from resumable.conformance.explore.holdings import UnlikeError
from resumable.conformance.explore.places import Place
from resumable.conformance.explore.scope import Scope
from resumable.conformance.explore.walk import SORTS, Figures, Kinds, Walker, is_sampled
from resumable.conformance.target import Target

Beat = Callable[[], None]


class Reached(NamedTuple):
    """A state that may be new. ``place`` is None if the exploration will not go on there."""

    key: bytes
    place: bytes | None


@dataclass
class Result:
    """What came of a task."""

    figures: Figures = field(default_factory=Figures)
    reached: list[Reached] = field(default_factory=list)
    """In an order that does not depend on who runs the task."""

    found: Divergence | None = None
    """The first one; nothing was tried after it."""

    unlike: str = ""
    """Why what was taken for the same is not; nothing was tried after that."""

    is_opaque: bool = False
    """Whether nobody can look into the memory of the target."""


@dataclass(frozen=True)
class Beginning:
    """Find out where everything begins."""

    scope: Scope
    copies: bool

    def run(self, target: Target, _beat: Beat) -> Result:
        try:
            with closing(Walker(target, self.scope, copies=self.copies, seen=set())) as walker:
                place = walker.start()
                reached = [_reached(place.key, place)]
                return Result(reached=reached, is_opaque=walker.is_opaque)
        except UnlikeError as error:
            return Result(unlike=str(error))


@dataclass(frozen=True)
class Batch:
    """Go on from each of ``places``. ``run_id`` tells one exploration from the next."""

    run_id: int
    scope: Scope
    copies: bool
    places: Sequence[bytes]
    is_last: bool

    def run(self, target: Target, beat: Beat) -> Result:
        seen, result = _seen_in(self.run_id), Result()
        with closing(Walker(target, self.scope, copies=self.copies, seen=seen)) as walker:
            result.figures = walker.figures
            result.figures.coverage.left_out = self.scope.left_out
            places = [unpack(packed) for packed in self.places]
            try:
                for place in places:
                    beat()
                    if is_sampled(place.key):
                        walker.check(place)
                for kinds in SORTS:
                    for place in places:
                        beat()
                        result.reached.extend(self._reached(walker, place, kinds))
            except DivergedError as error:
                result.found = error.divergence
            except UnlikeError as error:
                result.unlike = str(error)
        return result

    def _reached(self, walker: Walker, place: Place, kinds: Kinds) -> list[Reached]:
        arrivals = walker.arrivals(place, is_last=self.is_last, kinds=kinds)
        return [
            _reached(each.key, each.place)
            for each in arrivals
            if each.is_new or each.place is not None
        ]


@dataclass(frozen=True)
class Comparison:
    """Go on from two places that were taken for the same state: what follows has to be the
    same, too."""

    scope: Scope
    copies: bool
    pairs: Sequence[tuple[bytes, bytes]]

    def run(self, target: Target, beat: Beat) -> Result:
        walker = Walker(target, self.scope, copies=self.copies, seen=set())
        with closing(walker):
            try:
                for pair in self.pairs:
                    beat()
                    one, other = [
                        [each.key for each in walker.arrivals(unpack(place), is_last=True)]
                        for place in pair
                    ]
                    if one != other:
                        return Result(unlike="two states of one key went on differently")
            except DivergedError as error:
                return Result(found=error.divergence)
            except UnlikeError as error:
                return Result(unlike=str(error))
        return Result()


def unpack(packed: bytes) -> Place:
    """A place that a worker has packed."""
    place = pickle.loads(packed)  # noqa: S301 - nobody else can have made it
    assert isinstance(place, Place)  # noqa: S101 - tells the type checker
    return place


def _reached(key: bytes, place: Place | None) -> Reached:
    packed = None if place is None else pickle.dumps(place, pickle.HIGHEST_PROTOCOL)
    return Reached(key, packed)


_SEEN: Final[dict[int, set[bytes]]] = {}


def _seen_in(run_id: int) -> set[bytes]:
    """The keys that this process has handed in already, in this exploration. It need not
    look at them again, since the first arrival counts."""
    if run_id not in _SEEN:
        _SEEN.clear()
        _SEEN[run_id] = set()
    return _SEEN[run_id]
