"""``resumable faults``: crashes, losses of power and errors at every point of every call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource
from rich.table import Table

from resumable.conformance.about import about
from resumable.conformance.cli import common
from resumable.conformance.cli.explore import scope_for
from resumable.conformance.cli.planted import try_planted
from resumable.conformance.cli.tables import print_wide
from resumable.conformance.cli.telling import tell
from resumable.conformance.divergence import Divergence
from resumable.conformance.faults.certificate import certificate, words
from resumable.conformance.faults.figures import KINDS, Violation, places
from resumable.conformance.faults.result import Struck
from resumable.conformance.faults.run import Extent, FaultRun
from resumable.conformance.faults.tasks import Obstacle
from resumable.conformance.shrink import Shrinking
from resumable.conformance.workers import Lost, Workers

DEPTH: Final = 3
"""A minute or two on two cores."""

_COLUMNS: Final = (
    "points",
    "images",
    "distinct",
    "before",
    "after",
    "earlier",
    "raised",
    "violations",
)


@click.command()
@common.target_option
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(tuple(KINDS)),
    multiple=True,
    help="Only this kind of fault; may be given several times.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    help=f"How many commands, at the most; {DEPTH} without --time.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Which parts of what was not synced are kept, where they are drawn.",
)
@click.option("--time", "seconds", type=common.DURATION, help="How long, at the most.")
@click.option(
    "--planted",
    "is_planted",
    is_flag=True,
    help="Try nothing but bugs planted into the stream, and show which kind finds which.",
)
@common.workers_option
@common.out_option
@common.json_option
def faults(
    target: str,
    kinds: tuple[str, ...],
    depth: int | None,
    seed: int,
    seconds: float | None,
    workers: int,
    folder: Path,
    *,
    is_planted: bool,
    as_json: bool,
) -> None:
    """Send every short sequence of commands, and strike its last one at every point. What leads
    to where another has led before is not struck again.

    The target works on a disk of the harness's own, under the SQLite that Python has: each
    call of it can fail, and at each the process can be killed or the power be lost. Whatever
    the disk may then hold, the target is opened on it, held against the specification, and
    worked with. It ends with a certificate, or with the shortest program of each kind.

    With --time it goes on to longer sequences until the time is over, and says how far it
    got; with --depth as well, being cut short means that the verdict is unknown.
    """
    if is_planted:
        _refuse_besides_planted()
        try_planted(workers, as_json=as_json)
    if depth is None and seconds is None:
        depth = DEPTH
    common.check_writable(folder)
    with common.clear_errors(), Workers(target, workers) as pool:
        obstacle = obstacle_of(pool)
        if obstacle:
            _leave_unknown(target, obstacle, as_json=as_json)
        extent = Extent(places(kinds or KINDS), depth, seconds, seed)
        result = run(pool, target, extent)
    _report(result, folder, as_json=as_json)


def _refuse_besides_planted() -> None:
    """The bugs come with their own workloads, which every kind of fault strikes."""
    context = click.get_current_context()
    for option in context.command.params:
        is_given = (
            context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        )
        if is_given and option.name not in {"is_planted", "workers", "as_json"}:
            common.fail(f"--planted tries all there is: leave out {option.opts[0]}")


def obstacle_of(pool: Workers) -> str:
    """Why the target cannot be struck here; "" if it can."""
    answer = pool.ask(Obstacle())
    return answer.reason if isinstance(answer, Lost) else str(answer)


def run(pool: Workers, target: str, extent: Extent) -> Struck:
    """One run, with its progress on the terminal; what it found is shrunk."""
    scope = scope_for(about(pool), "core")
    with common.progress_bar(extent.seconds) as move:
        result = FaultRun(pool, target, scope, extent, _progress(move)).run()
    for violation in tuple(result.figures.found.values()):
        result.figures.found[violation.place] = _shrunk(pool, violation)
    return result


def report_found(result: Struck, folder: Path, *, as_json: bool) -> list[dict[str, Any]]:
    """Save what was found and, unless it goes into JSON, print it. Several kinds of fault
    mostly bring out one mistake: only the first of each divergence is told."""
    found = []
    told: dict[tuple[str, str], Violation] = {}
    for violation in result.figures.found.values():
        told.setdefault(violation.divergence.signature, violation)
    for violation in told.values():
        note = f"found by faults: {KINDS[violation.kind].says} ({violation.mode})"
        told_json = tell(violation.divergence, folder, note, as_json=as_json)
        found.append({"kind": violation.kind, **told_json})
        if not as_json:
            common.out.print()
    return found


def print_table(result: Struck) -> None:
    """A row for each kind of fault in each mode."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("fault", "database"):
        table.add_column(title, no_wrap=True)
    for title in _COLUMNS:
        table.add_column(title, justify="right", no_wrap=True)
    for (kind, mode), counts in result.figures.counts.items():
        cells = [f"{count:,}" if (count := getattr(counts, name)) else "" for name in _COLUMNS]
        table.add_row(kind, mode, *cells)
    print_wide(table)


def _progress(move: Callable[[str, float], None]) -> Callable[[Struck], None]:
    def show(result: Struck) -> None:
        total = result.figures.total()
        move(
            f"depth {result.length + 1}: {result.workloads:,} workloads,"
            f" {total.points:,} points, {total.distinct:,} states, {total.violations} found",
            result.seconds,
        )

    return show


def _shrunk(pool: Workers, violation: Violation) -> Violation:
    """As it is, if it does not happen again."""
    shrunk = pool.ask(Shrinking(violation.divergence))
    return (
        violation._replace(divergence=shrunk) if isinstance(shrunk, Divergence) else violation
    )


def _leave_unknown(target: str, obstacle: str, *, as_json: bool) -> None:
    if as_json:
        common.print_json({"verdict": "unknown", "target": target, "broken": obstacle})
    else:
        common.print_verdict(target, "unknown", f"it cannot be struck: {obstacle}")
    common.leave("unknown")


def _report(result: Struck, folder: Path, *, as_json: bool) -> None:
    found = report_found(result, folder, as_json=as_json)
    if result.broken:
        common.err.print(f"resumable: {result.broken}", style="red")
    if as_json:
        common.print_json({**certificate(result), "found": found})
    else:
        print_table(result)
        common.out.print(words(result))
        figures = f"{result.workloads:,} workloads, {result.figures.total().points:,} points"
        common.print_verdict(result.target, result.verdict, figures)
    common.leave(result.verdict)
