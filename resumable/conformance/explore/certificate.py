"""The certificate of an exploration: what was tried, how far it got, and what it shows."""

import textwrap
from collections import Counter
from typing import Any, Final

from model import Command
from model.commands import KINDS
from resumable.conformance.codec import snake
from resumable.conformance.coverage import moments, possible
from resumable.conformance.explore.alphabet import alphabet_of
from resumable.conformance.explore.memory import LEFT_OUT
from resumable.conformance.explore.places import Copies, Repeats
from resumable.conformance.explore.result import Explored
from resumable.conformance.explore.sameness import SAME

_WIDTH: Final = 92


def certificate(result: Explored) -> dict[str, Any]:
    """For machines."""
    figures = result.figures
    return {
        "verdict": result.verdict,
        "target": result.target,
        "complete": result.is_complete,
        "stopped": result.stopped or None,
        "depth": result.depth,
        "states": result.states,
        "transitions": figures.transitions,
        "refused": _by_name(figures.refused),
        "levels": [level._asdict() for level in result.levels],
        "next_level": result.next_level and result.next_level._asdict(),
        "seconds": round(result.seconds, 3),
        "memory_mb": result.memory_mb,
        "memory_mb_max": result.memory_mb_max,
        "scope": result.scope.as_json(),
        "alphabet": [word.says for word in alphabet_of(result.scope)],
        "same": SAME,
        "left_out_of_memory": dict(LEFT_OUT),
        "memory_is_opaque": result.is_opaque,
        "way_back": _way_back(result),
        "why_no_copies": result.why_repeats or None,
        "checked": {"merged_histories": result.compared, "repeated_places": figures.repeated},
        "coverage": figures.coverage.as_json(),
    }


def words(result: Explored) -> str:
    """For people."""
    return "\n".join([*_scope(result), "", *_levels(result), "", *_claim(result)])


def title(result: Explored) -> str:
    """What was explored, in a line."""
    scope, figures = result.scope, result.figures
    return (
        f"{result.target}: {figures.transitions:,} commands of the {scope.alphabet} alphabet"
        f" in the {scope.name} scope, {_how_far(result)}"
    )


def _by_name(times: Counter[type[Command]]) -> dict[str, int]:
    return {snake(kind): times[kind] for kind in KINDS if times[kind]}


def _way_back(result: Explored) -> str:
    return Repeats.says if result.why_repeats else Copies.says


def _scope(result: Explored) -> list[str]:
    scope = result.scope
    limits = [f"{name} {value:,}" for name, value in scope.limits._asdict().items()]
    jumps = ", ".join([f"{ms:+,}" for ms in scope.jumps_ms])
    return [
        f"The {scope.alphabet} alphabet, in the {scope.name} scope:",
        *_paragraph(", ".join(limits)),
        *_paragraph(f"{scope.streams_max} streams on disk at most; jumps of {jumps} ms"),
        *[f"  - {word.says}" for word in alphabet_of(scope)],
    ]


def _levels(result: Explored) -> list[str]:
    lines = [f"{'depth':>11} {'new states':>12} {'growth':>7} {'commands':>12} {'seconds':>9}"]
    rows = [(str(depth), level) for depth, level in enumerate(result.levels)]
    if result.next_level is not None:
        rows.append(("next, about", result.next_level))
    before = 0
    for depth, (states, transitions, seconds) in rows:
        growth = f"{states / before:.1f}" if before else ""
        lines.append(
            f"{depth:>11} {states:>12,} {growth:>7} {transitions:>12,} {seconds:>9.1f}"
        )
        before = states
    return lines


def _claim(result: Explored) -> list[str]:
    return [*_figures(result), *_paragraph(SAME), *_trust(result), "", _how_far(result)]


def _figures(result: Explored) -> list[str]:
    figures, coverage = result.figures, result.figures.coverage
    refused = [f"{name} {times:,}" for name, times in _by_name(figures.refused).items()]
    cells, telling = len(possible(coverage.left_out)), len(moments(coverage.left_out))
    reached = f"{cells - len(coverage.empty_cells())} of {cells} cells of states × commands"
    seen = f"{telling - len(coverage.unseen())} of {telling} telling moments"
    memory = f"{result.memory_mb:,} MB, of {result.memory_mb_max:,} that they might take"
    return [
        f"{result.states:,} states, {figures.transitions:,} commands; {memory}",
        *_paragraph(f"refused: {', '.join(refused) or 'none'}"),
        f"  seen: {reached}, {seen}",
    ]


def _trust(result: Explored) -> list[str]:
    """What was taken for granted, and how far it was checked."""
    says = [f"Back to a state by {_way_back(result)}."]
    if result.why_repeats:
        says.append(f"Not by copies: {result.why_repeats}.")
    if result.is_opaque:
        says.append("Nobody can look into its memory, and what it hides there may be missed.")
    says.append(
        f"{result.compared:,} times two histories that led to one state went on alike;"
        f" {result.figures.repeated:,} states were reached again from the start."
    )
    return _paragraph(" ".join(says))


def _how_far(result: Explored) -> str:
    if result.is_complete:
        return f"complete: every sequence of up to {result.depth} commands"
    reached = f"complete only to depth {result.depth}" if result.depth >= 0 else "not explored"
    return f"{reached}: {result.stopped}"


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")
