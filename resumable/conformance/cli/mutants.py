"""``resumable mutants``: what the harness would have caught, measured."""

import sys
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import click

from resumable.conformance.cli import common
from resumable.conformance.cli.mutant_tables import print_trials, trials_json
from resumable.conformance.mutants import KNOWN, MUTANTS, Mutant
from resumable.conformance.power.engines import ENGINES
from resumable.conformance.power.trial import Fate, Trial
from resumable.conformance.power.trials import EXIT_STATUS, Trials
from resumable.conformance.workers import Lost, Workers

_RIGHT: Final = "sqlite"
"""Counterexamples are shown to the implementation that the mutants were made from."""


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--engine",
    "engines",
    multiple=True,
    type=click.Choice((*ENGINES, "all")),
    default=("check",),
    show_default=True,
    help="Who is to find them; may be given more than once.",
)
@click.option(
    "--met", is_flag=True, help="Only bugs that users of the original or its heirs met."
)
@common.seed_option
@click.option(
    "--time",
    "seconds",
    type=common.DURATION,
    default=30.0,
    show_default="30s",
    help="How long an engine may look for one mutant, in time of its own process.",
)
@common.traces_option("Folder of your own traces, which a check replays after the known ones.")
@common.workers_option
@common.json_option
def mutants(
    names: tuple[str, ...],
    engines: tuple[str, ...],
    seed: int,
    seconds: float,
    traces: Path | None,
    workers: int,
    *,
    met: bool,
    as_json: bool,
) -> None:
    """Let the engines loose on seeded bugs, and say which they found, how soon, and how.

    NAME is that of a mutant, or a pattern such as 'sweep*'; without one, all are tried. Each
    counterexample is shown to the right implementation, too, which has to pass it.

    \b
    Exit status:  0 all were killed    1 one survived    2 wrong usage    3 unknown
    """
    chosen = _chosen(names, met=met)
    trials = [
        Trial(mutant.name, engine, seed, seconds, traces)
        for engine in (ENGINES if "all" in engines else dict.fromkeys(engines))
        for mutant in chosen
    ]
    with common.clear_errors():
        result = _run(trials, workers)
    if as_json:
        common.print_json(trials_json(chosen, result))
    else:
        print_trials(chosen, result)
    sys.exit(EXIT_STATUS[result.verdict])


def _chosen(names: Sequence[str], *, met: bool) -> list[Mutant]:
    for name in names:
        if not any(fnmatchcase(mutant, name) for mutant in MUTANTS):
            common.fail(f"no mutant is called {name!r}; without a name, all are tried")
    known = {bug.mutant for bug in KNOWN}
    found = [
        mutant
        for mutant in MUTANTS.values()
        if not names or any(fnmatchcase(mutant.name, name) for name in names)
        if mutant.name in known or not met
    ]
    if not found:
        common.fail("users met none of these; leave out --met")
    return found


def _run(trials: Sequence[Trial], count: int) -> Trials:
    """Their fates in the order of the trials, whoever was quicker."""
    order = {trial: number for number, trial in enumerate(trials)}
    fates: dict[Trial, Fate] = {}
    lost: list[str] = []
    with common.progress_bar(len(trials)) as move, Workers(_RIGHT, count) as workers:
        try:
            for task, result in workers.run(iter(trials)):
                if isinstance(result, Fate):
                    fates[task] = result
                elif isinstance(result, Lost):
                    lost.append(f"{task.engine} against {task.mutant} {result.reason}")
                move(_so_far(fates.values()), len(fates))
        except KeyboardInterrupt:
            lost.append(f"interrupted after {len(fates)} of {len(trials)} trials")
    return Trials([fates[trial] for trial in sorted(fates, key=order.__getitem__)], lost)


def _so_far(fates: Iterable[Fate]) -> str:
    killed = sum([fate.is_killed for fate in fates])
    return f"{killed} killed"
