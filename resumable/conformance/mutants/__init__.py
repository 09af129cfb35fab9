"""The mutants: seeded bugs of ``ResumableStream``, each of which the harness has to find.

``MUTANTS`` holds them by name. Each is a small change of the real class, and says what it
does wrong, which rule that breaks, and where such a bug comes from.
"""

from resumable.conformance.mutants import (  # noqa: F401 - importing them fills MUTANTS
    buffering,
    clearing,
    indexing,
    lifecycle,
    reentering,
    replaying,
    restoring,
    surroundings,
    sweeping,
    text,
    transactions,
    wire,
)
from resumable.conformance.mutants.catalogue import MUTANTS, Factory, Mutant, Source
from resumable.conformance.mutants.known import KNOWN, KnownBug
from resumable.conformance.mutants.rules import Rule
from resumable.conformance.mutants.target import target_of

__all__ = [
    "KNOWN",
    "MUTANTS",
    "Factory",
    "KnownBug",
    "Mutant",
    "Rule",
    "Source",
    "target_of",
]
