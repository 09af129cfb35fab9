"""What the trials of a benchmark come to, in Markdown."""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, median
from typing import NamedTuple

from resumable.conformance.mutants import Mutant


class Outcome(NamedTuple):
    """What one engine did to one mutant in one trial."""

    engine: str
    mutant: Mutant
    steps: int
    """Commands sent until it was found, or until time was over."""

    seconds: float
    trace: int | None
    """How many commands the shrunk counterexample has; None if nothing was found."""

    @property
    def is_found(self) -> bool:
        return self.trace is not None


def table(outcomes: Sequence[Outcome], known: Mapping[str, int]) -> str:
    """A line for each engine. The medians are over all trials, those that found nothing taken
    as endless: else who finds only what is easy would look fast. A trace is held against the
    shortest that any engine found, or that is ``known``, by the name of the mutant."""
    shortest = dict(known)
    for one in outcomes:
        if one.trace is not None:
            shortest[one.mutant.name] = min(shortest[one.mutant.name], one.trace)
    titles = (
        "engine",
        "found",
        "median s",
        "median steps",
        "shrunk trace",
        "as short as any known",
    )
    lines = [[name, *_score(of_it, shortest)] for name, of_it in by_engine(outcomes).items()]
    return _markdown(titles, lines)


def by_rule(outcomes: Sequence[Outcome]) -> str:
    """The share found of the mutants that break each rule."""
    lines = []
    for rule in dict.fromkeys([one.mutant.rule for one in outcomes]):
        of_rule = by_engine([one for one in outcomes if one.mutant.rule is rule])
        lines.append([str(rule), *map(_share, of_rule.values())])
    return _markdown(("found of what breaks this rule", *by_engine(outcomes)), lines)


def not_found(outcomes: Sequence[Outcome]) -> str:
    """For each engine, what it found in no trial."""
    lines = []
    for engine, of_engine in by_engine(outcomes).items():
        found = {one.mutant.name for one in of_engine if one.is_found}
        tried = dict.fromkeys([one.mutant.name for one in of_engine])
        lines.append([engine, ", ".join([name for name in tried if name not in found])])
    return _markdown(("engine", "found in no trial"), lines)


def by_engine(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """In the order in which the engines come."""
    grouped: dict[str, list[Outcome]] = {}
    for one in outcomes:
        grouped.setdefault(one.engine, []).append(one)
    return grouped


def _score(outcomes: Sequence[Outcome], shortest: Mapping[str, int]) -> list[str]:
    found = [one for one in outcomes if one.trace is not None]
    longer = [(one.trace or 0) / shortest[one.mutant.name] for one in found]
    return [
        _share(outcomes),
        _median([one.seconds if one.is_found else math.inf for one in outcomes], ".2f"),
        _median([one.steps if one.is_found else math.inf for one in outcomes], ",.0f"),
        f"{mean(longer):.2f} × the shortest" if longer else "–",
        f"{sum(times == 1 for times in longer) / len(longer):.0%}" if longer else "–",
    ]


def _share(outcomes: Sequence[Outcome]) -> str:
    return f"{sum(one.is_found for one in outcomes) / len(outcomes):.0%}"


def _median(figures: Sequence[float], form: str) -> str:
    middle = median(figures)
    return "not within time" if middle == math.inf else format(middle, form)


def _markdown(titles: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [titles, ["---"] + ["---:"] * (len(titles) - 1), *lines]
    return "\n".join(["| " + " | ".join(row) + " |" for row in rows])
