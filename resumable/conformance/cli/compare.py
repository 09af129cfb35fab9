"""``resumable compare``: which rules each of several targets departs from, side by side."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table

from resumable.conformance import prose
from resumable.conformance.cli import common
from resumable.conformance.cli.telling import divergence_json, save
from resumable.conformance.contrast import contrast, place
from resumable.conformance.departures import Departed, Departures, departures
from resumable.conformance.targets.registry import prepare
from resumable.conformance.trace import Verdict
from resumable.conformance.workers import Workers

SEQUENCES: Final = 2_000
"""How many short sequences each target is sent by default: every errand once."""


@click.command()
@click.option(
    "--target",
    "targets",
    multiple=True,
    required=True,
    metavar="TARGET",
    help="May be given several times; see resumable check --help.",
)
@common.seed_option
@click.option(
    "--sequences",
    default=SEQUENCES,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many short sequences to send to each target.",
)
@common.workers_option
@common.out_option
@common.json_option
def compare(
    targets: tuple[str, ...],
    seed: int,
    sequences: int,
    workers: int,
    folder: Path,
    *,
    as_json: bool,
) -> None:
    """Find every rule that each target departs from, and put them side by side.

    A table shows how many commands it takes to see it; below it each departure has its
    shortest trace. It looks at what many short sequences show, and proves nothing about the
    rest: that is for check.

    \b
    What has changed from one version of the original to another:
        resumable compare --target upstream@0.9.0 --target upstream@latest
    """
    common.check_writable(folder)
    with common.clear_errors():
        specs = dict.fromkeys(prepare(target) for target in targets)
    compared = [
        Compared(spec, _departures(spec, seed, sequences, workers), folder) for spec in specs
    ]
    verdict = _verdict(compared)
    if as_json:
        found = [each.as_json() for each in compared]
        common.print_json({"verdict": verdict, "seed": seed, "targets": found})
    else:
        if verdict == "diverged":
            _print_table(compared)
        for each in compared:
            each.print()
    common.leave(verdict)


@dataclass
class Compared:
    """One target, and what was found about it; the traces are saved in ``folder``."""

    target: str
    result: Departures
    folder: Path

    def __post_init__(self) -> None:
        own = self.folder / _slug(self.target)
        self.traces = [
            save(each.divergence, own / _slug(each.rule), "found by compare")
            for each in self.result.found
        ]

    def cell(self, rule: str) -> str:
        """How many commands show that the target departs from ``rule``."""
        for each in self.result.found:
            if each.rule == rule:
                return prose.count(len(each.divergence.steps), "command")
        return "·" if self.result.sequences else "?"

    def as_json(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "sequences": self.result.sequences,
            "broken": list(self.result.broken),
            "departs": [
                {"rule": each.rule, **divergence_json(each.divergence, path)}
                for each, path in zip(self.result.found, self.traces, strict=True)
            ],
        }

    def print(self) -> None:
        common.out.print(f"\n{self.target} {self._sums_up()}", style="bold")
        for each, path in zip(self.result.found, self.traces, strict=True):
            for line in _paragraph(each, path):
                common.out.print(line)
        for reason in dict.fromkeys(self.result.broken):
            common.err.print(f"resumable: {self.target}: the target {reason}", style="red")

    def _sums_up(self) -> str:
        if not self.result.sequences:
            return "was not compared"
        found = self.result.found
        rules = prose.count(len(found), "rule") if found else "no rule"
        return f"departs from {rules}  (in {self.result.sequences:,} short sequences)"


def _departures(target: str, seed: int, sequences: int, count: int) -> Departures:
    with (
        common.clear_errors(),
        common.progress_bar(sequences) as move,
        Workers(target, count) as workers,
    ):
        return departures(workers, seed, sequences, lambda done: move(target, done))


def _verdict(compared: Sequence[Compared]) -> Verdict:
    if any(each.result.found for each in compared):
        return "diverged"
    return "unknown" if any(each.result.broken for each in compared) else "conforms"


def _print_table(compared: Sequence[Compared]) -> None:
    rules = dict.fromkeys(each.rule for one in compared for each in one.result.found)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("departs from", no_wrap=True)
    for one in compared:
        table.add_column(one.target, min_width=len(one.target))
    for rule in rules:
        table.add_row(rule, *[one.cell(rule) for one in compared])
    common.out.print(table)


def _paragraph(departed: Departed, path: Path | None) -> Iterator[str]:
    """One departure, in words."""
    divergence = departed.divergence
    yield ""
    yield f"  {departed.rule}"
    if departed.sentence:
        yield f"    {departed.sentence}"
    for number, step in enumerate(divergence.steps, 1):
        yield f"    {number}. {prose.command(step.command)}"
    first = divergence.closest[0]
    yield f"    {place(first)}"
    yield from (f"  {line}" for line in contrast(first, [first.permitted], divergence.streams))
    if path is not None:
        yield f"    resumable replay {path} --target {divergence.target}"


def _slug(text: str) -> str:
    return re.sub(r"[^\w.@]+", "-", text).strip("-")
