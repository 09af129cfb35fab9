"""What a rule in words is, and what it takes to tell which one an implementation breaks."""

from collections.abc import Callable
from typing import NamedTuple

from model import circumstances
from model.commands import Command
from model.departure import Departure

Circumstance = Callable[[Departure], bool]


class Rule(NamedTuple):
    """One thing that an implementation can get wrong."""

    name: str
    sentence: str
    kinds: tuple[type[Command], ...]
    where: tuple[str, ...] = ()
    """Parts of what is observed that show it; none means any."""

    when: Circumstance = circumstances.always

    def is_at_stake(self, departure: Departure) -> bool:
        """Whether it may be this rule that is broken."""
        return (
            isinstance(departure.command, self.kinds)
            and (not self.where or any(part in departure.where for part in self.where))
            and self.when(departure)
        )
