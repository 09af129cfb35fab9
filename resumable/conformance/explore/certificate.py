"""The certificate of an exploration: what was tried, how far it got, and what it shows."""

from typing import Any

from resumable.conformance.coverage import possible
from resumable.conformance.explore.alphabet import ALPHABETS
from resumable.conformance.explore.result import Explored


def certificate(result: Explored) -> dict[str, Any]:
    """For machines."""
    figures = result.figures
    return {
        "verdict": result.verdict,
        "target": result.target,
        "complete": result.is_complete,
        "closed": result.is_closed,
        "stopped": result.stopped or None,
        "depth": result.depth,
        "states": result.states,
        "transitions": figures.transitions,
        "refused": dict(sorted(figures.refused.items())),
        "levels": [level._asdict() for level in result.levels],
        "growth": result.growth,
        "seconds": round(result.seconds, 3),
        "memory_mb": result.memory_mb,
        "scope": result.scope.as_json(),
        "alphabet": [word.says for word in ALPHABETS[result.scope.alphabet]],
        "copies": not result.why_repeats,
        "why_no_copies": result.why_repeats or None,
        "checked": {"merged_histories": result.compared, "repeated_places": figures.repeated},
        "coverage": figures.coverage.as_json(),
    }


def words(result: Explored) -> str:
    """For people."""
    return "\n".join([*_scope(result), "", *_levels(result), "", *_claim(result)])


def _scope(result: Explored) -> list[str]:
    limits = ", ".join(
        [f"{name} {value:,}" for name, value in result.scope.limits._asdict().items()]
    )
    alphabet = [f"  {word.says}" for word in ALPHABETS[result.scope.alphabet]]
    return [
        f"The {result.scope.alphabet} alphabet, in the {result.scope.name} scope:",
        f"  {limits}; at most {result.scope.streams_max} streams on disk",
        *alphabet,
    ]


def _levels(result: Explored) -> list[str]:
    lines = [f"{'depth':>7} {'new states':>12} {'commands':>12} {'seconds':>9}"]
    for depth, level in enumerate(result.levels):
        lines.append(
            f"{depth:>7} {level.states:>12,} {level.transitions:>12,} {level.seconds:>9.1f}"
        )
    if result.growth is not None and not result.is_closed:
        lines.append(f"  one more depth would cost about {result.growth:.1f} times the last")
    return lines


def _claim(result: Explored) -> list[str]:
    return [*_figures(result), _how_far(result)]


def _figures(result: Explored) -> list[str]:
    figures = result.figures
    cells = len(possible()) - len(figures.coverage.empty_cells())
    refused = sum(figures.refused.values())
    lines = [
        f"{result.states:,} states, {figures.transitions:,} commands, {refused:,} refused",
        f"{cells} of {len(possible())} cells of states × commands",
        f"about {result.memory_mb:,} MB",
        f"{result.compared:,} pairs of histories that lead to one state go on alike",
        f"{figures.repeated:,} states were reached again from the start, and were the same",
    ]
    if result.why_repeats:
        lines.append(f"without copies of the target: {result.why_repeats}")
    return lines


def _how_far(result: Explored) -> str:
    if result.is_closed:
        return "complete: nothing new is left, so that this holds for every length"
    if result.is_complete:
        return f"complete: every sequence of up to {result.depth} commands"
    return f"complete only to depth {result.depth}: {result.stopped}"
