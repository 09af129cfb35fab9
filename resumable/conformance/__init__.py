"""The harness: holds any implementation of a resumable stream against the specification.

These are its names for test suites; the command line is ``resumable``.
"""

from typing import TYPE_CHECKING, Any

from resumable.conformance.divergence import DivergedError, Divergence
from resumable.conformance.target import TargetError
from resumable.conformance.testing import assert_conforms
from resumable.conformance.trace import TraceError

if TYPE_CHECKING:
    from resumable.conformance.machine import lockstep_machine, register_profiles

__all__ = [
    "DivergedError",
    "Divergence",
    "TargetError",
    "TraceError",
    "assert_conforms",
    "lockstep_machine",
    "register_profiles",
]


def __getattr__(name: str) -> Any:
    """Hypothesis takes longer to import than a worker takes to start: whoever does not use
    the machine does not wait for it."""
    if name in {"lockstep_machine", "register_profiles"}:
        from resumable.conformance import machine  # noqa: PLC0415 - see above

        return getattr(machine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
