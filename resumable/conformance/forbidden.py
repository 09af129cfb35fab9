"""What is forbidden besides what the specification forbids: for all that runs in a context.

Every engine makes its own locksteps, some of them in other processes; none of them has to
know. ``forbidding`` is said once, where a run begins.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from model.properties import Moment
from model.surprises import SURPRISES, Surprise

_FORBIDDEN: Final = ContextVar[tuple[Surprise, ...]]("forbidden", default=())


@contextmanager
def forbidding(names: Iterable[str]) -> Iterator[None]:
    """Within it, a step that shows one of these surprises is a divergence."""
    before = _FORBIDDEN.set(tuple([SURPRISES[name] for name in dict.fromkeys(names)]))
    try:
        yield
    finally:
        _FORBIDDEN.reset(before)


def forbidden() -> tuple[Surprise, ...]:
    """The surprises that are forbidden here; mostly there are none."""
    return _FORBIDDEN.get()


def names_forbidden() -> tuple[str, ...]:
    """Their names, to be said again in another process."""
    return tuple([surprise.name for surprise in forbidden()])


def shown(surprises: Iterable[Surprise], moments: Sequence[Moment]) -> Surprise | None:
    """The first surprise that a step shows, whichever of ``moments`` it was."""
    for surprise in surprises:
        if moments and all(surprise.shows(moment) for moment in moments):
            return surprise
    return None
