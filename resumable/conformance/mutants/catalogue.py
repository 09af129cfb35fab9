"""What a mutant is, and the list that the modules beside this one add theirs to."""

from collections.abc import Callable
from enum import StrEnum
from sqlite3 import Connection
from typing import Final, NamedTuple, Protocol, TypeVar

from resumable import Limits, ResumableStream
from resumable.conformance.codec import snake
from resumable.conformance.mutants.rules import Rule


class Source(StrEnum):
    """Where such a bug comes from."""

    OFF_BY_ONE = "typical off-by-one"
    FORGOTTEN = "a forgotten line"
    TOO_MUCH = "a line too many"
    SQL = "typical slip in SQL"
    PORT = "typical of a port to Python"
    TIDY = "well-meant: mends what surprises in the original"
    ORIGINAL = "what the original does, away from a host that makes a method atomic"
    MET_0_1_0 = "met by users of 0.1.0"
    MET_0_1_6 = "met by users of 0.1.6"
    MET_0_8_5 = "met by users of 0.8.5"
    MET_LATER = "met in the versions that pack rows"
    MET_THINK = "met by users of a class that builds on it"


class Factory(Protocol):
    """Constructs a mutant as ``ResumableStream`` is constructed."""

    def __call__(
        self,
        connection: Connection,
        /,
        *,
        clock: Callable[[], int] = ...,
        new_id: Callable[[], str] = ...,
        limits: Limits = ...,
    ) -> ResumableStream: ...


class Mutant(NamedTuple):
    """One seeded bug of ``ResumableStream``."""

    name: str
    sentence: str
    """What it does wrong, to be read after "it": ``treats exactly five minutes as stale``."""

    rule: Rule
    source: Source
    factory: Factory
    spec: str = ""
    """What ``--target`` calls it."""


MUTANTS: Final[dict[str, Mutant]] = {}
"""Every mutant by its name, in the order of the modules."""

S = TypeVar("S", bound=type[ResumableStream])


def seeded(rule: Rule, source: Source) -> Callable[[S], S]:
    """Add the class below to ``MUTANTS``: ``StaleAgeInclusive`` as ``stale_age_inclusive``,
    its docstring as the sentence."""

    def add(mutated: S) -> S:
        name = snake(mutated)
        if name in MUTANTS:
            raise ValueError(f"two mutants are called {name}")
        sentence = " ".join((mutated.__doc__ or "").split()).rstrip(".")
        sentence = sentence[:1].lower() + sentence[1:]
        spec = f"{mutated.__module__}:{mutated.__qualname__}"
        MUTANTS[name] = Mutant(name, sentence, rule, source, mutated, spec)
        return mutated

    return add
