"""``resumable hunt``: seeded sequences for as long as you like."""

import shlex
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

import click

from resumable.conformance.cli import common
from resumable.conformance.cli.tables import print_tally
from resumable.conformance.cli.telling import tell
from resumable.conformance.divergence import Signature
from resumable.conformance.hunt import progress
from resumable.conformance.hunt.hunt import Budget, Found, Hunt, HuntResult
from resumable.conformance.run import run
from resumable.conformance.targets.registry import open_target
from resumable.conformance.trace import TraceError, Verdict, read
from resumable.conformance.workers import Workers

_MANY: Final = 4
"""Divergences of which nobody keeps in mind what they have in common."""


@click.command()
@common.target_option
@common.seed_option
@click.option("--time", "seconds", type=common.DURATION, help="How long: 30s, 10m, 2h.")
@click.option("--sequences", type=click.IntRange(min=1), help="How many sequences.")
@click.option(
    "--until-found/--keep-going",
    default=True,
    show_default=True,
    help="Stop at the first divergence, or report each kind once.",
)
@click.option(
    "--known",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of traces whose divergences are counted, not reported.",
)
@click.option("--resume", is_flag=True, help="Go on where the hunt in --out has stopped.")
@common.workers_option
@common.out_option
@common.forbid_option
@common.json_option
def hunt(
    target: str,
    seed: int,
    seconds: float | None,
    sequences: int | None,
    known: Path | None,
    workers: int,
    folder: Path,
    *,
    until_found: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Send seeded sequences of commands, and shrink what diverges.

    After every command the reply, the frames, the accessors, the metadata and the state of
    the connection are compared; chunks and raw rows at the end of each sequence. One sequence
    in 100 runs on a file, or on a disk that can lose its power, with everything compared. What
    diverges is run again with everything compared after each command. Without --time and
    --sequences it hunts for 60 s.

    \b
    In a scheduled CI run:
        resumable hunt --target package.module:callable --time 10m
    """
    if seconds is None and sequences is None:
        seconds = 60.0
    common.check_writable(folder)
    first = 0
    if resume:
        seed, first = _standing(folder, target)
    budget = Budget(seconds, sequences, until_found)
    with common.clear_errors():
        result = _hunt(target, seed, first, budget, workers, _signatures(known, target))
    _save_standing(progress.Standing(target, seed, result.next), folder)
    _report(target, result, folder, as_json=as_json)


def _hunt(
    target: str, seed: int, first: int, budget: Budget, count: int, known: Collection[Signature]
) -> HuntResult:
    with (
        common.progress_bar(budget.seconds or budget.sequences) as move,
        Workers(target, count) as workers,
    ):
        on_progress = hunt_progress(move, budget)
        hunt = Hunt(workers, seed, budget, first=first, known=known, on_progress=on_progress)
        return hunt.run()


def hunt_progress(
    move: Callable[[str, float], None], budget: Budget
) -> Callable[[HuntResult], None]:
    """What the bar says of a hunt."""

    def show(result: HuntResult) -> None:
        rate = result.tally.steps / result.seconds if result.seconds else 0
        move(
            f"{result.sequences:,} sequences  {rate:,.0f} steps/s"
            f"  {len(result.coverage.cells()):,} cells reached"
            f"  {len(result.found)} divergences",
            result.seconds if budget.seconds else result.sequences,
        )

    return show


def _standing(folder: Path, target: str) -> tuple[int, int]:
    try:
        standing = progress.load(folder)
    except progress.StandingError as error:
        common.fail(str(error))
    if standing.target != target:
        common.fail(f"the hunt in {folder} was after {standing.target}, not {target}")
    return standing.seed, standing.next


def _save_standing(standing: progress.Standing, folder: Path) -> None:
    try:
        progress.save(standing, folder)
    except OSError as error:
        common.err.print(
            f"resumable: could not note in {folder} where the hunt stands ({error.strerror});"
            f" it goes on with --seed {standing.seed} after sequence {standing.next}"
        )


def _signatures(folder: Path | None, target: str) -> list[Signature]:
    """The kinds of divergence that the traces in ``folder`` show on this target."""
    if folder is None:
        return []
    signatures = []
    with common.target_prints_to_stderr(), open_target(target) as system:
        for path in sorted(folder.glob("*.jsonl")):
            try:
                trace = read(path)
            except TraceError as error:
                common.fail(str(error))
            divergence = run(system, trace.commands, setting=trace.setting, limits=trace.limits)
            if divergence is not None:
                signatures.append(divergence.signature)
    return signatures


def verdict_of(result: HuntResult) -> Verdict:
    """Known divergences are no news. A hunt that was cut short found out nothing else."""
    if result.found:
        return "diverged"
    return "unknown" if result.interrupted or result.broken else "conforms"


def report_found(result: HuntResult, folder: Path, *, as_json: bool) -> list[dict[str, Any]]:
    """Save what was found and, unless it goes into JSON, print it. Returns it for JSON."""
    found_json = []
    for found in result.found:
        note = f"found by hunt --seed {result.seed}, sequence {found.number}"
        found_json.append(tell(found.divergence, folder, note, as_json=as_json))
        if not as_json:
            _print_whether_shrunk(found)
    return found_json


def hunt_json(result: HuntResult) -> dict[str, Any]:
    """The figures of a hunt, for machines."""
    return {
        "seed": result.seed,
        "first": result.first,
        "next": result.next,
        "sequences": result.sequences,
        "sequences_diverged": result.diverged,
        "known": result.known,
        "interrupted": result.interrupted,
        "broken": [broken.reason for broken in result.broken],
        "left_out": result.coverage.left_out.words(),
        "tally": result.tally.as_json(),
    }


def summary(result: HuntResult) -> str:
    """The figures of a hunt, for people."""
    rate = result.tally.steps / result.seconds if result.seconds else 0
    parts = [
        f"{result.sequences:,} sequences, {result.tally.steps:,} steps",
        f"{rate:,.0f} steps/s",
        f"seed {result.seed}, from sequence {result.first:,}",
    ]
    if result.known:
        parts.append(f"{result.known:,} known divergences")
    if result.interrupted:
        parts.append("interrupted")
    return "; ".join(parts)


def print_broken(result: HuntResult, target: str) -> None:
    """What became of a target that hung, exited or died; with the line that repeats it."""
    if result.broken:
        broken = min(result.broken, key=lambda each: each.number)
        reason, *printed = broken.reason.split("\n")
        said = (
            f"resumable: the target {reason}, in sequence {broken.number}; to see it"
            f" again: resumable hunt --target {shlex.quote(target)} --seed {result.seed}"
            f" --sequences {broken.number + 1}"
        )
        common.err.print("\n".join([said, *printed]), style="red")


def _print_whether_shrunk(found: Found) -> None:
    if not found.is_shrunk:
        common.out.print(
            "This is not shrunk: the divergence did not happen a second time, or there was no"
            " time. If it stays so, the target is not deterministic."
        )
    common.out.print()


def _print_rules(found: list[dict[str, Any]]) -> None:
    """Of many divergences, which rules they are departures from: mostly they have few
    causes."""
    if len(found) < _MANY:
        return
    by_rule: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        by_rule.setdefault(each["rule"] or each["where"], []).append(each)
    common.out.print(f"{len(found)} kinds of divergence, by the rule, with its shortest trace:")
    for rule, alike in sorted(by_rule.items(), key=lambda item: -len(item[1])):
        shortest = min(alike, key=lambda each: int(each["steps"]))
        common.out.print(f"{len(alike):>4}  {rule}  {shortest['trace'] or ''}")
    common.out.print()


def _report(target: str, result: HuntResult, folder: Path, *, as_json: bool) -> None:
    verdict = verdict_of(result)
    found = report_found(result, folder, as_json=as_json)
    print_broken(result, target)
    if as_json:
        common.print_json(
            {"verdict": verdict, "target": target, **hunt_json(result), "found": found}
        )
    else:
        _print_rules(found)
        print_tally(result.tally)
        common.print_left_out(result.coverage.left_out)
        common.print_verdict(target, verdict, summary(result))
    common.leave(verdict)
