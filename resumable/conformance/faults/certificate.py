"""The certificate of a run of faults: what was struck, where, and what was found."""

import textwrap
from typing import Any, Final

from resumable.conformance.explore.alphabet import Word
from resumable.conformance.explore.sameness import SAME as SAME_STATES
from resumable.conformance.faults.figures import KINDS
from resumable.conformance.faults.power import SAMPLES
from resumable.conformance.faults.result import Struck
from resumable.conformance.faults.sameness import SAME
from resumable.conformance.faults.workloads import BEFORE, EVERYWHERE, STRUCK

_WIDTH: Final = 92

_TRUSTED: Final = (
    "The disk is simulated, under SQLite's own code: nothing that was synced is lost, and of"
    " what was not, any part may be. At every point: all of it, nothing, the data alone, the"
    " names of files alone, each beginning, and drawn with seed {seed} some of the writes"
    f" ({SAMPLES} times) and some of their 512-byte sectors ({SAMPLES} times). Errors strike"
    " one point after the other on the same instance, since a call that raised has done"
    " nothing; a crash after an error comes after a single one."
)


def certificate(result: Struck) -> dict[str, Any]:
    """For machines."""
    total = result.figures.total()
    return {
        "verdict": result.verdict,
        "target": result.target,
        "complete": result.is_complete,
        "stopped": result.stopped or None,
        "length": result.length,
        "seed": result.seed,
        "workloads": result.workloads,
        "merged": result.merged,
        "merged_but_struck": result.compared,
        "points": total.points,
        "images": total.images,
        "distinct": total.distinct,
        "violations": total.violations,
        "seconds": round(result.seconds, 3),
        "scope": result.scope.as_json(),
        "struck": [word.says for word in (*EVERYWHERE, *STRUCK)],
        "before": [word.says for word in (*EVERYWHERE, *BEFORE)],
        "kinds": {kind: KINDS[kind].says for kind, _ in result.places},
        "figures": result.figures.as_json(),
        "same": f"{SAME} {SAME_STATES}" if result.merges else None,
        "trusted": _trusted(result),
    }


def words(result: Struck) -> str:
    """For people; the table of the kinds stands above it."""
    limits = [f"{name} {value:,}" for name, value in result.scope.limits._asdict().items()]
    return "\n".join(
        [
            "Every sequence of these commands, struck at every point of its last one:",
            *_paragraph(f"before or struck: {_says(EVERYWHERE)}"),
            *_paragraph(f"only before: {_says(BEFORE)}"),
            *_paragraph(f"only struck: {_says(STRUCK)}"),
            *_paragraph(", ".join(limits)),
            *_paragraph(_trusted(result)),
            *_paragraph(_merging(result)),
            "",
            _figures(result),
            _how_far(result),
        ]
    )


def _trusted(result: Struck) -> str:
    return _TRUSTED.format(seed=result.seed)


def _figures(result: Struck) -> str:
    total = result.figures.total()
    return (
        f"{result.workloads:,} workloads struck, {result.merged:,} merged; {total.points:,}"
        f" points, {total.images:,} disks that may be left, {total.distinct:,} distinct states,"
        f" {total.violations:,} violations"
    )


def _merging(result: Struck) -> str:
    if not result.merges:
        return "Nothing was merged: what was taken for the same came to different ends."
    return (
        f"{SAME} {SAME_STATES} Every beginning was run, in each kind of database. Of what was"
        f" merged, {result.compared:,} workloads were struck all the same, with like outcomes."
    )


def _how_far(result: Struck) -> str:
    whole = f"every workload of up to {result.length} commands"
    if result.is_complete:
        return f"complete: {whole}"
    return f"complete only for {whole}: {result.stopped}"


def _says(group: tuple[Word, ...]) -> str:
    return "; ".join([word.says for word in group])


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")
