"""The gate's own parts: known traces, and what a run must have seen to prove anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from resumable.conformance.divergence import Divergence
from resumable.conformance.left_out import LeftOut
from resumable.conformance.run import no_longer_permitted, run
from resumable.conformance.shrink import shrink
from resumable.conformance.target import Target
from resumable.conformance.trace import Trace, TraceError, read

EXPLORED_DEPTH: Final = 4
"""How far a check explores: a few seconds, and every two calls that meet."""

STRUCK_DEPTH: Final = 2
"""How long the sequences are that a check strikes at every point: some seconds."""

SEQUENCES: Final = 6_000
"""What is hunted through by default: the same everywhere, and well within a minute."""


class TraceFound(NamedTuple):
    """A known trace on which the target diverged, and what is left of it when shrunk."""

    path: Path
    divergence: Divergence


@dataclass(frozen=True)
class Replaying:
    """All known traces, as a task for a worker."""

    traces: Sequence[tuple[Path, Trace]]

    def run(self, target: Target, beat: Callable[[], None]) -> list[TraceFound]:
        found = []
        for path, trace in self.traces:
            beat()
            divergence = run(target, trace.commands, setting=trace.setting, limits=trace.limits)
            if divergence is not None:
                found.append(TraceFound(path, shrink(target, divergence, beat) or divergence))
        return found


_INSTALLED: Final = Path(__file__).parent / "traces"
_CHECKED_OUT: Final = Path(__file__).parents[2] / "tests" / "traces"
_SHIPPED: Final = _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT


def known_traces(own: Path | None) -> list[tuple[Path, Trace]]:
    """The traces that come with the harness, and then those in the folder ``own``. Raises
    TraceError, as ``traces_in``."""
    return [*traces_in(_SHIPPED), *(traces_in(own) if own else ())]


def traces_in(folder: Path) -> list[tuple[Path, Trace]]:
    """The traces in ``folder``, in the order of their names; none if there is no folder.

    Raises TraceError for what is no trace, and for one that conformed when it was recorded
    and records a reply that the specification forbids: one of the two is wrong.
    """
    traces = []
    for path in sorted(folder.glob("*.jsonl")):
        trace = read(path)
        check_permitted(path, trace)
        traces.append((path, trace))
    return traces


def can_follow(trace: Trace, left_out: LeftOut) -> bool:
    """Whether nothing of ``trace`` is left out."""
    if left_out.forbids_limits(trace.limits):
        return False
    return not left_out.forbids_any(trace.commands)


def check_permitted(path: Path, trace: Trace) -> None:
    """Raises TraceError if the specification has come to forbid what a trace records."""
    if trace.verdict != "conforms":
        return
    step = no_longer_permitted(trace)
    if step is not None:
        raise TraceError(
            f"{path}: the specification forbids the reply recorded at step {step + 1}; either"
            " it is wrong now, or the trace has to be recorded anew"
        )
