"""An implementation departs from the specification: all that tells which rule it breaks."""

from typing import Any, NamedTuple

from model.commands import Command
from model.limits import Limits
from model.state import State


class Departure(NamedTuple):
    """``command`` came at ``now`` (ms) in ``before``, and something observed was wrong.

    ``where`` names what differed first, as a report has it (``frames``, ``is_live``);
    ``seen`` is what was there, ``permitted`` what the closest outcome has in its place.
    """

    before: State
    command: Command
    now: int
    limits: Limits
    where: str
    seen: Any = None
    permitted: Any = None
    others: tuple[str, ...] = ()
    """Everything that differed, ``where`` included."""

    rows_agree: bool = False
    """The raw rows were looked at, and are right."""

    earlier: tuple[Command, ...] = ()
    """What was sent before, oldest first. A counterexample is the shortest there is: what is
    unusual in it is not there by chance."""

    disk_failed: bool = False
    """The disk was asked to write, and failed."""

    is_set_up_oddly: bool = False
    """The caller's connection is not as sqlite3 opens one by itself."""
