"""What has seldom been sent where: the commands that a sequence in search of news prefers."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from model import Command
from resumable.conformance.vocabulary import WEIGHTS

_KINDS: Final = tuple(WEIGHTS)


class Rarity:
    """Counts kinds of command by class of state, within one batch."""

    def __init__(self) -> None:
        self._sent: Final[Counter[tuple[str, type[Command]]]] = Counter()

    def rarest(self, classes: Sequence[str], offset: int) -> type[Command]:
        """The kind least often sent in the class of ``classes`` that was met least often. Of
        several, the first after ``offset``."""
        kinds = _KINDS[offset:] + _KINDS[:offset]
        met = [sum([self._sent[each, kind] for kind in _KINDS]) for each in classes]
        seldom = classes[met.index(min(met))]
        return min(kinds, key=lambda kind: self._sent[seldom, kind])

    def note(self, classes: Sequence[str], kind: type[Command]) -> None:
        """``kind`` was sent in a state of these classes."""
        for each in classes:
            self._sent[each, kind] += 1
