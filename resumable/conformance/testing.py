"""For test suites: a trace that has to conform."""

from collections.abc import Sequence

from resumable.conformance.divergence import DivergedError
from resumable.conformance.forbidden import forbidding
from resumable.conformance.run import run
from resumable.conformance.targets.registry import open_target
from resumable.conformance.trace import loads


def assert_conforms(target: str, trace: str, *, forbid: Sequence[str] = ()) -> None:
    """Run the text of a trace on ``target`` (as for ``--target``), comparing everything. What
    conforms and yet shows a surprise that ``forbid`` names is a divergence, too.

    Raises DivergedError, an AssertionError whose text explains the divergence; TraceError
    and TargetError for what cannot be run.
    """
    __tracebackhide__ = True  # pytest then shows the divergence alone
    program = loads(trace.strip())
    with forbidding(forbid), open_target(target) as system:
        divergence = run(
            system, program.commands, setting=program.setting, limits=program.limits
        )
    if divergence is not None:
        raise DivergedError(divergence)
