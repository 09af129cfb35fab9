"""How a divergence is told: saved, seen once more in a new process, printed, and as JSON."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from resumable.conformance.cli import common
from resumable.conformance.divergence import Divergence
from resumable.conformance.report import explain, rule_of
from resumable.conformance.run import run
from resumable.conformance.target import Target
from resumable.conformance.trace import dumps, of_divergence, write
from resumable.conformance.workers import Workers

_CONTINUED: Final = 20 * " "

_DOES_NOT_COME_AGAIN: Final = (
    "In a new process this does not happen again: the target leaves something to chance, or"
    " keeps something from one instance to the next (an attribute of the class, a global of a"
    " module)."
)


def tell(divergence: Divergence, folder: Path, note: str, *, as_json: bool) -> dict[str, Any]:
    """Save its trace and, unless it goes into JSON, print it. Returns it for JSON."""
    path = save(divergence, folder, note)
    again = _comes_again(divergence)
    if not as_json:
        print_divergence(divergence, path)
        if not again:
            common.out.print(f"\n{_DOES_NOT_COME_AGAIN}", style="yellow")
    return {**divergence_json(divergence, path), "comes_again": again}


def print_divergence(divergence: Divergence, path: Path | None) -> None:
    """The text for people, with the step that failed and what it shows in colour."""
    style = None
    for line in explain(divergence, str(path) if path else None).splitlines():
        style = style if line.startswith(_CONTINUED) else _style(line)
        common.out.print(line, style=style)


def divergence_json(divergence: Divergence, path: Path | None) -> dict[str, Any]:
    """The same for machines."""
    rule, sentence = rule_of(divergence)
    return {
        "rule": rule,
        "sentence": sentence,
        "where": divergence.closest[0].where,
        "steps": len(divergence.steps),
        "trace": str(path) if path else None,
        "text": explain(divergence, str(path) if path else None),
    }


def save(divergence: Divergence, folder: Path, note: str) -> Path | None:
    """Write the trace, and return where; never over another one. If that fails it is printed,
    so that it is not lost, and None is returned."""
    trace = of_divergence(divergence, note)
    path = _free(folder, _file_name(divergence), dumps(trace))
    try:
        write(trace, path)
    except OSError as error:
        common.err.print(
            f"resumable: could not write {path}: {error.strerror}; this is the trace:"
        )
        common.err.print(dumps(trace))
        return None
    return path


def _free(folder: Path, name: str, text: str) -> Path:
    """A path that is free, or holds this very text."""
    path, number = folder / f"{name}.jsonl", 1
    while path.exists() and path.read_bytes() != text.encode():
        number += 1
        path = folder / f"{name}-{number}.jsonl"
    return path


def _file_name(divergence: Divergence) -> str:
    """``restart-active_stream_id``: the same for the same kind of divergence."""
    return re.sub(r"\W+", "-", "-".join(divergence.signature)).strip("-").lower()


def _comes_again(divergence: Divergence) -> bool:
    """Whether it does in a new process, as ``resumable replay`` will be."""
    with Workers(divergence.target, 1) as pool:
        return pool.ask(_Again(divergence)) is not False


@dataclass(frozen=True)
class _Again:
    divergence: Divergence

    def run(self, target: Target, _beat: Callable[[], None]) -> bool:
        commands = [step.command for step in self.divergence.steps]
        setting, limits = self.divergence.setting, self.divergence.limits
        return run(target, commands, setting=setting, limits=limits) is not None


def _style(line: str) -> str | None:
    if line.startswith("▸") or " diverged from the specification " in line:
        return "bold red"
    if line.startswith("The rule:"):
        return "bold"
    if line.startswith("    permitted"):
        return "green"
    return "red" if line.startswith("    the target did") else None
