"""What trials of mutants print, for people and for machines."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from resumable.conformance import prose
from resumable.conformance.cli import common
from resumable.conformance.mutants import Mutant
from resumable.conformance.power.score import Score, scores
from resumable.conformance.power.trial import Fate
from resumable.conformance.power.trials import Trials

_STYLES: Final = {"all killed": "bold green", "survived": "bold red", "unknown": "bold yellow"}
_SURVIVED: Final = " lives"
_TITLES: Final = f"{'steps':>10}{'s':>8}{'trace':>6}"


def trials_json(chosen: Sequence[Mutant], trials: Trials) -> dict[str, Any]:
    """For machines."""
    return {
        "verdict": trials.verdict,
        "engines": [score.as_json() for score in scores(trials.fates)],
        "survivors": trials.survivors,
        "lost": list(trials.lost),
        "mutants": [_mutant_json(mutant, trials.fates) for mutant in chosen],
    }


def print_trials(chosen: Sequence[Mutant], trials: Trials) -> None:
    """For people: a line for each mutant, one for each engine, and the verdict."""
    for line in _table(chosen, trials.fates):
        common.out.print(line, style="red" if _SURVIVED in line else None)
    common.out.print()
    for score in scores(trials.fates):
        common.out.print(_summary(score))
    for fate in trials.false_alarms:
        common.err.print(
            f"resumable: {fate.engine} finds fault with {fate.mutant} for what the right"
            " implementation does, too",
            style="red",
        )
    for reason in trials.lost:
        common.err.print(f"resumable: {reason}", style="yellow")
    left = trials.survivors
    figures = f"{prose.count(len(chosen), 'mutant')}, {prose.count(len(left), 'survivor')}"
    named = f": {', '.join(left)}" if left else ""
    common.out.print(f"{trials.verdict}  ({figures}{named})", style=_STYLES[trials.verdict])


def _mutant_json(mutant: Mutant, fates: Sequence[Fate]) -> dict[str, Any]:
    return {
        "name": mutant.name,
        "sentence": mutant.sentence,
        "rule": mutant.rule,
        "source": mutant.source,
        "target": mutant.spec,
        "fates": [_fate_json(fate) for fate in fates if fate.mutant == mutant.name],
    }


def _fate_json(fate: Fate) -> dict[str, Any]:
    steps = fate.found.steps if fate.found is not None else ()
    return {
        "engine": fate.engine,
        "killed": fate.is_killed,
        "steps": fate.steps,
        "seconds": round(fate.seconds, 3),
        "trace": fate.trace_steps,
        "program": [prose.command(step.command) for step in steps],
        "the_right_one_passes": fate.is_real,
    }


def _table(chosen: Sequence[Mutant], fates: Sequence[Fate]) -> Iterator[str]:
    """By rule, in the order of the catalogue; a column for each engine."""
    engines = list(dict.fromkeys([fate.engine for fate in fates]))
    by_trial = {(fate.mutant, fate.engine): fate for fate in fates}
    width = max(len(mutant.name) for mutant in chosen) + 2
    yield " " * width + "".join([f"{engine:>{len(_TITLES)}}" for engine in engines])
    yield " " * width + _TITLES * len(engines)
    for rule in dict.fromkeys([mutant.rule for mutant in chosen]):
        yield f"\n{rule}"
        for mutant in chosen:
            if mutant.rule is rule:
                cells = [_cell(by_trial.get((mutant.name, engine))) for engine in engines]
                says = f"{mutant.sentence} ({mutant.source})"
                yield f"  {mutant.name:<{width - 2}}{''.join(cells)}  {says}"


def _cell(fate: Fate | None) -> str:
    if fate is None:
        return f"{'—':>{len(_TITLES)}}"
    trace = f"{fate.trace_steps:>6}" if fate.is_killed else _SURVIVED
    return f"{fate.steps:>10,}{fate.seconds:>8.2f}{trace}"


def _summary(score: Score) -> str:
    says = f"{score.engine}: {score.killed} of {score.mutants} killed"
    if not score.killed:
        return says
    steps, seconds, trace = score.steps, score.seconds, score.trace
    return (
        f"{says}; median {steps.median:,.0f} steps, {seconds.median:.2f} s, a trace of"
        f" {trace.median:g}; at most {steps.max:,.0f} steps, {seconds.max:.1f} s"
        f" ({score.slowest}), a trace of {trace.max:g}"
    )
